//! Reflections of a lamp.

use super::cells::{CELL, Cells};
use super::median;
use crate::Verdict;
use crate::flatten::Light;
use crate::gray::Gray;

/// Share of the page's cells that must be burnt out.
const GLARE_SHARE: f64 = 0.012;
/// Distance in cells at which the paper around a reflection is looked at: by then its halo has ended, while paper that
/// is lit from one side has hardly become darker.
const GLARE_REACH: usize = 4;
/// Paper there is darker than this.
const GLARE_PAPER: f64 = 232.0;
/// A cell whose light is below this part of the page's paper is a table, a lid or a photo, and no paper around a reflection.
const NOT_PAPER: f64 = 0.6;
/// Share of pixels between burnt out and paper along the edge of a reflection: a white box or card has a sharp edge.
const GLARE_HALO: f64 = 0.12;

/// Part of the page hidden by a reflection: a burnt-out blob that fades into darker paper. Only ever a warning.
pub(super) fn glare(page: &Gray, light: &Light, cells: &Cells) -> Option<Verdict> {
    let burnt: Vec<bool> = cells.cells.iter().map(|cell| cell.dark >= 247).collect();
    let count = burnt.iter().filter(|&&burnt| burnt).count();
    if count as f64 <= GLARE_SHARE * cells.cells.len() as f64 {
        return None;
    }
    let rings = rings(burnt, cells.columns);
    let is_paper = |at: &usize| f64::from(cells.cells[*at].light) >= NOT_PAPER * f64::from(light.paper);
    let ring = |distance| {
        let cells = rings.iter().enumerate().filter(move |(_, ring)| **ring == distance);
        cells.map(|(at, _)| at).filter(is_paper)
    };
    let paper = median(ring(GLARE_REACH).map(|at| f64::from(cells.cells[at].light)));
    if paper == 0.0 || paper > GLARE_PAPER {
        return None;
    }
    let quarter = ((255.0 - paper) / 4.0) as u8;
    let halo = paper as u8 + quarter..255 - quarter;
    let (mut between, mut all) = (0, 0);
    for at in ring(1).chain(ring(2)) {
        let (left, top) = (at % cells.columns * CELL, at / cells.columns * CELL);
        for y in top..top + CELL {
            between += page.row(y)[left..left + CELL].iter().filter(|&pixel| halo.contains(pixel)).count();
            all += CELL;
        }
    }
    (f64::from(between as u32) > GLARE_HALO * f64::from(all as u32)).then_some(Verdict::Warn)
}

/// Returns how many cells each cell lies from the nearest of `inside`, up to [`GLARE_REACH`]; further ones get one more.
fn rings(inside: Vec<bool>, columns: usize) -> Vec<usize> {
    let mut rings: Vec<usize> =
        inside.into_iter().map(|inside| if inside { 0 } else { GLARE_REACH + 1 }).collect();
    for distance in 1..=GLARE_REACH {
        let before = rings.clone();
        for (at, ring) in rings.iter_mut().enumerate() {
            let near = |step: isize| at.checked_add_signed(step).and_then(|near| before.get(near));
            let (width, column) = (columns as isize, at % columns);
            let mut steps = vec![-width, width];
            if column > 0 {
                steps.extend([-width - 1, -1, width - 1]);
            }
            if column + 1 < columns {
                steps.extend([1 - width, 1, width + 1]);
            }
            if *ring > distance && steps.into_iter().any(|step| near(step) == Some(&(distance - 1))) {
                *ring = distance;
            }
        }
    }
    rings
}
