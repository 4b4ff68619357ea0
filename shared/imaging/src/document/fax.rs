//! Fax-coded TIFF pages (CCITT groups 3 and 4), strip by strip or tile by tile. The `tiff` crate's own path takes ten
//! times as long.

use hayro_ccitt::{DecodeSettings, Decoder, DecoderContext, EncodingMode};

use crate::ImageError;

/// How the strips or tiles of one page are coded.
#[derive(Debug, Clone, Copy)]
pub(crate) struct FaxCoding {
    /// Width of a strip, which is the page's, or of a tile.
    pub(crate) width: u32,
    pub(crate) encoding: EncodingMode,
    /// Whether a row starts at a byte (TIFF compression 2, and bit 2 of the T.4 options).
    pub(crate) byte_aligned: bool,
    /// Whether end-of-line codes stand between rows (group 3).
    pub(crate) end_of_line: bool,
    /// Whether the first pixel is the lowest bit of a byte (TIFF fill order 2).
    pub(crate) reversed_bits: bool,
    /// Whether the coding's white means black (photometric 1, black is zero).
    pub(crate) inverted: bool,
}

struct Rows<'a> {
    out: &'a mut [u8],
    width: usize,
    row: usize,
    ink: u8,
}

impl Decoder for Rows<'_> {
    fn push_row(&mut self, changes: &[u32]) {
        let Some(row) = self.out.chunks_exact_mut(self.width).nth(self.row) else {
            return;
        };
        for span in changes.chunks(2) {
            let start = span[0] as usize;
            let end = span.get(1).map_or(self.width, |&end| end as usize);
            row[start.min(self.width)..end.min(self.width)].fill(self.ink);
        }
        self.row += 1;
    }
}

/// Decodes one strip or tile of `out.len() / width` rows into `out`, one byte a pixel.
///
/// # Errors
/// `Corrupt` when a row is missing: what stays white looks like empty paper, and nobody would ask for the rest. Group 3
/// finds its way again at the next end of a line; there a damaged row is one white row.
pub(crate) fn decode_rows(data: &[u8], coding: &FaxCoding, out: &mut [u8]) -> Result<(), ImageError> {
    let width = coding.width as usize;
    let rows = out.len() / width;
    let (paper, ink) = if coding.inverted { (0, 255) } else { (255, 0) };
    out.fill(paper);
    let settings = DecodeSettings {
        columns: coding.width,
        rows: u32::try_from(rows).map_err(|_| ImageError::TooManyPixels)?,
        end_of_block: true,
        end_of_line: coding.end_of_line,
        rows_are_byte_aligned: coding.byte_aligned,
        encoding: coding.encoding,
        strict: false,
    };
    let reversed: Vec<u8>;
    let data = if coding.reversed_bits {
        reversed = data.iter().map(|byte| byte.reverse_bits()).collect();
        &reversed
    } else {
        data
    };
    let mut sink = Rows { out, width, row: 0, ink };
    // The number of rows says it all: an early end of the data is no error to the decoder.
    let _ = hayro_ccitt::decode(data, &mut sink, &mut DecoderContext::new(settings));
    if sink.row == rows { Ok(()) } else { Err(ImageError::Corrupt) }
}
