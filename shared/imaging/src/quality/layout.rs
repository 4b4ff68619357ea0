//! What lies on the glass: print too small, two pages, no page at all.

use super::Subject;
use super::below;
use super::cells::{Cells, Writing};
use crate::Verdict;
use crate::gray::Gray;

/// Dots per inch at which text of 10 points has letters of five and of eight pixels.
pub(super) fn small(subject: &Subject<'_>) -> Option<Verdict> {
    below(f64::from(subject.dpi), 72.0, 110.0)
}

/// Two pages side by side: wider than high by the ratio of two sheets, writing left and right, and between them a
/// band without any.
pub(super) fn two_pages(page: &Gray, cells: &Cells, writing: &Writing) -> Option<Verdict> {
    let ratio = page.width as f64 / page.height as f64;
    if !(1.25..1.65).contains(&ratio) || cells.columns < 12 {
        return None;
    }
    let middle = cells.columns / 2;
    let column = |at: &usize| at % cells.columns;
    let in_gutter = |at: &usize| column(at).abs_diff(middle) <= 1;
    let places: Vec<usize> = writing.cells.iter().map(|(at, _)| *at).collect();
    let gutter = places.iter().filter(|at| in_gutter(at)).count();
    let left = places.iter().filter(|at| column(at) + 1 < middle).count();
    let right = places.len() - gutter - left;
    let enough = cells.cells.len() / 10;
    (gutter == 0 && left > enough && right > enough).then_some(Verdict::Warn)
}

/// No lines in any direction, and hardly any paper.
pub(super) fn no_document(subject: &Subject<'_>) -> Option<Verdict> {
    let lines = subject.orientation.skew.contrast;
    (lines < 1.25 && subject.light.paper_share < 0.45).then_some(Verdict::Warn)
}
