//! Brings the many sample layouts of TIFF to eight-bit gray or RGB.

use tiff::ColorType;
use tiff::decoder::DecodingResult;

use crate::ImageError;
use crate::raster::Raster;

/// Converts a decoded page of `size` (width, height) pixels.
///
/// `planar` says that the samples lie in one plane each, `map` is the colour map of a palette page.
///
/// # Errors
/// `UnsupportedType` for sample types that no scanner writes (floating point, Lab), `Corrupt` when samples are
/// missing.
pub(crate) fn to_raster(
    decoded: DecodingResult,
    colour: ColorType,
    size: (u32, u32),
    planar: bool,
    map: Option<&[u16]>,
) -> Result<Raster, ImageError> {
    let samples = to_bytes(decoded)?;
    let (width, height) = (size.0 as usize, size.1 as usize);
    let channels = usize::from(colour.num_samples());
    let samples = match colour.bit_depth() {
        bits @ (1 | 2 | 4) => {
            unpack(&samples, bits, width * channels, !matches!(colour, ColorType::Palette(_)))
        }
        _ => samples,
    };
    let samples = if planar { interleave(&samples, channels) } else { samples };
    if samples.len() < width * height * channels {
        return Err(ImageError::Corrupt);
    }
    let samples = &samples[..width * height * channels];
    match colour {
        ColorType::Gray(_) => Ok(Raster::gray(size.0, size.1, samples.to_vec())),
        ColorType::GrayA(_) => {
            let gray = samples.chunks_exact(2).map(|pixel| pixel[0]).collect();
            Ok(Raster::gray(size.0, size.1, gray))
        }
        ColorType::Palette(_) => palette(samples, size, map.ok_or(ImageError::Corrupt)?),
        ColorType::RGB(_) | ColorType::RGBA(_) => {
            Ok(each_pixel(samples, channels, size, |p| [p[0], p[1], p[2]]))
        }
        ColorType::CMYK(_) | ColorType::CMYKA(_) => Ok(each_pixel(samples, channels, size, from_cmyk)),
        ColorType::YCbCr(_) => Ok(each_pixel(samples, channels, size, from_ycbcr)),
        ColorType::Multiband { num_samples: 1 | 2, .. } => {
            let gray = samples.chunks_exact(channels).map(|pixel| pixel[0]).collect();
            Ok(Raster::gray(size.0, size.1, gray))
        }
        _ => Err(ImageError::UnsupportedType),
    }
}

fn to_bytes(decoded: DecodingResult) -> Result<Vec<u8>, ImageError> {
    match decoded {
        DecodingResult::U8(samples) => Ok(samples),
        DecodingResult::U16(samples) => Ok(samples.iter().map(|sample| (sample >> 8) as u8).collect()),
        DecodingResult::U32(samples) => Ok(samples.iter().map(|sample| (sample >> 24) as u8).collect()),
        _ => Err(ImageError::UnsupportedType),
    }
}

/// Spreads packed samples to one byte each; rows are padded to whole bytes. `scale` stretches them to 0..255.
fn unpack(packed: &[u8], bits: u8, samples_a_row: usize, scale: bool) -> Vec<u8> {
    let per_byte = 8 / usize::from(bits);
    let top = ((1_u16 << bits) - 1) as u8;
    let factor = if scale { 255 / top } else { 1 };
    let stride = samples_a_row.div_ceil(per_byte);
    let mut samples = Vec::with_capacity(packed.len() * per_byte);
    for row in packed.chunks_exact(stride.max(1)) {
        samples.extend((0..samples_a_row).map(|x| {
            let shift = 8 - usize::from(bits) * (x % per_byte + 1);
            ((row[x / per_byte] >> shift) & top) * factor
        }));
    }
    samples
}

fn interleave(samples: &[u8], channels: usize) -> Vec<u8> {
    let plane = samples.len() / channels;
    (0..plane * channels).map(|at| samples[at % channels * plane + at / channels]).collect()
}

fn each_pixel(
    samples: &[u8],
    channels: usize,
    size: (u32, u32),
    convert: impl Fn(&[u8]) -> [u8; 3],
) -> Raster {
    let pixels = samples.chunks_exact(channels).flat_map(convert).collect();
    Raster::rgb(size.0, size.1, pixels)
}

fn from_cmyk(pixel: &[u8]) -> [u8; 3] {
    let light = 255 - u16::from(pixel[3]);
    [0, 1, 2].map(|channel| ((255 - u16::from(pixel[channel])) * light / 255) as u8)
}

/// ITU-R BT.601, full range, as JFIF has it.
fn from_ycbcr(pixel: &[u8]) -> [u8; 3] {
    let (y, cb, cr) = (f32::from(pixel[0]), f32::from(pixel[1]) - 128.0, f32::from(pixel[2]) - 128.0);
    [y + 1.402 * cr, y - 0.344_136 * cb - 0.714_136 * cr, y + 1.772 * cb].map(|value| value.round() as u8)
}

/// The map holds all reds, then all greens, then all blues, 16 bits each (TIFF 6.0, section 5).
fn palette(samples: &[u8], size: (u32, u32), map: &[u16]) -> Result<Raster, ImageError> {
    let colours = map.len() / 3;
    let mut pixels = Vec::with_capacity(samples.len() * 3);
    for &sample in samples {
        let at = usize::from(sample);
        if at >= colours {
            return Err(ImageError::Corrupt);
        }
        pixels.extend([map[at], map[colours + at], map[2 * colours + at]].map(|value| (value >> 8) as u8));
    }
    Ok(Raster::rgb(size.0, size.1, pixels))
}
