//! Finds out which way up a page lies, from the shape of Latin writing, and says so only when it is sure.
//!
//! Whether the lines run across or down follows from the search for skew in both directions, without rulings. Which
//! end is up follows from the lines' *lean*: most letters stand on the base line and few hang below it, but many rise
//! above the rest (b d f h k l t, capitals), so that going down the page the ink of a line begins in two steps and ends
//! in one. Capitals alone give no answer, and no answer leaves a page as it is.

use std::ops::Range;

use crate::gray::Gray;
use crate::raster::Turn;
use crate::skew::{self, Skew, Strips, profile};

/// The other axis must show this much more of lines before a page counts as lying on its side: of the real scans the
/// worst upright one, with many vertical rulings, comes to 1.1.
const AXIS_RATIO: f64 = 1.6;
/// Contrast of the skew search below which there are no lines to judge by.
const LINES: f64 = 2.0;
/// Lean from which a page that lies on its side is set up.
const LEANS: f64 = 0.08;
/// Lean from which a page is set from its head on its feet; most pages arrive upright, so that more is asked for.
const LEANS_OVER: f64 = 0.14;
/// Parts of the page's width that are judged each for itself, and how many of them must agree.
const PARTS: usize = 4;
const AGREE: usize = 3;
/// Rows of the small copy over which ink is averaged, about half the height of a small letter: serifs do not count.
const ROWS: usize = 5;

/// Which way a page lies, and the skew of its lines once it is upright.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Orientation {
    /// Quarter turns clockwise by which the page is off.
    pub(crate) quarters: u8,
    /// From 0 (no idea; `quarters` is 0 then) to 1.
    pub(crate) confidence: f64,
    /// Skew of the page's lines.
    pub(crate) skew: Skew,
}

/// Judges a page as it is shown.
pub(crate) fn measure(page: &Gray) -> Orientation {
    let across = Strips::across(page);
    let down = Strips::down(page);
    let skew = skew::measure(&across);
    let text = skew::measure_coarsely(&across.without_rulings(skew.deg));
    let skew_down = skew::measure_coarsely(&down);
    let text_down = skew::measure_coarsely(&down.without_rulings(skew_down.deg));
    let on_its_side = text_down.energy > AXIS_RATIO * text.energy && text_down.contrast > LINES;
    if on_its_side { lying(page) } else { standing(page, skew, &text) }
}

/// Judges a page whose lines run across.
fn standing(page: &Gray, skew: Skew, text: &Skew) -> Orientation {
    let lean = if text.contrast > LINES { lean(page, skew.deg) } else { 0.0 };
    let quarters = if lean <= -LEANS_OVER { 2 } else { 0 };
    Orientation { quarters, confidence: (lean.abs() / LEANS_OVER).min(1.0), skew }
}

/// Judges a page whose lines run down: turned back by a quarter it stands on its feet or on its head. Its skew is the
/// same either way, and the same again when it is left lying.
fn lying(page: &Gray) -> Orientation {
    let turned = page.turned(Turn { mirrored: false, quarters: 3 });
    let skew = skew::across(&turned);
    let lean = lean(&turned, skew.deg);
    let quarters = match lean {
        lean if lean >= LEANS => 1,
        lean if lean <= -LEANS => 3,
        _ => return Orientation { quarters: 0, confidence: 0.0, skew },
    };
    Orientation { quarters, confidence: (lean.abs() / LEANS_OVER).min(1.0), skew }
}

/// Returns the lean of the page's lines: positive for upright, from -1 to 1, and 0 when its parts do not agree.
pub(crate) fn lean(page: &Gray, deg: f64) -> f64 {
    let ink = Strips::ink_across(page);
    let lean_of = |range: Range<usize>| lean_of_profile(&profile(&ink, range, deg));
    let whole = lean_of(0..ink.count);
    let parts = (0..PARTS).map(|part| lean_of(ink.count * part / PARTS..ink.count * (part + 1) / PARTS));
    let agreeing = parts.filter(|part| part * whole > 0.0).count();
    if agreeing >= AGREE { whole } else { 0.0 }
}

/// From -1 to 1: positive when ink ends more abruptly, going down, than it begins.
///
/// Steps are cut where the steepest tenth begins, half as high again, so that a few rulings do not outweigh the
/// lines of text.
fn lean_of_profile(profile: &[u16]) -> f64 {
    let sums: Vec<f64> =
        profile.windows(ROWS).map(|rows| rows.iter().map(|&ink| f64::from(ink)).sum()).collect();
    let mut steps: Vec<f64> =
        sums.iter().zip(sums.iter().skip(ROWS)).map(|(above, below)| above - below).collect();
    let mut sizes: Vec<f64> = steps.iter().map(|step| step.abs()).filter(|&size| size > 0.0).collect();
    if sizes.len() < 20 {
        return 0.0;
    }
    sizes.sort_by(f64::total_cmp);
    let limit = 1.5 * sizes[sizes.len() * 9 / 10];
    steps.iter_mut().for_each(|step| *step = step.clamp(-limit, limit).powi(3));
    let size: f64 = steps.iter().map(|step| step.abs()).sum();
    steps.iter().sum::<f64>() / size
}
