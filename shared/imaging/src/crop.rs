//! Finds the dark margins that a scanner's lid or a copier leaves around a page. Only rows and columns that are dark
//! from end to end are ever cut, so that no writing can be lost.

use crate::gray::Gray;

/// Share of a row's pixels that must be dark for it to be a margin.
const SOLID: f64 = 0.97;
/// Part of the paper's shade below which a pixel is dark.
const DARK: f64 = 0.45;
/// Margins thinner than this many pixels of the small copy are not worth a cut.
const WORTH: usize = 4;
/// No side loses more than this part of the page.
const MOST: f64 = 0.25;

/// Dark pixels to cut from each side of a small copy.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Margins {
    pub(crate) left: usize,
    pub(crate) top: usize,
    pub(crate) right: usize,
    pub(crate) bottom: usize,
}

impl Margins {
    /// Returns whether there is nothing to cut.
    pub(crate) fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

/// Measures the margins of a page whose paper has this shade.
pub(crate) fn measure(page: &Gray, paper: u8) -> Margins {
    let limit = (f64::from(paper) * DARK) as u8;
    let row_is_dark = |y: usize| is_solid(page.row(y).iter(), page.width, limit);
    let rows = (page.height as f64 * MOST) as usize;
    let top = run(0..rows, row_is_dark);
    let bottom = run((page.height - rows..page.height).rev(), row_is_dark);
    let column_is_dark = |x: usize| {
        let inner = page.pixels[top * page.width..(page.height - bottom) * page.width].iter();
        is_solid(inner.skip(x).step_by(page.width), page.height - top - bottom, limit)
    };
    let columns = (page.width as f64 * MOST) as usize;
    let left = run(0..columns, column_is_dark);
    let right = run((page.width - columns..page.width).rev(), column_is_dark);
    Margins { left, top, right, bottom }
}

fn run(places: impl Iterator<Item = usize>, is_dark: impl Fn(usize) -> bool) -> usize {
    let length = places.take_while(|&place| is_dark(place)).count();
    if length < WORTH { 0 } else { length }
}

fn is_solid<'a>(pixels: impl Iterator<Item = &'a u8>, count: usize, limit: u8) -> bool {
    let dark = pixels.filter(|&&pixel| pixel < limit).count();
    dark as f64 >= SOLID * count as f64
}
