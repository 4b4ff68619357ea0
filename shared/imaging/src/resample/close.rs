//! Blends pixels in colour that lie close together in the source, as on a page that becomes smaller by less than half: two at
//! a time out of one load of each row.

use super::blend::TOGETHER;
use super::line::{FRACTION, Line};

/// Bytes of the pixels that are blended together.
const BYTES: usize = 3 * TOGETHER;
/// Bytes of a load: two pixels and their neighbours lie within it where they are [`FARTHEST`] apart.
const LOAD: usize = 16;
/// How far apart two pixels may lie in the source, across and down.
const FARTHEST: (i64, i64) = (3, 1);

impl Line {
    /// Blends pixels from a place on, as many as `out` has, out of the source and of the same from its second row on; returns
    /// whether it did: where they lie too far apart, are fewer than [`TOGETHER`], lie at the end of the source, or the processor
    /// knows no way, it does nothing.
    #[inline(always)]
    pub(super) fn blend_close(&self, out: &mut [u8], data: (&[u8], &[u8]), place: (i64, i64)) -> bool {
        #[cfg(target_arch = "x86_64")]
        if self.step_x.abs() <= FARTHEST.0 << FRACTION
            && self.step_y.abs() <= FARTHEST.1 << FRACTION
            && let Ok(out) = out.try_into()
            && crate::simd::has_avx2()
        {
            #[expect(unsafe_code, reason = "a function compiled for AVX2 may run where AVX2 was detected")]
            // SAFETY: `has_avx2` has just said that the processor has every feature that `blend` enables.
            return unsafe { avx2::blend(self, out, data, place) }.is_some();
        }
        #[cfg(not(target_arch = "x86_64"))]
        let _ = (out, data, place);
        false
    }
}

#[cfg(target_arch = "x86_64")]
mod avx2 {
    use std::arch::x86_64::*;

    use super::{BYTES, FARTHEST, FRACTION, LOAD, Line};
    use crate::simd::bytes;

    /// A byte of a shuffle that becomes 0.
    const NOTHING: u8 = 0x80;
    /// Distances between two pixels, and one more: a power of two.
    const DISTANCES: usize = 2 * FARTHEST.0 as usize + 2;
    /// Which bytes of a load are a pair of pixels, as words: for each distance of the second from the first.
    static PAIRS: [[u8; LOAD]; DISTANCES] = pairs(0);
    /// The same of their right neighbours.
    static NEIGHBOURS: [[u8; LOAD]; DISTANCES] = pairs(3);

    const fn pairs(offset: u8) -> [[u8; LOAD]; DISTANCES] {
        let mut all = [[NOTHING; LOAD]; DISTANCES];
        let mut at = 0;
        while at < DISTANCES - 1 {
            let apart = at as i64 - FARTHEST.0;
            let mut channel = 0;
            while channel < 3 {
                let (first, second) = if apart < 0 { (-apart, 0) } else { (0, apart) };
                all[at][2 * channel] = offset + 3 * first as u8 + channel as u8;
                all[at][8 + 2 * channel] = offset + 3 * second as u8 + channel as u8;
                channel += 1;
            }
            at += 1;
        }
        all
    }

    /// Two pixels of a row and their right neighbours, a word a byte, four words a pixel.
    struct Pair {
        near: __m128i,
        far: __m128i,
    }

    /// Does nothing where a load would reach beyond the source.
    #[target_feature(enable = "avx2")]
    pub(super) fn blend(
        line: &Line,
        out: &mut [u8; BYTES],
        (data, below): (&[u8], &[u8]),
        (x, y): (i64, i64),
    ) -> Option<()> {
        let steps = |counts: [i32; 8], step: i64, from: i64| {
            let counts = _mm256_setr_epi32(
                counts[0], counts[1], counts[2], counts[3], counts[4], counts[5], counts[6], counts[7],
            );
            let steps = _mm256_mullo_epi32(counts, _mm256_set1_epi32(step as i32));
            _mm256_add_epi32(steps, _mm256_set1_epi32(from as i32))
        };
        // What overflows lies above the fraction.
        let mut xs = steps([0, 0, 1, 1, 2, 2, 3, 3], line.step_x, x);
        let mut first_ys = steps([0, 0, 0, 0, 2, 2, 2, 2], line.step_y, y);
        let mut second_ys = steps([1, 1, 1, 1, 3, 3, 3, 3], line.step_y, y);
        let on_x = _mm256_set1_epi32(4 * line.step_x as i32);
        let on_y = _mm256_set1_epi32(4 * line.step_y as i32);
        let (mut x, mut y) = (x, y);
        for out in out.as_chunks_mut::<12>().0 {
            let first = pair(line, (data, below), (x, y))?;
            let second = pair(line, (data, below), (x + 2 * line.step_x, y + 2 * line.step_y))?;
            (x, y) = (x + 4 * line.step_x, y + 4 * line.step_y);
            let weights_across = doubled(weights(xs));
            let upper = across(&first[0], &second[0], weights_across);
            let lower = across(&first[1], &second[1], weights_across);
            let firsts = down(_mm256_unpacklo_epi16(upper, lower), weights(first_ys));
            let seconds = down(_mm256_unpackhi_epi16(upper, lower), weights(second_ys));
            let words = _mm256_packus_epi32(firsts, seconds);
            let bytes = _mm256_packus_epi16(words, words);
            // Six bytes of two pixels, and behind them six of the others.
            let order = _mm256_setr_epi8(
                0, 1, 2, 4, 5, 6, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, //
                -1, -1, -1, -1, -1, -1, 0, 1, 2, 4, 5, 6, -1, -1, -1, -1,
            );
            let bytes = _mm256_shuffle_epi8(bytes, order);
            let bytes = _mm_or_si128(_mm256_castsi256_si128(bytes), _mm256_extracti128_si256::<1>(bytes));
            out[..8].copy_from_slice(&_mm_cvtsi128_si64(bytes).to_le_bytes());
            out[8..].copy_from_slice(&_mm_extract_epi32::<2>(bytes).to_le_bytes());
            xs = _mm256_add_epi32(xs, on_x);
            first_ys = _mm256_add_epi32(first_ys, on_y);
            second_ys = _mm256_add_epi32(second_ys, on_y);
        }
        Some(())
    }

