//! Finds what lies around the paper on a page: a table, a scanner's lid, the wedges that a turned sheet leaves.
//!
//! From every side the surroundings are followed inwards up to where paper begins. Where these places lie on a line, as the edge
//! of a sheet does, the line is the paper's edge. Surroundings are darker than paper, reach the edge of the picture all along
//! the line, and hold nothing: so a photo or a heading that touches the edge is none, and neither is paper in the shade with
//! writing on it.

mod edge;
mod evidence;
mod line;
mod profile;
mod view;
mod writing;

pub(crate) use edge::Edge;
pub(crate) use profile::darkest_paper;
pub(crate) use view::Side;

use crate::gray::Gray;
use line::Line;
use view::View;

/// Least part of the picture that is paper, and the most that a side loses of it.
const USUAL: (f64, f64) = (0.2, 0.45);
/// The same where a sheet takes a small part of its picture.
const SMALL: (f64, f64) = (0.04, 0.9);
/// Share of what lies inside the outline that is bright, and the part of the paper's shade from which it is: white writing on
/// black is no paper.
const BRIGHT: (f64, f64) = (0.5, 0.5);
/// Distance between the pixels of the small copy that are asked for it.
const GRID: usize = 16;

/// Places this many pixels of the small copy outside the paper still belong to its edge.
const SLACK: f64 = 1.5;

/// Where the paper lies on the small copy, upright and not straightened.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Outline {
    width: f64,
    height: f64,
    /// In the order of [`Side::ALL`].
    edges: [Edge; 4],
}

impl Outline {
    /// Finds the outline of paper of this shade.
    pub(crate) fn find(page: &Gray, paper: u8) -> Self {
        let outline = Self::of_edges(page, paper, USUAL.1);
        let is_kept = outline.is_empty() || outline.holds_paper(page, paper, USUAL.0);
        if is_kept { outline } else { Self::none(page) }
    }

    /// Finds the outline of a sheet of this shade with surroundings on all four sides, wherever it lies and be it small.
    pub(crate) fn find_small(page: &Gray, paper: u8) -> Option<Self> {
        let outline = Self::of_edges(page, paper, SMALL.1);
        let is_all_around = outline.edges.iter().all(|edge| !edge.is_empty());
        (is_all_around && outline.holds_paper(page, paper, SMALL.0)).then_some(outline)
    }

    fn of_edges(page: &Gray, paper: u8, most: f64) -> Self {
        let edges = Side::ALL.map(|side| Edge::find(&View::new(page, side), paper, most));
        Self { width: page.width as f64, height: page.height as f64, edges }
    }

    /// Returns the outline of a page that fills the picture.
    fn none(page: &Gray) -> Self {
        let edges = std::array::from_fn(|_| Edge::default());
        Self { width: page.width as f64, height: page.height as f64, edges }
    }

    /// Returns whether the paper fills the picture.
    pub(crate) fn is_empty(&self) -> bool {
        self.edges.iter().all(Edge::is_empty)
    }

    pub(crate) fn edge(&self, side: Side) -> &Edge {
        &self.edges[side as usize]
    }

    /// Returns how deep a place of the small copy lies inside the paper as seen from one side, in pixels; below 0 outside.
    #[inline]
    pub(crate) fn depth(&self, side: Side, (x, y): (f64, f64)) -> f64 {
        let along = if matches!(side, Side::Left | Side::Right) { y } else { x };
        self.depth_in_picture(side, (x, y)) - self.edge(side).at(along)
    }

    /// Returns how deep a place lies inside the picture as seen from one side, in pixels of the small copy; below 0 outside.
    #[inline]
    pub(crate) fn depth_in_picture(&self, side: Side, (x, y): (f64, f64)) -> f64 {
        match side {
            Side::Left => x,
            Side::Top => y,
            Side::Right => self.width - x,
            Side::Bottom => self.height - y,
        }
    }

    /// Returns whether a place of the small copy is paper, or at most `slack` pixels beside it.
    pub(crate) fn contains(&self, place: (f64, f64), slack: f64) -> bool {
        Side::ALL.iter().all(|&side| self.depth(side, place) >= -slack)
    }

    /// Returns the places of the small copy that the paper's edge on this side runs through.
    pub(crate) fn places(&self, side: Side) -> impl Iterator<Item = (f64, f64)> {
        self.edge(side).places().map(move |(along, depth)| match side {
            Side::Left => (depth, along),
            Side::Top => (along, depth),
            Side::Right => (self.width - depth, along),
            Side::Bottom => (along, self.height - depth),
        })
    }

    /// Returns those of [`places`](Self::places) that lie on the paper: where an edge lies outside the others it is none of it.
    pub(crate) fn places_on_paper(&self, side: Side) -> impl Iterator<Item = (f64, f64)> {
        self.places(side).filter(|&place| self.contains(place, SLACK))
    }

    /// Returns the corners of the paper on the small copy, where the lines of its edges meet, from the upper left one clockwise;
    /// nothing unless all four sides have surroundings.
    pub(crate) fn corners(&self) -> Option<[(f64, f64); 4]> {
        let line = |side: Side| self.edge(side).line;
        let [left, top, right, bottom] = [Side::Left, Side::Top, Side::Right, Side::Bottom].map(line);
        let (left, top) = (left?, top?);
        // Counted from the left and from above, as the other two are.
        let from_far = |line: Line, extent: f64| Line { start: extent - line.start, slope: -line.slope };
        let (right, bottom) = (from_far(right?, self.width), from_far(bottom?, self.height));
        let meet = |down: Line, across: Line| {
            let x = (down.start + down.slope * across.start) / (1.0 - down.slope * across.slope);
            (x, across.at(x))
        };
        Some([meet(left, top), meet(right, top), meet(right, bottom), meet(left, bottom)])
    }

    fn holds_paper(&self, page: &Gray, paper: u8, least_paper: f64) -> bool {
        let least = (BRIGHT.1 * f64::from(paper)) as u8;
        let (mut all, mut inside, mut bright) = (0_u32, 0_u32, 0_u32);
        for y in (GRID / 2..page.height).step_by(GRID) {
            for (x, &pixel) in page.row(y).iter().enumerate().skip(GRID / 2).step_by(GRID) {
                let is_inside = self.contains((x as f64, y as f64), 0.0);
                all += 1;
                inside += u32::from(is_inside);
                bright += u32::from(is_inside && pixel >= least);
            }
        }
        let share = |part: u32, whole: u32| f64::from(part) / f64::from(whole.max(1));
        share(inside, all) >= least_paper && share(bright, inside) >= BRIGHT.0
    }
}
