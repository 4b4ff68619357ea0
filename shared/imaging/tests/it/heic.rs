//! HEIC photos, with the feature `heic`; without it they are recognised and refused.

#[cfg(feature = "heic")]
use berkas_imaging::{Document, ImageError, Limits, MediaType, Pixels};

/// Rows of dark blocks on white, 160 × 224 pixels, coded by libheif at quality 70.
#[cfg(feature = "heic")]
pub(crate) const PAGE: &[u8] = include_bytes!("../fixtures/page.heic");

/// Returns the shade that was drawn at a place of [`PAGE`].
#[cfg(feature = "heic")]
fn drawn(x: usize, y: usize) -> u8 {
    let is_inside = (20..140).contains(&x) && (40..184).contains(&y);
    if is_inside && y % 24 < 12 && (x / 9 + y / 24 * 7) % 3 != 0 { 30 } else { 245 }
}

#[cfg(feature = "heic")]
#[test]
fn a_heic_photo_gives_its_picture_back() {
    let document = Document::open(PAGE, &Limits::default()).expect("own file opens");
    assert_eq!((document.media_type(), document.page_count()), (MediaType::Heic, 1));
    let page = document.page(0).expect("own page decodes");
    assert_eq!((page.width, page.height), (160, 224));
    let Pixels::Rgb(pixels) = &page.pixels else { panic!("a photo has colours") };
    let off = |(at, pixel): (usize, &[u8])| u64::from(pixel[1].abs_diff(drawn(at % 160, at / 160)));
    let sum: u64 = pixels.chunks_exact(3).enumerate().map(off).sum();
    assert!(sum < 6 * 160 * 224, "{}", sum as f64 / (160.0 * 224.0));
}

#[cfg(feature = "heic")]
#[test]
fn a_heic_photo_that_is_too_large_or_cut_short_is_refused() {
    let few = Limits { max_pixels: 20_000, ..Limits::default() };
    assert_eq!(Document::open(PAGE, &few).err(), Some(ImageError::TooManyPixels));
    let cut = &PAGE[..PAGE.len() - 300];
    let page = Document::open(cut, &Limits::default()).and_then(|document| document.page(0));
    assert_eq!(page.err(), Some(ImageError::Corrupt));
}

#[cfg(not(feature = "heic"))]
#[test]
fn a_heic_photo_is_recognised_and_refused_without_its_decoder() {
    use berkas_imaging::{Document, ImageError, Limits, MediaType};

    let page = include_bytes!("../fixtures/page.heic");
    assert_eq!(MediaType::sniff(page), Some(MediaType::Heic));
    assert!(!MediaType::Heic.is_supported());
    assert_eq!(Document::open(page, &Limits::default()).err(), Some(ImageError::UnsupportedType));
}
