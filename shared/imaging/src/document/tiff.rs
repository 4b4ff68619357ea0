//! TIFF: pages, strips and tiles, 1 to 16 bits, gray, palette, colour and CMYK, and fax coding.

use std::io::Cursor;

use hayro_ccitt::EncodingMode;
use tiff::decoder::{Decoder, DecodingResult};
use tiff::tags::Tag;
use tiff::{ColorType, TiffError};

use super::exif::to_dpi;
use super::fax::{self, FaxCoding};
use super::tiff_pixels;
use crate::raster::{Raster, Turn};
use crate::{ImageError, Limits};

type File<'a> = Decoder<Cursor<&'a [u8]>>;

/// Bit of `NewSubfileType` that marks a smaller copy of another page.
const REDUCED_COPY: u32 = 1;

fn code_of(error: TiffError) -> ImageError {
    match error {
        TiffError::LimitsExceeded => ImageError::OutOfMemory,
        TiffError::UnsupportedError(_) => ImageError::UnsupportedType,
        _ => ImageError::Corrupt,
    }
}

fn open<'a>(bytes: &'a [u8], limits: &Limits) -> Result<File<'a>, ImageError> {
    let mut bounds = tiff::decoder::Limits::default();
    bounds.decoding_buffer_size = usize::try_from(limits.max_memory_bytes).unwrap_or(usize::MAX);
    bounds.intermediate_buffer_size = bounds.decoding_buffer_size;
    Ok(Decoder::new(Cursor::new(bytes)).map_err(code_of)?.with_limits(bounds))
}

/// Counts the pages; smaller copies of a page do not count.
///
/// # Errors
/// `Corrupt` when the chain of directories is broken, `TooManyPages` as soon as there are.
pub(crate) fn count_pages(bytes: &[u8], limits: &Limits) -> Result<u32, ImageError> {
    let mut file = open(bytes, limits)?;
    let mut pages = 0;
    // Smaller copies are bounded too: a chain of them must not keep a worker busy.
    for _ in 0..=2 * limits.max_pages {
        pages += u32::from(!is_reduced_copy(&mut file));
        if pages > limits.max_pages {
            return Err(ImageError::TooManyPages);
        }
        if !file.more_images() {
            return Ok(pages);
        }
        file.next_image().map_err(code_of)?;
    }
    Err(ImageError::TooManyPages)
}

fn is_reduced_copy(file: &mut File<'_>) -> bool {
    matches!(file.find_tag_unsigned::<u32>(Tag::NewSubfileType), Ok(Some(kind)) if kind & REDUCED_COPY != 0)
}

fn seek_to_page(file: &mut File<'_>, index: u32) -> Result<(), ImageError> {
    let mut left = index;
    loop {
        if !is_reduced_copy(file) {
            if left == 0 {
                return Ok(());
            }
            left -= 1;
        }
        if !file.more_images() {
            return Err(ImageError::NoSuchPage);
        }
        file.next_image().map_err(code_of)?;
    }
}

/// Decodes one page.
///
/// # Errors
/// `Corrupt` when it cannot be decoded, `UnsupportedType` for a coding that no scanner writes, limits as usual.
pub(crate) fn decode(bytes: &[u8], index: u32, limits: &Limits) -> Result<Raster, ImageError> {
    let mut file = open(bytes, limits)?;
    seek_to_page(&mut file, index)?;
    let (width, height) = file.dimensions().map_err(code_of)?;
    let compression = tag(&mut file, Tag::Compression).unwrap_or(1);
    let mut raster = match fax_coding(&mut file, compression, width)? {
        Some(coding) => {
            limits.admit(width, height, 1)?;
            decode_fax(bytes, &mut file, &coding, height)?
        }
        None => decode_plain(&mut file, (width, height), limits)?,
    };
    raster.turn = Turn::from_exif(tag(&mut file, Tag::Orientation).unwrap_or(1));
    raster.dpi = resolution(&mut file);
    Ok(raster)
}

fn tag(file: &mut File<'_>, tag: Tag) -> Option<u32> {
    file.find_tag_unsigned::<u32>(tag).ok().flatten()
}

fn resolution(file: &mut File<'_>) -> Option<u32> {
    let per_unit = file.get_tag_f64(Tag::XResolution).ok()?;
    let per_centimetre = tag(file, Tag::ResolutionUnit) == Some(3);
    to_dpi(per_unit, per_centimetre)
}

/// Returns how a fax-coded page is coded, `None` for any other compression (TIFF 6.0, sections 10 and 11).
fn fax_coding(file: &mut File<'_>, compression: u32, width: u32) -> Result<Option<FaxCoding>, ImageError> {
    let options = tag(file, Tag::Unknown(292)).unwrap_or(0);
    let (encoding, byte_aligned, end_of_line) = match compression {
        2 => (EncodingMode::Group3_1D, true, false),
        3 if options & 1 == 0 => (EncodingMode::Group3_1D, false, true),
        3 => (EncodingMode::Group3_2D, false, true),
        4 => (EncodingMode::Group4, false, false),
        _ => return Ok(None),
    };
    if width == 0 {
        return Err(ImageError::Corrupt);
    }
    let reversed_bits = tag(file, Tag::FillOrder) == Some(2);
    let inverted = tag(file, Tag::PhotometricInterpretation) == Some(1);
    Ok(Some(FaxCoding { width, encoding, byte_aligned, end_of_line, reversed_bits, inverted }))
}

fn decode_fax(
    bytes: &[u8],
    file: &mut File<'_>,
    coding: &FaxCoding,
    height: u32,
) -> Result<Raster, ImageError> {
    let offsets = file.get_tag_u64_vec(Tag::StripOffsets).map_err(code_of)?;
    let lengths = file.get_tag_u64_vec(Tag::StripByteCounts).map_err(code_of)?;
    let rows = tag(file, Tag::RowsPerStrip).unwrap_or(height).clamp(1, height) as usize;
    let width = coding.width as usize;
    let mut pixels = vec![255; width * height as usize];
    let mut strips = offsets.iter().zip(&lengths);
    for out in pixels.chunks_mut(rows * width) {
        let (&offset, &length) = strips.next().ok_or(ImageError::Corrupt)?;
        let start = usize::try_from(offset).map_err(|_| ImageError::Corrupt)?;
        let end = usize::try_from(length).ok().and_then(|length| start.checked_add(length));
        let data = end.and_then(|end| bytes.get(start..end)).ok_or(ImageError::Corrupt)?;
        fax::decode_strip(data, coding, out)?;
    }
    Ok(Raster::gray(coding.width, height, pixels))
}

fn decode_plain(file: &mut File<'_>, size: (u32, u32), limits: &Limits) -> Result<Raster, ImageError> {
    let colour = file.colortype().map_err(code_of)?;
    let bits = u64::from(colour.bit_depth()) * u64::from(colour.num_samples());
    limits.admit(size.0, size.1, bits.div_ceil(8) + 3)?;
    let map = match colour {
        ColorType::Palette(_) => Some(file.get_tag_u16_vec(Tag::ColorMap).map_err(code_of)?),
        _ => None,
    };
    let mut decoded = DecodingResult::U8(Vec::new());
    let layout = file.read_image_to_buffer(&mut decoded).map_err(code_of)?;
    let planar = layout.planes > 1;
    tiff_pixels::to_raster(decoded, colour, size, planar, map.as_deref())
}
