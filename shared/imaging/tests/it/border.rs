//! Only the paper is left of a page on a table or below a lid, nothing written is lost, and what is no surroundings stays.

use std::sync::LazyLock;

use berkas_imaging::{Document, Limits, Options, PageReport, Pixels, Raster, Reason, normalize_raster};
use berkas_samples::{Bed, Degradation, Exposure, Layout, Original};
use rstest::rstest;

use crate::draw::{self, Page};
use crate::mapping::Mapping;

/// Shade below which a pixel of a normalized page is dark.
const DARK: u8 = 170;

/// Pages on which none of the limits were set.
static ORIGINALS: LazyLock<Vec<Original>> = LazyLock::new(|| {
    let day = chrono::NaiveDate::from_ymd_opt(2026, 11, 24).expect("a day");
    Original::all(59, day, 1)
});

fn normalized(page: Raster) -> (Raster, PageReport) {
    normalize_raster(page, 0, &Options::default(), &Limits::default()).expect("normalizes")
}

fn decoded(bytes: &[u8]) -> Raster {
    Document::open(bytes, &Limits::default()).expect("a JPEG").page(0).expect("a whole JPEG")
}

/// Returns a few pages of the generator as they come out, with the truth about them and what they were.
fn some(first: usize, exposure: &Exposure) -> Vec<(Layout, Raster, PageReport)> {
    let few = ORIGINALS.iter().skip(first % 10).step_by(10).enumerate();
    few.map(|(seed, original)| {
        let (specimen, layout) = original.exposed_with_layout(exposure, seed as u64);
        let (page, report) = normalized(decoded(&specimen.bytes));
        (layout, page, report)
    })
    .collect()
}

fn laid(shade: u8, skew_deg: f64, margin_mm: f32, more: Vec<Degradation>) -> Exposure {
    let noise = Degradation::Noise { sigma: 3.0 };
    let degradations = std::iter::once(noise).chain(more).collect();
    Exposure::Laid(Bed { shade, skew_deg, margin_mm, degradations })
}

/// Returns the share of dark pixels in the outermost hundredth of a page; the paper's own, where a truth says which they are, do
/// not count.
fn dark_share_of_the_frame(page: &Raster, truth: Option<(&Layout, &PageReport)>) -> f64 {
    let (width, height) = (page.width as usize, page.height as usize);
    let frame = width.min(height).div_ceil(100);
    let pixels = shades(page);
    let in_frame = |&(x, y): &(usize, usize)| {
        let (from_side, from_end) = (x.min(width - 1 - x), y.min(height - 1 - y));
        from_side.min(from_end) < frame
    };
    let is_paper = |place: (usize, usize)| {
        truth.is_some_and(|(layout, report)| {
            let mapping = Mapping::new((layout.width, layout.height), page, report);
            let (x, y) = mapping.source(place);
            let is_inside = (0..layout.width as i64).contains(&x) && (0..layout.height as i64).contains(&y);
            is_inside && layout.is_paper(x as usize, y as usize)
        })
    };
    let all: Vec<_> = (0..pixels.len()).map(|at| (at % width, at / width)).filter(in_frame).collect();
    let dark = all.iter().filter(|&&(x, y)| pixels[y * width + x] < DARK && !is_paper((x, y)));
    dark.count() as f64 / all.len() as f64
}

fn shades(page: &Raster) -> Vec<u8> {
    match &page.pixels {
        Pixels::Gray(pixels) => pixels.clone(),
        Pixels::Rgb(pixels) => pixels.chunks_exact(3).map(|pixel| pixel[1]).collect(),
    }
}

fn lost_ink(layout: &Layout, page: &Raster, report: &PageReport) -> usize {
    let mapping = Mapping::new((layout.width, layout.height), page, report);
    layout.ink().filter(|&place| mapping.is_lost(place)).count()
}

