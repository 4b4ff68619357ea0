//! The forward cosine transform of two blocks at once, and their quantization.
//!
//! Sixteen samples of a row are two blocks that lie side by side; everything is done to both in step. Columns are
//! transformed first, then rows, each as the products of T.81's formula (A.3.3) that are left once sums and differences
//! of opposite samples are taken. Both compilations work on the same whole numbers, so that they are equal to the bit.

use super::quantize::Quantizer;
use crate::simd::has_avx2;

/// Samples of a row of two blocks.
pub(super) const ROW: usize = 16;
/// Bits behind the point of a factor.
const FACTOR_BITS: i32 = 14;
/// Bits that are kept behind the point between columns and rows.
const KEPT_BITS: i32 = 2;
/// √2 · cos(k · π / 16) for k from 0 to 7.
const FACTORS: [i16; 8] = [23170, 22725, 21407, 19266, 16384, 12873, 8867, 4520];
/// The factors of the differences of opposite samples, the outermost first, in the coefficients 1, 3, 5 and 7.
const ODD: [[i16; 4]; 4] = [
    [FACTORS[1], FACTORS[3], FACTORS[5], FACTORS[7]],
    [FACTORS[3], -FACTORS[7], -FACTORS[1], -FACTORS[5]],
    [FACTORS[5], -FACTORS[1], FACTORS[7], FACTORS[3]],
    [FACTORS[7], -FACTORS[5], FACTORS[3], -FACTORS[1]],
];

/// Two blocks, transformed and quantized.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Pair {
    /// Eight columns of the first block's coefficients, each followed by the same column of the second block's.
    pub(super) coefficients: [i16; 128],
    /// Which coefficients of each block are not 0: bit 8 · column + row.
    pub(super) marks: [u64; 2],
}

impl Default for Pair {
    fn default() -> Self {
        Self { coefficients: [0; 128], marks: [0; 2] }
    }
}

/// Transforms pairs that lie side by side: eight rows of `samples`, `stride` apart, of 16 bytes for each pair.
pub(super) fn transform(pairs: &mut [Pair], samples: &[u8], stride: usize, quantizer: &Quantizer) {
    #[cfg(target_arch = "x86_64")]
    if has_avx2() {
        #[expect(unsafe_code, reason = "a function compiled for AVX2 may run where AVX2 was detected")]
        // SAFETY: `has_avx2` has just said that the processor has what `transform` enables.
        return unsafe { avx2::transform(pairs, samples, stride, quantizer) };
    }
    plain(pairs, samples, stride, quantizer);
}

fn plain(pairs: &mut [Pair], samples: &[u8], stride: usize, quantizer: &Quantizer) {
    for (at, pair) in pairs.iter_mut().enumerate() {
        *pair = Pair::default();
        for block in 0..2 {
            let mut values = [[0_i32; 8]; 8];
            for (y, row) in values.iter_mut().enumerate() {
                let from = &samples[y * stride + at * ROW + 8 * block..][..8];
                row.iter_mut().zip(from).for_each(|(value, &sample)| *value = i32::from(sample) - 128);
            }
            let mut columns = [[0; 8]; 8];
            for (x, column) in columns.iter_mut().enumerate() {
                *column = line(values.map(|row| row[x]), |sum| sum << KEPT_BITS, FACTOR_BITS - KEPT_BITS);
            }
            for y in 0..8 {
                let settle = |sum: i32| (sum + (1 << (KEPT_BITS - 1))) >> KEPT_BITS;
                let row = line(columns.map(|column| column[y]), settle, FACTOR_BITS + KEPT_BITS);
                for (x, value) in row.into_iter().enumerate() {
                    let value = quantizer.quantized(value as i16, 8 * x + y);
                    pair.coefficients[ROW * x + 8 * block + y] = value;
                    pair.marks[block] |= u64::from(value != 0) << (8 * x + y);
                }
            }
        }
    }
}

