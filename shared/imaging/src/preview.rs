//! The small copy of a page, made while its rows are drawn.

use crate::geometry::Plan;
use crate::limits::Deadline;
use crate::resample::shrink::{self, Shrinking};
use crate::resample::{self, blocks};
use crate::{ImageError, Raster, Turn, encode};

/// A preview that grows while rows are handed over.
pub(crate) struct Preview {
    plan: Plan,
    blocks: usize,
    shrinking: Shrinking,
}

impl Preview {
    /// Begins the preview of a page of this size, whose longest edge has `longest_px` at most.
    pub(crate) fn new(size: (u32, u32), colour: bool, longest_px: u32) -> Self {
        let plan = Plan::upright(size, Turn::default()).within(longest_px);
        let blocks = blocks(size, &plan);
        Self { plan, blocks, shrinking: Shrinking::new(size, colour, blocks) }
    }

    /// Takes the next rows of the page, whole ones.
    pub(crate) fn take(&mut self, rows: &[u8]) {
        self.shrinking.take(rows);
    }

    /// Returns the preview, coded.
    ///
    /// # Errors
    /// `TimedOut` beyond the deadline.
    pub(crate) fn finish(self, deadline: &Deadline) -> Result<Vec<u8>, ImageError> {
        let shrunk = self.shrinking.finish();
        let plan = shrink::adapted(&self.plan, self.blocks);
        if plan.is_identity() {
            return encode::preview(&shrunk);
        }
        let small = resample::resampled(&shrunk, &plan, u8::MAX, deadline)?;
        drop(shrunk);
        encode::preview(&small)
    }

    /// Returns the preview of a whole page.
    ///
    /// # Errors
    /// `TimedOut` beyond the deadline.
    pub(crate) fn of(page: &Raster, longest_px: u32, deadline: &Deadline) -> Result<Vec<u8>, ImageError> {
        let mut preview = Self::new((page.width, page.height), page.is_in_colour(), longest_px);
        preview.take(page.bytes());
        preview.finish(deadline)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Limits;

    #[test]
    fn a_preview_made_while_a_page_is_drawn_is_that_of_the_whole_page() {
        let deadline = Deadline::start(&Limits::default());
        for (width, height) in [(90, 70), (100, 130), (230, 160), (310, 450), (1, 301), (301, 1)] {
            let pixels: Vec<u8> = (0..width * height * 3).map(|at: u32| ((at * 7919) >> 5) as u8).collect();
            for page in [
                Raster::gray(width, height, pixels[..(width * height) as usize].to_vec()),
                Raster::rgb(width, height, pixels),
            ] {
                let plan = Plan::upright((width, height), Turn::default()).within(100);
                let small = resample::resampled(&page, &plan, u8::MAX, &deadline).unwrap();
                let expected = encode::preview(&small).unwrap();
                let mut preview = Preview::new((width, height), page.is_in_colour(), 100);
                let stride = page.bytes().len() / height as usize;
                page.bytes().chunks(16 * stride).for_each(|rows| preview.take(rows));
                assert_eq!(preview.finish(&deadline).unwrap(), expected);
                assert_eq!(Preview::of(&page, 100, &deadline).unwrap(), expected);
            }
        }
    }
}
