//! Files: JPEG, PNG, TIFF, PDF and WebP as offices send them.

mod exif;
mod pdf;

use std::io::Cursor;

use image::codecs::png::{CompressionType, FilterType, PngEncoder};
use image::codecs::webp::WebPEncoder;
use image::{ExtendedColorType, ImageEncoder};
use jpeg_encoder::{ColorType, Encoder, PixelDensity, SamplingFactor};
use tiff::encoder::colortype::{Gray8, RGB8};
use tiff::encoder::compression::DeflateLevel;
use tiff::encoder::{Compression, Rational, TiffEncoder};
use tiff::tags::ResolutionUnit;

use crate::ink::Raster;

/// A kind of file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Format {
    Jpeg,
    Png,
    Tiff,
    Pdf,
    WebP,
}

impl Format {
    pub(crate) const fn media_type(self) -> &'static str {
        match self {
            Self::Jpeg => "image/jpeg",
            Self::Png => "image/png",
            Self::Tiff => "image/tiff",
            Self::Pdf => "application/pdf",
            Self::WebP => "image/webp",
        }
    }

    pub(crate) const fn extension(self) -> &'static str {
        match self {
            Self::Jpeg => "jpg",
            Self::Png => "png",
            Self::Tiff => "tif",
            Self::Pdf => "pdf",
            Self::WebP => "webp",
        }
    }

    /// Whether every pixel survives.
    pub(crate) const fn lossless(self) -> bool {
        matches!(self, Self::Png | Self::Tiff | Self::WebP)
    }
}

/// A page ready to be written.
pub(crate) struct Picture {
    pub(crate) raster: Raster,
    pub(crate) dpi: u16,
    /// JPEG quality; the lossless formats ignore it.
    pub(crate) quality: u8,
    /// EXIF orientation, for JPEG.
    pub(crate) exif_orientation: Option<u8>,
}

/// Writes a file; formats of one page take the first picture only.
pub(crate) fn file(format: Format, pictures: &[Picture]) -> Vec<u8> {
    let Some(first) = pictures.first() else { return Vec::new() };
    match format {
        Format::Jpeg => jpeg(first),
        Format::Png => png(first),
        Format::Tiff => tiff_file(pictures),
        Format::Pdf => pdf::write(pictures),
        Format::WebP => webp(first),
    }
}

#[expect(
    clippy::expect_used,
    reason = "memory takes every byte, and no sheet reaches the formats' size limits"
)]
fn written<T, E: std::fmt::Debug>(result: Result<T, E>) -> T {
    result.expect("writing a picture to memory cannot fail")
}

fn jpeg(picture: &Picture) -> Vec<u8> {
    let raster = &picture.raster;
    let mut bytes = Vec::with_capacity(raster.data.len() / 8);
    let mut encoder = Encoder::new(&mut bytes, picture.quality);
    encoder.set_density(PixelDensity::dpi(picture.dpi));
    encoder.set_sampling_factor(SamplingFactor::F_2_2);
    if let Some(orientation) = picture.exif_orientation {
        written(encoder.add_exif_metadata(&exif::segment(orientation)));
    }
    let colour = if raster.channels == 1 { ColorType::Luma } else { ColorType::Rgb };
    written(encoder.encode(&raster.data, raster.width as u16, raster.height as u16, colour));
    bytes
}

fn colour_of(raster: &Raster) -> ExtendedColorType {
    if raster.channels == 1 { ExtendedColorType::L8 } else { ExtendedColorType::Rgb8 }
}

fn png(picture: &Picture) -> Vec<u8> {
    let (raster, mut bytes) = (&picture.raster, Vec::new());
    let encoder = PngEncoder::new_with_quality(&mut bytes, CompressionType::Fast, FilterType::Sub);
    written(encoder.write_image(&raster.data, raster.width as u32, raster.height as u32, colour_of(raster)));
    bytes
}

fn webp(picture: &Picture) -> Vec<u8> {
    let (raster, mut bytes) = (&picture.raster, Vec::new());
    let encoder = WebPEncoder::new_lossless(&mut bytes);
    written(encoder.write_image(&raster.data, raster.width as u32, raster.height as u32, colour_of(raster)));
    bytes
}

fn tiff_file(pictures: &[Picture]) -> Vec<u8> {
    let mut bytes = Cursor::new(Vec::new());
    let encoder = written(TiffEncoder::new(&mut bytes));
    let mut encoder = encoder.with_compression(Compression::Deflate(DeflateLevel::Fast));
    for picture in pictures {
        let raster = &picture.raster;
        let (width, height) = (raster.width as u32, raster.height as u32);
        let density = Rational { n: u32::from(picture.dpi), d: 1 };
        if raster.channels == 1 {
            let mut image = written(encoder.new_image::<Gray8>(width, height));
            image.resolution(ResolutionUnit::Inch, density);
            written(image.write_data(&raster.data));
        } else {
            let mut image = written(encoder.new_image::<RGB8>(width, height));
            image.resolution(ResolutionUnit::Inch, density);
            written(image.write_data(&raster.data));
        }
    }
    bytes.into_inner()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn picture(channels: usize) -> Picture {
        let data = (0..64 * 48 * channels).map(|at| (at % 251) as u8).collect();
        let raster = Raster { width: 64, height: 48, channels, data };
        Picture { raster, dpi: 150, quality: 90, exif_orientation: None }
    }

    #[test]
    fn png_and_webp_keep_every_pixel() {
        for (channels, format) in [(1, Format::Png), (3, Format::Png), (3, Format::WebP)] {
            let bytes = file(format, &[picture(channels)]);
            let read = image::load_from_memory(&bytes).unwrap();
            assert_eq!((read.width(), read.height()), (64, 48));
            assert_eq!(read.into_rgb8().into_raw().len(), 64 * 48 * 3);
        }
    }

    #[test]
    fn a_tiff_holds_all_its_pages() {
        let bytes = file(Format::Tiff, &[picture(1), picture(3)]);
        let mut decoder = tiff::decoder::Decoder::new(Cursor::new(bytes)).unwrap();
        assert_eq!(decoder.dimensions().unwrap(), (64, 48));
        assert!(decoder.more_images());
        decoder.next_image().unwrap();
        assert!(!decoder.more_images());
    }

    #[test]
    fn a_jpeg_says_its_density_and_orientation() {
        let mut turned = picture(3);
        turned.exif_orientation = Some(6);
        let bytes = file(Format::Jpeg, &[turned]);
        assert_eq!(bytes[..2], [0xFF, 0xD8]);
        assert!(bytes.windows(4).any(|four| four == b"Exif"));
        assert!(bytes.windows(4).any(|four| four == b"JFIF"));
    }
}
