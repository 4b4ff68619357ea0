//! Judges whether a person can read a page, from its small upright copy.

mod cells;
mod coarse;
mod edges;
mod glare;
mod layout;
mod light;
mod sharpness;

use crate::flatten::Light;
use crate::gray::{self, Gray};
use crate::orientation::Orientation;
use crate::{Reason, Verdict};
use cells::{Cells, Writing};
use coarse::Coarse;

/// What is known of a page when it is judged.
pub(crate) struct Subject<'a> {
    /// The small copy, upright, not straightened.
    pub(crate) page: &'a Gray,
    pub(crate) light: &'a Light,
    pub(crate) orientation: &'a Orientation,
    /// Dots per inch of the input.
    pub(crate) dpi: u32,
    /// Height of the letters in pixels of the input, where there are enough to tell.
    pub(crate) letters_px: Option<f64>,
    /// By how much the small copy was reduced.
    pub(crate) factor: usize,
    /// Whether the page is cut in two, so that nobody needs to be told that it is two.
    pub(crate) is_cut: bool,
}

impl Subject<'_> {
    /// Returns the edge of a pixel of the small copy in millimetres on paper.
    fn pixel_mm(&self) -> f64 {
        25.4 * self.factor as f64 / f64::from(self.dpi.max(1))
    }
}

/// The verdict on a page.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Judgement {
    pub(crate) blank: bool,
    pub(crate) verdict: Verdict,
    pub(crate) reasons: Vec<Reason>,
}

/// Judges a page.
pub(crate) fn judge(subject: &Subject<'_>) -> Judgement {
    let cells = Cells::measure(subject.page);
    let writing = Writing::find(&cells, subject.light);
    let mut findings: Vec<(Verdict, Reason)> = Vec::new();
    let mut add = |found: Option<Verdict>, reason| findings.extend(found.map(|verdict| (verdict, reason)));
    let dark = light::darkness(subject.light);
    // In the dark nobody sees whether there is writing: blank is light paper without any.
    let in_the_dark = dark == Some(Verdict::Unreadable);
    let coarse = Coarse::make(subject);
    let empty =
        writing.cells.len() <= BLANK_CELLS.max(cells.cells.len() / 500) || edges_only(&writing, &coarse);
    let blank = empty && !in_the_dark;
    add(blank.then_some(Verdict::Warn), Reason::Blank);
    add(dark, Reason::TooDark);
    let has_writing = !empty && !in_the_dark;
    let (blurred, motion) = if has_writing { sharpness::judge(&coarse) } else { (None, None) };
    let are_soft = blurred.or(motion).is_some();
    add(layout::small(subject, are_soft), Reason::TooSmall);
    if has_writing {
        add(blurred, Reason::Blurred);
        add(motion, Reason::Motion);
        add(light::contrast(&writing), Reason::LowContrast);
        add(edges::cut_off(subject), Reason::CutOff);
        let two_pages = layout::two_pages(subject.page, &cells, &writing);
        add(two_pages.filter(|_| !subject.is_cut), Reason::TwoPages);
        add(layout::no_document(subject), Reason::NotADocument);
    }
    add(glare::glare(subject.page, subject.light, &cells), Reason::Glare);
    add(light::shadow(subject.light), Reason::Shadow);
    add((subject.orientation.quarters == 2).then_some(Verdict::Warn), Reason::UpsideDown);
    // The gravest first; reasons of the same weight stay in the order above.
    findings.sort_by_key(|(verdict, _)| std::cmp::Reverse(*verdict));
    let verdict = findings.first().map_or(Verdict::Ok, |(verdict, _)| *verdict);
    Judgement { blank, verdict, reasons: findings.into_iter().map(|(_, reason)| reason).collect() }
}

/// A page with no more cells of writing than this, or 0.2 % of its cells, is blank: specks are not writing.
const BLANK_CELLS: usize = 2;
/// So is one with no more cells of strokes than six, or a three hundredth of a small page's: the corners of a sheet on a
/// table and where its creases cross.
const BLANK_STROKES: (usize, usize) = (6, 300);

/// Returns whether what was taken for writing are edges and creases: pale ink is lost on the coarse copy, edges are not.
fn edges_only(writing: &Writing, coarse: &Coarse) -> bool {
    let few = BLANK_STROKES.0.min(coarse.all / BLANK_STROKES.1);
    coarse.with_strokes() <= few && 2 * coarse.uneven >= writing.cells.len()
}

/// Returns `unreadable` or `warn` where the value lies below the limits.
fn below(value: f64, unreadable: f64, warn: f64) -> Option<Verdict> {
    if value < unreadable { Some(Verdict::Unreadable) } else { (value < warn).then_some(Verdict::Warn) }
}

/// Returns the value that this share of the counted ones does not exceed.
fn percentile(counts: &[u16; 256], share: f64) -> u8 {
    let total: u32 = counts.iter().map(|&count| u32::from(count)).sum();
    // Counts are whole: more than the share is the next whole number at least.
    gray::shade_reaching(counts, (f64::from(total) * share) as u32 + 1)
}

/// Returns the median, 0 of nothing.
fn median(values: impl Iterator<Item = f64>) -> f64 {
    let mut sorted: Vec<f64> = values.collect();
    sorted.sort_by(f64::total_cmp);
    sorted.get(sorted.len() / 2).copied().unwrap_or(0.0)
}
