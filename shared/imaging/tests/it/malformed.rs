//! Whatever is in a file, it costs a coded error and nothing else.

use berkas_imaging::{Document, ImageError, Limits, Options, normalize};
use proptest::prelude::*;
use rstest::rstest;

use crate::draw::{self, Page};
use crate::files;

fn outcome(bytes: &[u8]) -> Result<(), ImageError> {
    outcome_within(bytes, &Limits::default())
}

fn outcome_within(bytes: &[u8], limits: &Limits) -> Result<(), ImageError> {
    let document = Document::open(bytes, limits)?;
    for page in 0..document.page_count() {
        normalize(&document, page, &Options::default(), limits)?;
    }
    Ok(())
}

fn page() -> berkas_imaging::Raster {
    draw::writing(Page { width: 248, height: 351, letter: 14.0, ..Page::default() })
}

#[rstest]
#[case(b"", "unsupported_type")]
#[case(b"hello", "unsupported_type")]
#[case(b"MZ\x90\0\x03\0\0\0", "unsupported_type")]
#[case(b"\xFF\xD8\xFF", "corrupt")]
#[case(b"\xFF\xD8\xFF\xDA\0\x02", "corrupt")]
#[case(b"\x89PNG\r\n\x1A\n", "corrupt")]
#[case(b"RIFF\x10\0\0\0WEBPVP8L", "corrupt")]
#[case(b"P5\n10", "corrupt")]
#[case(b"P5\n10 10\n255\nxx", "corrupt")]
#[case(b"II*\0\x08\0\0\0", "corrupt")]
#[case(b"II*\0\xFF\xFF\xFF\xFF", "corrupt")]
#[case(b"%PDF-1.7\nnothing", "corrupt")]
fn a_broken_head_gives_a_code(#[case] bytes: &[u8], #[case] code: &str) {
    assert_eq!(outcome(bytes).expect_err("broken").code(), code);
}

#[rstest]
#[case(files::png(&page()))]
#[case(files::jpeg(&page()))]
#[case(files::progressive_jpeg(&page()))]
#[case(files::webp(&page()))]
#[case(files::pnm(&page()))]
#[case(files::tiff(&[page()]))]
fn a_file_that_was_cut_off_is_corrupt(#[case] bytes: Vec<u8>) {
    for part in [0.5, 0.9] {
        let cut = &bytes[..(bytes.len() as f64 * part) as usize];
        assert_eq!(outcome(cut).expect_err("cut off"), ImageError::Corrupt);
    }
}

#[test]
fn a_small_file_that_claims_a_huge_page_is_refused_by_its_header() {
    let mut png = files::png(&page());
    png[16..24].copy_from_slice(&[0, 0, 0xFF, 0xFF, 0, 0, 0xFF, 0xFF]);
    // The header's checksum is wrong now, or the page too large: both end before a pixel is decoded.
    assert!(matches!(outcome(&png), Err(ImageError::Corrupt | ImageError::TooManyPixels)));
    let pnm = b"P6 60000 60000 255\n";
    assert_eq!(outcome(pnm), Err(ImageError::TooManyPixels));
    let tags = [
        (256, 60_000),
        (257, 60_000),
        (258, 1),
        (259, 4),
        (262, 0),
        (273, 8),
        (277, 1),
        (278, 60_000),
        (279, 1),
    ];
    assert_eq!(outcome(&files::tiff_by_hand(&tags, &[0])), Err(ImageError::TooManyPixels));
}

#[test]
fn each_limit_has_its_code() {
    let png = files::png(&page());
    let limits = Limits::default();
    let refused = |limits: Limits| outcome_within(&png, &limits).expect_err("beyond a limit").code();
    assert_eq!(refused(Limits { max_bytes: 100, ..limits }), "too_large");
    assert_eq!(refused(Limits { max_pixels: 1000, ..limits }), "too_many_pixels");
    assert_eq!(refused(Limits { max_memory_bytes: 1000, ..limits }), "out_of_memory");
    let tiff = files::tiff(&[page(), page(), page()]);
    let few = Limits { max_pages: 2, ..limits };
    assert_eq!(outcome_within(&tiff, &few), Err(ImageError::TooManyPages));
}

#[test]
fn an_encrypted_pdf_says_so() {
    let objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>".to_vec(),
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>".to_vec(),
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] >>".to_vec(),
        format!("<< /Filter /Standard /V 2 /R 3 /Length 128 /P -4 /O <{0}> /U <{0}> >>", "41".repeat(32))
            .into_bytes(),
    ];
    let bytes = files::pdf(&objects, "/Encrypt 4 0 R /ID [<00112233445566778899AABBCCDDEEFF> <00>]");
    assert_eq!(outcome(&bytes), Err(ImageError::Encrypted));
}

#[test]
fn one_bad_page_does_not_lose_the_others() {
    let mut bytes = files::tiff(&[page(), page()]);
    // The first page claims a compression that does not exist.
    let first = u32::from_le_bytes(bytes[4..8].try_into().expect("four bytes")) as usize;
    let entries = u16::from_le_bytes([bytes[first], bytes[first + 1]]) as usize;
    let compression = (0..entries).map(|at| first + 2 + 12 * at).find(|&at| bytes[at..at + 2] == [3, 1]);
    let at = compression.expect("the page states its compression");
    bytes[at + 8] = 99;
    let document = Document::open(&bytes, &Limits::default()).expect("the directory is sound");
    assert_eq!(document.page_count(), 2);
    assert!(document.page(0).is_err());
    assert!(document.page(1).is_ok());
}

#[test]
fn every_error_is_found_by_its_code() {
    for error in ImageError::ALL {
        assert_eq!(ImageError::from_code(error.code()), Some(error));
    }
}

fn originals() -> [Vec<u8>; 8] {
    let page = draw::writing(Page { width: 124, height: 176, letter: 10.0, ..Page::default() });
    [
        files::png(&page),
        files::jpeg(&page),
        files::progressive_jpeg(&page),
        files::webp(&page),
        files::pnm(&page),
        files::tiff(&[page.clone(), page.clone()]),
        files::tiff_group_4(),
        files::pdf_with_image(&page, "q 595 0 0 842 0 0 cm /I Do Q", 0),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn flipped_bytes_never_get_past_the_guards(
        original in 0_usize..8,
        flips in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..6),
    ) {
        let mut bytes = originals()[original].clone();
        for (at, value) in flips {
            let at = at.index(bytes.len());
            bytes[at] = value;
        }
        let limits = Limits { max_pixels: 4_000_000, ..Limits::default() };
        if let Err(error) = outcome_within(&bytes, &limits) {
            prop_assert!(!error.code().is_empty());
        }
    }
}
