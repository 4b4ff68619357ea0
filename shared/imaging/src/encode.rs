//! Codes finished pixels. The encoders see only our own pixels; nothing of the original's metadata passes here.

use image::ExtendedColorType;
use image::codecs::webp::WebPEncoder;

use crate::jpeg::Encoder;
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

/// Codes a small copy of a page, which states no resolution.
pub(crate) fn preview(page: &Raster) -> Result<Vec<u8>, ImageError> {
    let mut coded = Vec::new();
    for quality in PREVIEW_QUALITIES {
        coded = jpeg_at(page, quality, None)?;
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
    jpeg_at(page, quality, page.dpi)
}

fn jpeg_at(page: &Raster, quality: u8, dpi: Option<u32>) -> Result<Vec<u8>, ImageError> {
    let mut encoder = Encoder::new((page.width, page.height), page.is_in_colour(), quality, dpi)?;
    encoder.take(page.bytes());
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
