//! A page as it is drawn from and coded: brightness and, for every four pixels, one sample of each colour difference, as a JPEG
//! holds them; half the bytes of red, green and blue.

mod convert;
mod plane;
mod split;

use crate::raster::{Pixels, Raster};
pub(crate) use convert::{of_colour, to_rgb};
pub(crate) use plane::Plane;
pub(crate) use split::{Splitter, split};

/// A colour difference where there is no colour.
pub(crate) const NEUTRAL: u8 = 128;

/// The pixels of a page.
pub(crate) struct Planes {
    /// Brightness; red, green and blue of a page in colour without differences.
    pub(crate) first: Plane<'static>,
    /// The differences of blue and of red, half as wide and high as the page, rounded up.
    pub(crate) differences: Option<[Plane<'static>; 2]>,
}

/// Some whole rows of a page, one after the other.
#[derive(Clone, Copy)]
pub(crate) struct Strip<'a> {
    /// A byte a pixel.
    pub(crate) luma: &'a [u8],
    /// The differences of blue and of red, a row for every two.
    pub(crate) differences: Option<[&'a [u8]; 2]>,
}

/// Returns width and height of the differences of a page of this size.
pub(crate) fn halved((width, height): (u32, u32)) -> (u32, u32) {
    (width.div_ceil(2), height.div_ceil(2))
}

/// Hands over the rows of a page, from the top.
pub(crate) fn strips_of(page: &Raster, mut take: impl FnMut(&Strip<'_>)) {
    match &page.pixels {
        Pixels::Gray(pixels) => take(&Strip { luma: pixels, differences: None }),
        Pixels::Rgb(pixels) => Splitter::new(page.width as usize).strips(pixels, take),
    }
}

impl Planes {
    /// Takes a page pixel by pixel.
    pub(crate) fn of_pixels(page: Raster) -> Self {
        Self { first: Plane::of(page), differences: None }
    }
}
