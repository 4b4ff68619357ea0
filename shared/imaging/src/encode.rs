//! Codes finished pixels. The encoders see only our own pixels; nothing of the original's metadata passes here.

use image::ExtendedColorType;
use image::codecs::webp::WebPEncoder;
use jpeg_encoder::{ColorType, Encoder, PixelDensity, PixelDensityUnit, SamplingFactor};

use crate::raster::Pixels;
use crate::{ImageError, MediaType, OutputFormat, Raster};

/// Codes the page in the format asked for; pages too large for it become the other one.
pub(crate) fn encode(page: &Raster, format: OutputFormat) -> Result<(Vec<u8>, MediaType), ImageError> {
    match format {
        OutputFormat::Jpeg { quality } => Ok((jpeg(page, quality)?, MediaType::Jpeg)),
        OutputFormat::WebpLossless => Ok((webp(page)?, MediaType::Webp)),
    }
}

/// Codes the page as a baseline JPEG of this quality (1 to 100) that states the page's resolution.
pub(crate) fn jpeg(page: &Raster, quality: u8) -> Result<Vec<u8>, ImageError> {
    let edge = |value: u32| u16::try_from(value).map_err(|_| ImageError::TooManyPixels);
    let (width, height) = (edge(page.width)?, edge(page.height)?);
    let (data, colour) = match &page.pixels {
        Pixels::Gray(data) => (data, ColorType::Luma),
        Pixels::Rgb(data) => (data, ColorType::Rgb),
    };
    let mut coded = Vec::with_capacity(data.len() / 8);
    let mut encoder = Encoder::new(&mut coded, quality);
    encoder.set_sampling_factor(SamplingFactor::F_2_2);
    if let Some(dpi) = page.dpi.and_then(|dpi| u16::try_from(dpi).ok()) {
        encoder.set_density(PixelDensity { density: (dpi, dpi), unit: PixelDensityUnit::Inches });
    }
    encoder.encode(data, width, height, colour).map_err(|_| ImageError::Corrupt)?;
    Ok(coded)
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