/// Transforms eight values; `settle` scales plain sums, and products are shifted by `shift`.
fn line(values: [i32; 8], settle: impl Fn(i32) -> i32, shift: i32) -> [i32; 8] {
    let [a, b, c, d] = [0, 1, 2, 3].map(|at| values[at] + values[7 - at]);
    let differences = [0, 1, 2, 3].map(|at| values[at] - values[7 - at]);
    let product = |sum: i32| (sum + (1 << (shift - 1))) >> shift;
    let [c2, c6] = [2, 6].map(|at: usize| i32::from(FACTORS[at]));
    let odd = ODD.map(|factors| {
        let products = differences.iter().zip(factors).map(|(value, factor)| value * i32::from(factor));
        product(products.sum())
    });
    [
        settle(a + d + (b + c)),
        odd[0],
        product((a - d) * c2 + (b - c) * c6),
        odd[1],
        settle(a + d - (b + c)),
        odd[2],
        product((a - d) * c6 - (b - c) * c2),
        odd[3],
    ]
}

#[cfg(target_arch = "x86_64")]
mod avx2 {
    use std::arch::x86_64::*;

    use super::{FACTOR_BITS, FACTORS, KEPT_BITS, ODD, Pair, ROW};
    use crate::jpeg::quantize::Quantizer;
    use crate::simd::bytes;

    /// As [`super::plain`], which says what is done.
    #[target_feature(enable = "avx2")]
    pub(super) fn transform(pairs: &mut [Pair], samples: &[u8], stride: usize, quantizer: &Quantizer) {
        let rounding = _mm256_set1_epi16(1 << (KEPT_BITS - 1));
        for (at, pair) in pairs.iter_mut().enumerate() {
            let mut values = [_mm256_setzero_si256(); 8];
            for (y, row) in values.iter_mut().enumerate() {
                let from = &samples[y * stride..].as_chunks().0[at];
                *row = _mm256_sub_epi16(_mm256_cvtepu8_epi16(bytes(from)), _mm256_set1_epi16(128));
            }
            let columns = line::<{ FACTOR_BITS - KEPT_BITS }>(values);
            let columns = [0, 1, 2, 3, 4, 5, 6, 7].map(|at| match at {
                0 | 4 => _mm256_slli_epi16::<KEPT_BITS>(columns[at]),
                _ => columns[at],
            });
            let rows = line::<{ FACTOR_BITS + KEPT_BITS }>(transposed(columns));
            let rows = [0, 1, 2, 3, 4, 5, 6, 7].map(|at| match at {
                0 | 4 => _mm256_srai_epi16::<KEPT_BITS>(_mm256_add_epi16(rows[at], rounding)),
                _ => rows[at],
            });
            let quantized = [0, 1, 2, 3, 4, 5, 6, 7].map(|at| quantizer.quantized_column(rows[at], at));
            for (out, column) in pair.coefficients.as_chunks_mut().0.iter_mut().zip(quantized) {
                store(out, column);
            }
            pair.marks = marks(quantized);
        }
    }

    /// Transforms eight rows along their columns; plain sums (0 and 4) are left as they are, products shifted.
    #[target_feature(enable = "avx2")]
    #[inline]
    fn line<const SHIFT: i32>(values: [__m256i; 8]) -> [__m256i; 8] {
        let [a, b, c, d] = [0, 1, 2, 3].map(|at| _mm256_add_epi16(values[at], values[7 - at]));
        let [p, q, r, s] = [0, 1, 2, 3].map(|at| _mm256_sub_epi16(values[at], values[7 - at]));
        let (outer, inner) = (_mm256_add_epi16(a, d), _mm256_add_epi16(b, c));
        let even = interleaved(_mm256_sub_epi16(a, d), _mm256_sub_epi16(b, c));
        let (first, second) = (interleaved(p, q), interleaved(r, s));
        let odd = ODD.map(|[one, two, three, four]| {
            let (near, far) = (products(first, one, two), products(second, three, four));
            let sums = [0, 1].map(|half| _mm256_add_epi32(near[half], far[half]));
            settled::<SHIFT>(sums)
        });
        [
            _mm256_add_epi16(outer, inner),
            odd[0],
            settled::<SHIFT>(products(even, FACTORS[2], FACTORS[6])),
            odd[1],
            _mm256_sub_epi16(outer, inner),
            odd[2],
            settled::<SHIFT>(products(even, FACTORS[6], -FACTORS[2])),
            odd[3],
        ]
    }

