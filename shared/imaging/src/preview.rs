//! The small copy of a page, made while its rows are drawn.

use crate::geometry::Plan;
use crate::limits::Deadline;
use crate::planes::{self, Plane, Strip};
use crate::raster::{Raster, Turn};
use crate::resample::shrink::Shrinking;
use crate::resample::{Resampling, blocks};
use crate::{ImageError, encode};

/// A preview that grows while rows are handed over.
pub(crate) struct Preview {
    plan: Plan,
    luma: Averaged,
    /// The differences of blue and of red; those of a narrow page are averaged by less than its brightness.
    differences: Option<[Averaged; 2]>,
}

/// A plane that becomes smaller while its rows are handed over, and by how much.
struct Averaged {
    rows: Shrinking,
    blocks: usize,
}

impl Preview {
    /// Begins the preview of a page of this size, whose longest edge has `longest_px` at most.
    pub(crate) fn new(size: (u32, u32), colour: bool, longest_px: u32) -> Self {
        let plan = Plan::upright(size, Turn::default()).within(longest_px);
        let averaged = |size: (u32, u32)| {
            let blocks = blocks(size, &plan);
            Averaged { rows: Shrinking::new(size, false, blocks), blocks }
        };
        let halved = planes::halved(size);
        let differences = colour.then(|| [averaged(halved), averaged(halved)]);
        let luma = averaged(size);
        Self { plan, luma, differences }
    }

    /// Takes the next rows of the page.
    pub(crate) fn take(&mut self, strip: &Strip<'_>) {
        self.luma.rows.take(strip.luma);
        if let (Some(differences), Some(rows)) = (&mut self.differences, strip.differences) {
            differences.iter_mut().zip(rows).for_each(|(plane, rows)| plane.rows.take(rows));
        }
    }

    /// Returns the preview, coded.
    ///
    /// # Errors
    /// `TimedOut` beyond the deadline; those of the encoder.
    pub(crate) fn finish(self, deadline: &Deadline) -> Result<Vec<u8>, ImageError> {
        let Self { plan, luma, differences } = self;
        let smaller = |plane: Averaged| (Plane::of(plane.rows.finish()), plane.blocks);
        let (source, blocks) = smaller(luma);
        let first = Resampling::of_smaller(source, &plan, blocks, u8::MAX).whole(deadline)?;
        let difference = |plane: Averaged| {
            let (source, blocks) = smaller(plane);
            Resampling::of_smaller_difference(source, &plan, blocks).whole(deadline)
        };
        let differences = match differences {
            Some([blue, red]) => Some([difference(blue)?, difference(red)?]),
            None => None,
        };
        encode::preview(&first, differences.as_ref())
    }

    /// Returns the preview of a whole page.
    ///
    /// # Errors
    /// Those of [`Preview::finish`].
    pub(crate) fn of(page: &Raster, longest_px: u32, deadline: &Deadline) -> Result<Vec<u8>, ImageError> {
        let mut preview = Self::new((page.width, page.height), page.is_in_colour(), longest_px);
        planes::strips_of(page, |strip| preview.take(strip));
        preview.finish(deadline)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Limits;
    use crate::planes::Planes;

    #[test]
    fn a_preview_made_while_a_page_is_drawn_is_that_of_the_whole_page() {
        let deadline = Deadline::start(&Limits::default());
        let sizes = [(90, 70), (100, 130), (230, 160), (310, 450), (1, 301), (301, 1), (700, 3)];
        for (width, height) in sizes {
            let pixels: Vec<u8> = (0..width * height * 3).map(|at: u32| ((at * 7919) >> 5) as u8).collect();
            for page in [
                Raster::gray(width, height, pixels[..(width * height) as usize].to_vec()),
                Raster::rgb(width, height, pixels),
            ] {
                let plan = Plan::upright((width, height), Turn::default()).within(100);
                let (Planes { first, differences }, _) = planes::split(page.clone(), 1);
                let first = Resampling::new(first, &plan, u8::MAX).whole(&deadline).unwrap();
                let difference = |plane| Resampling::of_difference(plane, &plan).whole(&deadline).unwrap();
                let differences = differences.map(|planes| planes.map(difference));
                let expected = encode::preview(&first, differences.as_ref()).unwrap();
                let mut preview = Preview::new((width, height), page.is_in_colour(), 100);
                planes::strips_of(&page, |strip| preview.take(strip));
                assert_eq!(preview.finish(&deadline).unwrap(), expected);
                assert_eq!(Preview::of(&page, 100, &deadline).unwrap(), expected);
            }
        }
    }

    #[test]
    fn brightness_and_differences_have_one_size_where_an_edge_falls_on_half_a_pixel() {
        let deadline = Deadline::start(&Limits::default());
        for (width, height) in [(203, 3248), (3248, 203), (1862, 3040), (1764, 3136)] {
            let page = Raster::rgb(width, height, vec![200; (width * height * 3) as usize]);
            let plan = Plan::upright((width, height), Turn::default()).within(1000);
            let (Planes { first, differences }, _) = planes::split(page.clone(), 1);
            let size = Resampling::new(first, &plan, u8::MAX).size();
            assert_eq!(size, plan.output_size());
            for plane in differences.expect("in colour") {
                assert_eq!(Resampling::of_difference(plane, &plan).size(), planes::halved(size));
            }
            assert!(!Preview::of(&page, 1000, &deadline).unwrap().is_empty());
        }
    }
}
