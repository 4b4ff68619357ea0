//! Turning: any angle with perspective in one bilinear resample, and exact quarter turns.

use super::treatment::Surroundings;
use crate::ink::Raster;

/// Where a pixel of the picture comes from on the sheet.
#[derive(Debug, Clone, Copy)]
pub(super) struct Pose {
    /// Clockwise, degrees.
    pub(super) skew_deg: f64,
    /// How much nearer the far sides are: right minus left and bottom minus top, as a part of the distance.
    pub(super) tilt: (f32, f32),
    /// Middle of the sheet in the picture, pixels.
    pub(super) middle: (f32, f32),
}

impl Pose {
    /// Whether every pixel stays where it is.
    fn is_identity(&self, sheet: &Raster, (width, height): (usize, usize)) -> bool {
        let same_size = (sheet.width, sheet.height) == (width, height);
        let centred = self.middle == (width as f32 / 2.0, height as f32 / 2.0);
        same_size && centred && self.skew_deg == 0.0 && self.tilt == (0.0, 0.0)
    }
}

/// Lays `sheet` into a picture of `size` pixels.
pub(super) fn lay(sheet: Raster, size: (usize, usize), pose: Pose, around: Surroundings) -> Raster {
    if pose.is_identity(&sheet, size) {
        return sheet;
    }
    let mut data = vec![0; size.0 * size.1 * sheet.channels];
    let (sin, cos) = (pose.skew_deg.to_radians().sin() as f32, pose.skew_deg.to_radians().cos() as f32);
    let tilt = (pose.tilt.0 / sheet.width as f32, pose.tilt.1 / sheet.height as f32);
    for (y, row) in data.chunks_exact_mut(size.0 * sheet.channels).enumerate() {
        let dy = y as f32 + 0.5 - pose.middle.1;
        for (x, pixel) in row.chunks_exact_mut(sheet.channels).enumerate() {
            let dx = x as f32 + 0.5 - pose.middle.0;
            let depth = 1.0 / (1.0 + tilt.0 * dx + tilt.1 * dy);
            let source_x = (cos * dx + sin * dy) * depth + sheet.width as f32 / 2.0 - 0.5;
            let source_y = (cos * dy - sin * dx) * depth + sheet.height as f32 / 2.0 - 0.5;
            sample(&sheet, (source_x, source_y), around, pixel);
        }
    }
    Raster { width: size.0, height: size.1, channels: sheet.channels, data }
}

/// Bilinear value at a place on the sheet; beside it lie the surroundings.
fn sample(sheet: &Raster, (x, y): (f32, f32), around: Surroundings, pixel: &mut [u8]) {
    let (left, top) = (x.floor(), y.floor());
    let (column, row) = (left as i32, top as i32);
    if column < 0 || row < 0 || column + 1 >= sheet.width as i32 || row + 1 >= sheet.height as i32 {
        return beside(around, (column, row), pixel);
    }
    let (fx, fy) = (((x - left) * 256.0) as u32, ((y - top) * 256.0) as u32);
    let at = (row as usize * sheet.width + column as usize) * sheet.channels;
    let below = at + sheet.width * sheet.channels;
    let upper = &sheet.data[at..at + 2 * sheet.channels];
    let lower = &sheet.data[below..below + 2 * sheet.channels];
    for (channel, value) in pixel.iter_mut().enumerate() {
        let right = channel + sheet.channels;
        let a = u32::from(upper[channel]) * (256 - fx) + u32::from(upper[right]) * fx;
        let b = u32::from(lower[channel]) * (256 - fx) + u32::from(lower[right]) * fx;
        *value = ((a * (256 - fy) + b * fy + 32_768) >> 16) as u8;
    }
}

fn beside(around: Surroundings, (x, y): (i32, i32), pixel: &mut [u8]) {
    let rgb = match around {
        Surroundings::WhiteLid => [243, 243, 241],
        Surroundings::BlackLid => [16, 16, 18],
        Surroundings::Table => {
            let grain = ((y + (x >> 6)).wrapping_mul(40_503) >> 5) & 15;
            [132 + grain as u8, 96 + grain as u8, 66 + grain as u8]
        }
    };
    match pixel {
        [grey] => *grey = rgb[1],
        _ => pixel.copy_from_slice(&rgb),
    }
}

/// Turns a picture clockwise by 0, 90, 180 or 270 degrees.
pub(crate) fn quarter_turn(picture: Raster, degrees: u16) -> Raster {
    if degrees == 0 {
        return picture;
    }
    let (width, height, channels) = (picture.width, picture.height, picture.channels);
    let turned = if degrees == 180 { (width, height) } else { (height, width) };
    let mut data = vec![0; picture.data.len()];
    for (y, row) in picture.data.chunks_exact(width * channels).enumerate() {
        for (x, pixel) in row.chunks_exact(channels).enumerate() {
            let (to_x, to_y) = match degrees {
                90 => (height - 1 - y, x),
                180 => (width - 1 - x, height - 1 - y),
                _ => (y, width - 1 - x),
            };
            let at = (to_y * turned.0 + to_x) * channels;
            data[at..at + channels].copy_from_slice(pixel);
        }
    }
    Raster { width: turned.0, height: turned.1, channels, data }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A white sheet with one dark line straight across its middle.
    fn ruled() -> Raster {
        let mut sheet = Raster::filled(401, 401, [255; 3]);
        sheet.fill([20.0, 199.0, 381.0, 202.0], [0; 3], 1.0);
        sheet.to_grey()
    }

    /// The height of the dark line at a column, from the weight of its darkness.
    fn height_at(picture: &Raster, x: usize) -> f64 {
        let dark = |y: usize| 255.0 - f64::from(picture.data[y * picture.width + x]);
        let rows = 60..picture.height - 60;
        rows.clone().map(|y| dark(y) * y as f64).sum::<f64>() / rows.map(dark).sum::<f64>()
    }

    #[test]
    fn the_angle_is_the_one_that_was_asked_for_and_clockwise() {
        for degrees in [-7.3, -0.4, 0.05, 1.2, 11.0] {
            let pose = Pose { skew_deg: degrees, tilt: (0.0, 0.0), middle: (200.5, 200.5) };
            let picture = lay(ruled(), (401, 401), pose, Surroundings::WhiteLid);
            let rise = height_at(&picture, 320) - height_at(&picture, 80);
            let measured = (rise / 240.0).atan().to_degrees();
            assert!((measured - degrees).abs() < 0.03, "{degrees}: {measured}");
        }
    }

    #[test]
    fn nothing_to_do_leaves_every_pixel() {
        let pose = Pose { skew_deg: 0.0, tilt: (0.0, 0.0), middle: (200.5, 200.5) };
        assert_eq!(lay(ruled(), (401, 401), pose, Surroundings::Table), ruled());
    }

    #[test]
    fn four_quarter_turns_come_home() {
        let picture = Raster { width: 3, height: 2, channels: 1, data: vec![1, 2, 3, 4, 5, 6] };
        assert_eq!(quarter_turn(picture.clone(), 90).data, [4, 1, 5, 2, 6, 3]);
        assert_eq!(quarter_turn(quarter_turn(picture.clone(), 90), 270), picture);
        assert_eq!(quarter_turn(quarter_turn(picture.clone(), 180), 180), picture);
    }
}
