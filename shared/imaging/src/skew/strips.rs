//! Lower edges of ink, summed over strips eight pixels wide.

use crate::gray::Gray;
use crate::simd::kernel;

/// Width of a strip in pixels.
pub(crate) const STRIP: usize = 8;
/// Differences below this are paper and noise.
const NOISE: u8 = 10;
/// Differences above this count no more: a black border must not outshout the text.
const CAP: u8 = 38;

/// A sum above this is an edge that fills most of its strip's width.
const RULING: u16 = 170;
/// So many strips with such an edge in a row are a ruling or a frame: letters have gaps.
const RULING_STRIPS: usize = 7;

/// Sums of the feature: `count` strips side by side, each `length` long in the direction across the lines.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Strips {
    pub(crate) count: usize,
    pub(crate) length: usize,
    /// Distance between the middles of neighbouring strips, in steps of `length`.
    pub(crate) pitch: f64,
    /// Strip after strip.
    pub(crate) sums: Vec<u16>,
    /// 1 when a positive shift of the later strips is a clockwise skew, -1 otherwise.
    pub(crate) sign: f64,
}

impl Strips {
    /// Sums the edges of lines that run across the page.
    pub(crate) fn across(page: &Gray) -> Self {
        let (count, length) = (page.width / STRIP, page.height);
        let mut by_row = vec![0_u16; count * length];
        if count > 0 {
            for y in 1..length.saturating_sub(1) {
                sum_row(&mut by_row[y * count..][..count], page.row(y - 1), page.row(y + 1));
            }
        }
        Self { count, length, pitch: STRIP as f64, sums: transposed(&by_row, count, length), sign: 1.0 }
    }

    /// Averages the ink itself, 255 for black, for lines that run across the page.
    pub(crate) fn ink_across(page: &Gray) -> Self {
        let (count, length) = (page.width / STRIP, page.height);
        let mut by_row = vec![0_u16; count * length];
        if count > 0 {
            for (y, out) in by_row.chunks_exact_mut(count).enumerate() {
                average_ink(out, page.row(y));
            }
        }
        Self { count, length, pitch: STRIP as f64, sums: transposed(&by_row, count, length), sign: 1.0 }
    }

    /// Sums the edges of lines that run down the page.
    pub(crate) fn down(page: &Gray) -> Self {
        let (count, length) = (page.height / STRIP, page.width);
        let mut sums = vec![0_u16; count * length];
        if length > 2 {
            for (strip, out) in sums.chunks_exact_mut(length).enumerate() {
                for y in strip * STRIP..(strip + 1) * STRIP {
                    let row = page.row(y);
                    add_edges(&mut out[1..length - 1], &row[..length - 2], &row[2..]);
                }
            }
        }
        Self { count, length, pitch: STRIP as f64, sums, sign: -1.0 }
    }

    /// Returns the strips without rulings: edges that go on over many strips at an angle of `deg` degrees.
    pub(crate) fn without_rulings(&self, deg: f64) -> Self {
        let slope = deg.to_radians().tan() * self.pitch * self.sign;
        let place = |strip: usize, at: usize| -> Option<usize> {
            let y = (at as f64 + slope * (strip as f64 - self.count as f64 / 2.0)).round();
            (y >= 1.0 && y + 1.0 < self.length as f64).then_some(strip * self.length + y as usize)
        };
        let mut out = self.clone();
        for at in 0..self.length {
            let mut run = 0;
            for strip in 0..=self.count {
                let strong = strip < self.count
                    && place(strip, at).is_some_and(|index| {
                        self.sums[index - 1..=index + 1].iter().any(|&sum| sum > RULING)
                    });
                if strong {
                    run += 1;
                    continue;
                }
                if run >= RULING_STRIPS {
                    for index in (strip - run..strip).filter_map(|strip| place(strip, at)) {
                        out.sums[index - 1..=index + 1].fill(0);
                    }
                }
                run = 0;
            }
        }
        out
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
        Self { count, length, pitch: self.pitch, sums, sign: self.sign }
    }
}

kernel! {
    fn sum_row(out: &mut [u16], above: &[u8], below: &[u8]) {
        let pairs = above.chunks_exact(STRIP).zip(below.chunks_exact(STRIP));
        for (out, (above, below)) in out.iter_mut().zip(pairs) {
            let mut sum = 0;
            for (&above, &below) in above.iter().zip(below) {
                sum += u16::from(edge(above, below));
            }
            *out = sum;
        }
    }
}

kernel! {
    fn average_ink(out: &mut [u16], row: &[u8]) {
        for (out, strip) in out.iter_mut().zip(row.chunks_exact(STRIP)) {
            let sum: u16 = strip.iter().map(|&pixel| 255 - u16::from(pixel)).sum();
            *out = sum / STRIP as u16;
        }
    }
}

kernel! {
    fn add_edges(out: &mut [u16], before: &[u8], after: &[u8]) {
        for ((out, &before), &after) in out.iter_mut().zip(before).zip(after) {
            *out += u16::from(edge(before, after));
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
                for y in y0..(y0 + BLOCK).min(length) {
                    out[x * length + y] = rows[y * count + x];
                }
            }
        }
    }
    out
}
