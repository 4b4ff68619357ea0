//! Codes finished pixels. The encoders see only our own pixels; nothing of the original's metadata passes here.

use image::ExtendedColorType;
use image::codecs::webp::WebPEncoder;
use jpeg_encoder::{ColorType, Encoder, ImageBuffer, JpegColorType};
use jpeg_encoder::{PixelDensity, PixelDensityUnit, SamplingFactor};

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
    let mut coded = Vec::with_capacity(page.width as usize * page.height as usize / 4);
    let mut encoder = Encoder::new(&mut coded, quality);
    encoder.set_sampling_factor(SamplingFactor::F_2_2);
    if let Some(dpi) = page.dpi.and_then(|dpi| u16::try_from(dpi).ok()) {
        encoder.set_density(PixelDensity { density: (dpi, dpi), unit: PixelDensityUnit::Inches });
    }
    match &page.pixels {
        Pixels::Gray(data) => encoder.encode_image(GrayRows { data, width, height }),
        Pixels::Rgb(data) => encoder.encode(data, width, height, ColorType::Rgb),
    }
    .map_err(|_| ImageError::Corrupt)?;
    Ok(coded)
}

/// Hands gray rows over whole; the encoder's own reader takes them byte by byte.
struct GrayRows<'a> {
    data: &'a [u8],
    width: u16,
    height: u16,
}

impl ImageBuffer for GrayRows<'_> {
    fn get_jpeg_color_type(&self) -> JpegColorType {
        JpegColorType::Luma
    }

    fn width(&self) -> u16 {
        self.width
    }

    fn height(&self) -> u16 {
        self.height
    }

    fn fill_buffers(&self, y: u16, buffers: &mut [Vec<u8>; 4]) {
        let width = usize::from(self.width);
        buffers[0].extend_from_slice(&self.data[usize::from(y) * width..][..width]);
    }
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
