//! What speaks for a line being the edge of a sheet, and against it.

use super::line::Line;
use super::profile::{Depth, Profile, STEP};
use super::view::View;
use super::writing;

/// Places this near to the line, in pixels and as a part of the side, lie on it.
const TOLERANCE: (f64, f64) = (3.0, 0.003);
/// Fewer places on the line are specks.
pub(super) const FEWEST: usize = 8;
/// A line less deep than this, in pixels of the small copy, is a ruling or the rim of the scanner's glass; so is none of a line
/// whose deepest place is less deep.
const THIN: (f64, f64) = (1.5, 4.0);
/// Share of places on which paper may reach the edge of the picture: a finger, a neighbour's corner.
const BARE: f64 = 0.15;
/// Share of the places at either end among which none may be bare: a photo or a heading that touches the edge ends beside paper.
const END: f64 = 0.03;
/// So many short bright spots in the surroundings, one place wide or more, are white letters on a black bar; fewer are dust.
const LETTERS: usize = 2;
/// Letters lie farther from the inner edge of their bar than this part of it; nearer lie the leaves of a book.
const LETTER_AWAY: f64 = 0.2;
/// A spot that runs along the line for so many places, 7 mm of a sheet, is no letter but a fold or the next leaf of a book.
const STREAK: usize = 10;
/// Depths of neighbouring places of a spot differ by at most this many pixels.
const SAME_SPOT: usize = 3;
/// The shade on both sides of an edge is taken so many pixels beside it, and as many more.
const SHARP: usize = 4;
/// At the edge of a sheet the shade grows by this factor and this much at least: a table is darker than paper, and the edge of a
/// shadow is soft.
const STEEP: (f64, f64) = (1.25, 20.0);

/// What was counted over the places where the line lies inside the page.
#[derive(Debug, Default)]
pub(super) struct Evidence {
    all: usize,
    /// Paper begins at the line, and at once.
    on: usize,
    /// Paper begins before the line or after it, or little by little.
    off: usize,
    /// Paper reaches the edge of the picture.
    bare: usize,
    /// The same near an end of the line.
    bare_end: usize,
    /// Short spots in the surroundings: something bright, and more surroundings behind it.
    spots: usize,
    /// Whether there is writing darker than the surroundings.
    inked: bool,
}

/// Returns how far a place of a side may lie off its line, in pixels.
pub(super) fn tolerance(view: &View<'_>) -> f64 {
    TOLERANCE.0.max(TOLERANCE.1 * view.length as f64)
}

impl Evidence {
    pub(super) fn gather(view: &View<'_>, profile: &Profile, line: &Line) -> Self {
        let tolerance = tolerance(view);
        let places = (0..profile.depths.len()).map(|at| (at, line.at((at * STEP) as f64)));
        let inside: Vec<(usize, f64)> = places.filter(|&(_, depth)| depth > THIN.0).collect();
        if inside.iter().all(|&(_, depth)| depth < THIN.1) {
            return Self::default();
        }
        let end = (inside.len() as f64 * END).ceil() as usize;
        let mut evidence = Self { all: inside.len(), ..Self::default() };
        let mut spots = Vec::new();
        for (number, &(at, expected)) in inside.iter().enumerate() {
            let Depth::Paper(depth) = profile.depths[at] else {
                continue;
            };
            let off = depth as f64 - expected;
            if depth == 0 && -off > tolerance {
                evidence.bare += 1;
                evidence.bare_end += usize::from(number < end || number + end >= inside.len());
            } else if off.abs() <= tolerance && is_sharp(view, at * STEP, depth) {
                evidence.on += 1;
            } else {
                evidence.off += 1;
                let is_spot = -off > LETTER_AWAY * expected
                    && darkens(view, at * STEP, depth, expected, profile.limits[at]);
                spots.extend(is_spot.then_some((at, depth)));
            }
        }
        let runs = spots.chunk_by(|a, b| b.0 == a.0 + 1 && a.1.abs_diff(b.1) <= SAME_SPOT);
        evidence.spots = runs.filter(|run| run.len() < STREAK).count();
        evidence.inked = writing::is_written(view, &inside, &profile.shades);
        evidence
    }

    /// Returns from 0 to 1 how sure it is that the line is the edge of a sheet with surroundings beside it.
    pub(super) fn confidence(&self) -> f64 {
        let is_content = self.spots >= LETTERS || self.inked;
        let is_bare = self.bare_end > 0 || self.bare as f64 > BARE * self.all as f64;
        if is_content || is_bare || self.on < FEWEST {
            return 0.0;
        }
        self.on as f64 / (self.on + self.off + self.bare) as f64
    }
}

/// Returns whether the shade changes at once at `depth`, as it does at the edge of a sheet and not at that of a shadow.
fn is_sharp(view: &View<'_>, along: usize, depth: usize) -> bool {
    let mean = |from: usize, to: usize| {
        let shades = (from..to).map(|depth| f64::from(view.at(along, depth)));
        shades.sum::<f64>() / (to - from) as f64
    };
    let outer_end = depth.saturating_sub(SHARP).max(1);
    let outside = mean(depth.saturating_sub(2 * SHARP).min(outer_end - 1), outer_end);
    let inside = mean((depth + SHARP).min(view.extent - 1), (depth + 2 * SHARP).min(view.extent));
    inside >= STEEP.0 * outside && inside - outside >= STEEP.1
}

/// Returns whether the surroundings go on behind what is bright at `depth`, before the line.
fn darkens(view: &View<'_>, along: usize, depth: usize, line: f64, limit: u8) -> bool {
    let end = (line as usize).min(view.extent);
    (depth..end).filter(|&depth| view.at(along, depth) <= limit).count() * 4 > end.saturating_sub(depth)
}
