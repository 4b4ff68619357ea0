//! A double page becomes a copy of the whole and one of each of its pages; a single page never does.

use berkas_imaging::{
    Document, Limits, NormalizedPage, Options, OutputFormat, Raster, Reason, measure_skew, normalize_decoded,
};
use berkas_samples::{Exposure, Original};
use rstest::rstest;

use crate::binding::{self, Meeting};
use crate::draw::{self, Page};

const SHADOW: Meeting = Meeting::Shadow(0.3, 12.0);

fn normalized(page: Raster, options: &Options) -> NormalizedPage {
    normalize_decoded(page, 0, options, &Limits::default()).expect("a drawn page normalizes")
}

fn lossless() -> Options {
    Options { format: OutputFormat::WebpLossless, ..Options::default() }
}

fn decoded(bytes: &[u8]) -> Raster {
    Document::open(bytes, &Limits::default()).expect("own copy").page(0).expect("a whole copy")
}

/// Binds two pages of writing that lean as told.
fn bound(skews: [f64; 2], meeting: Meeting) -> Raster {
    let [left, right] = [0, 1].map(|at| {
        draw::writing(Page { seed: 3 + at as u64, skew_deg: skews[at], paper: 242, ..Page::default() })
    });
    draw::noisy(&binding::bound(&left, &right, 242, meeting), 4.0, 5)
}

fn columns(page: &Raster, from: usize, count: usize) -> Vec<u8> {
    let rows = binding::gray(page);
    rows.chunks_exact(page.width as usize).flat_map(|row| row[from..from + count].to_vec()).collect()
}

/// The pixels of a page that is not turned are the whole's; those in between are rounded from another corner.
fn assert_alike(half: &Raster, expected: &[u8], deg: f64) {
    let pixels = binding::gray(half);
    assert_eq!(pixels.len(), expected.len());
    let off = pixels.iter().zip(expected).filter(|(a, b)| a.abs_diff(**b) > if deg == 0.0 { 0 } else { 4 });
    let share = off.count() as f64 / pixels.len() as f64;
    assert!(share <= if deg == 0.0 { 0.0 } else { 0.002 }, "{share}");
}

#[rstest]
fn both_pages_are_parts_of_the_whole_and_nothing_lies_between_them(#[values(0.0, 1.0, -2.0)] deg: f64) {
    let page = binding::turned(&bound([0.0; 2], SHADOW), deg, 242);
    let NormalizedPage { bytes, halves, report, .. } = normalized(page, &lossless());
    let (told, [left, right]) =
        (report.halves.expect("told"), halves.expect("cut").map(|half| decoded(&half)));
    let whole = decoded(&bytes);
    let sizes = [&left, &right].map(|half| (half.width, half.height));
    assert_eq!(told.pages.map(|half| (half.width_px, half.height_px)), sizes);
    assert!(left.width + right.width > whole.width, "they overlap a little");
    assert!(left.width + right.width < whole.width + whole.width / 25);
    assert_alike(&left, &columns(&whole, 0, left.width as usize), deg);
    let from = (whole.width - right.width) as usize;
    assert_alike(&right, &columns(&whole, from, right.width as usize), deg);
    assert!(!report.reasons.contains(&Reason::TwoPages), "{:?}", report.reasons);
    // Where the pages meet, the fold is.
    let middle = f64::from(whole.width) / 2.0;
    assert!(told.gutter.iter().all(|end| (end.0 - middle).abs() < 12.0), "{told:?}");
}

#[test]
fn pages_that_lean_otherwise_are_set_straight_each_for_itself() {
    let made = normalized(bound([1.2, -0.9], SHADOW), &Options::default());
    let told = made.report.halves.expect("cut");
    for (half, (bytes, skew)) in told.pages.iter().zip(made.halves.expect("made").iter().zip([1.2, -0.9])) {
        assert!((half.skew_deg - skew).abs() < 0.1, "{told:?}");
        let left_over = measure_skew(&decoded(bytes)).0;
        assert!(left_over.abs() < 0.12, "{left_over}");
    }
}

#[test]
fn a_page_of_a_double_page_is_a_page_like_any_other() {
    let made = normalized(bound([0.0; 2], SHADOW), &lossless());
    for half in made.halves.expect("cut") {
        let again = normalized(decoded(&half), &lossless());
        assert_eq!((again.halves, again.report.halves), (None, None));
        assert!(again.report.geometry_untouched);
    }
}

#[test]
fn only_the_report_tells_of_halves_where_the_page_itself_is_not_wanted() {
    let made = normalized(bound([0.0; 2], SHADOW), &Options { preview_only: true, ..Options::default() });
    assert!(made.report.halves.is_some() && made.halves.is_none());
}

#[test]
fn black_and_white_copies_are_cut_as_well() {
    let made = normalized(bound([0.0; 2], SHADOW), &Options { bilevel: true, ..lossless() });
    for half in made.halves.expect("cut") {
        assert!(binding::gray(&decoded(&half)).iter().all(|&pixel| pixel == 0 || pixel == 255));
    }
}

#[test]
fn one_page_beside_an_empty_one_is_told_and_left_alone() {
    let left = draw::writing(Page { paper: 242, ..Page::default() });
    let empty = Raster::gray(left.width, left.height, vec![242; (left.width * left.height) as usize]);
    let made = normalized(binding::bound(&left, &empty, 242, SHADOW), &Options::default());
    assert_eq!((made.halves, made.report.halves), (None, None));
}

#[rstest]
fn a_wide_sheet_of_writing_is_one_page_folded_or_not(
    #[values(1, 2, 3)] seed: u64,
    #[values(Meeting::White, SHADOW, Meeting::Line(0.5))] meeting: Meeting,
) {
    let page = draw::writing(Page { seed, width: 1403, height: 992, paper: 242, ..Page::default() });
    let folded = binding::folded(&page, 701.0, 0.0, meeting);
    assert_eq!(normalized(folded, &Options::default()).report.halves, None);
}

#[test]
fn of_what_offices_send_marriage_books_are_cut_and_nothing_else() {
    let day = chrono::NaiveDate::from_ymd_opt(2026, 11, 24).expect("a day");
    let (mut books, mut cut) = (0, 0);
    for original in Original::all(9, day, 1) {
        let page = decoded(&original.exposed(&Exposure::With(Vec::new()), 9).bytes);
        let is_cut =
            normalized(page, &Options { preview_only: true, ..Options::default() }).report.halves.is_some();
        let kind = original.kind().map(|kind| kind.to_string());
        if kind.as_deref() == Some("buku_nikah") {
            (books, cut) = (books + 1, cut + u32::from(is_cut));
        } else {
            assert!(!is_cut, "{kind:?}");
        }
    }
    assert_eq!((books, cut), (1, 1));
}
