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

use crate::ImageError;
use crate::geometry::{InverseMap, Plan};
use crate::limits::Deadline;
use crate::planes::{self, NEUTRAL, Plane};
use crate::raster::{Pixels, Raster, Turn};
use ahead::Ahead;
use blend::TOGETHER;
use line::Line;
use shrink::shrink;

/// Rows between two looks at the clock.
const ROWS_A_CHECK: usize = 256;

/// Returns a new page as the plan wants it; what lies outside the source is `paper`.
///
/// # Errors
/// `TimedOut` beyond the deadline.
pub(crate) fn resampled(
    source: &Raster,
    plan: &Plan,
    paper: u8,
    deadline: &Deadline,
) -> Result<Raster, ImageError> {
    let drawn = Resampling::new(Plane::borrowed(source), plan, paper).whole(deadline)?;
    Ok(Raster { dpi: source.dpi, ..drawn })
}

/// Returns by how much a source of this size is averaged before the plan is carried out, at least 1.
pub(crate) fn blocks(size: (u32, u32), plan: &Plan) -> usize {
    // A page thinner than a block would average to nothing.
    let thinnest = size.0.min(size.1).max(1) as usize;
    (plan.scale.floor().max(1.0) as usize).min(thinnest)
}

/// What a source holds of a page.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Held {
    Pixels,
    /// One of its colour differences, with a sample for two pixels across and down.
    Difference,
}

impl Held {
    /// Returns the plan for a source that was averaged, and the map to it.
    fn way(self, plan: &Plan, blocks: usize) -> (Plan, InverseMap) {
        let adapted = shrink::adapted(plan, blocks);
        match self {
            Self::Pixels => (adapted, adapted.inverse()),
            // An odd edge is not halved exactly, so that no plan tells of it.
            Self::Difference => (*plan, plan.inverse().coarser(2.0).to_smaller(2.0 * blocks as f64)),
        }
    }

    /// Differences lie between the rows of the brightness, which is drawn first, unless they were averaged.
    fn ahead(self, blocks: usize) -> Option<Ahead> {
        (self == Self::Pixels || blocks > 1).then(Ahead::default)
    }
}

/// Returns a source that is averaged where it becomes less than half as large, and by how much it was.
fn averaged<'a>(source: Plane<'a>, plan: &Plan) -> (Plane<'a>, usize) {
    let blocks = blocks(source.size, plan);
    let source = if blocks > 1 { shrink(&source, blocks) } else { source };
    (source, blocks)
}

/// A page, or one of its colour differences, that is drawn row by row as a plan wants it.
pub(crate) struct Resampling<'a> {
    source: Plane<'a>,
    held: Held,
    /// The page's; of a source of pixels that was averaged the one for what that left.
    plan: Plan,
    /// Width and height of the page: rounded once, so that all that is drawn of it agrees.
    page: (u32, u32),
    /// By how much the source was averaged.
    blocks: usize,
    map: InverseMap,
    /// The shade of what lies outside the source.
    paper: u8,
    /// Nothing where the source is read by others before.
    ahead: Option<Ahead>,
}

impl<'a> Resampling<'a> {
    /// Begins a page; a source that becomes less than half as large is averaged at once, and let go where nothing else has it.
    pub(crate) fn new(source: Plane<'a>, plan: &Plan, paper: u8) -> Self {
        let (source, blocks) = averaged(source, plan);
        Self::of_smaller(source, plan, blocks, paper)
    }

    /// Begins one of the colour differences of a page, in the same way.
    pub(crate) fn of_difference(source: Plane<'a>, plan: &Plan) -> Self {
        let (source, blocks) = averaged(source, plan);
        Self::of_smaller_difference(source, plan, blocks)
    }

    /// Begins a page whose source was averaged already, `blocks` pixels across and down.
    pub(crate) fn of_smaller(source: Plane<'a>, plan: &Plan, blocks: usize, paper: u8) -> Self {
        Self::begun(source, Held::Pixels, plan, (blocks, paper))
    }

    /// Begins one of the colour differences of a page, which was averaged already.
    pub(crate) fn of_smaller_difference(source: Plane<'a>, plan: &Plan, blocks: usize) -> Self {
        Self::begun(source, Held::Difference, plan, (blocks, NEUTRAL))
    }

