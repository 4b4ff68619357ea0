//! A page that was normalized is stored as a JPEG. Whoever normalizes that once more, in a repair for example, gets the
//! same page: no step of geometry finds anything left to do, whatever was wrong with the first picture.
//!
//! Held to here are legible sheets with writing, passports' pages and blank sheets; docs/PERFORMANCE.md says how many of
//! every paper come out untouched.

use berkas_imaging::{
    Document, Limits, NormalizedPage, Options, Raster, Verdict, normalize, normalize_raster,
};
use berkas_samples::{Degradation, Exposure, Original};
use rstest::rstest;

use crate::degradations::{ORIGINALS, with};

/// Edges, in millimetres, that cards and passports do not have.
const SHEET_MM: f64 = 150.0;
/// Sheets looked at for each degradation.
const SHEETS: usize = 3;

fn limits() -> Limits {
    // A machine that compiles beside the tests is slow.
    Limits { max_page_ms: 120_000, ..Limits::default() }
}

fn normalized(file: &[u8]) -> NormalizedPage {
    let document = Document::open(file, &limits()).expect("a JPEG");
    normalize(&document, 0, &Options::default(), &limits()).expect("normalizes")
}

fn decoded(file: &[u8]) -> Raster {
    Document::open(file, &limits()).expect("own copy").page(0).expect("own page")
}

fn is_legible_sheet(page: &NormalizedPage) -> bool {
    let report = &page.report;
    let longest = f64::from(report.width_px.max(report.height_px)) / f64::from(report.dpi) * 25.4;
    longest > SHEET_MM && !report.blank && report.verdict != Verdict::Unreadable
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
fn a_legible_sheet_that_was_normalized_and_stored_stays_as_it_is(
    #[case] first: usize,
    #[case] exposure: Exposure,
) {
    let some = ORIGINALS.iter().step_by(3).enumerate().skip(first);
    let once = some.map(|(seed, original)| normalized(&original.exposed(&exposure, seed as u64).bytes));
    let once: Vec<NormalizedPage> = once.filter(is_legible_sheet).take(SHEETS).collect();
    assert_eq!(once.len(), SHEETS);
    for page in once {
        let stored = decoded(&page.bytes);
        let size = (stored.width, stored.height);
        let (again, report) =
            normalize_raster(stored, 0, &Options::default(), &limits()).expect("normalizes");
        assert!(report.geometry_untouched, "once {:?}\nagain {report:?}", page.report);
        assert_eq!((again.width, again.height, report.rotation_deg), (size.0, size.1, 0));
    }
}

#[rstest]
#[case::usual(Exposure::Usual)]
#[case::blur(with(Degradation::Blur { sigma_mm: 0.12 }))]
#[case::dim(with(Degradation::Dark { gain: 0.6 }))]
#[case::cut_along_the_margin(with(Degradation::CutOff { part: 0.02 }))]
#[case::shadow(with(Degradation::Shadow { depth: 0.4 }))]
#[case::glare(with(Degradation::Glare { radius_mm: 12.0 }))]
#[case::noise(Exposure::With(vec![Degradation::Noise { sigma: 7.0 }]))]
#[case::jpeg(with(Degradation::JpegArtefacts { quality: 38 }))]
fn neither_a_passport_with_its_few_lines_nor_a_blank_sheet_is_turned_again(#[case] exposure: Exposure) {
    let has_few_lines =
        |original: &&Original| original.kind().is_none_or(|kind| kind.to_string() == "paspor");
    let papers: Vec<_> = ORIGINALS.iter().filter(has_few_lines).collect();
    assert_eq!(papers.len(), 2);
    for (seed, original) in (0..).zip(papers) {
        let once = normalized(&original.exposed(&exposure, seed).bytes);
        let report = normalize_raster(decoded(&once.bytes), 0, &Options::default(), &limits());
        let report = report.expect("normalizes").1;
        assert!(report.geometry_untouched, "once {:?}\nagain {report:?}", once.report);
    }
}
