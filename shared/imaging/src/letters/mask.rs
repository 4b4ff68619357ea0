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
    /// Divides ink from paper by the light in each place and by how dark the page's ink is.
    pub(super) fn new(page: &Gray, light: &Light) -> Self {
        let darkest = darkest(page, light);
        let part = darkest + (1.0 - darkest) * INK;
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

    /// Shifts columns so that lines off by `deg` degrees become level.
    pub(super) fn sheared(self, deg: f64) -> Self {
        let slope = deg.to_radians().tan();
        let middle = self.width as f64 / 2.0;
        let shift = |x: usize| (slope * (x as f64 - middle)).round() as isize;
        if shift(0) == 0 {
            return self;
        }
        let mut pixels = vec![0; self.pixels.len()];
        let mut start = 0;
        while start < self.width {
            let by = shift(start);
            let length = (start..self.width).take_while(|&x| shift(x) == by).count();
            for y in 0..self.height {
                let Some(from) = y.checked_add_signed(by).filter(|&from| from < self.height) else {
                    continue;
                };
                let ink = &self.pixels[from * self.width + start..][..length];
                pixels[y * self.width + start..][..length].copy_from_slice(ink);
            }
            start += length;
        }
        Self { pixels, ..self }
    }

    /// Removes ink that goes on downwards for longer than a letter.
    pub(super) fn drop_long_columns(&mut self) {
        let width = self.width.max(1);
        let mut lengths = vec![0_u8; self.pixels.len()];
        let mut above = vec![0; width];
        for (ink, lengths) in self.pixels.chunks_exact(width).zip(lengths.chunks_exact_mut(width)) {
            lengthen(lengths, &above, ink);
            above.copy_from_slice(lengths);
        }
        let mut below = vec![0; width];
        let rows = self.pixels.chunks_exact_mut(width).zip(lengths.chunks_exact(width));
        for (ink, lengths) in rows.rev() {
            drop_long(ink, &mut below, lengths);
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

kernel! {
    /// Counts, for each pixel of ink, those above it too.
    fn lengthen(out: &mut [u8], above: &[u8], ink: &[u8]) {
        for ((out, &above), &ink) in out.iter_mut().zip(above).zip(ink) {
            *out = above.saturating_add(1) & ink;
        }
    }
}

kernel! {
    /// Carries the length of each column of ink up to its top, and removes it where it is too long.
    fn drop_long(ink: &mut [u8], below: &mut [u8], lengths: &[u8]) {
        for ((ink, below), &length) in ink.iter_mut().zip(below).zip(lengths) {
            *below = (*below).max(length) & *ink;
            *ink = if *below >= STROKE as u8 { 0 } else { *ink };
        }
    }
}

/// Returns how dark the page's ink is as a part of its paper's shade: what 2 % of the pixels do not exceed.
fn darkest(page: &Gray, light: &Light) -> f32 {
    const EVERY: usize = 5;
    let mut counts = [0_u32; 256];
    let mut levels = vec![0; page.width];
    for y in (0..page.height).step_by(EVERY) {
        light.limits(y, 1.0, &mut levels);
        for (&pixel, &level) in page.row(y).iter().zip(&levels).step_by(EVERY) {
            counts[(usize::from(pixel) * 255 / usize::from(level.max(1))).min(255)] += 1;
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
    use super::{drop_long, lengthen, mark};
    use crate::simd::scalar_only;

    /// Bytes of every value, in no order.
    fn bytes(length: usize, seed: usize) -> Vec<u8> {
        (0..length).map(|at| (((at + seed) * 7919) >> 3) as u8).collect()
    }

    #[test]
    fn both_compilations_of_the_kernels_are_equal() {
        for length in [0, 1, 15, 31, 32, 33, 64, 1241] {
            let (row, limits, above) = (bytes(length, 3), bytes(length, 50), bytes(length, 91));
            let all = || {
                let (mut ink, mut lengths, mut below) = (vec![0; length], vec![0; length], bytes(length, 7));
                mark(&mut ink, &row, &limits);
                lengthen(&mut lengths, &above, &ink);
                let marked = ink.clone();
                drop_long(&mut ink, &mut below, &lengths);
                (marked, lengths, below, ink)
            };
            assert_eq!(all(), scalar_only(all));
        }
    }
}
