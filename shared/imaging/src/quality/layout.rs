//! What lies on the glass: print too small, two pages, no page at all.

use super::Subject;
use super::below;
use super::cells::{Cells, Writing};
use crate::Verdict;
use crate::gray::Gray;

/// Height of letters in pixels below which they cannot be told apart, and below which reading is an effort.
const LETTERS_PX: (f64, f64) = (6.0, 8.0);
/// The same in a picture of few pixels: there small letters are no more than specks, and what has a height are the capitals.
const CAPITALS_PX: (f64, f64) = (8.0, 10.0);
/// Shorter and longer edge of a picture of few pixels: those of A4 at 62 dots per inch.
const FEW_PX: (usize, usize) = (520, 730);
/// Dots per inch for pages without letters to be seen: text of 10 points has letters of five and of eight pixels there.
const DPI: (f64, f64) = (72.0, 110.0);

/// Judges the pixels that letters have: a card has few pixels and large letters, a sheet made smaller the reverse.
///
/// Letters that run into each other have no height: `are_soft` says that they may.
pub(super) fn small(subject: &Subject<'_>, are_soft: bool) -> Option<Verdict> {
    let Some(height) = subject.letters_px.filter(|_| !are_soft) else {
        return below(f64::from(subject.dpi), DPI.0, DPI.1);
    };
    let (width, length) = (subject.page.width * subject.factor, subject.page.height * subject.factor);
    let has_few = width.min(length) < FEW_PX.0 && width.max(length) < FEW_PX.1;
    let limits = if has_few { CAPITALS_PX } else { LETTERS_PX };
    below(height, limits.0, limits.1)
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
