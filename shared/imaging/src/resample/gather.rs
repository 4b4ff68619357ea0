//! Fetches pairs of neighbours that lie close together in the source, as on a page that becomes smaller by less than half: a
//! few at a time out of one load, which is picked apart without another.

use super::blend::TOGETHER;
use super::line::Line;

/// Where the pairs of [`TOGETHER`] pixels are put, how many of them are wanted.
type Pairs<'a> = (usize, &'a mut [u16; TOGETHER], &'a mut [u16; TOGETHER]);

impl Line {
    /// Lays each pixel from a place on together with the next one, and those a row below, which `below` begins with; returns
    /// whether it did: where the pixels lie too far apart, are fewer, or the processor knows no way, it does nothing.
    #[inline(always)]
    pub(super) fn gather(
        &self,
        place: (i64, i64),
        data: (&[u8], &[u8]),
        (count, upper, lower): Pairs<'_>,
    ) -> bool {
        #[cfg(target_arch = "x86_64")]
        if count == TOGETHER && self.is_close() && crate::simd::has_avx2() {
            #[expect(unsafe_code, reason = "a function compiled for AVX2 may run where AVX2 was detected")]
            // SAFETY: `has_avx2` has just said that the processor has every feature that `gather` enables.
            return unsafe { avx2::gather(self, place, data, upper, lower) };
        }
        #[cfg(not(target_arch = "x86_64"))]
        let _ = (place, data, count, upper, lower);
        false
    }

    /// Returns whether so many pixels as [`avx2::GROUP`] lie within one load, and on two rows at most.
    #[cfg(target_arch = "x86_64")]
    #[inline(always)]
    fn is_close(&self) -> bool {
        use super::line::FRACTION;
        self.step_x.abs() <= 2 << FRACTION && self.step_y.abs() * avx2::GROUP as i64 <= 1 << FRACTION
    }
}

#[cfg(target_arch = "x86_64")]
mod avx2 {
    use std::arch::x86_64::*;

    use super::super::line::FRACTION;
    use super::{Line, TOGETHER};
    use crate::simd::bytes;

    /// Pixels that are picked out of one load.
    pub(super) const GROUP: usize = 8;

    #[target_feature(enable = "avx2")]
    pub(super) fn gather(
        line: &Line,
        (x, y): (i64, i64),
        (data, below): (&[u8], &[u8]),
        upper: &mut [u16; TOGETHER],
        lower: &mut [u16; TOGETHER],
    ) -> bool {
        let groups = upper.as_chunks_mut::<GROUP>().0.iter_mut().zip(lower.as_chunks_mut::<GROUP>().0);
        let count = _mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7);
        let across = _mm256_mullo_epi32(_mm256_set1_epi32(line.step_x as i32), count);
        let down = _mm256_mullo_epi32(_mm256_set1_epi32(line.step_y as i32), count);
        for (group, (upper, lower)) in groups.enumerate() {
            let at = (group * GROUP) as i64;
            let (x, y) = (x + at * line.step_x, y + at * line.step_y);
            let end = (GROUP - 1) as i64;
            let column = x.min(x + end * line.step_x) >> FRACTION;
            let (row, last_row) = (y >> FRACTION, (y + end * line.step_y) >> FRACTION);
            let load = |row: i64| (row * line.stride as i64 + column) as usize;
            // How far each pixel lies from the first byte of the load, then which bytes are it and the next one.
            let places = _mm256_add_epi32(_mm256_set1_epi32((x - (column << FRACTION)) as i32), across);
            let places = sixteen_bits(_mm256_srli_epi32::<{ FRACTION as i32 }>(places));
            let pairs = _mm_add_epi16(_mm_mullo_epi16(places, _mm_set1_epi16(0x101)), _mm_set1_epi16(0x100));
            let (Some(here), Some(under)) = (bytes_from(data, load(row)), bytes_from(below, load(row)))
            else {
                return false;
            };
            let (mut here, mut under) = (_mm_shuffle_epi8(here, pairs), _mm_shuffle_epi8(under, pairs));
            if last_row != row {
                let Some(further) = bytes_from(data, load(last_row)).zip(bytes_from(below, load(last_row)))
                else {
                    return false;
                };
                let rows = _mm256_add_epi32(_mm256_set1_epi32((y - (row << FRACTION)) as i32), down);
                let on_first = _mm256_cmpeq_epi32(
                    _mm256_srai_epi32::<{ FRACTION as i32 }>(rows),
                    _mm256_setzero_si256(),
                );
                let on_first = _mm_packs_epi32(
                    _mm256_castsi256_si128(on_first),
                    _mm256_extracti128_si256::<1>(on_first),
                );
                here = _mm_blendv_epi8(_mm_shuffle_epi8(further.0, pairs), here, on_first);
                under = _mm_blendv_epi8(_mm_shuffle_epi8(further.1, pairs), under, on_first);
            }
            store(upper, here);
            store(lower, under);
        }
        true
    }

    #[target_feature(enable = "avx2")]
    #[inline]
    fn sixteen_bits(values: __m256i) -> __m128i {
        _mm_packus_epi32(_mm256_castsi256_si128(values), _mm256_extracti128_si256::<1>(values))
    }

    /// Returns the bytes from a place on, nothing where there are fewer.
    #[inline(always)]
    fn bytes_from(data: &[u8], from: usize) -> Option<__m128i> {
        Some(bytes(data.get(from..)?.first_chunk()?))
    }

    #[target_feature(enable = "avx2")]
    #[inline]
    fn store(out: &mut [u16; GROUP], values: __m128i) {
        #[expect(unsafe_code, reason = "a store by pointer")]
        // SAFETY: `out` has the 16 bytes that are written, and the store asks for no alignment.
        unsafe {
            _mm_storeu_si128(out.as_mut_ptr().cast(), values);
        }
    }
}
