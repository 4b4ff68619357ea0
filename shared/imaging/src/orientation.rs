//! Finds out which way up a page lies, from the shape of Latin writing, and says so only when it is sure.
//!
//! Two signs, none of which needs to know a letter. *Feet*: nearly all letters stand on the base line, while their
//! tops end at two heights, so that the lower edges of a line fall together better than the upper ones. *Stems*: more
//! letters have a straight left side (B D E F K L P R b h k l m n p r) than a straight right one (d q u J).

use crate::gray::Gray;
use crate::raster::Turn;
use crate::skew::{self, Side, Skew, Strips, roughness_at};

/// The other axis must show this much more of lines before a page counts as lying on its side.
const AXIS_RATIO: f64 = 2.5;
/// Sum of the signs from which a page is set upright.
const SURE: f64 = 0.22;
/// Contrast of the skew search below which there are no lines to judge by.
const LINES: f64 = 1.5;

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
    let across = Strips::across(page, Side::End);
    let skew = skew::measure(&across);
    let down = skew::measure(&Strips::down(page, Side::End).without_rulings());
    let text = skew::measure(&across.without_rulings());
    let on_its_side = down.energy > AXIS_RATIO * text.energy && down.contrast > LINES;
    if !on_its_side {
        let signs = signs(page, &text);
        let upside_down = text.contrast > LINES && signs < -SURE;
        let confidence = (signs.abs() / (2.0 * SURE)).min(1.0);
        return Orientation { quarters: if upside_down { 2 } else { 0 }, confidence, skew };
    }
    // Turned back by a quarter anticlockwise it is either upright or stands on its head.
    let turned = page.turned(Turn { mirrored: false, quarters: 3 });
    let skew_of_turned = skew::measure(&Strips::across(&turned, Side::End));
    let signs = signs(&turned, &skew_of_turned);
    let confidence = (signs.abs() / (2.0 * SURE)).min(1.0);
    match signs {
        signs if signs > SURE => Orientation { quarters: 1, confidence, skew: skew_of_turned },
        signs if signs < -SURE => Orientation { quarters: 3, confidence, skew: skew_of_turned },
        _ => Orientation { quarters: 0, confidence: 0.0, skew },
    }
}

/// Returns the sum of the signs: positive when the page stands on its feet.
fn signs(page: &Gray, skew: &Skew) -> f64 {
    let (feet, stems) = evidence(page, skew);
    feet + stems
}

/// Returns the two signs, each positive when the page stands on its feet.
pub(crate) fn evidence(page: &Gray, skew: &Skew) -> (f64, f64) {
    let lower = lines_roughness(&Strips::across(page, Side::End).without_rulings(), skew.deg);
    let upper = lines_roughness(&Strips::across(page, Side::Start).without_rulings(), skew.deg);
    let left = Strips::down(page, Side::Start).without_rulings().straightness();
    let right = Strips::down(page, Side::End).without_rulings().straightness();
    (log_ratio(lower, upper), 2.0 * log_ratio(left, right))
}

/// Roughness along the lines, less what any direction has.
fn lines_roughness(strips: &Strips, deg: f64) -> f64 {
    let along = roughness_at(strips, deg);
    let elsewhere = (roughness_at(strips, deg - 4.0) + roughness_at(strips, deg + 4.0)) / 2.0;
    along - elsewhere
}

fn log_ratio(for_it: f64, against: f64) -> f64 {
    if for_it > 0.0 && against > 0.0 { (for_it / against).ln() } else { 0.0 }
}
