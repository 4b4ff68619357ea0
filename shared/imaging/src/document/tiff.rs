//! TIFF: pages, strips and tiles, 1 to 16 bits, gray, palette, colour and CMYK, and fax coding.

use std::io::Cursor;
use std::ops::Range;

use hayro_ccitt::EncodingMode;
use tiff::decoder::{ChunkType, Decoder, DecodingResult};
use tiff::tags::Tag;
use tiff::{ColorType, TiffError};

use super::aspect;
use super::exif::to_dpi;
use super::fax::{self, FaxCoding};
use super::tiff_pixels;
use crate::raster::{Raster, Turn};
use crate::{ImageError, Limits};

type File<'a> = Decoder<Cursor<&'a [u8]>>;

/// Bit of `NewSubfileType` that marks a smaller copy of another page.
const REDUCED_COPY: u32 = 1;
/// Value of `PlanarConfiguration` for samples that lie in a plane each.
const SEPARATE_PLANES: u32 = 2;
/// Edges of tiles are multiples of this (TIFF 6.0, section 15).
const TILE_STEP: usize = 16;

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
    let raster = match fax_coding(&mut file, compression, width)? {
        Some(coding) => {
            limits.admit(width, height, 1)?;
            decode_fax(bytes, &mut file, &coding, (width, height))?
        }
        None => decode_plain(&mut file, (width, height), limits)?,
    };
    let (across, down) = resolutions(&mut file);
    let mut raster = aspect::squared(raster, (across, down), limits)?;
    raster.turn = Turn::from_exif(tag(&mut file, Tag::Orientation).unwrap_or(1));
    Ok(raster)
}

fn tag(file: &mut File<'_>, tag: Tag) -> Option<u32> {
    file.find_tag_unsigned::<u32>(tag).ok().flatten()
}

/// Returns the stated dots per inch across and down.
fn resolutions(file: &mut File<'_>) -> (Option<u32>, Option<u32>) {
    let per_centimetre = tag(file, Tag::ResolutionUnit) == Some(3);
    let [across, down] = [Tag::XResolution, Tag::YResolution]
        .map(|tag| file.get_tag_f64(tag).ok().and_then(|per_unit| to_dpi(per_unit, per_centimetre)));
    (across, down)
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
    size: (u32, u32),
) -> Result<Raster, ImageError> {
    if let Some(tile) = tag(file, Tag::TileWidth).zip(tag(file, Tag::TileLength)) {
        return decode_fax_tiles(bytes, file, &FaxCoding { width: tile.0, ..*coding }, tile.1, size);
    }
    let (width, height) = (size.0 as usize, size.1);
    let rows = tag(file, Tag::RowsPerStrip).unwrap_or(height).clamp(1, height) as usize;
    let mut pixels = vec![255; width * height as usize];
    let chunks = chunks(file, Tag::StripOffsets, Tag::StripByteCounts)?;
    let mut strips = chunks.iter();
    for out in pixels.chunks_mut(rows * width) {
        let data = strips.next().and_then(|range| bytes.get(range.clone())).ok_or(ImageError::Corrupt)?;
        fax::decode_rows(data, coding, out)?;
    }
    Ok(Raster::gray(size.0, height, pixels))
}

/// Decodes tiles of `coding.width × length` pixels; those at the right and below reach beyond the page.
fn decode_fax_tiles(
    bytes: &[u8],
    file: &mut File<'_>,
    coding: &FaxCoding,
    length: u32,
    size: (u32, u32),
) -> Result<Raster, ImageError> {
    let [tile_width, tile_length, width, height] =
        [coding.width, length, size.0, size.1].map(|edge| edge as usize);
    // Larger than the page, rounded up, is a tile that costs memory and holds nothing.
    if tile_width == 0
        || tile_length == 0
        || tile_width >= width + TILE_STEP
        || tile_length >= height + TILE_STEP
    {
        return Err(ImageError::UnsupportedType);
    }
    let mut pixels = vec![255; width * height];
    let mut tile = vec![255; tile_width * tile_length];
    let chunks = chunks(file, Tag::TileOffsets, Tag::TileByteCounts)?;
    let mut tiles = chunks.iter();
    for top in (0..height).step_by(tile_length) {
        for left in (0..width).step_by(tile_width) {
            let data = tiles.next().and_then(|range| bytes.get(range.clone())).ok_or(ImageError::Corrupt)?;
            fax::decode_rows(data, coding, &mut tile)?;
            let across = tile_width.min(width - left);
            let rows = pixels[top * width..].chunks_exact_mut(width);
            for (row, from) in rows.zip(tile.chunks_exact(tile_width)) {
                row[left..left + across].copy_from_slice(&from[..across]);
            }
        }
    }
    Ok(Raster::gray(size.0, size.1, pixels))
}

/// Returns where each strip or tile lies in the file.
fn chunks(file: &mut File<'_>, offsets: Tag, lengths: Tag) -> Result<Vec<Range<usize>>, ImageError> {
    let offsets = file.get_tag_u64_vec(offsets).map_err(code_of)?;
    let lengths = file.get_tag_u64_vec(lengths).map_err(code_of)?;
    let range = |(offset, length): (u64, u64)| {
        let start = usize::try_from(offset).ok()?;
        Some(start..start.checked_add(usize::try_from(length).ok()?)?)
    };
    offsets.into_iter().zip(lengths).map(|chunk| range(chunk).ok_or(ImageError::Corrupt)).collect()
}

fn decode_plain(file: &mut File<'_>, size: (u32, u32), limits: &Limits) -> Result<Raster, ImageError> {
    // `tiff` 0.11 panics on tiles of separate planes, which no scanner writes.
    let is_tiled = file.get_chunk_type() == ChunkType::Tile;
    if is_tiled && tag(file, Tag::PlanarConfiguration) == Some(SEPARATE_PLANES) {
        return Err(ImageError::UnsupportedType);
    }
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
