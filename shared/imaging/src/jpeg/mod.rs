//! Codes baseline JPEG (ITU-T T.81, JFIF 1.02), row by row as they come: gray, or colour with a quarter of the samples of the
//! colour differences.

mod bits;
mod dct;
mod differences;
mod huffman;
mod markers;
mod quantize;
mod tables;
#[cfg(test)]
mod tests;

use crate::ImageError;
use crate::planes::Strip;
use bits::Bits;
use dct::{Pair, ROW};
use differences::Differences;
use huffman::{Blocks, Codes};
use quantize::Quantizer;

/// Rows of a block.
const BLOCK: usize = 8;

/// A JPEG file that grows while rows are handed over.
pub(crate) struct Encoder {
    /// Bytes of the file so far.
    out: Vec<u8>,
    bits: Bits,
    /// Pixels of a row, and of one with its last pixel repeated to a multiple of 16.
    width: usize,
    padded: usize,
    /// Rows of the page that are still to come.
    missing: usize,
    kind: Kind,
    quantizers: [Quantizer; 2],
    codes: [Codes; 2],
    /// Brightness of the rows that are not coded yet, and how many there are.
    luma: Vec<u8>,
    filled: usize,
    /// Their blocks, two by two.
    pairs: Vec<Pair>,
    /// Means of the last blocks of brightness, blue and red.
    means: [i16; 3],
}

/// What only one kind of page has.
enum Kind {
    Gray,
    Colour(Box<Differences>),
}

impl Encoder {
    /// Begins a page of this size and quality (1 to 100) that states its dots per inch, where they are known.
    ///
    /// # Errors
    /// `TooManyPixels` for an edge of more than 65,535 pixels, which JPEG cannot count; `Corrupt` for a page without any.
    pub(crate) fn new(
        size: (u32, u32),
        colour: bool,
        quality: u8,
        dpi: Option<u32>,
    ) -> Result<Self, ImageError> {
        let edge = |value: u32| u16::try_from(value).map_err(|_| ImageError::TooManyPixels);
        let (width, height) = (edge(size.0)?, edge(size.1)?);
        if width == 0 || height == 0 {
            return Err(ImageError::Corrupt);
        }
        let (quantizers, divisors) = quantize::of_quality(quality);
        let dpi = dpi.and_then(|dpi| u16::try_from(dpi).ok()).filter(|&dpi| dpi > 0);
        let mut out = Vec::with_capacity(usize::from(width) * usize::from(height) / 4 + 1024);
        markers::Header { width, height, colour, dpi, divisors: &divisors }.write(&mut out);
        let (width, padded) = (usize::from(width), usize::from(width).next_multiple_of(ROW));
        let kind = if colour { Kind::Colour(Box::new(Differences::new(padded))) } else { Kind::Gray };
        let rows = if colour { 2 * BLOCK } else { BLOCK };
        Ok(Self {
            out,
            bits: Bits::default(),
            width,
            padded,
            missing: usize::from(height),
            kind,
            quantizers,
            codes: Codes::standard(),
            luma: vec![0; rows * padded],
            filled: 0,
            pairs: vec![Pair::default(); rows / BLOCK * padded / ROW],
            means: [0; 3],
        })
    }

    /// Takes the next rows of the page: an even number of a page in colour unless they are its last, with their differences.
    pub(crate) fn take(&mut self, strip: &Strip<'_>) {
        debug_assert!(strip.luma.len().is_multiple_of(self.width));
        let across = self.width.div_ceil(2);
        for (at, row) in strip.luma.chunks_exact(self.width).take(self.missing).enumerate() {
            let luma = &mut self.luma[self.filled * self.padded..][..self.padded];
            luma[..self.width].copy_from_slice(row);
            luma[self.width..].fill(row[self.width - 1]);
            if let (Kind::Colour(differences), Some(planes)) = (&mut self.kind, strip.differences)
                && at.is_multiple_of(2)
            {
                differences.put(self.filled / 2, planes.map(|plane| &plane[at / 2 * across..][..across]));
            }
            self.missing -= 1;
            self.filled += 1;
            self.code_if_full();
        }
    }

    /// Ends the file; rows that were not handed over repeat the last one, or are black.
    pub(crate) fn finish(mut self) -> Vec<u8> {
        let rows = self.luma.len() / self.padded;
        while self.filled > 0 || self.missing > 0 {
            let last = (self.filled + rows - 1) % rows;
            self.luma.copy_within(last * self.padded..(last + 1) * self.padded, self.filled * self.padded);
            if let Kind::Colour(differences) = &mut self.kind
                && self.filled.is_multiple_of(2)
            {
                differences.repeat(self.filled / 2);
            }
            self.missing = self.missing.saturating_sub(1);
            self.filled += 1;
            self.code_if_full();
        }
        self.bits.finish(&mut self.out);
        self.out.extend(markers::END);
        self.out
    }

    /// Codes the rows once they fill their blocks.
    fn code_if_full(&mut self) {
        if self.filled * self.padded < self.luma.len() {
            return;
        }
        self.filled = 0;
        let across = self.padded / ROW;
        let [luma, chroma] = &self.quantizers;
        for (pairs, samples) in self.pairs.chunks_mut(across).zip(self.luma.chunks(BLOCK * self.padded)) {
            dct::transform(pairs, samples, self.padded, luma);
        }
        let blocks = match &mut self.kind {
            Kind::Gray => Blocks::Gray { pairs: &self.pairs, count: self.width.div_ceil(BLOCK) },
            Kind::Colour(differences) => {
                let luma = self.pairs.split_at(across);
                Blocks::Colour { luma, differences: differences.transformed(chroma) }
            }
        };
        blocks.code(&mut self.bits, &self.codes, &mut self.means);
        self.bits.drain(&mut self.out);
    }
}
