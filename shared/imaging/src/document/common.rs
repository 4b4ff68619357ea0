//! PNG, WebP and Netpbm through the `image` crate.

use std::io::Cursor;

use image::{ColorType, DynamicImage, ImageDecoder, ImageFormat, ImageReader};

use super::exif::{self, ExifFacts};
use crate::raster::{Pixels, Raster};
use crate::{ImageError, Limits, MediaType};

fn format_of(media_type: MediaType) -> Result<ImageFormat, ImageError> {
    match media_type {
        MediaType::Png => Ok(ImageFormat::Png),
        MediaType::Webp => Ok(ImageFormat::WebP),
        MediaType::Pnm => Ok(ImageFormat::Pnm),
        _ => Err(ImageError::UnsupportedType),
    }
}

fn decoder<'a>(
    bytes: &'a [u8],
    media_type: MediaType,
    limits: &Limits,
) -> Result<impl ImageDecoder + use<'a>, ImageError> {
    let mut reader = ImageReader::with_format(Cursor::new(bytes), format_of(media_type)?);
    let mut bounds = image::Limits::default();
    bounds.max_alloc = Some(limits.max_memory_bytes);
    reader.limits(bounds);
    let decoder = reader.into_decoder().map_err(|error| code_of(&error))?;
    let (width, height) = decoder.dimensions();
    // The decoder's own buffer and the page made of it.
    limits.admit(width, height, u64::from(decoder.color_type().bytes_per_pixel()) + 3)?;
    Ok(decoder)
}

fn code_of(error: &image::ImageError) -> ImageError {
    match error {
        image::ImageError::Limits(_) => ImageError::OutOfMemory,
        _ => ImageError::Corrupt,
    }
}

/// Refuses the file by its header.
pub(crate) fn probe(bytes: &[u8], media_type: MediaType, limits: &Limits) -> Result<(), ImageError> {
    decoder(bytes, media_type, limits).map(|_| ())
}

/// Decodes the picture; transparent parts become white paper, 16 bits become 8.
///
/// # Errors
/// `Corrupt` when the data cannot be decoded to its end.
pub(crate) fn decode(bytes: &[u8], media_type: MediaType, limits: &Limits) -> Result<Raster, ImageError> {
    let mut decoder = decoder(bytes, media_type, limits)?;
    let facts = match decoder.exif_metadata() {
        Ok(Some(block)) => exif::read(&block),
        _ => ExifFacts::default(),
    };
    let decoded = DynamicImage::from_decoder(decoder).map_err(|error| code_of(&error))?;
    let (width, height) = (decoded.width(), decoded.height());
    let dpi = if media_type == MediaType::Png { png_dpi(bytes) } else { None };
    Ok(Raster { width, height, pixels: flatten(decoded), dpi: dpi.or(facts.dpi), turn: facts.turn })
}

/// Lays the picture on white paper and drops what is not needed for eight bits a channel.
fn flatten(decoded: DynamicImage) -> Pixels {
    match decoded.color() {
        ColorType::L8 | ColorType::L16 => Pixels::Gray(decoded.into_luma8().into_raw()),
        ColorType::La8 | ColorType::La16 => {
            let pixels = decoded.into_luma_alpha8().into_raw();
            Pixels::Gray(pixels.chunks_exact(2).map(|pixel| over_white(pixel[0], pixel[1])).collect())
        }
        ColorType::Rgba8 | ColorType::Rgba16 | ColorType::Rgba32F => {
            let pixels = decoded.into_rgba8().into_raw();
            let mut flat = Vec::with_capacity(pixels.len() / 4 * 3);
            for pixel in pixels.chunks_exact(4) {
                flat.extend(pixel[..3].iter().map(|&value| over_white(value, pixel[3])));
            }
            Pixels::Rgb(flat)
        }
        _ => Pixels::Rgb(decoded.into_rgb8().into_raw()),
    }
}

fn over_white(value: u8, alpha: u8) -> u8 {
    let (value, alpha) = (u32::from(value), u32::from(alpha));
    ((value * alpha + 255 * (255 - alpha) + 127) / 255) as u8
}

/// Reads the resolution from a `pHYs` chunk (PNG, third edition, 11.3.4.3), which precedes the image data.
fn png_dpi(bytes: &[u8]) -> Option<u32> {
    let mut at = 8;
    loop {
        let length = u32::from_be_bytes(bytes.get(at..at + 4)?.try_into().ok()?) as usize;
        let body = bytes.get(at + 8..)?;
        match bytes.get(at + 4..at + 8)? {
            b"pHYs" if length == 9 && *body.get(8)? == 1 => {
                let per_metre = u32::from_be_bytes(body.get(..4)?.try_into().ok()?);
                return exif::to_dpi(f64::from(per_metre) / 100.0, true);
            }
            b"IDAT" => return None,
            _ => at += length.checked_add(12)?,
        }
    }
}
