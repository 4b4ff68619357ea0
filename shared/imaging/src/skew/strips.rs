//! Lower edges of ink, summed over strips eight pixels wide.

use crate::gray::Gray;
use crate::simd::kernel;
#[cfg(target_arch = "x86_64")]
use crate::simd::{bytes, has_avx2};

/// Width of a strip in pixels.
pub(crate) const STRIP: usize = 8;
/// Differences below this are paper and noise.
const NOISE: u8 = 10;
/// Differences above this count no more: a black border must not outshout the text.
const CAP: u8 = 38;
/// So many pixels above the lower edge of a stroke, one of these at least, it is bright again. Where it is not, the dark is
/// a lid, a table or the ground beside a sheet: their edges run as they like, not as the lines.
const ABOVE: [usize; 3] = [8, 16, 24];

/// Sums of the feature: `count` strips side by side, each `length` long in the direction across the lines.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Strips {
    pub(crate) count: usize,
    pub(crate) length: usize,
    /// Distance between the middles of neighbouring strips, in steps of `length`.
    pub(crate) pitch: f64,
    /// Strip after strip.
    pub(crate) sums: Vec<u16>,
}

impl Strips {
    /// Sums the edges of lines that run across the page.
    pub(crate) fn across(page: &Gray) -> Self {
        let (count, length) = (page.width / STRIP, page.height);
        let mut by_row = vec![0_u16; count * length];
        let mut below = vec![0; page.width];
        if count > 0 {
            for y in 1..length.saturating_sub(1) {
                let others = ABOVE.map(|by| page.row((y - 1).saturating_sub(by)));
                dim(&mut below, page.row(y + 1), others);
                sum_row(&mut by_row[y * count..][..count], page.row(y - 1), &below);
            }
        }
        Self { count, length, pitch: STRIP as f64, sums: transposed(&by_row, count, length) }
    }

    /// Sums the edges of lines that run up the page: what [`Strips::across`] makes of it turned to the left by a quarter.
    pub(crate) fn up(page: &Gray) -> Self {
        const FARTHEST: usize = ABOVE[ABOVE.len() - 1];
        let (count, length) = (page.height / STRIP, page.width);
        let mut sums = vec![0_u16; count * length];
        // Ahead of the row its first pixel over and over, as nothing lies above the edge of a page.
        let mut row = vec![0; FARTHEST + length];
        let inner = length.saturating_sub(2);
        let mut below = vec![0; inner];
        for (y, pixels) in (0..count * STRIP).map(|y| (y, page.row(y))).filter(|_| inner > 0) {
            row[..FARTHEST].fill(pixels[length - 1]);
            // From right to left, as the turn lays it down.
            row[FARTHEST..].copy_from_slice(pixels);
            row[FARTHEST..].reverse();
            dim(&mut below, &row[FARTHEST + 2..], ABOVE.map(|by| &row[FARTHEST - by..]));
            add_edges(&mut sums[y / STRIP * length + 1..][..inner], &row[FARTHEST..], &below);
        }
        Self { count, length, pitch: STRIP as f64, sums }
    }

    /// Returns the length of all edges, in widths of the page, if all of them are as black as counts.
    pub(crate) fn edges(&self) -> f64 {
        let sum: u64 = self.sums.iter().map(|&sum| u64::from(sum)).sum();
        sum as f64 / (f64::from(CAP) * (self.count * STRIP).max(1) as f64)
    }

    /// Returns the strips of the page reduced by two: neighbours are added in both directions.
    pub(crate) fn halved(&self) -> Self {
        let (count, length) = (self.count / 2, self.length / 2);
        let mut sums = vec![0_u16; count * length];
        for (strip, out) in sums.chunks_exact_mut(length.max(1)).enumerate() {
            let left = &self.sums[2 * strip * self.length..][..self.length];
            let right = &self.sums[(2 * strip + 1) * self.length..][..self.length];
            halve(out, left, right);
        }
        Self { count, length, pitch: self.pitch, sums }
    }
}

kernel! {
    /// Darkens a row where none of three others is as bright.
    fn dim(out: &mut [u8], row: &[u8], others: [&[u8]; 3]) {
        let [first, second, third] = others;
        let others = first.iter().zip(second).zip(third);
        for ((out, &pixel), ((&first, &second), &third)) in out.iter_mut().zip(row).zip(others) {
            *out = pixel.min(first.max(second).max(third));
        }
    }
}

/// Sums the edges of a row strip by strip.
fn sum_row(out: &mut [u16], above: &[u8], below: &[u8]) {
    #[cfg(target_arch = "x86_64")]
    if has_avx2() {
        #[expect(unsafe_code, reason = "a function compiled for AVX2 may run where AVX2 was detected")]
        // SAFETY: `has_avx2` has just said that the processor has every feature that `sum_pairs` enables.
        let done = unsafe { sum_pairs(out, above, below) };
        return sum_strips(&mut out[done..], &above[done * STRIP..], &below[done * STRIP..]);
    }
    sum_strips(out, above, below);
}

