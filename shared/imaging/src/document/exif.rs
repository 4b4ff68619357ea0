//! The two facts taken from EXIF data: how to turn the photo and how many dots an inch has. Nothing else is read,
//! and nothing is ever copied.

use exif::{In, Reader, Tag};

use crate::raster::Turn;

/// What EXIF data says about showing a picture.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct ExifFacts {
    /// Turn that shows the picture upright.
    pub(crate) turn: Turn,
    /// Dots per inch.
    pub(crate) dpi: Option<u32>,
}

/// Unit of the resolution tags: 3 is the centimetre, anything else the inch.
const PER_CENTIMETRE: u32 = 3;

/// Reads the facts from a TIFF-framed EXIF block; data that cannot be read says nothing.
pub(crate) fn read(block: &[u8]) -> ExifFacts {
    let block = block.strip_prefix(b"Exif\0\0").unwrap_or(block);
    let Ok(parsed) = Reader::new().read_raw(block.to_vec()) else {
        return ExifFacts::default();
    };
    let number = |tag| parsed.get_field(tag, In::PRIMARY).and_then(|field| field.value.get_uint(0));
    let turn = Turn::from_exif(number(Tag::Orientation).unwrap_or(1));
    let per_unit = parsed.get_field(Tag::XResolution, In::PRIMARY).and_then(|field| match &field.value {
        exif::Value::Rational(values) => values.first().map(|value| value.to_f64()),
        _ => None,
    });
    let per_centimetre = number(Tag::ResolutionUnit) == Some(PER_CENTIMETRE);
    let dpi = per_unit.and_then(|value| to_dpi(value, per_centimetre));
    ExifFacts { turn, dpi }
}

/// Converts a resolution to whole dots per inch; `None` when it is no positive number.
pub(crate) fn to_dpi(per_unit: f64, per_centimetre: bool) -> Option<u32> {
    let dpi = if per_centimetre { per_unit * 2.54 } else { per_unit };
    (dpi.is_finite() && (1.0..=100_000.0).contains(&dpi)).then(|| dpi.round() as u32)
}
