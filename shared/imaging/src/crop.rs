//! Cuts a straightened page down to its paper, and widens it where the turn would move writing out of it.

use crate::border::{Outline, Side};
use crate::flatten::Light;
use crate::geometry::Plan;
use crate::gray::Gray;

/// The paper reaches beyond the frame of the picture by at most this part of it, where turning moves its corners there.
const BEYOND: f64 = 0.2;

/// Returns the part of the straightened page to keep: left, top, width and height in whole pixels of the upright page; it may
/// reach beyond it. All paper lies inside, and every side with surroundings is cut to where the paper first begins.
pub(crate) fn kept(plan: &Plan, outline: &Outline, factor: usize) -> (f64, f64, f64, f64) {
    let factor = factor as f64;
    // Half of each pixel of a slanted edge is paper.
    let rim = if plan.skew_deg == 0.0 && plan.warp.is_none() { 0.0 } else { factor };
    let places =
        |side: Side| outline.places_on_paper(side).map(|(x, y)| plan.straightened((x * factor, y * factor)));
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

/// Part of the paper's shade nearby below which a pixel beyond the frame is ink: a little above that of a letter's middle,
/// for an edge cuts through letters.
const INK: f32 = 0.78;
/// So many pixels of ink side by side in a row of the small copy are no grain.
const STROKE: usize = 2;
/// Part of the shade of a pixel this near below which ink is.
const SHARP: f32 = 0.8;
const NEAR: usize = 8;
/// What is thicker than this, in pixels of the small copy, across and down, is a shadow, a lid or a table: about 8 mm.
const THICK: usize = 50;

/// Returns the whole frame of the straightened page, wider on each side that the turn moves ink beyond; by [`BEYOND`] at
/// most. For a page whose paper has no outline: what was cut off at the picture's edge has writing up to it.
pub(crate) fn with_ink(plan: &Plan, page: &Gray, light: &Light, factor: usize) -> (f64, f64, f64, f64) {
    let (width, height) = plan.upright_size();
    if plan.skew_deg == 0.0 {
        return plan.keep;
    }
    let edge = factor as f64;
    let place = |x: usize, y: usize| plan.straightened(((x as f64 + 0.5) * edge, (y as f64 + 0.5) * edge));
    let is_beyond = |x: usize, y: usize| {
        let (u, v) = place(x, y);
        u < edge || v < edge || u > width - edge || v > height - edge
    };
    let (mut least, mut most) = ((0.0_f64, 0.0_f64), (width, height));
    let mut limits = vec![0; page.width];
    for y in 0..page.height {
        // The frame is convex: what lies beyond it in a row is its two ends.
        let left = (0..page.width).find(|&x| !is_beyond(x, y)).unwrap_or(page.width);
        let right = (left..page.width).rev().find(|&x| !is_beyond(x, y)).map_or(left, |last| last + 1);
        if left == 0 && right == page.width {
            continue;
        }
        light.limits(y, INK, &mut limits);
        let row = page.row(y);
        for columns in [0..left, right..page.width] {
            let ink: Vec<usize> = columns.filter(|&x| row[x] < limits[x]).collect();
            for run in ink.chunk_by(|a, b| a + 1 == *b).filter(|run| run.len() >= STROKE) {
                let middle = (run[run.len() / 2], y);
                if is_thick(page, middle, limits[run[0]]) || !is_sharp(page, middle) {
                    continue;
                }
                for (u, v) in [place(run[0], y), place(run[run.len() - 1], y)] {
                    least = (least.0.min(u - edge), least.1.min(v - edge));
                    most = (most.0.max(u + edge), most.1.max(v + edge));
                }
            }
        }
    }
    let left = least.0.floor().max(-BEYOND * width);
    let top = least.1.floor().max(-BEYOND * height);
    let right = most.0.ceil().min((1.0 + BEYOND) * width);
    let bottom = most.1.ceil().min((1.0 + BEYOND) * height);
    (left, top, right - left, bottom - top)
}

/// Returns whether the dark around a place goes on across and down for longer than a stroke is wide.
fn is_thick(page: &Gray, (x, y): (usize, usize), limit: u8) -> bool {
    let is_dark = |x: usize, y: usize| page.row(y)[x] < limit;
    let left = (0..x).rev().take_while(|&x| is_dark(x, y)).take(THICK).count();
    let right = (x..page.width).take_while(|&x| is_dark(x, y)).take(THICK).count();
    let up = (0..y).rev().take_while(|&y| is_dark(x, y)).take(THICK).count();
    let down = (y..page.height).take_while(|&y| is_dark(x, y)).take(THICK).count();
    left + right > THICK && up + down > THICK
}

/// Returns whether it is much brighter a few pixels to the left and right of a place, or above and below, as it is around a
/// stroke; a picture's edge shows only one side. The edge of a shadow is bright on one side only, and mostly soft.
fn is_sharp(page: &Gray, (x, y): (usize, usize)) -> bool {
    let here = f32::from(page.row(y)[x]);
    let is_brighter = |x: usize, y: usize| here < SHARP * f32::from(page.row(y)[x]);
    let (width, height) = (page.width, page.height);
    let left = x < NEAR || (1..=NEAR).any(|by| is_brighter(x - by, y));
    let right = x + NEAR >= width || (1..=NEAR).any(|by| is_brighter(x + by, y));
    let above = y < NEAR || (1..=NEAR).any(|by| is_brighter(x, y - by));
    let below = y + NEAR >= height || (1..=NEAR).any(|by| is_brighter(x, y + by));
    let at_the_corner = (x < NEAR || x + NEAR >= width) && (y < NEAR || y + NEAR >= height);
    !at_the_corner && ((left && right) || (above && below))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::raster::Turn;

    fn page(ink: &[(usize, usize)]) -> Gray {
        let mut page = Gray::filled(1000, 1400, 230);
        for &(x, y) in ink {
            for row in 0..8 {
                page.pixels[(y + row) * 1000 + x..][..8].fill(20);
            }
        }
        page
    }

    fn frame(page: &Gray, skew_deg: f64) -> (f64, f64, f64, f64) {
        let plan = Plan { skew_deg, ..Plan::upright((1000, 1400), Turn::default()) };
        with_ink(&plan, page, &Light::measure(page), 1)
    }

    #[test]
    fn the_frame_widens_to_ink_that_the_turn_moves_beyond_it() {
        let widened = frame(&page(&[(2, 40), (500, 700)]), 3.0);
        // The corner at the upper left swings outwards to one side only.
        let whole = (0.0, 0.0, 1000.0, 1400.0);
        assert_ne!(widened, whole);
        let plan = Plan { skew_deg: 3.0, ..Plan::upright((1000, 1400), Turn::default()) };
        for (x, y) in [(2.0, 40.0), (10.0, 48.0)] {
            let (u, v) = plan.straightened((x, y));
            let (left, top, width, height) = widened;
            assert!((left..left + width).contains(&u) && (top..top + height).contains(&v), "{widened:?}");
        }
    }

    #[test]
    fn a_page_with_margins_or_without_skew_keeps_its_frame() {
        let whole = (0.0, 0.0, 1000.0, 1400.0);
        assert_eq!(frame(&page(&[(500, 700)]), 3.0), whole);
        assert_eq!(frame(&page(&[(2, 40)]), 0.0), whole);
    }
}
