//! The whole way: what is straight stays, what is crooked becomes straight, and a second time changes nothing.

use berkas_imaging::{
    Document, Limits, MediaType, Options, OutputFormat, Pixels, Raster, Turn, encode_jpeg, measure_skew,
    normalize, normalize_decoded, normalize_raster,
};

use crate::draw::{self, Page};
use crate::files;

fn straightened(page: Raster) -> (Raster, berkas_imaging::PageReport) {
    normalize_raster(page, 0, &Options::default(), &Limits::default()).expect("a drawn page normalizes")
}

#[test]
fn a_straight_page_keeps_its_very_pixels() {
    let page = draw::writing(Page::default());
    let (out, report) = straightened(page.clone());
    assert!(report.geometry_untouched);
    assert_eq!(out.pixels, page.pixels);
}

#[test]
fn a_crooked_page_comes_out_straight() {
    let page = draw::writing(Page { skew_deg: 4.4, ..Page::default() });
    let (out, report) = straightened(page);
    assert!(!report.geometry_untouched);
    let (left, _) = measure_skew(&out);
    assert!(left.abs() < 0.05, "{left}");
}

#[test]
fn normalizing_a_second_time_changes_nothing() {
    let page =
        draw::lit(&draw::writing(Page { skew_deg: -2.7, ..Page::default() }), |x, y| 0.9 - 0.3 * x * y);
    let (once, _) = straightened(page);
    let (twice, report) = straightened(once.clone());
    assert!(report.geometry_untouched);
    assert_eq!(twice.pixels, once.pixels);
}

#[test]
fn uneven_light_is_evened_out() {
    let page = draw::lit(&draw::writing(Page::default()), |x, _| 1.0 - 0.45 * x);
    let (out, _) = straightened(page);
    let pixels = draw::gray(&out);
    let row = &pixels[40 * out.width as usize..][..out.width as usize];
    assert!(row.iter().all(|&pixel| pixel > 235), "{:?}", row.iter().min());
}

#[test]
fn the_turn_of_exif_data_is_applied() {
    let upright = draw::writing(Page::default());
    // The file holds the page turned by 270 degrees and asks to be shown turned by 90.
    let mut stored = draw::quarter_turned(&upright, 3);
    stored.turn = Turn::from_exif(6);
    let (out, report) = straightened(stored);
    assert_eq!(out.pixels, upright.pixels);
    assert_eq!((report.rotation_deg, report.exif_turn_deg), (0, 90));
}

#[test]
fn every_turn_of_exif_data_is_undone_by_its_inverse() {
    let upright = draw::writing(Page::default());
    for (orientation, quarters) in [(1, 0), (3, 2), (6, 3), (8, 1)] {
        let mut stored = draw::quarter_turned(&upright, quarters);
        stored.turn = Turn::from_exif(orientation);
        assert_eq!(straightened(stored).0.pixels, upright.pixels, "{orientation}");
    }
    for (orientation, quarters) in [(2, 0), (4, 2), (5, 3), (7, 1)] {
        let mut stored = draw::quarter_turned(&mirrored(&upright), quarters);
        stored.turn = Turn::from_exif(orientation);
        assert_eq!(straightened(stored).0.pixels, upright.pixels, "{orientation}");
    }
}

fn mirrored(page: &Raster) -> Raster {
    let rows = draw::gray(page).chunks_exact(page.width as usize);
    Raster::gray(page.width, page.height, rows.flat_map(|row| row.iter().rev().copied()).collect())
}

#[test]
fn a_high_resolution_is_brought_down_and_said() {
    let page = Page { width: 2480, height: 3508, letter: 60.0, ..Page::default() };
    let mut raster = draw::writing(page);
    raster.dpi = Some(300);
    let (out, report) = straightened(raster);
    assert_eq!((report.width_px, report.height_px, report.dpi), (1653, 2339, 200));
    assert_eq!((out.width, out.height), (1653, 2339));
}

