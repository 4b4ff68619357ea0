//! Tells a page out of focus, and one that moved, from a sharp one.
//!
//! The page is looked at on a copy coarse enough that grain is averaged away and fine enough that letters keep their
//! strokes. What moved is soft along one direction, whatever stands on it: letters have strokes across every direction, so
//! that on a sharp page of print, of handwriting or of tables steep steps are found along any.

use super::coarse::{CELL, Cell, Coarse, steps};
use super::{below, percentile};
use crate::Verdict;
use crate::gray::{Counts, Gray};
use crate::simd::kernel;

/// Steps over two pixels of the coarse copy along the softest direction, as a part of the contrast, below which letters
/// of 10 points are lost, and below which reading is an effort. The step at a Gaussian edge is 0.53 of its height for a
/// sigma of 0.46 mm and 0.64 for 0.36 mm. Sharp drawn pages come to 0.84 and more, registers in handwriting to 0.67.
const LOST: f64 = 0.53;
const EFFORT: f64 = 0.64;
/// A soft page is out of focus where the typical step across the softest direction is below this too, or not much steeper
/// than those along it; otherwise it moved.
const OUT_OF_FOCUS: f64 = 0.5;
const EVENLY_SOFT: f64 = 0.62;
/// Share of the cells that are softer than the one which counts for its page: not every cell holds letters.
const RANK: f64 = 0.75;
/// Fewer cells with writing say nothing.
const FEWEST: usize = 4;

/// Returns how blurred and how moved a page is; one of both at most.
pub(super) fn judge(coarse: &Coarse) -> (Option<Verdict>, Option<Verdict>) {
    let (page, cells) = (&coarse.page, coarse.clearest());
    if cells.len() < FEWEST {
        return (None, None);
    }
    let softest = softest_direction(cells);
    let along = steepness(page, cells, softest, RANK);
    let verdict = below(along, LOST, EFFORT);
    let across = steepness(page, cells, softest + std::f64::consts::FRAC_PI_2, 0.5);
    if across < OUT_OF_FOCUS || along > EVENLY_SOFT * across { (verdict, None) } else { (None, verdict) }
}

/// Returns the direction, in radians from across to down, along which the steps of all cells are smallest. Grain has no
/// direction and changes nothing.
fn softest_direction(cells: &[Cell]) -> f64 {
    let (mut across, mut down, mut product) = (0.0, 0.0, 0.0);
    for cell in cells {
        // Each cell counts the same, however strong its ink.
        let weight = 1.0 / f64::from(cell.contrast).powi(2);
        across += cell.tensor.0 * weight;
        down += cell.tensor.1 * weight;
        product += cell.tensor.2 * weight;
    }
    let steepest = 0.5 * (2.0 * product).atan2(across - down);
    steepest + std::f64::consts::FRAC_PI_2
}

/// Returns how steep the steps along a direction are, as a part of the contrast: the 98th percentile within a cell, and of
/// these the one at `rank`.
fn steepness(page: &Gray, cells: &[Cell], direction: f64, rank: f64) -> f64 {
    let (sin, cos) = direction.sin_cos();
    let of_cell = |cell: &Cell| {
        let mut counts = Counts::default();
        let mut steps = [0; CELL];
        for y in cell.top..cell.top + CELL {
            steps_along(&mut steps, page, (cell.left, y), (cos, sin));
            counts.add(&steps);
        }
        f64::from(percentile(&counts.total(), 0.98)) / f64::from(cell.contrast.max(1))
    };
    let mut all: Vec<f64> = cells.iter().map(of_cell).collect();
    all.sort_by(f64::total_cmp);
    all.get((all.len() as f64 * rank) as usize).copied().unwrap_or(0.0)
}

kernel! {
    /// Writes how large the steps along a direction are at the pixels of one row of a cell, without what is behind the point.
    fn steps_along(out: &mut [u8; CELL], page: &Gray, place: (usize, usize), direction: (f64, f64)) {
        let (across, down) = steps(page, place.0, place.1);
        for (out, (across, down)) in out.iter_mut().zip(across.into_iter().zip(down)) {
            let step = (f64::from(across) * direction.0 + f64::from(down) * direction.1).abs();
            *out = (step as i32).min(255) as u8;
        }
    }
}
