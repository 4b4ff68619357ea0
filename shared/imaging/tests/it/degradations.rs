//! Every degradation of the sample generator: what makes a page illegible is caught for what it is, the same in small is
//! not refused, whatever the page shows.

use std::sync::LazyLock;

use berkas_imaging::{Document, Limits, Options, PageReport, Reason, Verdict, normalize_raster};
use berkas_samples::{Degradation, Exposure, Original};
use rstest::rstest;

/// Pages on which none of the limits were set.
pub(crate) static ORIGINALS: LazyLock<Vec<Original>> = LazyLock::new(|| Original::all(57, day(), 1));

fn day() -> chrono::NaiveDate {
    chrono::NaiveDate::from_ymd_opt(2026, 11, 24).expect("a day")
}

fn report(original: &Original, exposure: &Exposure, seed: u64) -> PageReport {
    let bytes = original.exposed(exposure, seed).bytes;
    let page = Document::open(&bytes, &Limits::default()).expect("a JPEG").page(0).expect("a whole JPEG");
    normalize_raster(page, 0, &Options::default(), &Limits::default()).expect("normalizes").1
}

/// Judges every fourth page that is not blank, beginning with another one for each test.
fn some(first: usize, exposure: &Exposure) -> Vec<(String, PageReport)> {
    let written = ORIGINALS.iter().filter_map(|original| Some((original.kind()?, original)));
    let some = written.skip(first % 4).step_by(4).enumerate();
    some.map(|(seed, (kind, original))| (kind.to_string(), report(original, exposure, seed as u64))).collect()
}

pub(crate) fn with(degradation: Degradation) -> Exposure {
    Exposure::With(vec![Degradation::Noise { sigma: 3.0 }, degradation])
}

#[rstest]
#[case::blur(0, Degradation::Blur { sigma_mm: 0.72 }, Reason::Blurred)]
#[case::strong_blur(1, Degradation::Blur { sigma_mm: 0.98 }, Reason::Blurred)]
#[case::motion(2, Degradation::Motion { length_mm: 3.3 }, Reason::Motion)]
#[case::long_motion(3, Degradation::Motion { length_mm: 4.4 }, Reason::Motion)]
#[case::dark(0, Degradation::Dark { gain: 0.06 }, Reason::TooDark)]
#[case::nearly_black(1, Degradation::Dark { gain: 0.03 }, Reason::TooDark)]
#[case::cut_nearly_in_half(2, Degradation::CutOff { part: 0.46 }, Reason::CutOff)]
#[case::more_than_half_cut_off(3, Degradation::CutOff { part: 0.59 }, Reason::CutOff)]
fn what_nobody_can_read_is_unreadable_for_the_right_reason(
    #[case] first: usize,
    #[case] degradation: Degradation,
    #[case] reason: Reason,
) {
    let pages = some(first, &with(degradation));
    let caught =
        |report: &PageReport| report.verdict == Verdict::Unreadable && report.reasons.contains(&reason);
    let missed: Vec<_> = pages.iter().filter(|(_, report)| !caught(report)).collect();
    // A cut through empty paper leaves nothing to see, and a smear that is softest across looks out of focus.
    assert!(missed.len() <= 1, "{missed:#?}");
    assert!(pages.iter().all(|(_, report)| !report.blank));
}

#[rstest]
#[case::usual(0, Exposure::Usual)]
#[case::blur(1, with(Degradation::Blur { sigma_mm: 0.12 }))]
#[case::motion(2, with(Degradation::Motion { length_mm: 0.4 }))]
#[case::dim(3, with(Degradation::Dark { gain: 0.6 }))]
#[case::faded(0, with(Degradation::Faded { contrast: 0.4 }))]
#[case::cut_along_the_margin(1, with(Degradation::CutOff { part: 0.02 }))]
#[case::shadow(2, with(Degradation::Shadow { depth: 0.4 }))]
#[case::glare(3, with(Degradation::Glare { radius_mm: 12.0 }))]
#[case::perspective(0, with(Degradation::Perspective { strength: 0.035 }))]
#[case::bleed_through(1, with(Degradation::BleedThrough { strength: 0.18 }))]
#[case::coloured_paper(2, with(Degradation::ColouredPaper { rgb: [226, 210, 178] }))]
#[case::worn(3, with(Degradation::Worn))]
#[case::black_border(0, with(Degradation::BlackBorder { width_mm: 9.0 }))]
#[case::noise(1, Exposure::With(vec![Degradation::Noise { sigma: 7.0 }]))]
#[case::jpeg(2, with(Degradation::JpegArtefacts { quality: 38 }))]
#[case::on_its_side(3, Exposure::Turned(90))]
#[case::on_its_head(0, Exposure::Turned(180))]
fn what_can_be_read_is_never_refused(#[case] first: usize, #[case] exposure: Exposure) {
    for (kind, report) in some(first, &exposure) {
        assert_ne!(report.verdict, Verdict::Unreadable, "{kind}: {:?}", report.reasons);
        assert!(!report.blank, "{kind}");
    }
}

#[test]
fn sheets_of_a_few_dots_an_inch_are_too_small() {
    for original in Original::all(58, day(), 5).iter().filter(|original| original.kind().is_some()).step_by(4)
    {
        let report = report(original, &Exposure::With(Vec::new()), 1);
        assert_eq!(report.verdict, Verdict::Unreadable, "{:?}", original.kind());
        assert!(report.reasons.contains(&Reason::TooSmall), "{:?}", report.reasons);
    }
}

#[rstest]
#[case::flat(Exposure::With(vec![Degradation::Noise { sigma: 6.0 }]))]
#[case::on_a_table(with(Degradation::Perspective { strength: 0.03 }))]
#[case::black_border(with(Degradation::BlackBorder { width_mm: 6.0 }))]
#[case::shadow(with(Degradation::Shadow { depth: 0.4 }))]
#[case::coloured(with(Degradation::ColouredPaper { rgb: [226, 210, 178] }))]
#[case::creased(with(Degradation::Worn))]
fn light_paper_without_writing_is_blank(#[case] exposure: Exposure, #[values(1, 2, 3)] seed: u64) {
    let report = report(blank(), &exposure, seed);
    assert!(report.blank && report.verdict == Verdict::Warn, "{:?}", report.reasons);
}

#[test]
fn a_few_lines_on_a_slip_are_not_blank() {
    let page = Document::open(&berkas_samples::tiny_page(3), &Limits::default()).expect("a JPEG").page(0);
    let options = Options::default();
    let (_, report) =
        normalize_raster(page.expect("a page"), 0, &options, &Limits::default()).expect("normalizes");
    assert!(!report.blank && report.verdict != Verdict::Unreadable, "{:?}", report.reasons);
}

#[rstest]
fn in_the_dark_nothing_is_called_blank(#[values(1, 2, 3)] seed: u64) {
    let report = report(blank(), &with(Degradation::Dark { gain: 0.05 }), seed);
    assert_eq!(
        (report.blank, report.verdict, report.reasons),
        (false, Verdict::Unreadable, vec![Reason::TooDark])
    );
}

fn blank() -> &'static Original {
    ORIGINALS.iter().find(|original| original.kind().is_none()).expect("a blank page")
}