#[test]
fn a_dark_margin_is_cut_and_the_writing_stays() {
    let page = draw::writing(Page::default());
    let (width, height) = (page.width as usize, page.height as usize);
    let mut pixels = vec![12_u8; (width + 60) * height];
    for (out, row) in pixels.chunks_exact_mut(width + 60).zip(draw::gray(&page).chunks_exact(width)) {
        out[40..40 + width].copy_from_slice(row);
    }
    let (out, report) = straightened(Raster::gray(page.width + 60, page.height, pixels));
    let crop = report.crop.expect("margins are seen");
    assert_eq!((crop.left, crop.width), (40, page.width));
    assert_eq!(out.pixels, page.pixels);
}

#[test]
fn colour_is_kept_where_there_is_colour() {
    let page = draw::writing(Page::default());
    let mut pixels: Vec<u8> = draw::gray(&page).iter().flat_map(|&pixel| [pixel; 3]).collect();
    let gray = Raster::rgb(page.width, page.height, pixels.clone());
    assert!(!straightened(gray).1.colour);
    for y in 1100..1180 {
        for x in 600..700 {
            pixels[3 * (y * page.width as usize + x)..][..3].copy_from_slice(&[90, 40, 170]);
        }
    }
    let (out, report) = straightened(Raster::rgb(page.width, page.height, pixels));
    assert!(report.colour);
    assert!(matches!(out.pixels, Pixels::Rgb(_)));
}

#[test]
fn metadata_never_reaches_the_copy() {
    let original = files::jpeg_with_exif(&draw::writing(Page::default()), b"GPS SECRET PLACE");
    assert!(contains(&original, b"SECRET"));
    let document = Document::open(&original, &Limits::default()).expect("own file");
    let page = normalize(&document, 0, &Options::default(), &Limits::default()).expect("own page");
    for copy in [&page.bytes, &page.preview] {
        assert!(!contains(copy, b"SECRET") && !contains(copy, b"Exif"));
    }
}

fn contains(bytes: &[u8], word: &[u8]) -> bool {
    bytes.windows(word.len()).any(|window| window == word)
}

#[test]
fn a_bilevel_page_is_black_and_white() {
    let options = Options { bilevel: true, format: OutputFormat::WebpLossless, ..Options::default() };
    let file = files::png(&draw::writing(Page::default()));
    let document = Document::open(&file, &Limits::default()).expect("own file");
    let page = normalize(&document, 0, &options, &Limits::default()).expect("own page");
    assert_eq!(page.media_type, MediaType::Webp);
    let out = Document::open(&page.bytes, &Limits::default()).expect("own copy").page(0).expect("own page");
    let pixels = match out.pixels {
        Pixels::Gray(pixels) | Pixels::Rgb(pixels) => pixels,
    };
    assert!(pixels.iter().all(|&pixel| pixel == 0 || pixel == 255));
}

#[test]
fn the_preview_fits_its_edge() {
    let file = files::png(&draw::writing(Page::default()));
    let document = Document::open(&file, &Limits::default()).expect("own file");
    let page = normalize(&document, 0, &Options::default(), &Limits::default()).expect("own page");
    let preview = Document::open(&page.preview, &Limits::default()).expect("preview").page(0).expect("page");
    assert_eq!(preview.width.max(preview.height), 1000);
}

#[test]
fn the_preview_of_the_busiest_page_stays_within_its_bytes() {
    let mut state = 7_u32;
    let noise = (0..1414 * 1000).map(|_| {
        // xorshift, by Marsaglia
        state ^= state << 13;
        state ^= state >> 17;
        state ^= state << 5;
        (state >> 24) as u8
    });
    let file = files::png(&Raster::gray(1000, 1414, noise.collect()));
    let document = Document::open(&file, &Limits::default()).expect("own file");
    let page = normalize(&document, 0, &Options::default(), &Limits::default()).expect("own page");
    assert!(page.preview.len() <= 150 * 1024, "{} bytes", page.preview.len());
}

#[test]
fn a_page_that_takes_too_long_is_given_up() {
    let file = files::png(&draw::writing(Page::default()));
    let limits = Limits { max_page_ms: 0, ..Limits::default() };
    let document = Document::open(&file, &limits).expect("own file");
    let error = normalize(&document, 0, &Options::default(), &limits).expect_err("no time at all");
    assert_eq!(error.code(), "timed_out");
}

fn written(skew_deg: f64) -> Raster {
    draw::writing(Page { skew_deg, ..Page::default() })
}

