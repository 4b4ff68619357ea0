//! Fills what lies beside the paper on a straightened page with the paper's colour: the wedges that a crop cannot take without
//! cutting into the paper, and what the turn brought in from outside the picture.

use std::ops::Range;

use crate::border::{Outline, Side};
use crate::colour;
use crate::geometry::{InverseMap, Plan};
use crate::raster::{Pixels, Raster};

/// Pixels of a row that are taken together where both ends say the same: the outline changes over longer stretches only.
const BLOCK: usize = 16;
/// Distance between the pixels that the paper's colour is taken from.
const GRID: usize = 16;
/// They lie within this part of the page from an edge: what fills the edge is like the paper there.
const RING: f64 = 0.08;
/// Part of the brightest from which a pixel is paper.
const PAPER: f64 = 0.75;

/// Fills what lies outside of `outline`; `factor` is by how much the small copy was reduced. Returns whether anything did.
pub(crate) fn fill(page: &mut Raster, plan: &Plan, outline: &Outline, factor: usize) -> bool {
    let beside = Beside { map: plan.to_upright(), outline, factor: factor as f64 };
    let (width, height) = (page.width as usize, page.height as usize);
    let rows: Vec<Vec<Range<usize>>> = (0..height).map(|y| beside.of_row(y, width)).collect();
    if rows.iter().all(Vec::is_empty) {
        return false;
    }
    let paper = colour_at_the_edge(page, &beside);
    for (y, ranges) in rows.iter().enumerate() {
        for range in ranges {
            match &mut page.pixels {
                Pixels::Gray(pixels) => pixels[y * width..][range.clone()].fill(paper[1]),
                Pixels::Rgb(pixels) => pixels[3 * (y * width + range.start)..3 * (y * width + range.end)]
                    .as_chunks_mut()
                    .0
                    .fill(paper),
            }
        }
    }
    true
}

/// Knows which pixels of the straightened page lie beside the paper.
struct Beside<'a> {
    map: InverseMap,
    outline: &'a Outline,
    factor: f64,
}

impl Beside<'_> {
    /// Returns the place of the small copy that a pixel comes from.
    #[inline]
    fn place(&self, x: usize, y: usize) -> (f64, f64) {
        let (u, v) = self.map.at(x as f64, y as f64);
        ((u + 0.5) / self.factor, (v + 0.5) / self.factor)
    }

    #[inline]
    fn is_outside(&self, side: Side, x: usize, y: usize) -> bool {
        self.outline.depth(side, self.place(x, y)) < 0.0
    }

    /// Returns the parts of a row that lie beside the paper. Left and right they end where paper begins; above and below, all of
    /// the few rows that come near are looked at.
    fn of_row(&self, y: usize, width: usize) -> Vec<Range<usize>> {
        let left = first(width, |x| !self.is_outside(Side::Left, x, y));
        let right = width - first(width - left, |x| !self.is_outside(Side::Right, width - 1 - x, y));
        let mut ranges = vec![0..left, right..width];
        for side in [Side::Top, Side::Bottom] {
            if self.comes_near(side, left..right, y) {
                runs(&mut ranges, left..right, |x| self.is_outside(side, x, y));
            }
        }
        ranges.retain(|range| !range.is_empty());
        ranges
    }

    fn comes_near(&self, side: Side, columns: Range<usize>, y: usize) -> bool {
        let deepest = self.outline.edge(side).deepest();
        let ends = [columns.start, columns.end.max(1) - 1];
        ends.into_iter().any(|x| self.outline.depth_in_picture(side, self.place(x, y)) < deepest)
    }
}

/// Returns the first of `0..count` that is so, `count` where none is, looking at each only near the change.
fn first(count: usize, is_so: impl Fn(usize) -> bool) -> usize {
    let block = (0..count).step_by(BLOCK).find(|&at| is_so(at)).unwrap_or(count);
    (block.saturating_sub(BLOCK)..block).find(|&at| is_so(at)).unwrap_or(block)
}

/// Adds the runs of columns that are outside, looking at each only where the ends of a block differ.
fn runs(ranges: &mut Vec<Range<usize>>, columns: Range<usize>, is_outside: impl Fn(usize) -> bool) {
    for start in columns.clone().step_by(BLOCK) {
        let end = (start + BLOCK).min(columns.end);
        match (is_outside(start), is_outside(end - 1)) {
            (true, true) => ranges.push(start..end),
            (false, false) => {}
            _ => ranges.extend((start..end).filter(|&x| is_outside(x)).map(|x| x..x + 1)),
        }
    }
}

/// Returns the colour of the paper near the edges: the median of what is bright there. Three times the shade of a gray page.
fn colour_at_the_edge(page: &Raster, beside: &Beside<'_>) -> [u8; 3] {
    let (width, height) = (page.width as usize, page.height as usize);
    let ring = ((width.min(height) as f64 * RING) as usize).max(1);
    let in_ring = |x: usize, y: usize| x.min(width - 1 - x) < ring || y.min(height - 1 - y) < ring;
    let mut samples = Vec::new();
    for y in (0..height).step_by(GRID) {
        let columns = (0..width).step_by(GRID).filter(|&x| in_ring(x, y));
        let on_paper = columns.filter(|&x| beside.outline.contains(beside.place(x, y), -1.0));
        samples.extend(on_paper.map(|x| pixel(page, y * width + x)));
    }
    let brightest = colour::channel_shades(&samples, 0.8);
    let is_paper = |sample: &[u8; 3]| f64::from(sample[1]) >= PAPER * f64::from(brightest[1]);
    samples.retain(is_paper);
    colour::channel_shades(&samples, 0.5)
}

fn pixel(page: &Raster, at: usize) -> [u8; 3] {
    match &page.pixels {
        Pixels::Gray(pixels) => [pixels[at]; 3],
        Pixels::Rgb(pixels) => [pixels[3 * at], pixels[3 * at + 1], pixels[3 * at + 2]],
    }
}
