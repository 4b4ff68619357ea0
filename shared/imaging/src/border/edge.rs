//! The edge of the paper along one side of a page.

use super::evidence::{self, Evidence, FEWEST};
use super::line::{self, Line};
use super::profile::{self, Depth, STEP};
use super::view::View;

/// Confidence from which surroundings are taken away.
const CONFIDENT: f64 = 0.55;
/// The paper's edge may leave its line by this part of the page, inwards: paper curls.
const CORRIDOR: f64 = 0.02;
/// Ink that touches the paper's edge is narrower than this to both sides, in places: 2 mm of a sheet. It looks as if the paper
/// began behind it.
const INK: usize = 3;
/// Paper that curls does so over this part of its side to both sides: a damaged spot that touches the edge is shorter.
const CURL: usize = 24;
/// The paper's edge is rough by so many pixels.
const ROUGH: f64 = 1.0;
/// Half a pixel, by which a slanted edge is blurred.
const HALF: f64 = 0.5;
/// A side shorter than this, in pixels, is not looked at.
const SHORTEST: usize = 64;

/// Where the paper begins along one side.
#[derive(Debug, Clone, PartialEq, Default)]
pub(crate) struct Edge {
    /// Depth in pixels of the small copy, at every [`STEP`]-th place; empty where there are no surroundings.
    depths: Vec<f32>,
    /// From 0 (nothing to take away) to 1.
    pub(crate) confidence: f64,
    /// The line that the paper's edge lies on; nothing where there are no surroundings.
    pub(super) line: Option<Line>,
}

impl Edge {
    /// Finds the edge of paper of this shade, up to this part of the page inside of it.
    pub(super) fn find(view: &View<'_>, paper: u8, most: f64) -> Self {
        if view.length < SHORTEST || view.extent < SHORTEST {
            return Self::default();
        }
        let profile = profile::measure(view, paper, most);
        let points: Vec<(f64, f64)> = profile.depths.iter().enumerate().filter_map(point).collect();
        if points.len() < FEWEST {
            return Self::default();
        }
        let Some(line) = line::fit(&points, evidence::tolerance(view)) else {
            return Self::default();
        };
        let confidence = Evidence::gather(view, &profile, &line).confidence();
        if confidence < CONFIDENT {
            return Self { confidence, ..Self::default() };
        }
        let corridor = CORRIDOR * view.extent as f64;
        Self { depths: depths(&profile.depths, &line, corridor), confidence, line: Some(line) }
    }

    /// Returns whether there are no surroundings on this side.
    pub(super) fn is_empty(&self) -> bool {
        self.depths.is_empty()
    }

    /// Returns how deep the paper begins, in pixels of the small copy, at a place along the side.
    pub(crate) fn at(&self, along: f64) -> f64 {
        let Some(last) = self.depths.len().checked_sub(1) else {
            return 0.0;
        };
        let place = (along / STEP as f64).clamp(0.0, last as f64);
        let before = place as usize;
        let (from, to) = (f64::from(self.depths[before]), f64::from(self.depths[(before + 1).min(last)]));
        from + (to - from) * (place - before as f64)
    }

    /// Returns the largest depth, in pixels of the small copy.
    pub(crate) fn deepest(&self) -> f64 {
        f64::from(self.depths.iter().copied().fold(0.0, f32::max))
    }

    /// Returns the places (along, depth) that were looked at.
    pub(crate) fn places(&self) -> impl Iterator<Item = (f64, f64)> {
        self.depths.iter().enumerate().map(|(at, &depth)| ((at * STEP) as f64, f64::from(depth)))
    }
}

fn point((at, depth): (usize, &Depth)) -> Option<(f64, f64)> {
    match *depth {
        Depth::Paper(depth) if depth > 0 => Some(((at * STEP) as f64, depth as f64)),
        _ => None,
    }
}

/// Returns the depths at which the paper begins: those of the line, but where the paper comes out before it, or curls a little
/// behind it over some length, those that were seen.
fn depths(seen: &[Depth], line: &Line, corridor: f64) -> Vec<f32> {
    let expected: Vec<f64> = (0..seen.len()).map(|at| line.at((at * STEP) as f64)).collect();
    let beyond = |(seen, expected): (&Depth, &f64)| match *seen {
        Depth::Paper(depth) if (depth as f64) < expected + corridor => depth as f64 - expected,
        _ => 0.0,
    };
    let beyond: Vec<f64> = seen.iter().zip(&expected).map(beyond).collect();
    let least = |at: usize, reach: usize| {
        let near = &beyond[at.saturating_sub(reach)..(at + reach + 1).min(beyond.len())];
        near.iter().copied().fold(f64::MAX, f64::min)
    };
    let most = |at: usize| {
        let near = &beyond[at.saturating_sub(INK)..(at + INK + 1).min(beyond.len())];
        near.iter().copied().fold(0.0, f64::max)
    };
    let curl = (seen.len() / CURL).max(INK);
    let outline = expected.iter().enumerate().map(|(at, expected)| {
        let close_by = least(at, INK);
        let off = match close_by {
            close_by if close_by < -ROUGH => close_by,
            // What is exactly straight is cut to the pixel; a slanted edge is half a pixel of each.
            close_by if close_by == 0.0 && most(at) == 0.0 => 0.0,
            _ => least(at, curl).max(most(at).min(HALF)) + HALF,
        };
        (expected + off).max(0.0) as f32
    });
    outline.collect()
}
