//! Finds how a sheet that was taken from aslant leans: from the four lines of its border, and only where the writing on it agrees.

use crate::border::{Outline, Side};
use crate::geometry::{Plan, Warp};
use crate::gray::{self, Gray};
use crate::homography::Homography;
use crate::limits::Deadline;
use crate::raster::{Raster, Turn};
use crate::skew::{self, Skew};
use crate::{ImageError, resample};

/// Confidence from which the border is believed, the least of its four sides.
const CONFIDENT: f64 = 0.8;
/// Opposite sides that meet at less than this many degrees, and corners that are as near to right angles, are left to the turn
/// alone: that much the edge of a sheet scatters.
const LEAST_DEG: f64 = 0.5;
/// What meets at more, or leans over by more, is no sheet taken by somebody who wants it read.
const MOST_DEG: f64 = 14.0;
const MOST_LEAN_DEG: f64 = 5.0;
/// The writing runs along the sheet within this many degrees.
const ALONG_DEG: f64 = 1.5;
/// What lies beside the picture is taken for white.
const PAPER: u8 = 255;

/// How a sheet leans.
pub(crate) struct Found {
    /// From the straight sheet to the upright page, in its pixels.
    pub(crate) warp: Warp,
    /// Width and height of the straight sheet.
    pub(crate) size: (f64, f64),
    /// From [`CONFIDENT`] to 1.
    pub(crate) confidence: f64,
}

/// Says how the sheet leans whose border is `outline` on the small copy `page`; nothing where it does not, or not surely: its
/// writing must run along it, and fall into line better than it does when the sheet is only turned.
pub(crate) fn find(
    outline: &Outline,
    page: &Gray,
    factor: usize,
    deadline: &Deadline,
) -> Result<Option<Found>, ImageError> {
    let confidence = Side::ALL.iter().map(|&side| outline.edge(side).confidence).fold(1.0, f64::min);
    let Some(corners) = outline.corners().filter(|&corners| confidence >= CONFIDENT && leans(corners)) else {
        return Ok(None);
    };
    let [upper_left, upper_right, lower_right, lower_left] = corners;
    let width = (length(upper_left, upper_right) + length(lower_left, lower_right)) / 2.0;
    let height = (length(upper_left, lower_left) + length(upper_right, lower_right)) / 2.0;
    let Some(map) = Homography::onto((width, height), corners) else {
        return Ok(None);
    };
    let writing = |map: Homography| -> Result<Skew, ImageError> {
        let straight = straightened(page, &Warp::new(map), (0.0, 0.0, width, height), deadline)?;
        Ok(skew::across(&straight))
    };
    let (straight, turned) = (writing(map)?, writing(turn_alone(corners, (width, height)))?);
    let in_line = straight.confidence >= skew::CONFIDENT && straight.deg.abs() <= ALONG_DEG;
    if !in_line || straight.contrast <= turned.contrast {
        return Ok(None);
    }
    let left = straight.to_take_away();
    let map = if left == 0.0 { map } else { map.after(&Homography::turn((width / 2.0, height / 2.0), left)) };
    let by = factor as f64;
    let warp = Warp::new(map.shrunk(1.0 / by));
    Ok(Some(Found { warp, size: (width * by, height * by), confidence }))
}

/// Returns the part `keep` (left, top, width, height) of the straight sheet, from a small copy of the picture it leans in.
pub(crate) fn straightened(
    page: &Gray,
    warp: &Warp,
    keep: (f64, f64, f64, f64),
    deadline: &Deadline,
) -> Result<Gray, ImageError> {
    let size = (page.width as u32, page.height as u32);
    let plan = Plan { warp: Some(*warp), keep, ..Plan::upright(size, Turn::default()) };
    let picture = Raster::gray(size.0, size.1, page.pixels.clone());
    Ok(gray::reduce(&resample::resampled(&picture, &plan, PAPER, deadline)?, 1))
}

/// Returns the map that only turns the sheet whose corners these are, in the middle of its directions.
fn turn_alone(corners: [(f64, f64); 4], (width, height): (f64, f64)) -> Homography {
    let [upper_left, upper_right, lower_right, lower_left] = corners;
    let deg = (direction(upper_left, upper_right) + direction(lower_left, lower_right)) / 2.0;
    let middle = |of: fn((f64, f64)) -> f64| corners.into_iter().map(of).sum::<f64>() / 4.0;
    let off = (middle(|corner| corner.0) - width / 2.0, middle(|corner| corner.1) - height / 2.0);
    let moved = Homography::affine(off, (1.0, 0.0), (0.0, 1.0));
    moved.after(&Homography::turn((width / 2.0, height / 2.0), deg))
}

impl Found {
    /// Returns the plan that sets the sheet straight, in place of one that only turns it.
    pub(crate) fn plan(&self, plan: &Plan) -> Plan {
        let keep = (0.0, 0.0, self.size.0, self.size.1);
        Plan { skew_deg: 0.0, warp: Some(self.warp), keep, ..*plan }
    }
}

/// Returns whether a quadrilateral is the picture of a sheet that leans, enough to tell and little enough to believe.
fn leans([upper_left, upper_right, lower_right, lower_left]: [(f64, f64); 4]) -> bool {
    let (top, bottom) = (direction(upper_left, upper_right), direction(lower_left, lower_right));
    let (left, right) = (direction(upper_left, lower_left), direction(upper_right, lower_right));
    let meeting = (top - bottom).abs().max((left - right).abs());
    let lean = ((left + right) / 2.0 - (top + bottom) / 2.0 - 90.0).abs();
    meeting.max(lean) >= LEAST_DEG && meeting <= MOST_DEG && lean <= MOST_LEAN_DEG
}

fn length(from: (f64, f64), to: (f64, f64)) -> f64 {
    (to.0 - from.0).hypot(to.1 - from.1)
}

/// Returns the direction from one place to another in degrees clockwise from the right.
fn direction(from: (f64, f64), to: (f64, f64)) -> f64 {
    (to.1 - from.1).atan2(to.0 - from.0).to_degrees()
}

#[cfg(test)]
mod tests {
    use super::leans;

    #[test]
    fn a_rectangle_however_turned_does_not_lean() {
        assert!(!leans([(10.0, 10.0), (810.0, 10.0), (810.0, 1210.0), (10.0, 1210.0)]));
        let turned = |x: f64, y: f64| (300.0 + 0.98 * x - 0.199 * y, 20.0 + 0.199 * x + 0.98 * y);
        assert!(!leans([turned(0.0, 0.0), turned(800.0, 0.0), turned(800.0, 1200.0), turned(0.0, 1200.0)]));
    }

    #[test]
    fn what_narrows_towards_the_top_leans_unless_it_is_a_triangle() {
        let narrowed = |by: f64| [(10.0 + by, 10.0), (810.0 - by, 10.0), (810.0, 1210.0), (10.0, 1210.0)];
        assert!(leans(narrowed(30.0)));
        assert!(!leans(narrowed(380.0)));
    }
}
