//! A part of the straightened page, looked at in points: how light its paper is and where ink lies, slice by slice.

use crate::geometry::Plan;
use crate::gray::Gray;

/// A pixel darker than this part of the paper around it is ink.
const INK: f32 = 0.8;

/// What is looked at of a straightened page, in pixels of the upright page.
#[derive(Debug, Clone, Copy)]
pub(super) struct Part {
    /// Left, top, width and height.
    pub(super) area: (f64, f64, f64, f64),
    /// Distance of the points.
    pub(super) pitch: f64,
    /// Strips from top to bottom that are measured each for itself.
    pub(super) slices: usize,
}

/// The points of a part, by slice and column.
pub(super) struct Sampled {
    pub(super) width: usize,
    /// Rows of points of a slice.
    pub(super) rows: usize,
    pub(super) slices: usize,
    /// Shade of the paper in a column of a slice, where ink counts little.
    levels: Vec<f32>,
    /// Points of ink in a column of a slice.
    ink: Vec<u16>,
}

impl Sampled {
    /// Looks at a part of the page that `plan` makes straight; `factor` is by how much the small copy was reduced. `is_fine` where a
    /// stroke is as wide as two points, so that ink alone on its row is grain.
    pub(super) fn of(page: &Gray, plan: &Plan, factor: usize, part: Part, is_fine: bool) -> Self {
        let (width, height) = (points(part.area.2, part.pitch), points(part.area.3, part.pitch));
        let rows = (height / part.slices).max(1);
        let mut sampled = Self {
            width,
            rows,
            slices: part.slices,
            levels: Vec::with_capacity(width * part.slices),
            ink: Vec::with_capacity(width * part.slices),
        };
        let map = Plan { keep: part.area, scale: part.pitch, ..*plan }.to_upright();
        let place = |x: usize, y: usize| {
            let (u, v) = map.at(x as f64, y as f64);
            ((u + 0.5) / factor as f64, (v + 0.5) / factor as f64)
        };
        let mut pixels = vec![0; width * rows];
        for slice in 0..part.slices {
            for (at, row) in pixels.chunks_exact_mut(width).enumerate() {
                let y = slice * rows + at;
                read(page, row, place(0, y), place(width - 1, y));
            }
            sampled.add(&pixels, is_fine);
        }
        sampled
    }

    /// Measures the next slice.
    fn add(&mut self, pixels: &[u8], is_fine: bool) {
        let mean = means(pixels, &vec![0.0; self.width]);
        // The mean of what is no darker than the mean is the paper's, unless half of the column is ink.
        let levels = means(pixels, &mean);
        let limits: Vec<u8> = levels.iter().map(|level| (level * INK) as u8).collect();
        let mut ink = vec![0; self.width];
        for row in pixels.chunks_exact(self.width) {
            count(&mut ink, row, &limits, is_fine);
        }
        self.levels.extend(levels);
        self.ink.extend(ink);
    }

    pub(super) fn levels(&self, slice: usize) -> &[f32] {
        &self.levels[slice * self.width..][..self.width]
    }

    pub(super) fn ink(&self, slice: usize) -> &[u16] {
        &self.ink[slice * self.width..][..self.width]
    }
}

/// Returns how many points lie this far apart on a length, at least 1.
pub(super) fn points(length: f64, pitch: f64) -> usize {
    ((length / pitch) as usize).max(1)
}

/// Reads a row of points between two places of the small copy: the darker of two pixels one above the other, so that no thin line is
/// missed. Beyond the picture there is white.
fn read(page: &Gray, row: &mut [u8], from: (f64, f64), to: (f64, f64)) {
    let steps = row.len().max(2) as f64 - 1.0;
    let step = ((to.0 - from.0) / steps, (to.1 - from.1) / steps);
    for (at, out) in row.iter_mut().enumerate() {
        let (x, y) = (from.0 + step.0 * at as f64, from.1 + step.1 * at as f64);
        let is_inside = x >= 0.0 && y >= 0.0 && x < page.width as f64 && y < page.height as f64;
        *out = if is_inside {
            let at = y as usize * page.width + x as usize;
            let below = (at + page.width).min(page.pixels.len() - 1);
            page.pixels[at].min(page.pixels[below])
        } else {
            u8::MAX
        };
    }
}

/// Returns, column by column, the mean of the pixels that are not below `least`.
fn means(pixels: &[u8], least: &[f32]) -> Vec<f32> {
    let width = least.len();
    let least: Vec<u8> = least.iter().map(|least| *least as u8).collect();
    let (mut sums, mut counts) = (vec![0_u32; width], vec![0_u32; width]);
    for row in pixels.chunks_exact(width) {
        for (((sum, count), &pixel), &least) in sums.iter_mut().zip(&mut counts).zip(row).zip(&least) {
            let counted = u32::from(pixel >= least);
            *sum += counted * u32::from(pixel);
            *count += counted;
        }
    }
    sums.iter().zip(&counts).map(|(&sum, &count)| sum as f32 / count.max(1) as f32).collect()
}

/// Adds the ink of a row to its columns; of a fine row only what has ink beside it.
fn count(ink: &mut [u16], row: &[u8], limits: &[u8], is_fine: bool) {
    if !is_fine {
        ink.iter_mut()
            .zip(row)
            .zip(limits)
            .for_each(|((ink, pixel), limit)| *ink += u16::from(pixel < limit));
        return;
    }
    let pairs = row.windows(2).zip(limits.windows(2));
    for (ink, (pixels, limits)) in ink.iter_mut().zip(pairs) {
        *ink += u16::from(pixels[0] < limits[0] && pixels[1] < limits[1]);
    }
}