/// The same page on yellow paper.
fn in_colour(page: &Raster) -> Raster {
    let pixels = draw::gray(page).iter().flat_map(|&shade| [shade, shade, shade / 3]).collect();
    Raster { pixels: Pixels::Rgb(pixels), ..page.clone() }
}

#[test]
fn a_page_coded_while_it_is_drawn_is_the_page_that_is_drawn_whole() {
    let gray = [
        written(0.0),
        written(-3.2),
        draw::lit(&written(1.4), |x, y| 1.0 - 0.4 * x * y),
        draw::laid(&written(0.0), 60, 2.0, 80),
    ];
    // In colour only what is not moved: between four pixels there is one sample of a colour difference.
    let all = gray.into_iter().chain([in_colour(&written(0.0))]);
    for (page, bilevel) in all.flat_map(|page| [(page.clone(), false), (page, true)]) {
        let target_dpi = if matches!(page.pixels, Pixels::Rgb(_)) { 200 } else { 170 };
        let options = Options { bilevel, target_dpi, ..Options::default() };
        let (whole, report) = normalize_raster(page.clone(), 0, &options, &Limits::default()).unwrap();
        let made = normalize_decoded(page, 0, &options, &Limits::default()).unwrap();
        assert!(made.bytes == encode_jpeg(&whole, 80).unwrap(), "bilevel {bilevel}");
        assert_eq!((whole.width, whole.height), (report.width_px, report.height_px));
    }
}

#[test]
fn a_page_in_colour_that_is_moved_while_it_is_coded_looks_like_the_one_drawn_whole() {
    let turned = |page: Raster| Raster { turn: Turn::from_exif(6), ..page };
    let narrower = |page: &Raster| {
        let rows =
            draw::gray(page).chunks(page.width as usize).map(|row| row[1..].to_vec()).collect::<Vec<_>>();
        in_colour(&Raster::gray(page.width - 1, page.height, rows.concat()))
    };
    let pages = [
        in_colour(&written(0.7)),
        in_colour(&draw::laid(&written(0.0), 60, -4.0, 60)),
        in_colour(&draw::lit(&written(1.4), |x, y| 1.0 - 0.3 * x * y)),
        turned(in_colour(&written(0.0))),
        turned(narrower(&written(0.0))),
        narrower(&written(-2.0)),
    ];
    let decoded = |file: &[u8]| {
        let page = Document::open(file, &Limits::default()).expect("own file").page(0).expect("own page");
        let Pixels::Rgb(pixels) = page.pixels else { panic!("without colour") };
        ((page.width, page.height), pixels)
    };
    for (at, page) in pages.into_iter().enumerate() {
        for target_dpi in [200, 130, 70] {
            let options = Options { target_dpi, ..Options::default() };
            let (whole, _) = normalize_raster(page.clone(), 0, &options, &Limits::default()).unwrap();
            let made = normalize_decoded(page.clone(), 0, &options, &Limits::default()).unwrap();
            let (size, pixels) = decoded(&made.bytes);
            let (expected_size, expected) = decoded(&encode_jpeg(&whole, 80).unwrap());
            assert_eq!(size, expected_size);
            let far: u64 = pixels.iter().zip(&expected).map(|(a, b)| u64::from(a.abs_diff(*b))).sum();
            let mean = far as f64 / pixels.len() as f64;
            assert!(mean < 2.5, "page {at} for {target_dpi} dpi: {mean}");
        }
    }
}

#[test]
fn a_page_too_long_for_webp_becomes_a_jpeg_that_can_be_read() {
    let options = Options { format: OutputFormat::WebpLossless, target_dpi: u32::MAX, ..Options::default() };
    for (height, expected) in [((1 << 14) - 1, MediaType::Webp), (1 << 14, MediaType::Jpeg)] {
        let page = Raster::gray(2, height, vec![200; 2 * height as usize]);
        let made = normalize_decoded(page, 0, &options, &Limits::default()).unwrap();
        assert_eq!(made.media_type, expected);
        let again = Document::open(&made.bytes, &Limits::default()).unwrap();
        assert_eq!(again.page(0).unwrap().height, height);
    }
}
