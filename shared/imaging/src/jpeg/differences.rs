//! The blocks of the colour differences.

use super::BLOCK;
use super::colour::Colours;
use super::dct::{self, Pair, ROW};
use super::quantize::Quantizer;

/// The colour differences of the rows that are not coded yet.
pub(super) struct Differences {
    colours: Colours,
    /// Eight samples of blue and eight of red in turns, so that their blocks are a pair.
    samples: Vec<u8>,
    pairs: Vec<Pair>,
    /// Bytes of a row of samples, as many as a row has of brightness.
    stride: usize,
}

impl Differences {
    /// Makes room for rows of `width` pixels that are repeated to `padded`, a multiple of 16.
    pub(super) fn new(width: usize, padded: usize) -> Self {
        Self {
            colours: Colours::new(width, padded),
            samples: vec![0; BLOCK * padded],
            pairs: vec![Pair::default(); padded / ROW],
            stride: padded,
        }
    }

    /// Takes a row of pixels.
    pub(super) fn take(&mut self, row: &[u8]) {
        self.colours.take(row);
    }

    /// Writes the brightness of the row taken last, which is the row `at` of sixteen, and keeps its colours.
    pub(super) fn write(&mut self, luma: &mut [u8], at: usize) {
        self.colours.luma(luma, at.is_multiple_of(2));
        if !at.is_multiple_of(2) {
            self.colours.differences(&mut self.samples[at / 2 * self.stride..][..self.stride]);
        }
    }

    /// Returns the blocks of sixteen rows.
    pub(super) fn transformed(&mut self, quantizer: &Quantizer) -> &[Pair] {
        dct::transform(&mut self.pairs, &self.samples, self.stride, quantizer);
        &self.pairs
    }
}
