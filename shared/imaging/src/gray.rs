//! The small gray copy of a page on which everything is measured.

use crate::memory;
use crate::raster::{Raster, Turn};
use crate::simd::kernel;

/// Shorter edge, in pixels, that the small copy comes closest to.
const TARGET_EDGE: u32 = 1240;

/// An eight-bit gray picture.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Gray {
    pub(crate) width: usize,
    pub(crate) height: usize,
    /// `width × height` bytes, row by row.
    pub(crate) pixels: Vec<u8>,
}

impl Gray {
    /// Makes a picture of one shade.
    pub(crate) fn filled(width: usize, height: usize, shade: u8) -> Self {
        Self { width, height, pixels: vec![shade; width * height] }
    }

    /// Returns the row `y`.
    pub(crate) fn row(&self, y: usize) -> &[u8] {
        &self.pixels[y * self.width..][..self.width]
    }

    /// Averages `factor × factor` pixels; what does not fill a whole block is left out.
    pub(crate) fn reduced(&self, factor: usize) -> Self {
        if factor == 1 {
            self.clone()
        } else {
            let rows = self.pixels.chunks_exact(self.width.max(1));
            reduced((self.width, self.height), factor, rows)
        }
    }

    /// Returns the picture laid down as `turn` asks, itself where it lies so already.
    pub(crate) fn into_turned(self, turn: Turn) -> Self {
        if turn.is_identity() { self } else { self.turned(turn) }
    }

    /// Returns a picture laid down as `turn` asks.
    pub(crate) fn turned(&self, turn: Turn) -> Self {
        if turn.is_identity() {
            return self.clone();
        }
        let (width, height) =
            if turn.swaps_axes() { (self.height, self.width) } else { (self.width, self.height) };
        let place = |x: usize, y: usize| {
            let (x, y) = turn.source_of(x, y, self.width, self.height);
            (y * self.width + x) as isize
        };
        let mut pixels = vec![0; self.pixels.len()];
        let (right, down) = match (width, height) {
            (0, _) | (_, 0) => return Self { width, height, pixels },
            (2.., 2..) => (place(1, 0) - place(0, 0), place(0, 1) - place(0, 0)),
            (2.., _) => (place(1, 0) - place(0, 0), 0),
            (_, 2..) => (0, place(0, 1) - place(0, 0)),
            _ => (0, 0),
        };
        // In blocks that stay in the nearest cache: a column of the source would miss it at each step.
        const BLOCK: usize = 32;
        for (top, left) in
            (0..height).step_by(BLOCK).flat_map(|y| (0..width).step_by(BLOCK).map(move |x| (y, x)))
        {
            for y in top..(top + BLOCK).min(height) {
                let out = &mut pixels[y * width + left..y * width + (left + BLOCK).min(width)];
                let mut from = place(0, 0) + left as isize * right + y as isize * down;
                for out in out {
                    *out = self.pixels[from as usize];
                    from += right;
                }
            }
        }
        Self { width, height, pixels }
    }
}

/// How often each shade occurs among at most 65,535 pixels.
///
/// Pixels are counted in turn on two tables: neighbours mostly have the same shade, and a count that was only just
/// written has to be waited for.
pub(crate) struct Counts([[u16; 256]; 2]);

impl Default for Counts {
    fn default() -> Self {
        Self([[0; 256]; 2])
    }
}

impl Counts {
    /// Counts the pixels.
    pub(crate) fn add(&mut self, pixels: &[u8]) {
        let [even, odd] = &mut self.0;
        let pairs = pixels.chunks_exact(2);
        pairs.remainder().iter().for_each(|&pixel| even[usize::from(pixel)] += 1);
        for pair in pairs {
            even[usize::from(pair[0])] += 1;
            odd[usize::from(pair[1])] += 1;
        }
    }

    /// Returns the number of pixels of each shade.
    pub(crate) fn total(mut self) -> [u16; 256] {
        let [even, odd] = &mut self.0;
        even.iter_mut().zip(odd).for_each(|(even, odd)| *even += *odd);
        self.0[0]
    }
}

