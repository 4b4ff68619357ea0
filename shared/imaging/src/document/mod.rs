//! Opens a file of any supported type and decodes its pages one by one, within the limits.

mod aspect;
mod common;
mod exif;
mod fax;
#[cfg(feature = "heic")]
mod heic;
mod in_memory;
mod jpeg;
mod jpeg_header;
mod pdf;
mod pdf_image;
mod pdf_nesting;
mod tiff;
mod tiff_pixels;

use crate::limits::contain;
use crate::{ImageError, Limits, MediaType, Raster};

/// An opened file; its pages are decoded when they are asked for.
pub struct Document<'a> {
    bytes: &'a [u8],
    media_type: MediaType,
    page_count: u32,
    limits: Limits,
    pdf: Option<pdf::PdfFile>,
}

impl<'a> Document<'a> {
    /// Recognises the file by its content and counts its pages, without decoding any.
    ///
    /// # Errors
    /// `TooLarge`, `TooManyPages`, `TooManyPixels` and `OutOfMemory` beyond the limits; `UnsupportedType` when the
    /// content is none of the known types (HEIC without the feature `heic` too); `Encrypted` for a PDF behind a
    /// password; `Corrupt` when the header cannot be read; `Panicked` when a decoder did.
    pub fn open(bytes: &'a [u8], limits: &Limits) -> Result<Self, ImageError> {
        if bytes.len() > limits.max_bytes {
            return Err(ImageError::TooLarge);
        }
        let media_type = MediaType::sniff(bytes).ok_or(ImageError::UnsupportedType)?;
        contain(|| Self::probe(bytes, media_type, limits))
    }

    fn probe(bytes: &'a [u8], media_type: MediaType, limits: &Limits) -> Result<Self, ImageError> {
        let mut pdf = None;
        let page_count = match media_type {
            MediaType::Jpeg => jpeg::probe(bytes, limits).map(|()| 1)?,
            MediaType::Png | MediaType::Webp | MediaType::Pnm => {
                common::probe(bytes, media_type, limits).map(|()| 1)?
            }
            MediaType::Tiff => tiff::count_pages(bytes, limits)?,
            MediaType::Pdf => pdf.insert(pdf::PdfFile::open(bytes)?).page_count()?,
            #[cfg(feature = "heic")]
            MediaType::Heic => heic::probe(bytes, limits).map(|()| 1)?,
            #[cfg(not(feature = "heic"))]
            MediaType::Heic => return Err(ImageError::UnsupportedType),
        };
        match page_count {
            0 => Err(ImageError::Corrupt),
            count if count > limits.max_pages => Err(ImageError::TooManyPages),
            _ => Ok(Self { bytes, media_type, page_count, limits: *limits, pdf }),
        }
    }

    /// Returns the type of the content.
    pub fn media_type(&self) -> MediaType {
        self.media_type
    }

    /// Returns the number of pages, at least 1.
    pub fn page_count(&self) -> u32 {
        self.page_count
    }

    /// Decodes the page with this index, from 0, as it lies in the file: [`Raster::turn`] is not applied.
    ///
    /// # Errors
    /// `NoSuchPage` beyond the page count; `TooManyPixels` and `OutOfMemory` beyond the limits; `Corrupt` when the
    /// page cannot be decoded to its end; `Panicked` when a decoder did. Other pages are not affected.
    pub fn page(&self, index: u32) -> Result<Raster, ImageError> {
        if index >= self.page_count {
            return Err(ImageError::NoSuchPage);
        }
        contain(|| self.decode(index))
    }

    fn decode(&self, index: u32) -> Result<Raster, ImageError> {
        match self.media_type {
            MediaType::Jpeg => jpeg::decode(self.bytes, &self.limits),
            MediaType::Png | MediaType::Webp | MediaType::Pnm => {
                common::decode(self.bytes, self.media_type, &self.limits)
            }
            MediaType::Tiff => tiff::decode(self.bytes, index, &self.limits),
            MediaType::Pdf => {
                let file = self.pdf.as_ref().ok_or(ImageError::Corrupt)?;
                file.page(index, &self.limits)
            }
            #[cfg(feature = "heic")]
            MediaType::Heic => heic::decode(self.bytes, &self.limits),
            #[cfg(not(feature = "heic"))]
            MediaType::Heic => Err(ImageError::UnsupportedType),
        }
    }
}