    /// Lays the values of both next to each other, the lower halves of the lanes and the upper ones.
    #[target_feature(enable = "avx2")]
    #[inline]
    fn interleaved(one: __m256i, two: __m256i) -> [__m256i; 2] {
        [_mm256_unpacklo_epi16(one, two), _mm256_unpackhi_epi16(one, two)]
    }

    /// Multiplies neighbours by these factors and adds them.
    #[target_feature(enable = "avx2")]
    #[inline]
    fn products(pairs: [__m256i; 2], one: i16, two: i16) -> [__m256i; 2] {
        let factors = _mm256_set1_epi32(i32::from(one) & 0xFFFF | i32::from(two) << 16);
        pairs.map(|pairs| _mm256_madd_epi16(pairs, factors))
    }

    /// Rounds, shifts, and lays the halves together again.
    #[target_feature(enable = "avx2")]
    #[inline]
    fn settled<const SHIFT: i32>(sums: [__m256i; 2]) -> __m256i {
        let rounding = _mm256_set1_epi32(1 << (SHIFT - 1));
        let [lower, upper] = sums.map(|sum| _mm256_srai_epi32::<SHIFT>(_mm256_add_epi32(sum, rounding)));
        _mm256_packs_epi32(lower, upper)
    }

    /// Makes rows of columns, in each of the two blocks.
    #[target_feature(enable = "avx2")]
    #[inline]
    fn transposed(rows: [__m256i; 8]) -> [__m256i; 8] {
        let [a0, a1] = interleaved(rows[0], rows[1]);
        let [b0, b1] = interleaved(rows[2], rows[3]);
        let [c0, c1] = interleaved(rows[4], rows[5]);
        let [d0, d1] = interleaved(rows[6], rows[7]);
        let fours = |one, two| [_mm256_unpacklo_epi32(one, two), _mm256_unpackhi_epi32(one, two)];
        let eights = |one, two| [_mm256_unpacklo_epi64(one, two), _mm256_unpackhi_epi64(one, two)];
        let ([e0, e1], [e2, e3]) = (fours(a0, b0), fours(a1, b1));
        let ([f0, f1], [f2, f3]) = (fours(c0, d0), fours(c1, d1));
        let ([r0, r1], [r2, r3]) = (eights(e0, f0), eights(e1, f1));
        let ([r4, r5], [r6, r7]) = (eights(e2, f2), eights(e3, f3));
        [r0, r1, r2, r3, r4, r5, r6, r7]
    }

    /// Returns which values of each block are not 0.
    #[target_feature(enable = "avx2")]
    #[inline]
    fn marks(columns: [__m256i; 8]) -> [u64; 2] {
        let zeros = [0, 2, 4, 6].map(|at| {
            // Saturated to a byte, a value is 0 only if it was.
            let bytes = _mm256_packs_epi16(columns[at], columns[at + 1]);
            _mm256_movemask_epi8(_mm256_cmpeq_epi8(bytes, _mm256_setzero_si256())) as u32
        });
        let block = |half: u32| {
            let part = |at: usize| u64::from(zeros[at] >> (16 * half) & 0xFFFF) << (16 * at);
            !(part(0) | part(1) | part(2) | part(3))
        };
        [block(0), block(1)]
    }

    #[target_feature(enable = "avx2")]
    #[inline]
    fn store(out: &mut [i16; ROW], values: __m256i) {
        #[expect(unsafe_code, reason = "a store by pointer")]
        // SAFETY: `out` has the 32 bytes that are written, and the store asks for no alignment.
        unsafe {
            _mm256_storeu_si256(out.as_mut_ptr().cast(), values);
        }
    }
}
