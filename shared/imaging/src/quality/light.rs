//! Too little light, a shadow, pale ink.

use super::cells::{Cell, Writing};
use super::{below, median};
use crate::Verdict;
use crate::flatten::Light;

/// Shade of the paper below which nothing can be read, and below which reading is an effort.
pub(super) fn darkness(light: &Light) -> Option<Verdict> {
    below(f64::from(light.paper), 48.0, 95.0)
}

/// Difference between ink and paper, as a part of the paper's shade.
pub(super) fn contrast(writing: &Writing) -> Option<Verdict> {
    let share = |cell: &Cell| f64::from(cell.contrast()) / f64::from(cell.light.max(1));
    below(median(writing.clearest().iter().map(share)), 0.17, 0.30)
}

/// Light on the darkest tenth of the paper as a part of that on the brightest.
pub(super) fn shadow(light: &Light) -> Option<Verdict> {
    let (low, high) = light.range;
    (low < 0.62 * high && light.paper_share > 0.5).then_some(Verdict::Warn)
}