    /// Returns a pair of pixels from a place on, of the row it lies on and of the one below.
    #[target_feature(enable = "avx2")]
    #[inline]
    fn pair(line: &Line, (data, below): (&[u8], &[u8]), (x, y): (i64, i64)) -> Option<[Pair; 2]> {
        let (first, second) = (x >> FRACTION, (x + line.step_x) >> FRACTION);
        let (row, other_row) = (y >> FRACTION, (y + line.step_y) >> FRACTION);
        let apart = (second - first + FARTHEST.0) as usize % DISTANCES;
        let (near, far) = (bytes(&PAIRS[apart]), bytes(&NEIGHBOURS[apart]));
        let at = |row: i64| 3 * (row * line.stride as i64 + first.min(second)) as usize;
        let on_row = |data: &[u8]| {
            let pixels = bytes(data.get(at(row)..)?.first_chunk()?);
            let pair = Pair { near: _mm_shuffle_epi8(pixels, near), far: _mm_shuffle_epi8(pixels, far) };
            if row == other_row {
                return Some(pair);
            }
            let pixels = bytes(data.get(at(other_row)..)?.first_chunk()?);
            let other = Pair { near: _mm_shuffle_epi8(pixels, near), far: _mm_shuffle_epi8(pixels, far) };
            Some(Pair {
                near: _mm_blend_epi16::<0xF0>(pair.near, other.near),
                far: _mm_blend_epi16::<0xF0>(pair.far, other.far),
            })
        };
        Some([on_row(data)?, on_row(below)?])
    }

    /// Returns the weights, 0 to 255, at places.
    #[target_feature(enable = "avx2")]
    #[inline]
    fn weights(places: __m256i) -> __m256i {
        _mm256_and_si256(_mm256_srli_epi32::<8>(places), _mm256_set1_epi32(255))
    }

    /// Returns each weight twice, as words.
    #[target_feature(enable = "avx2")]
    #[inline]
    fn doubled(weights: __m256i) -> __m256i {
        _mm256_or_si256(weights, _mm256_slli_epi32::<16>(weights))
    }

    /// Blends pixels with their right neighbours: 256 times what they are.
    #[target_feature(enable = "avx2")]
    #[inline]
    fn across(first: &Pair, second: &Pair, weights: __m256i) -> __m256i {
        let near = _mm256_set_m128i(second.near, first.near);
        let far = _mm256_set_m128i(second.far, first.far);
        // The product may overflow, the sum does not.
        let change = _mm256_mullo_epi16(_mm256_sub_epi16(far, near), weights);
        _mm256_add_epi16(_mm256_slli_epi16::<8>(near), change)
    }

    /// Blends pairs of blends, the upper one first.
    #[target_feature(enable = "avx2")]
    #[inline]
    fn down(pairs: __m256i, weights: __m256i) -> __m256i {
        // The products are of signed words, so that half of the range is taken away before and added again after.
        let signed = _mm256_xor_si256(pairs, _mm256_set1_epi16(i16::MIN));
        let upper = _mm256_sub_epi32(_mm256_set1_epi32(256), weights);
        let both = _mm256_or_si256(upper, _mm256_slli_epi32::<16>(weights));
        let half = _mm256_set1_epi32((1 << 15) * 256 + (1 << 15));
        _mm256_srli_epi32::<16>(_mm256_add_epi32(_mm256_madd_epi16(signed, both), half))
    }
}
