//! JPEG: baseline and progressive, gray, colour and CMYK.

use zune_core::colorspace::ColorSpace;
use zune_core::options::DecoderOptions;
use zune_jpeg::JpegDecoder;

use super::in_memory::InMemory;
use super::jpeg_header::{self, JpegHeader};
use crate::raster::{Pixels, Raster};
use crate::{ImageError, Limits};

/// JPEG's own largest edge.
const MAX_EDGE: usize = 65_535;

/// Refuses the file by its header.
pub(crate) fn probe(bytes: &[u8], limits: &Limits) -> Result<(), ImageError> {
    header(bytes, limits).map(|_| ())
}

fn header(bytes: &[u8], limits: &Limits) -> Result<JpegHeader, ImageError> {
    let header = jpeg_header::read(bytes).ok_or(ImageError::Corrupt)?;
    let components = u64::from(header.components.clamp(1, 4));
    // A progressive file keeps all its coefficients (two bytes each) until the last scan.
    let coefficients = if header.progressive { 2 * components } else { 0 };
    limits.admit(header.width, header.height, components.min(3) + coefficients)?;
    Ok(header)
}

/// Decodes the picture: gray when the file holds one component, otherwise RGB.
///
/// # Errors
/// `Corrupt` when the data cannot be decoded or ends early.
pub(crate) fn decode(bytes: &[u8], limits: &Limits) -> Result<Raster, ImageError> {
    let header = header(bytes, limits)?;
    let gray = header.components == 1;
    let space = if gray { ColorSpace::Luma } else { ColorSpace::RGB };
    let options = DecoderOptions::default()
        .set_max_width(MAX_EDGE)
        .set_max_height(MAX_EDGE)
        // A file without its end was cut off unless a strict decode finds all of its blocks.
        .set_strict_mode(!header.has_end)
        .jpeg_set_out_colorspace(space);
    let mut decoder = JpegDecoder::new_with_options(InMemory::new(bytes), options);
    let data = decoder.decode().map_err(|_| ImageError::Corrupt)?;
    let (width, height) = decoder.dimensions().ok_or(ImageError::Corrupt)?;
    let expected = width * height * if gray { 1 } else { 3 };
    if data.len() != expected || (width, height) != (header.width as usize, header.height as usize) {
        return Err(ImageError::Corrupt);
    }
    Ok(Raster {
        width: header.width,
        height: header.height,
        pixels: if gray { Pixels::Gray(data) } else { Pixels::Rgb(data) },
        dpi: header.jfif_dpi.or(header.exif.dpi),
        turn: header.exif.turn,
    })
}