/// Returns the darkest shade up to which at least `target` pixels are counted, 255 where there are not as many.
pub(crate) fn shade_reaching(counts: &[u16; 256], target: u32) -> u8 {
    // Sixteen shades at once: most of a page has few.
    let mut seen = 0;
    for (at, shades) in counts.as_chunks::<16>().0.iter().enumerate() {
        let together: u32 = shades.iter().map(|&count| u32::from(count)).sum();
        if seen + together < target {
            seen += together;
            continue;
        }
        let reached = shades.iter().position(|&count| {
            seen += u32::from(count);
            seen >= target
        });
        return (16 * at + reached.unwrap_or(15)) as u8;
    }
    255
}

/// Returns the darkest shade that at least `target` of a few thousand pixels do not exceed, 255 where they are fewer.
///
/// The shade is halved in on: counting the pixels up to a shade takes a processor a thirtieth of counting them by shade.
pub(crate) fn shade_reaching_among(pixels: &[u8], target: u32) -> u8 {
    let mut shade = 0;
    for bit in (0..8).rev() {
        // Every shade below the next one that has this bit.
        let highest = shade | ((1 << bit) - 1);
        if count_up_to(pixels, highest) < target {
            shade |= 1 << bit;
        }
    }
    shade
}

kernel! {
    fn count_up_to(pixels: &[u8], shade: u8) -> u32 {
        const LANES: usize = 64;
        let mut count = 0;
        // So many that no lane overflows.
        for part in pixels.chunks(LANES * 255) {
            let (blocks, rest) = part.as_chunks::<LANES>();
            let mut lanes = [0_u8; LANES];
            for block in blocks {
                for (lane, &pixel) in lanes.iter_mut().zip(block) {
                    *lane += u8::from(pixel <= shade);
                }
            }
            count += lanes.iter().map(|&lane| u32::from(lane)).sum::<u32>();
            count += rest.iter().filter(|&&pixel| pixel <= shade).count() as u32;
        }
        count
    }
}

/// Returns by how much a page of this size is reduced, at least 1.
pub(crate) fn factor_for(width: u32, height: u32) -> usize {
    let edge = width.min(height);
    ((edge + TARGET_EDGE / 2) / TARGET_EDGE).max(1) as usize
}

/// Reduces a page by averaging `factor × factor` pixels; what does not fill a whole block is left out.
pub(crate) fn reduce(raster: &Raster, factor: usize) -> Gray {
    let stride = raster.width as usize * raster.channels();
    reduced(
        (raster.width as usize, raster.height as usize),
        factor,
        raster.bytes().chunks_exact(stride.max(1)),
    )
}

fn reduced<'a>((width, height): (usize, usize), factor: usize, rows: impl Iterator<Item = &'a [u8]>) -> Gray {
    let mut reduction = Reduction::new(width, factor);
    let (width, height) = (width / factor, height / factor);
    let mut pixels = Vec::with_capacity(width * height);
    rows.for_each(|row| pixels.extend_from_slice(reduction.add(row).unwrap_or_default()));
    Gray { width, height, pixels }
}

/// Makes the rows of a small copy while those of the page are added.
pub(crate) struct Reduction {
    factor: usize,
    /// Pixels of a row of the page.
    source_width: usize,
    /// Sums of the columns over the rows of the block so far, and how many there are.
    sums: Vec<u16>,
    rows: usize,
    out: Vec<u8>,
}

impl Reduction {
    /// Begins the copy of a page of this width.
    pub(crate) fn new(source_width: usize, factor: usize) -> Self {
        let width = source_width / factor;
        Self { factor, source_width, sums: vec![0; width * factor], rows: 0, out: vec![0; width] }
    }

