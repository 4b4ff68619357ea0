//! Fills what lies beside the paper on a straightened page with the paper's colour: the wedges that a crop cannot take without
//! cutting into the paper, and what the turn brought in from outside the picture.

use std::ops::Range;

use crate::border::{Outline, Side};
use crate::colour;
use crate::drawing::Sample;
use crate::geometry::{InverseMap, Plan};
use crate::planes;

/// Pixels of a row that are taken together where both ends say the same: the outline changes over longer stretches only.
const BLOCK: usize = 16;
/// Distance across between the pixels that the paper's colour is taken from.
const GRID: usize = 16;
/// They lie within this part of the page from an edge: what fills the edge is like the paper there.
const RING: f64 = 0.08;
/// Part of the brightest from which a pixel is paper.
const PAPER: f64 = 0.75;

/// What lies beside the paper on the output of a plan.
pub(crate) struct Wedges {
    /// From the page to the upright one, and the same from the samples of its colour differences.
    map: InverseMap,
    coarser: InverseMap,
    outline: Outline,
    /// By how much the small copy was reduced.
    factor: f64,
    width: usize,
    height: usize,
    /// Colour of the paper near the edges; three times the shade of a gray page.
    paper: [u8; 3],
    /// The same as brightness and differences.
    split: (u8, [u8; 2]),
}

impl Wedges {
    /// Finds what lies outside of `outline`; `factor` is by how much the small copy was reduced. `None` where nothing does.
    pub(crate) fn find(plan: &Plan, outline: Outline, factor: usize) -> Option<Self> {
        let (width, height) = plan.output_size();
        let (map, paper) = (plan.to_upright(), [255; 3]);
        let found = Self {
            map,
            coarser: map.coarser(2.0),
            outline,
            factor: factor as f64,
            width: width as usize,
            height: height as usize,
            paper,
            split: planes::of_colour(paper),
        };
        (0..found.height)
            .any(|y| !found.beside(&found.map).of_row(y, found.width).is_empty())
            .then_some(found)
    }

    fn beside<'a>(&'a self, map: &'a InverseMap) -> Beside<'a> {
        Beside { map, outline: &self.outline, factor: self.factor }
    }

    /// Takes the colour of the paper near the edges from a sample of the page: the median of what is bright there.
    pub(crate) fn measure(&mut self, sample: &Sample) {
        let (width, height) = (self.width, self.height);
        let ring = ((width.min(height) as f64 * RING) as usize).max(1);
        let in_ring = |x: usize, y: usize| x.min(width - 1 - x) < ring || y.min(height - 1 - y) < ring;
        let mut samples = Vec::new();
        let beside = self.beside(&self.map);
        for (y, row) in sample.rows() {
            let columns = (0..width).step_by(GRID).filter(|&x| in_ring(x, y));
            let on_paper = columns.filter(|&x| self.outline.contains(beside.place(x, y), -1.0));
            samples.extend(on_paper.map(|x| row.pixel(x)));
        }
        let brightest = colour::channel_shades(&samples, 0.8);
        let is_paper = |sample: &[u8; 3]| f64::from(sample[1]) >= PAPER * f64::from(brightest[1]);
        samples.retain(is_paper);
        self.paper = colour::channel_shades(&samples, 0.5);
        self.split = planes::of_colour(self.paper);
    }

    /// Fills what of the row `y`, of one byte a pixel or three, lies beside the paper.
    pub(crate) fn fill(&self, y: usize, row: &mut [u8]) {
        for range in self.beside(&self.map).of_row(y, self.width) {
            if row.len() == self.width {
                row[range].fill(self.split.0);
            } else {
                row.as_chunks_mut().0[range].fill(self.paper);
            }
        }
    }

    /// Fills what of the row `y` of each of the colour differences lies beside the paper.
    pub(crate) fn fill_differences(&self, y: usize, [blue, red]: [&mut [u8]; 2]) {
        for range in self.beside(&self.coarser).of_row(y, blue.len()) {
            blue[range.clone()].fill(self.split.1[0]);
            red[range].fill(self.split.1[1]);
        }
    }
}

/// Knows which pixels of the straightened page, or samples of its colour differences, lie beside the paper.
struct Beside<'a> {
    map: &'a InverseMap,
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
