//! Pixels: rows from the top, one or three bytes a pixel.

use super::Ink;

/// A picture of `width * height` pixels with `channels` (1 grey, 3 red-green-blue) bytes each.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Raster {
    pub(crate) width: usize,
    pub(crate) height: usize,
    pub(crate) channels: usize,
    pub(crate) data: Vec<u8>,
}

impl Raster {
    /// A sheet of one colour, three channels.
    pub(crate) fn filled(width: usize, height: usize, ink: Ink) -> Self {
        Self { width, height, channels: 3, data: ink.repeat(width * height) }
    }

    /// Lays `ink` over a pixel; `coverage` 255 hides what was there. Outside the sheet nothing happens.
    pub(crate) fn blend(&mut self, x: i32, y: i32, ink: Ink, coverage: u8) {
        let inside = x >= 0 && y >= 0 && (x as usize) < self.width && (y as usize) < self.height;
        if !inside || coverage == 0 {
            return;
        }
        let at = (y as usize * self.width + x as usize) * 3;
        for (old, new) in self.data[at..at + 3].iter_mut().zip(ink) {
            let (old_value, new_value) = (i32::from(*old), i32::from(new));
            *old = (old_value + (new_value - old_value) * i32::from(coverage) / 255) as u8;
        }
    }

    /// Fills a rectangle given in fractions of pixels; edges are blended.
    pub(crate) fn fill(&mut self, [x0, y0, x1, y1]: [f32; 4], ink: Ink, opacity: f32) {
        for y in y0.floor() as i32..y1.ceil() as i32 {
            let rows = (y1.min(y as f32 + 1.0) - y0.max(y as f32)).clamp(0.0, 1.0);
            for x in x0.floor() as i32..x1.ceil() as i32 {
                let columns = (x1.min(x as f32 + 1.0) - x0.max(x as f32)).clamp(0.0, 1.0);
                self.blend(x, y, ink, (rows * columns * opacity * 255.0) as u8);
            }
        }
    }

    /// Draws a line of round points between neighbours of `points`.
    pub(crate) fn stroke(&mut self, points: &[(f32, f32)], width: f32, ink: Ink, opacity: f32) {
        for ends in points.windows(2) {
            self.segment(ends[0], ends[1], width, ink, opacity);
        }
    }

    fn segment(&mut self, a: (f32, f32), b: (f32, f32), width: f32, ink: Ink, opacity: f32) {
        let reach = width / 2.0 + 1.0;
        let along = (b.0 - a.0, b.1 - a.1);
        let length_squared = (along.0 * along.0 + along.1 * along.1).max(1e-6);
        for y in (a.1.min(b.1) - reach).floor() as i32..=(a.1.max(b.1) + reach).ceil() as i32 {
            for x in (a.0.min(b.0) - reach).floor() as i32..=(a.0.max(b.0) + reach).ceil() as i32 {
                let from_a = (x as f32 + 0.5 - a.0, y as f32 + 0.5 - a.1);
                let part = ((from_a.0 * along.0 + from_a.1 * along.1) / length_squared).clamp(0.0, 1.0);
                let distance = (from_a.0 - part * along.0).hypot(from_a.1 - part * along.1);
                let coverage = (width / 2.0 + 0.5 - distance).clamp(0.0, 1.0) * opacity;
                self.blend(x, y, ink, (coverage * 255.0) as u8);
            }
        }
    }

    /// Fills an ellipse around (`x`, `y`).
    pub(crate) fn ellipse(&mut self, (x, y): (f32, f32), (rx, ry): (f32, f32), ink: Ink, opacity: f32) {
        for row in (y - ry).floor() as i32..=(y + ry).ceil() as i32 {
            for column in (x - rx).floor() as i32..=(x + rx).ceil() as i32 {
                let (dx, dy) = ((column as f32 + 0.5 - x) / rx, (row as f32 + 0.5 - y) / ry);
                let inside = (1.0 - dx.hypot(dy)) * rx.min(ry) + 0.5;
                self.blend(column, row, ink, (inside.clamp(0.0, 1.0) * opacity * 255.0) as u8);
            }
        }
    }

    /// The same picture in grey (BT.601 luma).
    pub(crate) fn to_grey(&self) -> Self {
        let luma = |pixel: &[u8]| {
            let sum = u32::from(pixel[0]) * 77 + u32::from(pixel[1]) * 150 + u32::from(pixel[2]) * 29;
            (sum >> 8) as u8
        };
        let data = self.data.chunks_exact(3).map(luma).collect();
        Self { channels: 1, data, ..*self }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_filled_rectangle_covers_what_it_says() {
        let mut raster = Raster::filled(4, 4, [255; 3]);
        raster.fill([1.0, 1.0, 2.5, 2.0], [0; 3], 1.0);
        let row: Vec<u8> = raster.data[12..24].iter().step_by(3).copied().collect();
        assert_eq!(row, [255, 0, 128, 255]);
    }

    #[test]
    fn grey_of_white_is_white() {
        assert_eq!(Raster::filled(1, 1, [255; 3]).to_grey().data, [255]);
    }
}
