//! Drawing on paper: a raster, print, handwriting, stamps and portraits.

mod ornament;
mod page;
mod pen;
mod portrait;
mod raster;
mod type_face;

pub(crate) use page::{Area, Page};
pub(crate) use raster::Raster;
pub(crate) use type_face::{Face, Typesetter};

/// Red, green, blue.
pub(crate) type Ink = [u8; 3];

pub(crate) const BLACK: Ink = [28, 28, 32];
pub(crate) const GREY: Ink = [120, 120, 124];
pub(crate) const PALE: Ink = [205, 205, 208];
pub(crate) const RED: Ink = [176, 32, 38];
pub(crate) const PEN_BLUE: Ink = [30, 48, 130];
pub(crate) const PEN_BLACK: Ink = [36, 36, 44];
pub(crate) const STAMP_PURPLE: Ink = [98, 62, 148];
pub(crate) const STAMP_BLUE: Ink = [52, 74, 160];
pub(crate) const WHITE: Ink = [255, 255, 255];
