//! The smallest legible page, for measuring the chain without the weight of pictures.

use crate::encode::{self, Format, Picture};
use crate::ink::{BLACK, Face, Page, Typesetter, WHITE};
use crate::rng::Rng;

/// Draws a grey JPEG of a small slip with a few lines of print, some kilobytes; different for each seed.
#[must_use]
pub fn tiny_page(seed: u64) -> Vec<u8> {
    let mut rng = Rng::new(seed, 0x7469_6e79);
    let mut typesetter = Typesetter::default();
    let number = rng.next_u64();
    let mut page = Page::new((74.0, 52.0), 100, WHITE, &mut rng, &mut typesetter);
    page.text((6.0, 9.0), (Face::SansBold, 11.0), BLACK, "CONTOH");
    for (row, text) in [
        "Surat keterangan ini adalah",
        "contoh untuk pengukuran dan",
        "tidak berlaku sebagai surat.",
        "Seluruh isinya rekaan.",
    ]
    .into_iter()
    .enumerate()
    {
        page.text((6.0, 18.0 + 6.5 * row as f32), (Face::Serif, 10.5), BLACK, text);
    }
    page.text((6.0, 46.0), (Face::Mono, 10.0), BLACK, &format!("{number:016x}"));
    let (raster, _) = page.finish();
    let picture = Picture { raster: raster.to_grey(), dpi: 100, quality: 60, exif_orientation: None };
    encode::file(Format::Jpeg, &[picture])
}

#[cfg(test)]
mod tests {
    use super::tiny_page;

    #[test]
    fn tiny_pages_are_small_and_differ() {
        let (one, other) = (tiny_page(1), tiny_page(2));
        assert!(one.len() < 8_000, "{}", one.len());
        assert_ne!(one, other);
        assert_eq!(one, tiny_page(1));
    }
}
