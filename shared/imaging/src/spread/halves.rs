//! A copy of each half of a double page, out of the same pixels as the whole's.

use super::Gutter;
use crate::border::Outline;
use crate::drawing::Drawing;
use crate::flatten::Light;
use crate::geometry::Plan;
use crate::gray::Gray;
use crate::wedge::Wedges;
use crate::{Half, Halves, ImageError, skew};

/// Both pages reach so far over the line where they meet, as a part of the double page's width: two millimetres of two sheets of A4.
const OVERLAP: f64 = 0.005;
/// A half leans otherwise than the whole from this many degrees, and up to these, on.
const OTHERWISE_DEG: std::ops::Range<f64> = 0.15..4.0;

/// What both halves are drawn by.
pub(crate) struct Cut {
    plans: [Plan; 2],
    report: Halves,
    paper: Paper,
}

/// The paper of the whole page on the small copy.
pub(crate) struct Paper {
    pub(crate) outline: Outline,
    /// The light on it, where that is to be evened out.
    pub(crate) light: Option<Light>,
    /// By how much the small copy was reduced.
    pub(crate) factor: usize,
}

impl Cut {
    /// Plans the halves of a page that `plan` makes straight.
    pub(crate) fn new(gutter: &Gutter, plan: &Plan, upright: &Gray, paper: Paper) -> Self {
        let plans = plans(gutter, plan, upright, paper.factor);
        let pages = plans.map(|half| {
            let (width_px, height_px) = half.output_size();
            Half { width_px, height_px, skew_deg: half.skew_deg }
        });
        let across = |place: f64| (place - plan.keep.0) / plan.scale;
        let height = f64::from(plan.output_size().1);
        let gutter_ends = [(across(gutter.top), 0.0), (across(gutter.bottom), height)];
        Self { plans, report: Halves { gutter: gutter_ends, confidence: gutter.confidence, pages }, paper }
    }

    /// Returns what is told of the halves.
    pub(crate) fn report(&self) -> Halves {
        self.report
    }

    /// Draws the left and the right page out of what the whole was drawn from; `code` makes bytes of each.
    ///
    /// # Errors
    /// Those of `code`.
    pub(crate) fn draw(
        &self,
        whole: Drawing,
        code: impl Fn(&mut Drawing) -> Result<Vec<u8>, ImageError>,
    ) -> Result<[Vec<u8>; 2], ImageError> {
        let Paper { outline, light, factor } = &self.paper;
        let mut drawing = whole;
        let mut made = [Vec::new(), Vec::new()];
        for (bytes, plan) in made.iter_mut().zip(&self.plans) {
            drawing = drawing.of_part(plan, light.as_ref().map(|light| (light, *factor)));
            let is_beside = plan.skew_deg != 0.0 || !outline.is_empty();
            let wedges = is_beside.then(|| Wedges::find(plan, outline.clone(), *factor)).flatten();
            if wedges.is_some() {
                drawing.sample(wedges);
            }
            *bytes = code(&mut drawing)?;
        }
        Ok(made)
    }
}

/// Returns the plans for the left and the right page, each carried out in one resample of its own: a part of the whole's, or with
/// the page's own skew where its lines lean otherwise.
fn plans(gutter: &Gutter, plan: &Plan, upright: &Gray, factor: usize) -> [Plan; 2] {
    let (left, top, width, height) = plan.keep;
    let overlap = OVERLAP * width;
    let to_left = [gutter.top + overlap, gutter.bottom + overlap];
    let to_right = [gutter.top - overlap, gutter.bottom - overlap];
    let bottom = top + height;
    let right = left + width;
    let corners = [
        [(left, top), (to_left[0], top), (to_left[1], bottom), (left, bottom)],
        [(to_right[0], top), (right, top), (right, bottom), (to_right[1], bottom)],
    ];
    corners.map(|corners| half(corners, plan, upright, factor))
}

fn half(corners: [(f64, f64); 4], plan: &Plan, upright: &Gray, factor: usize) -> Plan {
    if plan.warp.is_none()
        && let Some(skew_deg) = own_skew(corners, plan, upright, factor)
    {
        let own = Plan { skew_deg, ..*plan };
        return Plan { keep: around(corners.map(|place| own.straightened(plan.upright_of(place)))), ..own };
    }
    let (left, top, width, height) = around(corners);
    // Whole pixels of the output, so that their brightness is that of the whole.
    let first = ((left - plan.keep.0) / plan.scale).floor() * plan.scale;
    let keep = (plan.keep.0 + first, top, left + width - plan.keep.0 - first, height);
    Plan { keep, ..*plan }
}

/// Returns by how many degrees the lines of a half lean, where it is surely otherwise than the whole.
fn own_skew(corners: [(f64, f64); 4], plan: &Plan, upright: &Gray, factor: usize) -> Option<f64> {
    let (left, top, width, height) = around(corners.map(|place| plan.upright_of(place)));
    let pixels = |length: f64, most: usize| ((length / factor as f64).max(0.0) as usize).min(most);
    let (x0, x1) = (pixels(left, upright.width), pixels(left + width, upright.width));
    let (y0, y1) = (pixels(top, upright.height), pixels(top + height, upright.height));
    let rows = (y0..y1).flat_map(|y| &upright.row(y)[x0..x1]);
    let part = Gray { width: x1 - x0, height: y1 - y0, pixels: rows.copied().collect() };
    let found = skew::across(&part);
    let is_sure = found.confidence >= skew::CONFIDENT && found.deg.abs() <= skew::MAX_DEG;
    (is_sure && OTHERWISE_DEG.contains(&(found.deg - plan.skew_deg).abs())).then_some(found.deg)
}

/// Returns the box around four places, in whole pixels: left, top, width and height.
fn around(corners: [(f64, f64); 4]) -> (f64, f64, f64, f64) {
    let least = |of: fn(&(f64, f64)) -> f64| corners.iter().map(of).fold(f64::MAX, f64::min).floor();
    let most = |of: fn(&(f64, f64)) -> f64| corners.iter().map(of).fold(f64::MIN, f64::max).ceil();
    let (left, top) = (least(|place| place.0), least(|place| place.1));
    (left, top, most(|place| place.0) - left, most(|place| place.1) - top)
}
