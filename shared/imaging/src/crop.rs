//! Cuts a straightened page down to its paper.

use crate::border::{Outline, Side};
use crate::geometry::Plan;

/// Places this many pixels of the small copy outside the paper still belong to its edge.
const SLACK: f64 = 1.5;
/// The paper reaches beyond the frame of the picture by at most this part of it, where turning moves its corners there.
const BEYOND: f64 = 0.2;

/// Returns the part of the straightened page to keep: left, top, width and height in whole pixels of the upright page; it may
/// reach beyond it. All paper lies inside, and every side with surroundings is cut to where the paper first begins.
pub(crate) fn kept(plan: &Plan, outline: &Outline, factor: usize) -> (f64, f64, f64, f64) {
    let factor = factor as f64;
    // Half of each pixel of a slanted edge is paper.
    let rim = if plan.skew_deg == 0.0 { 0.0 } else { factor };
    // A side whose edge lies outside the others is none of this paper.
    let places = |side: Side| {
        let on_paper = outline.places(side).filter(|&place| outline.contains(place, SLACK));
        on_paper.map(|(x, y)| plan.straightened((x * factor, y * factor)))
    };
    let least = |places: &mut dyn Iterator<Item = f64>, limit: f64| {
        places.reduce(f64::min).map_or(0.0, |place| (place - rim).floor().max(-BEYOND * limit))
    };
    let most = |places: &mut dyn Iterator<Item = f64>, limit: f64| {
        places.reduce(f64::max).map_or(limit, |place| (place + rim).ceil().min((1.0 + BEYOND) * limit))
    };
    let (width, height) = plan.upright_size();
    let left = least(&mut places(Side::Left).map(|place| place.0), width);
    let top = least(&mut places(Side::Top).map(|place| place.1), height);
    let right = most(&mut places(Side::Right).map(|place| place.0), width);
    let bottom = most(&mut places(Side::Bottom).map(|place| place.1), height);
    (left, top, right - left, bottom - top)
}
