//! Divides the ink of a page from its paper, and takes away what is too long for letters.

use super::STROKE;
use crate::flatten::Light;
use crate::gray::Gray;
use crate::simd::kernel;

/// Part of the paper's shade, from ink to paper, at which ink begins.
const INK: f32 = 0.6;
/// Bounds for how dark ink is taken to be, as a part of the paper's shade: on a sheet with little ink the darkest pixels
/// are paper and noise.
const DARKEST: (f32, f32) = (0.2, 0.55);

/// Ink as 255, paper as 0.
pub(super) struct Mask {
    pub(super) width: usize,
    pub(super) height: usize,
    pub(super) pixels: Vec<u8>,
}

impl Mask {
    /// Divides ink from paper by the light in each place and by the part of its shade that [`ink_below`] returns.
    pub(super) fn new(page: &Gray, light: &Light, part: f32) -> Self {
        let mut pixels = vec![0; page.pixels.len()];
        let mut limits = vec![0; page.width];
        for (y, out) in pixels.chunks_exact_mut(page.width.max(1)).enumerate() {
            if y % Light::CELL == 0 {
                light.limits(y, part, &mut limits);
            }
            mark(out, page.row(y), &limits);
        }
        Self { width: page.width, height: page.height, pixels }
    }

    /// Turns the ink to the left by a quarter.
    pub(super) fn turned_left(&self) -> Self {
        const BLOCK: usize = 8;
        let (width, height) = (self.height, self.width);
        let mut pixels = vec![0; self.pixels.len()];
        for (top, left) in
            (0..width).step_by(BLOCK).flat_map(|y| (0..height).step_by(BLOCK).map(move |x| (y, x)))
        {
            let (rows, columns) = (top..(top + BLOCK).min(width), left..(left + BLOCK).min(height));
            let row = |y: usize| &self.pixels[y * self.width..][columns.clone()];
            // Most of a page is paper.
            if columns.len() == BLOCK && rows.clone().all(|y| *row(y) == [0; BLOCK]) {
                continue;
            }
            for y in rows {
                for (x, &ink) in columns.clone().zip(row(y)) {
                    pixels[(height - 1 - x) * width + y] = ink;
                }
            }
        }
        Self { width, height, pixels }
    }

    /// Shifts columns so that lines off by `deg` degrees become level; what comes from outside is paper.
    pub(super) fn sheared(mut self, deg: f64) -> Self {
        let slope = deg.to_radians().tan();
        let middle = self.width as f64 / 2.0;
        let shifts: Vec<isize> =
            (0..self.width).map(|x| (slope * (x as f64 - middle)).round() as isize).collect();
        if shifts.iter().all(|&by| by == 0) {
            return self;
        }
        let columns: Vec<(usize, isize)> =
            shifts.chunk_by(|a, b| a == b).map(|run| (run.len(), run[0])).collect();
        // Rows as they were, as far up as any is still asked for.
        let reach = shifts.iter().map(|&by| (-by).max(0) as usize).max().unwrap_or(0).min(self.height) + 1;
        let mut above = vec![0; reach * self.width];
        for y in 0..self.height {
            let (done, below) = self.pixels.split_at_mut((y + 1) * self.width);
            let out = &mut done[y * self.width..];
            above[y % reach * self.width..][..self.width].copy_from_slice(out);
            let mut right = 0;
            for &(length, by) in &columns {
                let left = right;
                right += length;
                match y.checked_add_signed(by).filter(|&from| from < self.height) {
                    Some(from) if from > y => {
                        copy(&mut out[left..], &below[(from - y - 1) * self.width + left..], length);
                    }
                    Some(from) => copy(&mut out[left..], &above[from % reach * self.width + left..], length),
                    None => out[left..left + length].fill(0),
                }
            }
        }
        self
    }

    /// Removes ink that goes on downwards for longer than a letter.
    pub(super) fn drop_long_columns(&mut self) {
        let width = self.width.max(1);
        // How far the ink of each column goes on up from here.
        let mut lengths = vec![0_u8; width];
        for y in 0..self.height {
            if lengthen(&mut lengths, &self.pixels[y * width..][..width]) {
                self.drop_ended(&mut lengths, y);
            }
        }
        lengths.iter_mut().for_each(|length| *length = if *length >= STROKE as u8 { ENDED } else { 0 });
        self.drop_ended(&mut lengths, self.height);
    }

    /// Removes the ink of columns that has ended above the row `y` and was too long.
    fn drop_ended(&mut self, lengths: &mut [u8], y: usize) {
        for (x, length) in lengths.iter_mut().enumerate().filter(|(_, length)| **length == ENDED) {
            *length = 0;
            for at in (0..y).rev().map(|y| y * self.width + x) {
                if self.pixels[at] == 0 {
                    break;
                }
                self.pixels[at] = 0;
            }
        }
    }
}

/// Copies the first bytes, and maybe some behind them, as whole blocks are faster; those are written anew afterwards.
#[inline(always)]
fn copy(out: &mut [u8], from: &[u8], length: usize) {
    const BLOCK: usize = 32;
    for at in (0..length).step_by(BLOCK) {
        let (out, from) = (&mut out[at..], &from[at..]);
        match (out.first_chunk_mut::<BLOCK>(), from.first_chunk::<BLOCK>()) {
            (Some(out), Some(from)) => *out = *from,
            _ => out[..length - at].copy_from_slice(&from[..length - at]),
        }
    }
}

