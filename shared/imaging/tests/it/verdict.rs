//! What a person cannot read is called unreadable, what can be read is not.

use berkas_imaging::{Limits, Options, PageReport, Raster, Reason, Verdict, normalize_raster};
use rstest::rstest;

use crate::draw::{self, Page};

fn report(page: Raster) -> PageReport {
    normalize_raster(page, 0, &Options::default(), &Limits::default()).expect("a drawn page normalizes").1
}

fn good() -> Raster {
    draw::noisy(&draw::blurred(&draw::writing(Page { paper: 240, ..Page::default() }), (1, 1)), 6.0, 11)
}

#[rstest]
fn a_good_page_is_ok(#[values(1, 2, 3, 4, 5)] seed: u64, #[values(-3.0, 0.0, 8.0)] skew_deg: f64) {
    let page = draw::writing(Page { seed, skew_deg, paper: 238, ink: 60, ..Page::default() });
    let report = report(draw::noisy(&page, 8.0, seed));
    assert_eq!((report.verdict, report.reasons), (Verdict::Ok, vec![]));
}

#[test]
fn a_page_out_of_focus_is_unreadable() {
    let report = report(draw::blurred(&good(), (4, 4)));
    assert_eq!((report.verdict, report.reasons), (Verdict::Unreadable, vec![Reason::Blurred]));
}

#[test]
fn a_page_that_moved_is_told_from_one_out_of_focus() {
    let report = report(draw::blurred(&good(), (7, 0)));
    assert_eq!((report.verdict, report.reasons), (Verdict::Unreadable, vec![Reason::Motion]));
}

#[test]
fn a_page_that_moved_and_is_out_of_focus_too_is_unreadable() {
    let report = report(draw::blurred(&good(), (9, 4)));
    assert_eq!(report.verdict, Verdict::Unreadable);
    assert!(report.reasons.contains(&Reason::Blurred), "{:?}", report.reasons);
}

#[rstest]
#[case(0.15, Verdict::Unreadable)]
#[case(0.35, Verdict::Warn)]
fn a_dark_page_is_too_dark(#[case] light: f64, #[case] verdict: Verdict) {
    let report = report(draw::lit(&good(), |_, _| light));
    assert_eq!(report.verdict, verdict);
    assert!(report.reasons.contains(&Reason::TooDark), "{:?}", report.reasons);
}

#[rstest]
#[case(205, Verdict::Unreadable)]
#[case(175, Verdict::Warn)]
fn pale_ink_has_low_contrast(#[case] ink: u8, #[case] verdict: Verdict) {
    let report = report(draw::writing(Page { paper: 240, ink, ..Page::default() }));
    assert_eq!((report.verdict, report.reasons), (verdict, vec![Reason::LowContrast]));
}

#[test]
fn ink_that_is_nearly_white_is_not_taken_for_none() {
    let page = draw::writing(Page { paper: 240, ink: 208, ..Page::default() });
    let report = report(draw::noisy(&draw::blurred(&page, (1, 1)), 4.0, 5));
    assert!(!report.blank);
    assert_eq!(report.verdict, Verdict::Unreadable, "{:?}", report.reasons);
}

#[test]
fn a_page_of_few_pixels_is_too_small() {
    let report = report(draw::writing(Page { width: 496, height: 702, letter: 12.0, ..Page::default() }));
    assert_eq!(report.verdict, Verdict::Unreadable);
    assert_eq!(report.reasons[0], Reason::TooSmall);
}

/// Returns lines of letters of this height in pixels.
fn print(width: usize, height: usize, letter: f64, dpi: Option<u32>) -> Raster {
    let page = draw::writing(Page { width, height, letter, paper: 240, ..Page::default() });
    Raster { dpi, ..draw::noisy(&page, 4.0, 3) }
}

#[test]
fn a_bare_card_that_states_no_resolution_is_not_too_small() {
    for (width, height) in [(674, 425), (425, 674)] {
        let report = report(print(width, height, 22.0, None));
        assert!(!report.reasons.contains(&Reason::TooSmall), "{:?}", report.reasons);
        assert_eq!(report.dpi, 200);
    }
}

