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
    match sheet.channels {
        1 => resample::<1>(&sheet, size.0, pose, around, &mut data),
        _ => resample::<3>(&sheet, size.0, pose, around, &mut data),
    }
    Raster { width: size.0, height: size.1, channels: sheet.channels, data }
}

/// Fills `data`, rows of `width` pixels of `C` bytes.
fn resample<const C: usize>(sheet: &Raster, width: usize, pose: Pose, around: Surroundings, data: &mut [u8]) {
    let (sin, cos) = (pose.skew_deg.to_radians().sin(), pose.skew_deg.to_radians().cos());
    let tilt = (pose.tilt.0 / sheet.width as f32, pose.tilt.1 / sheet.height as f32);
    let origin = (sheet.width as f64 / 2.0 - 0.5, sheet.height as f64 / 2.0 - 0.5);
    let left = 0.5 - f64::from(pose.middle.0);
    for (y, row) in data.chunks_exact_mut(width * C).enumerate() {
        let dy = y as f64 + 0.5 - f64::from(pose.middle.1);
        let pixels = row.as_chunks_mut::<C>().0.iter_mut();
        if pose.tilt == (0.0, 0.0) {
            let step = (fixed(cos), fixed(-sin));
            let start = (cos * left + sin * dy + origin.0, cos * dy - sin * left + origin.1);
            let mut at = (fixed(start.0), fixed(start.1));
            for pixel in pixels {
                *pixel = sample(sheet, (split(at.0), split(at.1)), around);
                at = (at.0 + step.0, at.1 + step.1);
            }
            continue;
        }
        let (sin, cos, dy, left) = (sin as f32, cos as f32, dy as f32, left as f32);
        let (along, across, lean) = (sin * dy, cos * dy, 1.0 + tilt.1 * dy);
        for (x, pixel) in pixels.enumerate() {
            let dx = x as f32 + left;
            let depth = SCALE / (lean + tilt.0 * dx);
            let (x, y) = ((cos * dx + along) * depth, (across - sin * dx) * depth);
            *pixel =
                sample(sheet, (split(x as i64 + fixed(origin.0)), split(y as i64 + fixed(origin.1))), around);
        }
    }
}

/// Coordinates are whole numbers of which 20 bits lie behind the point: sums of them stay exact across a row.
const POINT: u32 = 20;
const SCALE: f32 = (1 << POINT) as f32;

fn fixed(at: f64) -> i64 {
    (at * f64::from(1 << POINT)).round() as i64
}

/// Splits a coordinate into its pixel and 256ths.
fn split(at: i64) -> (i32, u32) {
    ((at >> POINT) as i32, ((at >> (POINT - 8)) & 255) as u32)
}

/// Bilinear value at a place on the sheet; beside it lie the surroundings.
#[inline(always)]
fn sample<const C: usize>(sheet: &Raster, at: ((i32, u32), (i32, u32)), around: Surroundings) -> [u8; C] {
    let ((column, fx), (row, fy)) = at;
    if column < 0 || row < 0 || column + 1 >= sheet.width as i32 || row + 1 >= sheet.height as i32 {
        return beside(around, (column, row));
    }
    let at = (row as usize * sheet.width + column as usize) * C;
    let below = at + sheet.width * C;
    let (upper, lower) = (&sheet.data[at..at + 2 * C], &sheet.data[below..below + 2 * C]);
    // A loop over an array that stands here: `array::from_fn` is not inlined, and this runs for every pixel.
    let mut pixel = [0; C];
    for channel in 0..C {
        let a = u32::from(upper[channel]) * (256 - fx) + u32::from(upper[channel + C]) * fx;
        let b = u32::from(lower[channel]) * (256 - fx) + u32::from(lower[channel + C]) * fx;
        pixel[channel] = ((a * (256 - fy) + b * fy + 32_768) >> 16) as u8;
    }
    pixel
}

fn beside<const C: usize>(around: Surroundings, (x, y): (i32, i32)) -> [u8; C] {
    let rgb = match around {
        Surroundings::WhiteLid => [243, 243, 241],
        Surroundings::BlackLid => [16, 16, 18],
        Surroundings::Plain { shade, .. } => [shade; 3],
        Surroundings::Nothing => [0; 3],
        Surroundings::Table => {
            let grain = ((y + (x >> 6)).wrapping_mul(40_503) >> 5) & 15;
            [132 + grain as u8, 96 + grain as u8, 66 + grain as u8]
        }
    };
    let mut pixel = [rgb[1]; C];
    if let Some(colour) = pixel.first_chunk_mut::<3>() {
        *colour = rgb;
    }
    pixel
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