    fn begun(source: Plane<'a>, held: Held, plan: &Plan, (blocks, paper): (usize, u8)) -> Self {
        let page = plan.output_size();
        let (plan, map) = held.way(plan, blocks);
        Self { source, held, plan, page, blocks, map, paper, ahead: held.ahead(blocks) }
    }

    /// Begins another page out of the same source, at the same scale.
    pub(crate) fn of_part(self, plan: &Plan) -> Self {
        let page = plan.output_size();
        let (plan, map) = self.held.way(plan, self.blocks);
        Self { plan, page, map, ahead: self.held.ahead(self.blocks), ..self }
    }

    /// Returns width and height of what is drawn.
    pub(crate) fn size(&self) -> (u32, u32) {
        match self.held {
            Held::Pixels => self.page,
            Held::Difference => planes::halved(self.page),
        }
    }

    /// Returns the bytes of a pixel.
    pub(crate) fn channels(&self) -> usize {
        self.source.channels
    }

    /// Returns whether the page's pixels are the source's.
    pub(crate) fn moves_nothing(&self) -> bool {
        self.plan.is_identity()
    }

    /// Returns whether pixels are moved to other places as they are. Samples of colour differences may not be: where a page of odd
    /// width is turned, each lies between two others.
    fn moves_whole_pixels(&self) -> bool {
        self.held == Held::Pixels && self.plan.is_turn_only()
    }

    /// Returns the source.
    pub(crate) fn into_source(self) -> Raster {
        self.source.into_page()
    }

    /// Draws all rows.
    ///
    /// # Errors
    /// `TimedOut` beyond the deadline.
    pub(crate) fn whole(mut self, deadline: &Deadline) -> Result<Raster, ImageError> {
        if self.moves_nothing() {
            return Ok(self.into_source());
        }
        let (width, height) = self.size();
        let stride = width as usize * self.channels();
        let mut out = vec![0; stride * height as usize];
        for (y, row) in out.chunks_exact_mut(stride).enumerate() {
            if y % ROWS_A_CHECK == 0 {
                deadline.check()?;
            }
            self.draw(y, row);
        }
        let pixels = if self.channels() == 1 { Pixels::Gray(out) } else { Pixels::Rgb(out) };
        Ok(Raster { width, height, pixels, dpi: None, turn: Turn::default() })
    }

    /// Draws the row `y`; in order is fastest.
    pub(crate) fn draw(&mut self, y: usize, row: &mut [u8]) {
        let exact = self.moves_whole_pixels();
        let Self { source, map, ahead, paper, .. } = self;
        if self.plan.is_identity() {
            row.copy_from_slice(source.row(y));
        } else if map.is_even() {
            let size = (source.size.0 as usize, source.size.1 as usize);
            let line =
                Line::new(map, y, size, row.len() / source.channels).apart(source.stride / source.channels);
            if let Some(ahead) = ahead {
                ahead.read(source.bytes(), source.stride, line.rows());
            }
            line.draw(row, source.bytes(), (source.channels, *paper), exact);
        } else {
            lean(row, source, map, (y, *paper), ahead.as_mut());
        }
    }
}

/// Fills a row of a page that leans: stretch by stretch, each as if it lay evenly.
fn lean(
    row: &mut [u8],
    source: &Plane<'_>,
    map: &InverseMap,
    (y, paper): (usize, u8),
    ahead: Option<&mut Ahead>,
) {
    let (channels, size) = (source.channels, (source.size.0 as usize, source.size.1 as usize));
    let width = row.len() / channels;
    let stretch = |from: usize| {
        let line = Line::between(map, (from, (from + TOGETHER).min(width)), y, size);
        line.apart(source.stride / channels)
    };
    if let Some(ahead) = ahead {
        let (first, last) = (stretch(0).rows(), stretch((width - 1) / TOGETHER * TOGETHER).rows());
        ahead.read(source.bytes(), source.stride, first.start.min(last.start)..first.end.max(last.end));
    }
    for (at, out) in row.chunks_mut(TOGETHER * channels).enumerate() {
        stretch(at * TOGETHER).draw(out, source.bytes(), (channels, paper), false);
    }
}