#[test]
fn a_sheet_made_smaller_is_too_small_whatever_resolution_it_states() {
    for dpi in [None, Some(72), Some(300)] {
        let report = report(print(900, 1270, 8.0, dpi));
        assert_eq!(report.reasons.first(), Some(&Reason::TooSmall), "{dpi:?}: {:?}", report.verdict);
    }
}

#[test]
fn an_empty_page_is_flagged_and_kept() {
    let page = Page::default();
    let empty = Raster::gray(page.width as u32, page.height as u32, vec![236; page.width * page.height]);
    let report = report(draw::lit(&draw::noisy(&empty, 9.0, 2), |x, _| 1.0 - 0.2 * x));
    assert_eq!((report.blank, report.verdict, report.reasons), (true, Verdict::Warn, vec![Reason::Blank]));
    assert_eq!((report.width_px, report.height_px), (992, 1403));
}

#[rstest]
#[case(Page { paper: 175, ink: 40, ..Page::default() })]
#[case(Page { paper: 245, ink: 205, ..Page::default() })]
fn coloured_paper_and_bleed_through_are_not_blank(#[case] page: Page) {
    assert!(!report(draw::noisy(&draw::writing(page), 5.0, 4)).blank);
}

#[test]
fn a_shadow_is_a_warning() {
    let report = report(draw::lit(&good(), |x, y| if x + y < 0.6 { 0.5 } else { 1.0 }));
    assert_eq!((report.verdict, report.reasons), (Verdict::Warn, vec![Reason::Shadow]));
}

/// Returns a page of writing on gray paper, brightened to white where `white` says 1 for a place.
fn brightened(white: impl Fn(f64, f64) -> f64) -> Raster {
    let page = draw::noisy(&draw::writing(Page { paper: 205, ..Page::default() }), 4.0, 3);
    let pixels = draw::gray(&page).iter().enumerate().map(|(at, &pixel)| {
        let part = white((at % 992) as f64, (at / 992) as f64).clamp(0.0, 1.0);
        (f64::from(pixel) + (260.0 - f64::from(pixel)) * part).min(255.0) as u8
    });
    Raster::gray(992, 1403, pixels.collect())
}

#[test]
fn a_reflection_is_a_warning() {
    // Burnt out up to 150 pixels from its middle, then it fades over 80.
    let page = brightened(|x, y| 1.0 - ((x - 450.0).hypot(y - 600.0) - 150.0) / 80.0);
    let report = report(page);
    assert_eq!((report.verdict, report.reasons), (Verdict::Warn, vec![Reason::Glare]));
}

#[test]
fn a_white_box_on_darker_paper_is_no_reflection() {
    let inside = |x: f64, y: f64| (200.0..700.0).contains(&x) && (1050.0..1350.0).contains(&y);
    let report = report(brightened(|x, y| f64::from(u8::from(inside(x, y)))));
    assert_eq!((report.verdict, report.reasons), (Verdict::Ok, vec![]));
}

#[test]
fn paper_that_is_lit_from_one_side_up_to_white_is_no_reflection() {
    let page = draw::writing(Page { paper: 255, ..Page::default() });
    let report = report(draw::noisy(&draw::lit(&page, |x, y| 1.12 - 0.17 * x - 0.17 * y), 4.0, 7));
    assert_eq!((report.verdict, report.reasons), (Verdict::Ok, vec![]));
}

#[test]
fn writing_that_runs_over_the_edge_was_cut_off() {
    let page = draw::writing(Page { seed: 4, ..Page::default() });
    let rows = draw::gray(&page).chunks_exact(992).flat_map(|row| row[300..].iter().copied());
    let report = report(Raster::gray(692, 1403, rows.collect()));
    assert!(report.reasons.contains(&Reason::CutOff), "{:?}", report.reasons);
}