#[rstest]
fn what_lies_around_a_page_goes_and_its_ink_stays(
    #[values(8, 45, 85, 120, 145)] shade: u8,
    #[values(-11.5, -3.0, -0.3, 0.0, 1.2, 7.0)] skew_deg: f64,
    #[values(0.0, 14.0)] margin_mm: f32,
) {
    let first = usize::from(shade) + skew_deg.to_bits() as usize % 7;
    for (layout, page, report) in some(first, &laid(shade, skew_deg, margin_mm, Vec::new())) {
        let dark = dark_share_of_the_frame(&page, Some((&layout, &report)));
        assert!(dark <= 0.015, "{dark} {report:?}");
        assert_eq!(lost_ink(&layout, &page, &report), 0, "{report:?}");
    }
}

#[rstest]
#[case::lid(vec![Degradation::BlackBorder { width_mm: 6.0 }])]
#[case::table(vec![Degradation::Perspective { strength: 0.03 }])]
#[case::shadow_on_a_table(vec![Degradation::Perspective { strength: 0.02 }, Degradation::Shadow { depth: 0.35 }])]
fn a_lid_and_a_table_go_and_the_ink_stays(
    #[case] degradations: Vec<Degradation>,
    #[values(1, 4)] first: usize,
) {
    for (layout, page, report) in some(first, &Exposure::With(degradations)) {
        let dark = dark_share_of_the_frame(&page, Some((&layout, &report)));
        assert!(dark <= 0.015, "{dark} {report:?}");
        assert_eq!(lost_ink(&layout, &page, &report), 0, "{report:?}");
    }
}

#[rstest]
#[case::white_lid(Vec::new())]
#[case::shadow(vec![Degradation::Shadow { depth: 0.4 }])]
#[case::dim(vec![Degradation::Dark { gain: 0.6 }])]
#[case::worn(vec![Degradation::Worn])]
#[case::coloured(vec![Degradation::ColouredPaper { rgb: [226, 210, 178] }])]
fn a_page_that_fills_the_picture_is_not_cropped(#[case] degradations: Vec<Degradation>) {
    for (_, _, report) in some(3, &Exposure::With(degradations)) {
        assert_eq!(report.crop, None);
    }
}

#[rstest]
fn a_sheet_photographed_from_afar_is_cut_out_and_judged_by_itself(
    #[values(8, 60, 120)] shade: u8,
    #[values(-6.0, 0.0, 2.5)] skew_deg: f64,
) {
    for (layout, page, report) in some(usize::from(shade) % 7, &laid(shade, skew_deg, 110.0, Vec::new())) {
        let dark = dark_share_of_the_frame(&page, Some((&layout, &report)));
        assert!(dark <= 0.015, "{dark} {report:?}");
        assert_eq!(lost_ink(&layout, &page, &report), 0, "{report:?}");
        let of_the_table = [Reason::TooDark, Reason::Glare, Reason::Shadow, Reason::CutOff];
        assert!(report.reasons.iter().all(|reason| !of_the_table.contains(reason)), "{report:?}");
        assert!(!report.geometry_untouched);
    }
}

/// Lays small sheets of writing on a large dark table, where they begin.
fn table_with(sheets: &[(usize, usize)]) -> Raster {
    let (width, height) = (2400, 1800);
    let mut pixels = vec![35; width * height];
    for &(left, top) in sheets {
        let sheet = draw::writing(Page { width: 620, height: 877, ..Page::default() });
        for (y, row) in draw::gray(&sheet).chunks_exact(620).enumerate() {
            pixels[(top + y) * width + left..][..620].copy_from_slice(row);
        }
    }
    Raster::gray(width as u32, height as u32, pixels)
}

#[test]
fn one_small_sheet_on_a_table_is_cut_out_to_the_pixel_and_of_two_none_is_cut_away() {
    let (page, report) = normalized(table_with(&[(1500, 700)]));
    let crop = report.crop.expect("a table is seen");
    assert_eq!((crop.left, crop.top, crop.width, crop.height), (1500, 700, 620, 877));
    assert_eq!((page.width, page.height), (620, 877));
    for second in [(200, 300), (100, 700), (1500, 0)] {
        let (page, report) = normalized(table_with(&[(1500, 890), second]));
        let pixels = shades(&page);
        let bright = pixels.iter().filter(|&&shade| shade > 200).count();
        assert!(bright > 620 * 877 * 3 / 2, "{second:?}: {bright} {report:?}");
    }
}

