//! Division of coefficients by a table, by multiplication.

use super::tables;

/// Coefficients come multiplied by this from the transform.
const SCALE: u16 = 8;

/// Divides coefficients, column by column, and rounds to the nearest whole number, halves away from 0.
///
/// `(n · reciprocal) >> 16 >> shift` is exactly `n / divisor` for n below 2^15: the reciprocal is 2^(16 + shift) / divisor
/// rounded up, with the shift so chosen that it has 16 bits. The second shift is a multiplication too, since it differs
/// from one coefficient to the next.
pub(super) struct Quantizer {
    /// Half of each divisor.
    half: [u16; 64],
    reciprocal: [u16; 64],
    /// 2^(16 − shift).
    shift: [u16; 64],
}

impl Quantizer {
    /// Takes the divisors row by row.
    pub(super) fn new(divisors: &[u16; 64]) -> Self {
        let mut made = Self { half: [0; 64], reciprocal: [0; 64], shift: [0; 64] };
        for column in 0..8 {
            for row in 0..8 {
                let (at, divisor) = (8 * column + row, SCALE * divisors[8 * row + column]);
                made.half[at] = divisor / 2;
                (made.reciprocal[at], made.shift[at]) = reciprocal(divisor);
            }
        }
        made
    }

    /// Divides the coefficient at `8 · column + row`.
    #[inline(always)]
    pub(super) fn quantized(&self, value: i16, at: usize) -> i16 {
        let high = |one: u16, two: u16| ((u32::from(one) * u32::from(two)) >> 16) as u16;
        let rounded = value.unsigned_abs() + self.half[at];
        let quotient = high(high(rounded, self.reciprocal[at]), self.shift[at]) as i16;
        if value < 0 { -quotient } else { quotient }
    }

    /// Divides a column of two blocks' coefficients.
    #[cfg(target_arch = "x86_64")]
    #[target_feature(enable = "avx2")]
    #[inline]
    pub(super) fn quantized_column(
        &self,
        values: std::arch::x86_64::__m256i,
        column: usize,
    ) -> std::arch::x86_64::__m256i {
        use std::arch::x86_64::*;
        let both = |table: &[u16; 64]| _mm256_broadcastsi128_si256(eight(&table.as_chunks().0[column]));
        let rounded = _mm256_add_epi16(_mm256_abs_epi16(values), both(&self.half));
        let high = _mm256_mulhi_epu16(rounded, both(&self.reciprocal));
        _mm256_sign_epi16(_mm256_mulhi_epu16(high, both(&self.shift)), values)
    }
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2")]
#[inline]
fn eight(from: &[u16; 8]) -> std::arch::x86_64::__m128i {
    #[expect(unsafe_code, reason = "a load by pointer")]
    // SAFETY: `from` has the 16 bytes that are read, and the load asks for no alignment.
    unsafe {
        std::arch::x86_64::_mm_loadu_si128(from.as_ptr().cast())
    }
}

/// Returns the reciprocal of a divisor from 8 on and the factor in place of the shift.
fn reciprocal(divisor: u16) -> (u16, u16) {
    // A power of 2 would need a bit more.
    let shift = divisor.ilog2() - u32::from(divisor.is_power_of_two());
    let reciprocal = (1_u32 << (16 + shift)).div_ceil(u32::from(divisor));
    (reciprocal as u16, 1 << (16 - shift))
}

/// Returns the quantizers of brightness and of colour at a quality, and the tables they come from.
pub(super) fn of_quality(quality: u8) -> ([Quantizer; 2], [[u16; 64]; 2]) {
    let divisors = [false, true].map(|colour| tables::divisors(colour, quality));
    ([0, 1].map(|at: usize| Quantizer::new(&divisors[at])), divisors)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quotients_are_those_of_a_division_for_every_divisor_and_value() {
        for divisor in 1..=255_u16 {
            let quantizer = Quantizer::new(&[divisor; 64]);
            for value in -8400_i16..=8400 {
                let exact = (f64::from(value) / f64::from(SCALE * divisor)).round();
                assert_eq!(f64::from(quantizer.quantized(value, 9)), exact, "{value} / {divisor}");
            }
        }
    }
}
