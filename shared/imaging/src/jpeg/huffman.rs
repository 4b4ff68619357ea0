//! Codes quantized blocks.

use super::bits::Bits;
use super::dct::{Pair, ROW};
use super::tables::{self, Specification, ZIGZAG};
use crate::simd::has_avx2;

/// Bits of a coefficient with its code at most: 16 of the code and 11 of the difference between two means.
const LONGEST: usize = 27;
/// Bytes that a block takes at most, before stuffing.
const BLOCK_BYTES: usize = (64 * LONGEST).div_ceil(8);
/// The symbol of sixteen zeros, and that of nothing but zeros.
const ZEROS: usize = 0xF0;
const END: usize = 0x00;

/// A code, shifted by 8, with its length and that of the bits that follow it.
type Code = u32;

/// The codes of brightness or of colour.
pub(super) struct Codes {
    /// By the length of the difference.
    means: [Code; 256],
    /// By zeros and length.
    details: [Code; 256],
}

impl Codes {
    /// The standard's codes of brightness, and those of colour.
    pub(super) fn standard() -> [Self; 2] {
        [0, 1]
            .map(|at: usize| Self { means: codes(&tables::MEANS[at]), details: codes(&tables::DETAILS[at]) })
    }
}

/// Counts codes up, length by length (T.81, annex C).
fn codes(specification: &Specification) -> [Code; 256] {
    let mut codes = [0; 256];
    let (mut code, mut symbols) = (0, specification.symbols.iter());
    for (length, &count) in (1_u32..).zip(&specification.lengths) {
        for &symbol in symbols.by_ref().take(usize::from(count)) {
            codes[usize::from(symbol)] = code << 8 | (length + u32::from(symbol % 16));
            code += 1;
        }
        code <<= 1;
    }
    codes
}

/// For each byte of a block's marks and each of its values: the same marks in the order of the zigzag.
static IN_ORDER: [[u64; 256]; 8] = in_order();
/// Place of each coefficient of the zigzag among a pair's.
static PLACES: [u8; 64] = places();

const fn places() -> [u8; 64] {
    let mut places = [0; 64];
    let mut at = 0;
    while at < 64 {
        let (row, column) = (ZIGZAG[at] / 8, ZIGZAG[at] % 8);
        places[at] = ROW as u8 * column + row;
        at += 1;
    }
    places
}

const fn in_order() -> [[u64; 256]; 8] {
    let mut marks = [[0; 256]; 8];
    let mut at = 0;
    while at < 64 {
        let (row, column) = (ZIGZAG[at] / 8, ZIGZAG[at] as usize % 8);
        let mut byte = 0;
        while byte < 256 {
            marks[column][byte] |= ((byte as u64 >> row) & 1) << at;
            byte += 1;
        }
        at += 1;
    }
    marks
}

/// Blocks that are coded together.
pub(super) enum Blocks<'a> {
    /// The first `count` blocks of gray pairs.
    Gray { pairs: &'a [Pair], count: usize },
    /// Pairs of brightness, those of the upper eight rows and those of the lower ones, and of the colour differences.
    Colour { luma: (&'a [Pair], &'a [Pair]), differences: &'a [Pair] },
}

impl Blocks<'_> {
    fn count(&self) -> usize {
        match self {
            Self::Gray { count, .. } => *count,
            Self::Colour { differences, .. } => 6 * differences.len(),
        }
    }

    /// Codes the blocks in the order of T.81, A.2.3; `means` are those of the blocks before, of brightness, blue and red.
    pub(super) fn code(&self, bits: &mut Bits, codes: &[Codes; 2], means: &mut [i16; 3]) {
        bits.reserve(self.count() * BLOCK_BYTES);
        #[cfg(target_arch = "x86_64")]
        if has_avx2() && has_bit_instructions() {
            #[expect(
                unsafe_code,
                reason = "a function compiled for what the processor was found to have may run"
            )]
            // SAFETY: both have just said that the processor has every feature that `with_bit_instructions` enables.
            return unsafe { self.with_bit_instructions(bits, codes, means) };
        }
        self.plain(bits, codes, means);
    }

    #[cfg(target_arch = "x86_64")]
    #[target_feature(enable = "avx2,bmi1,bmi2,lzcnt")]
    fn with_bit_instructions(&self, bits: &mut Bits, codes: &[Codes; 2], means: &mut [i16; 3]) {
        self.plain(bits, codes, means);
    }

    // Loops, since a closure would be compiled without the instructions of the function that this is compiled into.
    #[inline(always)]
    fn plain(&self, bits: &mut Bits, codes: &[Codes; 2], means: &mut [i16; 3]) {
        let [of_luma, of_differences] = codes;
        let [mean, blue, red] = means;
        match self {
            Self::Gray { pairs, count } => {
                for at in 0..*count {
                    block(bits, &pairs[at / 2], at % 2, of_luma, mean);
                }
            }
            Self::Colour { luma: (upper, lower), differences } => {
                for ((upper, lower), difference) in upper.iter().zip(*lower).zip(*differences) {
                    for pair in [upper, lower] {
                        block(bits, pair, 0, of_luma, mean);
                        block(bits, pair, 1, of_luma, mean);
                    }
                    block(bits, difference, 0, of_differences, blue);
                    block(bits, difference, 1, of_differences, red);
                }
            }
        }
    }
}

