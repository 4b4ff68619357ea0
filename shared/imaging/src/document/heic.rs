//! HEIC photos, behind the feature `heic`. The decoder applies the file's own turns, so none is left.

use crate::raster::Raster;
use crate::{ImageError, Limits};

/// The decoder keeps its planes as four-byte samples beside the eight-bit picture.
const BYTES_PER_PIXEL: u64 = 16;

/// Refuses the file by its header.
pub(crate) fn probe(bytes: &[u8], limits: &Limits) -> Result<(), ImageError> {
    let info = heic_decoder::probe(bytes).map_err(|_| ImageError::Corrupt)?;
    let edge = |value: usize| u32::try_from(value).map_err(|_| ImageError::TooManyPixels);
    limits.admit(edge(info.coded_width)?, edge(info.coded_height)?, BYTES_PER_PIXEL)
}

/// Decodes the primary picture as RGB.
pub(crate) fn decode(bytes: &[u8], limits: &Limits) -> Result<Raster, ImageError> {
    probe(bytes, limits)?;
    let decoded = heic_decoder::decode(bytes).map_err(|_| ImageError::Corrupt)?;
    let picture = decoded.to_rgb8().map_err(|_| ImageError::Corrupt)?;
    let (width, height) = (picture.width as u32, picture.height as u32);
    if picture.data.len() != 3 * picture.width * picture.height {
        return Err(ImageError::Corrupt);
    }
    Ok(Raster::rgb(width, height, picture.data))
}
