//! Codes finished pixels. The encoders see only our own pixels; nothing of the original's metadata passes here.

use image::ExtendedColorType;
use image::codecs::webp::WebPEncoder;

use crate::jpeg::Encoder;
use crate::planes::{self, Strip};
use crate::{ImageError, OutputFormat, Raster};

/// Longest edge of a WebP in pixels: the header counts it in 14 bits.
const WEBP_EDGE: u32 = (1 << 14) - 1;
/// Qualities of previews, the best first; a page gets the first at which its preview is small enough, or the last.
const PREVIEW_QUALITIES: [u8; 5] = [70, 55, 40, 25, 10];
/// Bytes of a preview at most: what a bad line brings in two or three seconds.
const PREVIEW_BYTES: usize = 150 * 1024;
/// Quality of a JPEG that stands in for a WebP.
const STAND_IN_QUALITY: u8 = 90;

/// Returns the quality of a page that becomes a JPEG: one asked for as such, or one too long for WebP.
pub(crate) fn jpeg_quality((width, height): (u32, u32), format: OutputFormat) -> Option<u8> {
    match format {
        OutputFormat::Jpeg { quality } => Some(quality),
        OutputFormat::WebpLossless => (width.max(height) > WEBP_EDGE).then_some(STAND_IN_QUALITY),
    }
}

/// Codes a small copy of a page, which states no resolution: its brightness and, of one in colour, its differences.
pub(crate) fn preview(luma: &Raster, differences: Option<&[Raster; 2]>) -> Result<Vec<u8>, ImageError> {
    let differences = differences.map(|planes| planes.each_ref().map(Raster::bytes));
    let strip = Strip { luma: luma.bytes(), differences };
    let mut coded = Vec::new();
    for quality in PREVIEW_QUALITIES {
        let mut encoder = Encoder::new((luma.width, luma.height), differences.is_some(), quality, None)?;
        encoder.take(&strip);
        coded = encoder.finish();
        if coded.len() <= PREVIEW_BYTES {
            break;
        }
    }
    Ok(coded)
}

/// Codes the page as a baseline JPEG of this quality (1 to 100) that states the page's resolution; its turn is not applied.
///
/// # Errors
/// `TooManyPixels` for an edge of more than 65,535 pixels, which JPEG cannot count; `Corrupt` for a page without pixels.
pub fn encode_jpeg(page: &Raster, quality: u8) -> Result<Vec<u8>, ImageError> {
    let mut encoder = Encoder::new((page.width, page.height), page.is_in_colour(), quality, page.dpi)?;
    planes::strips_of(page, |strip| encoder.take(strip));
    Ok(encoder.finish())
}

/// Codes the page as a lossless WebP.
pub(crate) fn webp(page: &Raster) -> Result<Vec<u8>, ImageError> {
    let colour = if page.is_in_colour() { ExtendedColorType::Rgb8 } else { ExtendedColorType::L8 };
    let mut coded = Vec::new();
    WebPEncoder::new_lossless(&mut coded)
        .encode(page.bytes(), page.width, page.height, colour)
        .map_err(|_| ImageError::Corrupt)?;
    Ok(coded)
}
