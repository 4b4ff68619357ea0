//! Walks the marker segments of a JPEG file up to its first scan.

use super::exif::{self, ExifFacts};

/// What the segments before the first scan say.
#[derive(Debug, Clone, Copy)]
pub(crate) struct JpegHeader {
    pub(crate) width: u32,
    pub(crate) height: u32,
    pub(crate) components: u8,
    pub(crate) progressive: bool,
    pub(crate) exif: ExifFacts,
    /// Dots per inch of the JFIF header.
    pub(crate) jfif_dpi: Option<u32>,
    /// Whether an end-of-image marker follows the first scan; without it the file was cut off.
    pub(crate) has_end: bool,
}

/// Start-of-frame markers: C0 to CF without DHT (C4), JPG (C8) and DAC (CC).
fn is_frame(marker: u8) -> bool {
    (0xC0..=0xCF).contains(&marker) && !matches!(marker, 0xC4 | 0xC8 | 0xCC)
}

/// Reads the header; `None` when no frame precedes the first scan.
pub(crate) fn read(bytes: &[u8]) -> Option<JpegHeader> {
    let mut at = 2;
    let mut frame = None;
    let mut facts = ExifFacts::default();
    let mut jfif_dpi = None;
    loop {
        let (marker, body_at) = next_marker(bytes, at)?;
        if marker == 0xDA {
            let (width, height, components, progressive) = frame?;
            let has_end = has_end_marker(&bytes[body_at..]);
            return Some(JpegHeader {
                width,
                height,
                components,
                progressive,
                exif: facts,
                jfif_dpi,
                has_end,
            });
        }
        let length = usize::from(u16::from_be_bytes([*bytes.get(body_at)?, *bytes.get(body_at + 1)?]));
        let body = bytes.get(body_at + 2..body_at + length.max(2))?;
        match marker {
            0xE0 => jfif_dpi = jfif_density(body).or(jfif_dpi),
            0xE1 if body.starts_with(b"Exif\0\0") => facts = exif::read(body),
            marker if is_frame(marker) => {
                let height = u32::from(u16::from_be_bytes([*body.get(1)?, *body.get(2)?]));
                let width = u32::from(u16::from_be_bytes([*body.get(3)?, *body.get(4)?]));
                frame = Some((width, height, *body.get(5)?, marker == 0xC2));
            }
            _ => {}
        }
        at = body_at + length.max(2);
    }
}

/// Returns the next marker and where its length stands; fill bytes are skipped.
fn next_marker(bytes: &[u8], from: usize) -> Option<(u8, usize)> {
    let mut at = from;
    while *bytes.get(at)? != 0xFF {
        at += 1;
    }
    while *bytes.get(at)? == 0xFF {
        at += 1;
    }
    Some((bytes[at], at + 1))
}

fn jfif_density(body: &[u8]) -> Option<u32> {
    let body = body.strip_prefix(b"JFIF\0")?;
    let density = f64::from(u16::from_be_bytes([*body.get(3)?, *body.get(4)?]));
    match body.get(2)? {
        1 => exif::to_dpi(density, false),
        2 => exif::to_dpi(density, true),
        _ => None,
    }
}

/// Entropy-coded data never holds FF D9 (a data byte FF is followed by 00), so that looking from the back is enough.
fn has_end_marker(scan: &[u8]) -> bool {
    scan.windows(2).rev().any(|pair| pair == [0xFF, 0xD9])
}
