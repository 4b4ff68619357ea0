//! Carries a geometric plan out in one pass over the output, row by row: bilinear, and averaging whole blocks first where the
//! page becomes less than half as large.

mod ahead;
mod blend;
mod close;
mod gather;
mod line;
pub(crate) mod shrink;
#[cfg(test)]
mod tests;

use std::borrow::Cow;

use crate::ImageError;
use crate::geometry::{InverseMap, Plan};
use crate::limits::Deadline;
use crate::raster::{Pixels, Raster, Turn};
use ahead::Ahead;
use blend::TOGETHER;
use line::Line;
use shrink::shrink;

/// Rows between two looks at the clock.
const ROWS_A_CHECK: usize = 256;

/// Returns a new page as the plan wants it; what lies outside the source is `paper`.
pub(crate) fn resampled(
    source: &Raster,
    plan: &Plan,
    paper: u8,
    deadline: &Deadline,
) -> Result<Raster, ImageError> {
    let mut rows = Resampling::new(Cow::Borrowed(source), plan, paper);
    let (width, height) = rows.size();
    let stride = width as usize * rows.channels();
    let mut out = vec![0; stride * height as usize];
    for (y, row) in out.chunks_exact_mut(stride).enumerate() {
        if y % ROWS_A_CHECK == 0 {
            deadline.check()?;
        }
        rows.draw(y, row);
    }
    let pixels = if rows.channels() == 1 { Pixels::Gray(out) } else { Pixels::Rgb(out) };
    Ok(Raster { width, height, pixels, dpi: source.dpi, turn: Turn::default() })
}

/// Returns by how much a source of this size is averaged before the plan is carried out, at least 1.
pub(crate) fn blocks(size: (u32, u32), plan: &Plan) -> usize {
    // A page thinner than a block would average to nothing.
    let thinnest = size.0.min(size.1).max(1) as usize;
    (plan.scale.floor().max(1.0) as usize).min(thinnest)
}

/// A page that is drawn row by row as a plan wants it.
pub(crate) struct Resampling<'a> {
    source: Cow<'a, Raster>,
    plan: Plan,
    /// By how much the source was averaged.
    blocks: usize,
    map: InverseMap,
    /// The shade of what lies outside the source.
    paper: u8,
    ahead: Ahead,
}

impl<'a> Resampling<'a> {
    /// Begins a page; a source that becomes less than half as large is averaged, and let go, at once.
    pub(crate) fn new(source: Cow<'a, Raster>, plan: &Plan, paper: u8) -> Self {
        let blocks = blocks((source.width, source.height), plan);
        let (source, plan) = if blocks > 1 {
            let (shrunk, plan) = shrink(&source, plan, blocks);
            (Cow::Owned(shrunk), plan)
        } else {
            (source, *plan)
        };
        Self { source, plan, blocks, map: plan.inverse(), paper, ahead: Ahead::default() }
    }

    /// Begins another page out of the same source, at the same scale.
    pub(crate) fn of_part(self, plan: &Plan) -> Self {
        let plan = shrink::adapted(plan, self.blocks);
        Self { plan, map: plan.inverse(), ahead: Ahead::default(), ..self }
    }

    /// Returns width and height of the page.
    pub(crate) fn size(&self) -> (u32, u32) {
        self.plan.output_size()
    }

    /// Returns the bytes of a pixel.
    pub(crate) fn channels(&self) -> usize {
        if self.source.is_in_colour() { 3 } else { 1 }
    }

    /// Returns whether the page's pixels are the source's.
    pub(crate) fn moves_nothing(&self) -> bool {
        self.plan.is_identity()
    }

    /// Returns the source.
    pub(crate) fn into_source(self) -> Raster {
        self.source.into_owned()
    }

    /// Draws the row `y`; in order is fastest.
    pub(crate) fn draw(&mut self, y: usize, row: &mut [u8]) {
        let (channels, paper) = (self.channels(), self.paper);
        let size = (self.source.width as usize, self.source.height as usize);
        let data = self.source.bytes();
        if self.plan.is_identity() {
            row.copy_from_slice(&data[y * row.len()..][..row.len()]);
        } else if self.map.is_even() {
            let line = Line::new(&self.map, y, size, row.len() / channels);
            self.ahead.read(data, size.0 * channels, line.rows());
            line.draw(row, data, (channels, paper), self.plan.is_turn_only());
        } else {
            lean(row, data, &self.map, (y, size, channels, paper), &mut self.ahead);
        }
    }
}

/// Fills a row of a page that leans: stretch by stretch, each as if it lay evenly.
fn lean(
    row: &mut [u8],
    data: &[u8],
    map: &InverseMap,
    (y, size, channels, paper): (usize, (usize, usize), usize, u8),
    ahead: &mut Ahead,
) {
    let width = row.len() / channels;
    let stretch = |from: usize| Line::between(map, (from, (from + TOGETHER).min(width)), y, size);
    let (first, last) = (stretch(0).rows(), stretch((width - 1) / TOGETHER * TOGETHER).rows());
    ahead.read(data, size.0 * channels, first.start.min(last.start)..first.end.max(last.end));
    for (at, out) in row.chunks_mut(TOGETHER * channels).enumerate() {
        stretch(at * TOGETHER).draw(out, data, (channels, paper), false);
    }
}