/// Takes light from what lies right of a slanted line with a sharp edge.
fn half_shaded(page: &Raster, (part, light): (f64, f64)) -> Raster {
    let width = page.width as usize;
    let shade = |(at, &pixel): (usize, &u8)| {
        let edge = part * width as f64 - 0.1 * (at / width) as f64;
        if (at % width) as f64 > edge { (f64::from(pixel) * light) as u8 } else { pixel }
    };
    Raster::gray(page.width, page.height, draw::gray(page).iter().enumerate().map(shade).collect())
}

#[rstest]
fn writing_beyond_the_edge_of_a_shadow_stays_be_it_black_or_pale(
    #[values(20, 110, 150)] ink: u8,
    #[values(0.6, 0.75, 0.85)] part: f64,
    #[values(0.4, 0.55, 0.65)] light: f64,
) {
    let page = draw::writing(Page { ink, ..Page::default() });
    let (_, report) = normalized(half_shaded(&page, (part, light)));
    assert_eq!(report.crop, None, "{report:?}");
}

#[rstest]
fn a_wedge_takes_the_colour_of_the_paper(#[values([226, 210, 178], [214, 232, 250])] rgb: [u8; 3]) {
    let exposure = laid(30, 0.0, 8.0, vec![Degradation::ColouredPaper { rgb }]);
    let turned = Exposure::With(vec![
        Degradation::ColouredPaper { rgb },
        Degradation::Perspective { strength: 0.035 },
    ]);
    for exposure in [exposure, turned] {
        // The first page is the blank one, which is all paper.
        let (specimen, _) = ORIGINALS[0].exposed_with_layout(&exposure, 3);
        let (page, _) = normalized(decoded(&specimen.bytes));
        let Pixels::Rgb(pixels) = &page.pixels else {
            continue;
        };
        let middle = pixels.len() / 6 * 3 + 3 * page.width as usize / 2;
        for at in [0, 3 * (page.width as usize - 1), pixels.len() - 3] {
            for channel in 0..3 {
                assert!(pixels[at + channel].abs_diff(pixels[middle + channel]) < 20, "{at} {channel}");
            }
        }
    }
}

#[rstest]
fn normalizing_a_cropped_page_again_changes_nothing(
    #[values(20, 110)] shade: u8,
    #[values(-5.5, 0.0, 2.4)] skew_deg: f64,
) {
    let sheet = draw::writing(Page { seed: u64::from(shade), ..Page::default() });
    let (once, report) = normalized(draw::laid(&sheet, shade, skew_deg, 50));
    assert!(report.crop.is_some());
    let (twice, report) = normalized(once.clone());
    assert_eq!((report.crop, report.geometry_untouched), (None, true));
    assert_eq!(twice.pixels, once.pixels);
}

#[test]
fn a_straight_page_on_a_dark_table_is_cut_out_to_the_pixel() {
    let sheet = draw::writing(Page::default());
    let (page, report) = normalized(draw::laid(&sheet, 25, 0.0, 70));
    let crop = report.crop.expect("a table is seen");
    assert_eq!((crop.left, crop.top, crop.width, crop.height), (70, 70, sheet.width, sheet.height));
    assert_eq!(page.pixels, sheet.pixels);
}

/// Paints a rectangle (left, top, width, height) of a gray page.
fn painted(page: Raster, (left, top, width, height): (usize, usize, usize, usize), shade: u8) -> Raster {
    let stride = page.width as usize;
    let mut pixels = draw::gray(&page).to_vec();
    for row in pixels.chunks_exact_mut(stride).skip(top).take(height) {
        row[left..left + width].fill(shade);
    }
    Raster::gray(page.width, page.height, pixels)
}

