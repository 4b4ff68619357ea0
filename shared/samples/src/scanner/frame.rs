//! How the sheet lies in the picture: how large the picture is, what is cut off.

use super::treatment::{Surroundings, Treatment};
use super::warp::{self, Pose};
use crate::ink::Raster;
use crate::rng::Rng;
use crate::truth::Degradation;

/// Beyond this angle the picture is made larger, so that turning alone cuts nothing off.
const ROOMY_FROM_DEG: f64 = 2.5;

/// Lays the sheet on the glass or the table; `around` is what shows beside it.
pub(super) fn laid(sheet: Raster, treatment: &Treatment, per_mm: f32, around: Surroundings) -> Raster {
    let (mut width, mut height) = (sheet.width as f32, sheet.height as f32);
    let (mut tilt, mut border) = (0.0, 0.0);
    for degradation in &treatment.degradations {
        match *degradation {
            Degradation::Perspective { strength } => tilt = strength,
            Degradation::BlackBorder { width_mm } => border = width_mm * per_mm,
            _ => {}
        }
    }
    let is_on_table = matches!(treatment.surroundings, Surroundings::Table | Surroundings::Plain { .. });
    if treatment.skew_deg.abs() > ROOMY_FROM_DEG || is_on_table {
        (width, height) = enclosing(width, height, treatment.skew_deg);
    }
    if treatment.surroundings == Surroundings::Table {
        let margin = 1.06 + tilt;
        (width, height) = (width * margin, height * margin);
    }
    if let Surroundings::Plain { margin_mm, .. } = treatment.surroundings {
        (width, height) = (width + 2.0 * margin_mm * per_mm, height + 2.0 * margin_mm * per_mm);
    }
    let size = ((width + border).round() as usize, (height + border * 0.7).round() as usize);
    // The border lies to the right and below, the sheet against the upper left stop, as on a flatbed.
    let middle = ((size.0 as f32 - border.round()) / 2.0, (size.1 as f32 - (border * 0.7).round()) / 2.0);
    let pose = Pose { skew_deg: treatment.skew_deg, tilt: (tilt, -1.4 * tilt), middle };
    warp::lay(sheet, size, pose, around)
}

/// The size of the box round a sheet that is turned.
fn enclosing(width: f32, height: f32, degrees: f64) -> (f32, f32) {
    let (sin, cos) = (degrees.to_radians().sin().abs() as f32, degrees.to_radians().cos() as f32);
    (width * cos + height * sin, height * cos + width * sin)
}

/// One side of a picture: 1 for it, 0 for the others, from the left clockwise.
pub(super) type OneSide = (usize, usize, usize, usize);

/// Draws a side.
pub(super) fn side(rng: &mut Rng) -> OneSide {
    rng.pick(&[(1, 0, 0, 0), (0, 1, 0, 0), (0, 0, 1, 0), (0, 0, 0, 1)])
}

/// Cuts `part` of the picture off at one side.
pub(super) fn cut(picture: Raster, part: f32, (left, top, right, bottom): OneSide) -> Raster {
    let (cut_x, cut_y) = ((picture.width as f32 * part) as usize, (picture.height as f32 * part) as usize);
    let (x0, y0) = (left * cut_x, top * cut_y);
    let (x1, y1) = (picture.width - right * cut_x, picture.height - bottom * cut_y);
    let mut data = Vec::with_capacity((x1 - x0) * (y1 - y0) * picture.channels);
    for row in picture.data.chunks_exact(picture.width * picture.channels).take(y1).skip(y0) {
        data.extend_from_slice(&row[x0 * picture.channels..x1 * picture.channels]);
    }
    Raster { width: x1 - x0, height: y1 - y0, channels: picture.channels, data }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cut_takes_its_part_from_one_side() {
        let picture = Raster::filled(100, 50, [9; 3]);
        let cut = cut(picture, 0.2, side(&mut Rng::new(1, 1)));
        assert!([(80, 50), (100, 40)].contains(&(cut.width, cut.height)));
        assert_eq!(cut.data.len(), cut.width * cut.height * 3);
    }

    #[test]
    fn a_much_turned_sheet_gets_a_larger_picture() {
        let sheet = Raster::filled(100, 200, [255; 3]);
        let mut treatment = Treatment::straight(false);
        treatment.skew_deg = 10.0;
        let picture = laid(sheet, &treatment, 5.9, treatment.surroundings);
        assert_eq!((picture.width, picture.height), (133, 214));
    }
}
