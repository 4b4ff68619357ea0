//! Writing in what seems to be surroundings: then it is paper in the shade.
//!
//! Not seen are a few letters alone, a page number for example, and ink no darker than the table where paper in the shade lies on a
//! dark one: what would see these would take the grain of tables for writing, and leave one page in thirty on its table.

use super::profile::{STEP, TOGETHER};
use super::view::View;

/// Ink is darker than this part of the shade of what it is written on, and by so many shades.
const INKED: (f64, f64) = (0.55, 28.0);
/// More of it than this share is writing.
const INKED_SHARE: f64 = 0.002;
/// Pixels before the line that are not looked at for ink: the edge of a sheet throws a small shadow.
const BESIDE: usize = 6;
/// A letter is this much darker than what lies around it, as a part of that and in shades, and ...
const LETTER: (f64, f64) = (0.8, 24.0);
/// ... no higher or wider than twice so many pixels of the small copy: some 4 mm. The grain of a table is longer.
const NEAR: usize = 8;
/// More of it than this share, and so many pixels of those looked at, are writing: on tables and lids of real pages there were 3
/// at most, on writing in the shade hundreds.
const LETTERS: (f64, usize) = (0.0001, 24);

/// Returns whether there is writing before the line, whose depths at some places are given.
pub(super) fn is_written(view: &View<'_>, inside: &[(usize, f64)], shades: &[u8]) -> bool {
    let (mut all, mut inked, mut letters) = (0, 0, 0);
    for &(at, depth) in inside {
        // A finger is brighter than the table beside it, which is no ink.
        let beside = [at.saturating_sub(TOGETHER), at, (at + TOGETHER).min(shades.len() - 1)];
        let shade = f64::from(beside.map(|at| shades[at]).into_iter().min().unwrap_or(0));
        let limit = (INKED.0 * shade).min(shade - INKED.1);
        let pale = (LETTER.0 * shade).min(shade - LETTER.1);
        let end = (depth as usize).saturating_sub(BESIDE).min(view.extent);
        all += end;
        for depth in 0..end {
            let here = f64::from(view.at(at * STEP, depth));
            inked += usize::from(here < limit);
            letters += usize::from(here < pale && is_of_a_letter(view, at * STEP, depth));
        }
    }
    let share = |part: usize| part as f64 / all as f64;
    share(inked) > INKED_SHARE || (share(letters) > LETTERS.0 && letters >= LETTERS.1)
}

/// Returns whether it is much brighter nearby in all four directions.
fn is_of_a_letter(view: &View<'_>, along: usize, depth: usize) -> bool {
    if along < NEAR || depth < NEAR || along + NEAR >= view.length || depth + NEAR >= view.extent {
        return false;
    }
    let here = f64::from(view.at(along, depth));
    let is_brighter = |shade: u8| here < (LETTER.0 * f64::from(shade)).min(f64::from(shade) - LETTER.1);
    let mut by = 1..=NEAR;
    by.clone().any(|by| is_brighter(view.at(along - by, depth)))
        && by.clone().any(|by| is_brighter(view.at(along + by, depth)))
        && by.clone().any(|by| is_brighter(view.at(along, depth - by)))
        && by.any(|by| is_brighter(view.at(along, depth + by)))
}
