//! The blocks of the colour differences.

use super::BLOCK;
use super::dct::{self, Pair, ROW};
use super::quantize::Quantizer;
use crate::planes::NEUTRAL;

/// Samples of one difference in a row of a pair of blocks.
const HALF: usize = ROW / 2;

/// The colour differences of the rows that are not coded yet.
pub(super) struct Differences {
    /// Eight samples of blue and eight of red in turns, so that their blocks are a pair.
    samples: Vec<u8>,
    pairs: Vec<Pair>,
    /// Bytes of a row of samples, as many as a row has of brightness.
    stride: usize,
}

impl Differences {
    /// Makes room for rows as long as one of `padded` pixels, a multiple of 16.
    pub(super) fn new(padded: usize) -> Self {
        Self {
            samples: vec![NEUTRAL; BLOCK * padded],
            pairs: vec![Pair::default(); padded / ROW],
            stride: padded,
        }
    }

    /// Takes a row of blue and of red as the row `at` of eight; its last sample is repeated.
    pub(super) fn put(&mut self, at: usize, [blue, red]: [&[u8]; 2]) {
        let out = self.samples[at * self.stride..][..self.stride].as_chunks_mut::<ROW>().0;
        let ((blues, last_blue), (reds, last_red)) = (blue.as_chunks::<HALF>(), red.as_chunks::<HALF>());
        for (out, (blue, red)) in out.iter_mut().zip(blues.iter().zip(reds)) {
            out[..HALF].copy_from_slice(blue);
            out[HALF..].copy_from_slice(red);
        }
        if let (Some(out), false) = (out.get_mut(blues.len()), last_blue.is_empty()) {
            for (out, samples) in out.chunks_exact_mut(HALF).zip([last_blue, last_red]) {
                out[..samples.len()].copy_from_slice(samples);
                out[samples.len()..].fill(samples[samples.len() - 1]);
            }
        }
    }

    /// Takes the row before as the row `at` of eight, before the first one the last.
    pub(super) fn repeat(&mut self, at: usize) {
        let before = (at + BLOCK - 1) % BLOCK;
        self.samples.copy_within(before * self.stride..(before + 1) * self.stride, at * self.stride);
    }

    /// Returns the blocks of sixteen rows.
    pub(super) fn transformed(&mut self, quantizer: &Quantizer) -> &[Pair] {
        dct::transform(&mut self.pairs, &self.samples, self.stride, quantizer);
        &self.pairs
    }
}