#[rstest]
#[case::photo_at_the_left((0, 500, 240, 320))]
#[case::photo_in_the_corner((0, 0, 240, 320))]
#[case::photo_at_the_foot((400, 1103, 240, 300))]
#[case::heading_across_the_top((30, 0, 932, 90))]
#[case::heading_down_the_right((892, 40, 100, 1323))]
fn a_photo_or_a_black_heading_that_touches_the_edge_stays(
    #[case] place: (usize, usize, usize, usize),
    #[values(10, 60, 120)] shade: u8,
) {
    let page = painted(draw::writing(Page::default()), place, shade);
    let (out, report) = normalized(page.clone());
    assert_eq!((report.crop, report.geometry_untouched), (None, true));
    assert_eq!(out.pixels, page.pixels);
}

#[test]
fn a_black_heading_from_edge_to_edge_stays_for_the_white_letters_in_it() {
    let mut page = painted(draw::writing(Page::default()), (0, 0, 992, 110), 12);
    for (number, letter) in [0, 22, 44, 70, 92].into_iter().enumerate() {
        page = painted(page, (430 + letter, 40, 5, 30), 240);
        page = painted(page, (430 + letter, 40 + 12 * (number % 3), 14, 5), 240);
    }
    let (out, report) = normalized(page.clone());
    assert_eq!(report.crop, None);
    assert_eq!(out.pixels, page.pixels);
}

#[test]
fn a_finger_over_the_table_does_not_keep_the_table() {
    let sheet = draw::writing(Page::default());
    let page = draw::laid(&sheet, 30, 3.0, 60);
    let finger = (0, page.height as usize / 2, 130, 90);
    let (out, report) = normalized(painted(page, finger, 160));
    assert!(report.crop.is_some());
    let dark = dark_share_of_the_frame(&out, None);
    assert!(dark < 0.04, "{dark}");
}

#[test]
fn dust_on_the_lid_does_not_keep_the_lid() {
    let sheet = draw::writing(Page::default());
    let page = painted(draw::laid(&sheet, 12, -2.0, 60), (400, 22, 6, 6), 230);
    let (out, _) = normalized(page);
    let dark = dark_share_of_the_frame(&out, None);
    assert!(dark < 0.02, "{dark}");
}

#[test]
fn ink_that_touches_the_edge_of_the_paper_stays() {
    let sheet = painted(draw::writing(Page::default()), (0, 640, 300, 4), 20);
    let (page, _) = normalized(draw::laid(&sheet, 20, 0.0, 60));
    assert_eq!(page.pixels, sheet.pixels);
}

#[rstest]
fn paper_in_a_shadow_is_no_table(#[values(0.3, 0.4, 0.55)] depth: f32, #[values(0, 2, 5, 8)] first: usize) {
    for (layout, page, report) in some(first, &Exposure::With(vec![Degradation::Shadow { depth }])) {
        assert_eq!((report.crop, lost_ink(&layout, &page, &report)), (None, 0));
    }
}

#[rstest]
fn writing_in_a_hard_shadow_stays(#[values(0.2, 0.3, 0.5)] light: f64) {
    let page = draw::lit(&draw::writing(Page::default()), |_, y| if y < 0.3 { light } else { 1.0 });
    let (_, report) = normalized(draw::noisy(&page, 3.0, 1));
    assert_eq!(report.crop, None);
}

#[test]
fn white_writing_on_black_is_not_cropped() {
    let page = draw::writing(Page::default());
    let inverse = draw::gray(&page).iter().map(|pixel| 255 - pixel).collect();
    let (_, report) = normalized(Raster::gray(page.width, page.height, inverse));
    assert_eq!(report.crop, None);
}

#[rstest]
#[case(1, 1)]
#[case(1, 900)]
#[case(900, 1)]
#[case(63, 63)]
#[case(70, 2000)]
#[case(700, 900)]
fn a_page_of_one_shade_is_left_alone(
    #[case] width: u32,
    #[case] height: u32,
    #[values(0, 130, 255)] shade: u8,
) {
    let page = Raster::gray(width, height, vec![shade; (width * height) as usize]);
    let (out, report) = normalized(page);
    assert_eq!((report.crop, out.width, out.height), (None, width, height));
}