kernel! {
    fn mark(out: &mut [u8], row: &[u8], limits: &[u8]) {
        for ((out, &pixel), &limit) in out.iter_mut().zip(row).zip(limits) {
            *out = if pixel < limit { 255 } else { 0 };
        }
    }
}

/// In place of its length: that of ink that was too long and has ended.
const ENDED: u8 = u8::MAX;

kernel! {
    /// Counts on where there is ink, and returns whether ink has ended that was too long.
    fn lengthen(lengths: &mut [u8], ink: &[u8]) -> bool {
        let mut any = 0;
        for (length, &ink) in lengths.iter_mut().zip(ink) {
            let longer = length.saturating_add(1).min(ENDED - 1) & ink;
            let ended = if *length >= STROKE as u8 { ENDED & !ink } else { 0 };
            any |= ended;
            *length = longer | ended;
        }
        any != 0
    }
}

/// Returns the part of the paper's shade below which a page shows ink.
pub(crate) fn ink_below(page: &Gray, light: &Light) -> f32 {
    let darkest = darkest(page, light);
    darkest + (1.0 - darkest) * INK
}

/// Returns how dark the page's ink is as a part of its paper's shade: what 2 % of the pixels do not exceed.
fn darkest(page: &Gray, light: &Light) -> f32 {
    const EVERY: usize = 5;
    let mut counts = [0_u32; 256];
    let mut levels = vec![0; page.width];
    for y in (0..page.height).step_by(EVERY) {
        light.limits(y, 1.0, &mut levels);
        for (&pixel, &level) in page.row(y).iter().zip(&levels).step_by(EVERY) {
            // The division of short numbers is the faster one.
            counts[(u32::from(pixel) * 255 / u32::from(level.max(1))).min(255) as usize] += 1;
        }
    }
    let total: u32 = counts.iter().sum();
    let mut seen = 0;
    let place = counts.iter().position(|&count| {
        seen += count;
        seen * 50 > total
    });
    (place.unwrap_or(255) as f32 / 255.0).clamp(DARKEST.0, DARKEST.1)
}

#[cfg(test)]
mod tests {
    use super::{Mask, STROKE, lengthen, mark};
    use crate::gray::Gray;
    use crate::raster::Turn;
    use crate::simd::scalar_only;

    /// Bytes of every value, in no order.
    fn bytes(length: usize, seed: usize) -> Vec<u8> {
        (0..length).map(|at| (((at + seed) * 7919) >> 3) as u8).collect()
    }

    #[test]
    fn both_compilations_of_the_kernels_are_equal() {
        for length in [0, 1, 15, 31, 32, 33, 64, 1241] {
            let (row, limits) = (bytes(length, 3), bytes(length, 50));
            let all = || {
                let (mut ink, mut lengths) = (vec![0; length], bytes(length, 91));
                mark(&mut ink, &row, &limits);
                let any = lengthen(&mut lengths, &ink);
                (ink, lengths, any)
            };
            assert_eq!(all(), scalar_only(all));
        }
    }

    /// Columns of ink of many lengths, one below the other.
    fn columns() -> Mask {
        let (width, height) = (37, 400);
        let mut pixels = vec![0; width * height];
        for x in 0..width {
            let mut y = x % 5;
            for run in [3 + x, STROKE - 1, STROKE, 20, STROKE + x, 260].into_iter().cycle() {
                (y..(y + run).min(height)).for_each(|y| pixels[y * width + x] = 255);
                y += run + 1 + x % 3;
                if y >= height {
                    break;
                }
            }
        }
        Mask { width, height, pixels }
    }

    #[test]
    fn ink_that_goes_on_for_too_long_is_removed_as_a_whole_and_nothing_else_is() {
        let before = columns();
        let mut after = columns();
        after.drop_long_columns();
        for x in 0..before.width {
            let column = |mask: &Mask| (0..mask.height).map(|y| mask.pixels[y * mask.width + x]).collect();
            let (before, after): (Vec<u8>, Vec<u8>) = (column(&before), column(&after));
            let expected = before.chunk_by(|a, b| a == b).flat_map(|run| {
                let shade = if run.len() >= STROKE { 0 } else { run[0] };
                std::iter::repeat_n(shade, run.len())
            });
            assert!(expected.eq(after), "column {x}");
        }
    }

    #[test]
    fn columns_are_shifted_so_that_slanted_lines_become_level() {
        for deg in [-9.0_f64, -0.4, 0.0, 2.0, 14.0] {
            let slope = deg.to_radians().tan();
            let (before, after) = (columns(), columns().sheared(deg));
            for (x, y) in (0..37).flat_map(|x| (0..400).map(move |y| (x, y))) {
                let from = y as isize + (slope * (x as f64 - 18.5)).round() as isize;
                let inside = (0..400).contains(&from);
                let expected = if inside { before.pixels[from as usize * 37 + x] } else { 0 };
                assert_eq!(after.pixels[y * 37 + x], expected, "{deg}: {x}, {y}");
            }
        }
    }

    #[test]
    fn ink_is_turned_as_pages_are() {
        for (width, height) in [(37, 400), (16, 24), (3, 2)] {
            let columns = columns();
            let pixels: Vec<u8> = columns.pixels.into_iter().take(width * height).collect();
            let page = Gray { width, height, pixels: pixels.clone() };
            let expected = page.turned(Turn { mirrored: false, quarters: 3 });
            let turned = Mask { width, height, pixels }.turned_left();
            assert_eq!((turned.width, turned.height), (expected.width, expected.height));
            assert!(turned.pixels == expected.pixels, "{width} x {height}");
        }
    }
}