    /// Adds the next row, of a byte a pixel or three; returns a row of the copy with the last one of a block.
    pub(crate) fn add(&mut self, row: &[u8]) -> Option<&[u8]> {
        if self.rows == 0 {
            self.sums.fill(0);
        }
        if row.len() == self.source_width {
            add_gray(&mut self.sums, row);
        } else {
            add_rgb(&mut self.sums, row);
        }
        self.rows += 1;
        if self.rows < self.factor {
            return None;
        }
        self.rows = 0;
        average(&mut self.out, &self.sums, self.factor, (self.factor * self.factor / 2) as u32);
        Some(&self.out)
    }
}

kernel! {
    fn add_gray(sums: &mut [u16], row: &[u8]) {
        for (sum, &pixel) in sums.iter_mut().zip(row) {
            *sum += u16::from(pixel);
        }
    }
}

kernel! {
    /// Luma with the weights 77, 150, 29 of 256 (ITU-R BT.601).
    fn add_rgb(sums: &mut [u16], row: &[u8]) {
        for (sum, pixel) in sums.iter_mut().zip(row.chunks_exact(3)) {
            *sum += luma(pixel[0], pixel[1], pixel[2]);
        }
    }
}

/// Luma of a colour, with the weights 77, 150, 29 of 256 (ITU-R BT.601).
#[inline(always)]
pub(crate) fn luma(red: u8, green: u8, blue: u8) -> u16 {
    (77 * u16::from(red) + 150 * u16::from(green) + 29 * u16::from(blue) + 128) >> 8
}

/// Returns the luma of RGB pixels, in the same memory, of which the rest is given back.
pub(crate) fn from_rgb(mut pixels: Vec<u8>) -> Vec<u8> {
    const TOGETHER: usize = 1024;
    let count = pixels.len() / 3;
    let mut luma = [0; TOGETHER];
    for start in (0..count).step_by(TOGETHER) {
        let length = TOGETHER.min(count - start);
        luma_row(&mut luma[..length], &pixels[3 * start..3 * (start + length)]);
        pixels[start..start + length].copy_from_slice(&luma[..length]);
    }
    memory::keep_first(&mut pixels, count);
    pixels
}

kernel! {
    fn luma_row(out: &mut [u8], row: &[u8]) {
        for (out, pixel) in out.iter_mut().zip(row.chunks_exact(3)) {
            *out = luma(pixel[0], pixel[1], pixel[2]) as u8;
        }
    }
}

kernel! {
    fn average(out: &mut [u8], sums: &[u16], factor: usize, rounding: u32) {
        match factor {
            1 => out.iter_mut().zip(sums).for_each(|(out, &sum)| *out = sum as u8),
            2 => {
                for (out, pair) in out.iter_mut().zip(sums.chunks_exact(2)) {
                    *out = ((pair[0] + pair[1] + 2) >> 2) as u8;
                }
            }
            _ => {
                let area = (factor * factor) as u32;
                for (out, block) in out.iter_mut().zip(sums.chunks_exact(factor)) {
                    let sum: u32 = block.iter().map(|&sum| u32::from(sum)).sum();
                    *out = ((sum + rounding) / area) as u8;
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Counts, shade_reaching, shade_reaching_among};
    use crate::simd::scalar_only;

    #[test]
    fn the_shade_that_a_share_of_pixels_reaches_is_that_of_counting_them() {
        for (length, most) in [(0, 1), (1, 256), (63, 256), (64, 2), (1600, 256), (1600, 1), (40_000, 97)] {
            let pixels: Vec<u8> = (0..length).map(|at: usize| (at * 7919 % 251 % most) as u8).collect();
            let mut counts = Counts::default();
            counts.add(&pixels);
            let counts = counts.total();
            for target in [0, 1, length / 2, length * 17 / 20, length, length + 1].map(|target| target as u32)
            {
                let found = shade_reaching_among(&pixels, target);
                assert_eq!(found, shade_reaching(&counts, target), "{length} {most} {target}");
                assert_eq!(found, scalar_only(|| shade_reaching_among(&pixels, target)));
            }
        }
    }
}
