//! Small sound files that each target begins with, drawn on the spot.

use berkas_domain::Service;
use berkas_imaging::Raster;
use berkas_rules::RuleSets;
use berkas_rules::examples::{DAY, complete_input};

use crate::draw::{self, Page};
use crate::files;

/// A page of a few letters: the time goes into parsing and not into pixels.
fn stamp() -> Raster {
    draw::writing(Page { width: 40, height: 56, letter: 8.0, ..Page::default() })
}

/// A page on which the steps of the normalizer find something.
fn page() -> Raster {
    draw::writing(Page { width: 124, height: 176, letter: 10.0, ..Page::default() })
}

/// Baseline, progressive, in four inks, with EXIF data.
pub fn jpeg() -> Vec<Vec<u8>> {
    let page = stamp();
    vec![
        files::jpeg(&page),
        files::progressive_jpeg(&page),
        files::cmyk_jpeg(&page),
        files::jpeg_with_exif(&page, b"CONTOH"),
    ]
}

/// Grey.
pub fn png() -> Vec<Vec<u8>> {
    vec![files::png(&stamp())]
}

/// Lossless; a lossy one has no encoder here.
pub fn webp() -> Vec<Vec<u8>> {
    vec![files::webp(&stamp())]
}

/// All of its kinds.
pub fn pnm() -> Vec<Vec<u8>> {
    vec![
        files::pnm(&stamp()),
        b"P1\n4 2\n0 1 0 1\n1 0 1 0\n".to_vec(),
        b"P2\n3 2\n15\n0 1 2\n13 14 15\n".to_vec(),
        b"P3\n1 2\n255\n0 1 2\n13 14 15\n".to_vec(),
        b"P4\n9 2\nabcd".to_vec(),
        b"P6\n1 2\n255\nabcdef".to_vec(),
        b"P7\nWIDTH 2\nHEIGHT 2\nDEPTH 3\nMAXVAL 255\nTUPLTYPE RGB\nENDHDR\n123456789012".to_vec(),
    ]
}

/// Two pages, 16 bits, faxes in strips and in tiles, planes apart.
pub fn tiff() -> Vec<Vec<u8>> {
    let page = stamp();
    vec![
        files::tiff(&[page.clone(), page.clone()]),
        files::tiff_16_bit(&page),
        files::tiff_group_4(),
        files::tiff_group_4_in_tiles(),
        files::tiff_of_tiled_planes(),
    ]
}

/// A scan, drawings with text, a scan with a stamp on top.
pub fn pdf() -> Vec<Vec<u8>> {
    let page = stamp();
    let small = |file: Vec<u8>| replaced(&file, b"595 842", b"060 084");
    vec![
        files::pdf_with_image(&page, "q 595 0 0 842 0 0 cm /I Do Q", 0),
        small(files::pdf_with_image(
            &page,
            "q 30 0 0 40 5 5 cm /I Do Q BT /F 12 Tf 7 7 Td (CONTOH) Tj ET",
            90,
        )),
        small(files::pdf_with_image(
            &page,
            "0.5 g 10 10 m 20 30 l 20 40 50 60 70 80 c f 3 w 5 5 50 70 re S",
            0,
        )),
        small(files::pdf_with_annotation(
            &page,
            "q 60 0 0 84 0 0 cm /I Do Q",
            0,
            "/Annots [<< /Type /Annot /Subtype /Stamp /Rect [5 5 40 40] /AP << /N 7 0 R >> >>]",
        )),
    ]
}

/// The one photo of the tests.
pub fn heic() -> Vec<Vec<u8>> {
    vec![include_bytes!("../../shared/imaging/tests/fixtures/page.heic").to_vec()]
}

/// One file of each type.
pub fn normalize() -> Vec<Vec<u8>> {
    let page = page();
    vec![
        files::jpeg(&page),
        files::png(&page),
        files::webp(&page),
        files::pnm(&page),
        files::tiff(std::slice::from_ref(&page)),
        files::tiff_group_4(),
        files::pdf_with_image(&page, "q 595 0 0 842 0 0 cm /I Do Q", 0),
    ]
}

/// A message of each type.
pub fn contract() -> Vec<Vec<u8>> {
    let samples = [
        include_str!("../../shared/contract/golden/accepted.v1.json"),
        include_str!("../../shared/contract/golden/acknowledgement.v1.json"),
        include_str!("../../shared/contract/golden/correction.v1.json"),
        include_str!("../../shared/contract/golden/decision.v1.pages.json"),
        include_str!("../../shared/contract/golden/form.v1.json"),
        include_str!("../../shared/contract/golden/rejected.v1.json"),
        include_str!("../../shared/contract/golden/standby.v1.json"),
        include_str!("../../shared/contract/golden/submission.v1.contact.json"),
        include_str!("../../shared/contract/golden/submission.v1.repair.json"),
        include_str!("../../shared/contract/golden/withdrawal.v1.json"),
        r#"{"v":1,"submission":"019ab2c0-7e11-7c33-a7d0-4f1c2e5b9a10","generation":1,"step":"scan"}"#,
    ];
    samples.iter().map(|sample| sample.as_bytes().to_vec()).collect()
}

/// The rule files in force, and the beginning of one.
pub fn rules() -> Vec<Vec<u8>> {
    RuleSets::embedded_files().into_iter().map(|(_, text)| text.into_bytes()).collect()
}

/// A complete dossier of each case.
pub fn facts() -> Vec<Vec<u8>> {
    let mut all = Vec::new();
    for service in Service::ALL {
        let Some(rules) = RuleSets::embedded().in_force(*service, DAY) else { continue };
        all.extend(rules.cases().filter_map(|case| complete_input(*service, case, 1)));
    }
    all.iter().filter_map(|input| serde_json::to_vec(input).ok()).collect()
}

/// The same bytes with every `from` replaced.
fn replaced(bytes: &[u8], from: &[u8], to: &[u8]) -> Vec<u8> {
    let mut bytes = bytes.to_vec();
    let places: Vec<usize> =
        (0..bytes.len().saturating_sub(from.len())).filter(|at| bytes[*at..].starts_with(from)).collect();
    for at in places {
        bytes[at..at + from.len()].copy_from_slice(to);
    }
    bytes
}
