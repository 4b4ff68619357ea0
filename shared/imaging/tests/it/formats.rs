//! Every supported type is recognised by its content and decoded to the same page.

use berkas_imaging::{Document, Limits, MediaType, Pixels, Raster, Turn};
use rstest::rstest;

use crate::draw::{self, Page};
use crate::files;

fn page() -> Raster {
    draw::writing(Page { width: 248, height: 351, letter: 14.0, ..Page::default() })
}

fn open(bytes: &[u8]) -> Document<'_> {
    Document::open(bytes, &Limits::default()).expect("own file opens")
}

fn gray_of(raster: &Raster) -> Vec<u8> {
    match &raster.pixels {
        Pixels::Gray(pixels) => pixels.clone(),
        Pixels::Rgb(pixels) => pixels.chunks_exact(3).map(|pixel| pixel[1]).collect(),
    }
}

/// Returns the mean difference of two pages' pixels.
fn difference(one: &Raster, other: &Raster) -> f64 {
    assert_eq!((one.width, one.height), (other.width, other.height));
    let (one, other) = (gray_of(one), gray_of(other));
    let sum: u64 = one.iter().zip(&other).map(|(a, b)| u64::from(a.abs_diff(*b))).sum();
    sum as f64 / one.len() as f64
}

#[rstest]
#[case(MediaType::Png, files::png(&page()), 0.0)]
#[case(MediaType::Pnm, files::pnm(&page()), 0.0)]
#[case(MediaType::Webp, files::webp(&page()), 0.0)]
#[case(MediaType::Tiff, files::tiff(&[page()]), 0.0)]
#[case(MediaType::Tiff, files::tiff_16_bit(&page()), 0.0)]
#[case(MediaType::Jpeg, files::jpeg(&page()), 3.0)]
#[case(MediaType::Jpeg, files::progressive_jpeg(&page()), 3.0)]
#[case(MediaType::Jpeg, files::cmyk_jpeg(&page()), 3.0)]
#[case(MediaType::Pdf, files::pdf_with_image(&page(), "q 595 0 0 842 0 0 cm /I Do Q", 0), 3.0)]
fn each_type_gives_the_page_back(
    #[case] media_type: MediaType,
    #[case] bytes: Vec<u8>,
    #[case] tolerance: f64,
) {
    let document = open(&bytes);
    assert_eq!((document.media_type(), document.page_count()), (media_type, 1));
    let decoded = document.page(0).expect("own page decodes");
    let difference = difference(&decoded, &page());
    assert!(difference <= tolerance, "{difference}");
}

#[test]
fn a_fax_page_gives_its_pixels() {
    let bytes = files::tiff_group_4();
    let decoded = open(&bytes).page(0).expect("own page decodes");
    let row: Vec<u8> = [vec![255; 4], vec![0; 8], vec![255; 4]].concat();
    assert_eq!(decoded.pixels, Pixels::Gray(row.repeat(4)));
}

#[test]
fn a_fax_page_in_tiles_gives_its_pixels() {
    let bytes = files::tiff_group_4_in_tiles();
    let decoded = open(&bytes).page(0).expect("own page decodes");
    assert_eq!(decoded.pixels, open(&files::tiff_group_4()).page(0).expect("own page decodes").pixels);
}

#[rstest]
#[case(4)]
#[case(400)]
fn a_fax_page_whose_rows_end_early_is_refused_and_not_white(#[case] height: u32) {
    let bytes = files::tiff_group_4_cut_off(height);
    assert_eq!(open(&bytes).page(0).expect_err("rows are missing").code(), "corrupt");
    assert!(open(&files::tiff_group_4_cut_off(2)).page(0).is_ok());
}

#[test]
fn tiles_of_separate_planes_are_refused_and_do_not_panic() {
    let bytes = files::tiff_of_tiled_planes();
    let code =
        Document::open(&bytes, &Limits::default()).and_then(|file| file.page(0)).expect_err("refused").code();
    assert_eq!(code, "unsupported_type");
}

#[test]
fn pages_of_a_tiff_file_are_counted_and_decoded_one_by_one() {
    let second = draw::quarter_turned(&page(), 1);
    let bytes = files::tiff(&[page(), second.clone(), page()]);
    let document = open(&bytes);
    assert_eq!(document.page_count(), 3);
    assert_eq!(document.page(1).expect("own page").pixels, second.pixels);
    assert_eq!(document.page(3).expect_err("no fourth page").code(), "no_such_page");
}