#[cfg(target_arch = "x86_64")]
fn has_bit_instructions() -> bool {
    std::arch::is_x86_feature_detected!("bmi1")
        && std::arch::is_x86_feature_detected!("bmi2")
        && std::arch::is_x86_feature_detected!("lzcnt")
}

/// Codes one of the two blocks of a pair.
#[inline(always)]
fn block(bits: &mut Bits, pair: &Pair, which: usize, codes: &Codes, mean: &mut i16) {
    let value = |at: u8| i32::from(pair.coefficients[(usize::from(at) + 8 * which) & 127]);
    let here = pair.coefficients[8 * which];
    let (length, low) = magnitude(i32::from(here) - i32::from(*mean));
    *mean = here;
    put(bits, codes.means[length as usize], low, length);
    let columns = pair.marks[which].to_le_bytes();
    let marks = IN_ORDER.iter().zip(columns).fold(0, |all, (table, byte)| all | table[usize::from(byte)]);
    let (mut left, mut last) = (marks & !1, 0);
    while left != 0 {
        let at = left.trailing_zeros();
        left &= left - 1;
        let mut zeros = at - last - 1;
        last = at;
        while zeros >= 16 {
            put(bits, codes.details[ZEROS], 0, 0);
            zeros -= 16;
        }
        let (length, low) = magnitude(value(PLACES[at as usize & 63]));
        put(bits, codes.details[(zeros << 4 | length) as usize & 255], low, length);
    }
    if last != 63 {
        put(bits, codes.details[END], 0, 0);
    }
}

#[inline(always)]
fn put(bits: &mut Bits, code: Code, low: u32, length: u32) {
    bits.put((code >> 8) << length | low, code & 0xFF);
}

/// Returns how many bits a value takes, and them: those of a negative value less 1 (T.81, F.1.2.1).
#[inline(always)]
fn magnitude(value: i32) -> (u32, u32) {
    let sign = value >> 31;
    let length = 32 - value.unsigned_abs().leading_zeros();
    let low = (value + sign) as u32 & ((1 << length) - 1);
    (length, low)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_in_order_say_which_places_of_the_zigzag_are_taken() {
        for at in 0..64_usize {
            let (row, column) = (ZIGZAG[at] / 8, usize::from(ZIGZAG[at] % 8));
            assert_eq!(IN_ORDER[column][1 << row], 1 << at);
            assert_eq!(usize::from(PLACES[at]), ROW * column + usize::from(row));
        }
    }

    #[test]
    fn magnitudes_are_those_of_the_standard() {
        let pairs = [(0, (0, 0)), (1, (1, 1)), (-1, (1, 0)), (5, (3, 5)), (-5, (3, 2)), (-2047, (11, 0))];
        for (value, expected) in pairs {
            assert_eq!(magnitude(value), expected);
        }
    }
}
