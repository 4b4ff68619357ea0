//! How much of both pages is written on, and what is left white around them.

use super::sampled::Sampled;

/// Columns of points of a block, of which each has its own share of ink.
const BLOCK: usize = 8;
/// Share of a block's points that are ink where it is written on.
const INK: f64 = 0.04;
/// Share of a column's points that are ink where it is no margin.
const EDGE: usize = 100;

/// What is written on both halves of a page.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Writing {
    /// Share of the half with less of it that is written on.
    pub(super) least: f64,
    /// Parts of the page's width that are white at its left and its right edge, together.
    pub(super) margins: f64,
}

impl Writing {
    /// Looks at a whole page.
    pub(super) fn on(page: &Sampled) -> Self {
        Self { least: least(page), margins: margins(page) }
    }
}

fn least(page: &Sampled) -> f64 {
    let across = page.width / BLOCK;
    let enough = (INK * (page.rows * BLOCK) as f64) as u32;
    let mut written = [0_u32; 2];
    for slice in 0..page.slices {
        for (at, block) in page.ink(slice).chunks_exact(BLOCK).enumerate() {
            let ink: u32 = block.iter().map(|&ink| u32::from(ink)).sum();
            written[usize::from(2 * at >= across)] += u32::from(ink > enough);
        }
    }
    f64::from(written[0].min(written[1])) / (page.slices * across).max(1) as f64 * 2.0
}

fn margins(page: &Sampled) -> f64 {
    let few = page.slices * page.rows / EDGE;
    let is_written = |x: &usize| {
        let ink: usize = (0..page.slices).map(|slice| usize::from(page.ink(slice)[*x])).sum();
        ink > few
    };
    let left = (0..page.width).find(is_written).unwrap_or(page.width);
    let right = (0..page.width).rev().find(is_written).map_or(0, |last| last + 1);
    (left + page.width - right) as f64 / page.width as f64
}