#[test]
fn a_scanned_pdf_page_is_taken_out_and_not_rendered() {
    let bytes =
        files::pdf_with_image(&page(), "q 595 0 0 842 0 0 cm /I Do Q BT 3 Tr /F 9 Tf (teks) Tj ET", 0);
    let decoded = open(&bytes).page(0).expect("own page decodes");
    assert_eq!((decoded.width, decoded.height, decoded.dpi), (248, 351, Some(30)));
}

#[rstest]
#[case(0, 0)]
#[case(90, 1)]
#[case(180, 2)]
#[case(270, 3)]
fn the_turn_of_a_pdf_page_is_kept_for_the_one_resample(#[case] rotate: u32, #[case] quarters: u8) {
    let bytes = files::pdf_with_image(&page(), "595 0 0 842 0 0 cm /I Do", rotate);
    let decoded = open(&bytes).page(0).expect("own page decodes");
    assert_eq!(decoded.turn, Turn { mirrored: false, quarters });
}

#[test]
fn a_pdf_page_with_more_than_an_image_is_rendered() {
    let content = "q 595 0 0 842 0 0 cm /I Do Q BT /F 40 Tf 100 400 Td (CONTOH) Tj ET";
    let bytes = files::pdf_with_image(&page(), content, 0);
    let decoded = open(&bytes).page(0).expect("own page renders");
    assert_eq!((decoded.width, decoded.height, decoded.dpi), (1652, 2338, Some(200)));
    let bytes = files::pdf_with_image(&page(), "BT /F 40 Tf 100 400 Td (CONTOH) Tj ET", 0);
    let decoded = open(&bytes).page(0).expect("own page renders");
    let ink = gray_of(&decoded).iter().filter(|&&pixel| pixel < 128).count();
    assert!((10_000..100_000).contains(&ink), "{ink}");
}

#[rstest]
#[case::stamp("/Annots [<< /Subtype /Stamp /Rect [100 100 300 300] /AP << /N 7 0 R >> >>]", true)]
#[case::field(
    "/Annots [<< /Subtype /Widget /FT /Tx /F 4 /Rect [100 100 300 300] /AP << /N 7 0 R >> >>]",
    true
)]
#[case::hidden("/Annots [<< /Subtype /Stamp /F 2 /Rect [100 100 300 300] /AP << /N 7 0 R >> >>]", false)]
#[case::nowhere("/Annots [<< /Subtype /Widget /FT /Sig /Rect [0 0 0 0] /AP << /N 7 0 R >> >>]", false)]
#[case::link("/Annots [<< /Subtype /Link /Rect [100 100 300 300] >>]", false)]
fn what_lies_on_top_of_a_scanned_pdf_page_is_kept(#[case] entries: &str, #[case] shown: bool) {
    let bytes = files::pdf_with_annotation(&page(), "q 595 0 0 842 0 0 cm /I Do Q", 0, entries);
    let decoded = open(&bytes).page(0).expect("own page decodes");
    assert_eq!(decoded.dpi, Some(if shown { 200 } else { 30 }));
    if shown {
        let pixels = gray_of(&decoded);
        // The middle of the square, which lies 200 points from the left and from below.
        let (x, y) = (200 * 200 / 72, (842 - 200) * 200 / 72);
        assert!(pixels[y * decoded.width as usize + x] < 60);
    }
}

#[test]
fn a_pdf_fax_of_half_the_rows_gets_square_pixels() {
    let half = draw::writing(Page { width: 248, height: 176, letter: 14.0, ..Page::default() });
    let bytes = files::pdf_with_image(&half, "q 595 0 0 842 0 0 cm /I Do Q", 0);
    let decoded = open(&bytes).page(0).expect("own page decodes");
    assert_eq!((decoded.width, decoded.height, decoded.dpi), (248, 352, Some(30)));
}

#[test]
fn the_stated_resolution_is_read() {
    let mut jpeg = files::jpeg(&page());
    let jfif = jpeg.windows(5).position(|window| window == b"JFIF\0").expect("a JFIF header");
    jpeg[jfif + 7..jfif + 12].copy_from_slice(&[1, 1, 44, 1, 44]);
    assert_eq!(open(&jpeg).page(0).expect("own page").dpi, Some(300));
}

#[test]
fn an_opened_file_may_be_shared_between_threads() {
    fn shared<T: Send + Sync>() {}
    shared::<Document<'_>>();
}
