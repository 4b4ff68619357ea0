//! Codes finished pixels. The encoders see only our own pixels; nothing of the original's metadata passes here.

use image::ExtendedColorType;
use image::codecs::webp::WebPEncoder;

use crate::jpeg::Encoder;
use crate::raster::Pixels;
use crate::{ImageError, MediaType, OutputFormat, Raster};

/// Longest edge of a WebP in pixels: the header counts it in 14 bits.
const WEBP_EDGE: u32 = (1 << 14) - 1;
/// Qualities of previews, the best first; a page gets the first at which its preview is small enough, or the last.
const PREVIEW_QUALITIES: [u8; 5] = [70, 55, 40, 25, 10];
/// Bytes of a preview at most: what a bad line brings in two or three seconds.
const PREVIEW_BYTES: usize = 150 * 1024;
/// Quality of a JPEG that stands in for a WebP.
const STAND_IN_QUALITY: u8 = 90;

/// Codes the page in the format asked for; one too long for WebP becomes a JPEG.
///
/// # Errors
/// `TooManyPixels` for an edge of more than 65,535 pixels, which JPEG cannot count either.
pub(crate) fn encode(page: &Raster, format: OutputFormat) -> Result<(Vec<u8>, MediaType), ImageError> {
    match format {
        OutputFormat::Jpeg { quality } => Ok((encode_jpeg(page, quality)?, MediaType::Jpeg)),
        OutputFormat::WebpLossless if page.width.max(page.height) > WEBP_EDGE => {
            Ok((encode_jpeg(page, STAND_IN_QUALITY)?, MediaType::Jpeg))
        }
        OutputFormat::WebpLossless => Ok((webp(page)?, MediaType::Webp)),
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
    let (colour, rows) = match &page.pixels {
        Pixels::Gray(rows) => (false, rows),
        Pixels::Rgb(rows) => (true, rows),
    };
    let mut encoder = Encoder::new((page.width, page.height), colour, quality, dpi)?;
    encoder.take(rows);
    Ok(encoder.finish())
}

fn webp(page: &Raster) -> Result<Vec<u8>, ImageError> {
    let (data, colour) = match &page.pixels {
        Pixels::Gray(data) => (data, ExtendedColorType::L8),
        Pixels::Rgb(data) => (data, ExtendedColorType::Rgb8),
    };
    let mut coded = Vec::new();
    WebPEncoder::new_lossless(&mut coded)
        .encode(data, page.width, page.height, colour)
        .map_err(|_| ImageError::Corrupt)?;
    Ok(coded)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_too_long_for_webp_becomes_a_jpeg_that_can_be_read() {
        for (height, expected) in [(WEBP_EDGE, MediaType::Webp), (WEBP_EDGE + 1, MediaType::Jpeg)] {
            let page = Raster::gray(2, height, vec![200; 2 * height as usize]);
            let (bytes, media_type) = encode(&page, OutputFormat::WebpLossless).unwrap();
            assert_eq!(media_type, expected);
            let again = crate::Document::open(&bytes, &crate::Limits::default()).unwrap();
            assert_eq!(again.page(0).unwrap().height, height);
        }
    }
}