fn sum_strips(out: &mut [u16], above: &[u8], below: &[u8]) {
    let pairs = above.chunks_exact(STRIP).zip(below.chunks_exact(STRIP));
    for (out, (above, below)) in out.iter_mut().zip(pairs) {
        *out = above.iter().zip(below).map(|(&above, &below)| u16::from(edge(above, below))).sum();
    }
}

/// The same two strips at a time, as many as there are pairs; returns how many strips that is.
#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2")]
fn sum_pairs(out: &mut [u16], above: &[u8], below: &[u8]) -> usize {
    use std::arch::x86_64::{
        _mm_extract_epi16, _mm_min_epu8, _mm_sad_epu8, _mm_set1_epi8, _mm_setzero_si128, _mm_subs_epu8,
    };
    let (noise, cap) = (_mm_set1_epi8(NOISE as i8), _mm_set1_epi8(CAP as i8));
    let rows = above.as_chunks::<{ 2 * STRIP }>().0.iter().zip(below.as_chunks::<{ 2 * STRIP }>().0);
    let out = out.as_chunks_mut::<2>().0;
    let pairs = out.len().min(above.len() / (2 * STRIP));
    for (out, (above, below)) in out.iter_mut().zip(rows) {
        let rise = _mm_subs_epu8(_mm_subs_epu8(bytes(below), bytes(above)), noise);
        // Differences to nothing, added up over eight bytes.
        let sums = _mm_sad_epu8(_mm_min_epu8(rise, cap), _mm_setzero_si128());
        *out = [_mm_extract_epi16::<0>(sums) as u16, _mm_extract_epi16::<4>(sums) as u16];
    }
    2 * pairs
}

kernel! {
    fn add_edges(sums: &mut [u16], above: &[u8], below: &[u8]) {
        for ((sum, &above), &below) in sums.iter_mut().zip(above).zip(below) {
            *sum += u16::from(edge(above, below));
        }
    }
}

kernel! {
    fn halve(out: &mut [u16], left: &[u16], right: &[u16]) {
        for ((out, left), right) in out.iter_mut().zip(left.chunks_exact(2)).zip(right.chunks_exact(2)) {
            *out = (left[0] + left[1] + right[0] + right[1]) / 4;
        }
    }
}

#[inline(always)]
fn edge(before: u8, after: u8) -> u8 {
    after.saturating_sub(before).saturating_sub(NOISE).min(CAP)
}

/// Turns `length` rows of `count` into `count` rows of `length`, in blocks that stay in the nearest cache.
fn transposed(rows: &[u16], count: usize, length: usize) -> Vec<u16> {
    const BLOCK: usize = 32;
    let mut out = vec![0_u16; rows.len()];
    for y0 in (0..length).step_by(BLOCK) {
        for x0 in (0..count).step_by(BLOCK) {
            for x in x0..(x0 + BLOCK).min(count) {
                let column = rows[y0 * count + x..].iter().step_by(count);
                let out = &mut out[x * length + y0..x * length + (y0 + BLOCK).min(length)];
                out.iter_mut().zip(column).for_each(|(out, &sum)| *out = sum);
            }
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::{Strips, sum_row};
    use crate::gray::Gray;
    use crate::raster::Turn;
    use crate::simd::scalar_only;

    /// Returns a page of lines and noise.
    fn page(width: usize, height: usize) -> Gray {
        let shade = |at: usize| {
            let noise = ((at * 7919) >> 4) as u8 % 40;
            if (at % width + at / width / 9) % 23 < 4 { 30 + noise } else { 210 + noise }
        };
        Gray { width, height, pixels: (0..width * height).map(shade).collect() }
    }

    #[test]
    fn both_ways_to_sum_a_row_are_equal() {
        let page = page(411, 2);
        for count in [0, 1, 2, 3, 51] {
            let all = || {
                let mut sums = vec![7; count];
                sum_row(&mut sums, page.row(0), page.row(1));
                sums
            };
            assert_eq!(all(), scalar_only(all), "{count}");
        }
    }

    #[test]
    fn lines_up_a_page_are_summed_as_those_across_the_turned_one() {
        for (width, height) in [(411, 307), (64, 8), (3, 40), (2, 40), (1, 9), (40, 7), (0, 0)] {
            let page = page(width.max(1), height);
            let page = Gray { width, pixels: page.pixels[..width * height].to_vec(), ..page };
            let turned = page.turned(Turn { mirrored: false, quarters: 3 });
            assert_eq!(Strips::up(&page), Strips::across(&turned), "{width} x {height}");
            assert_eq!(Strips::up(&page), scalar_only(|| Strips::up(&page)), "{width} x {height}");
        }
    }
}
