//! Where a sheet and its ink lie in the picture.

use crate::ink::Raster;
use crate::papers::Sheet;

/// Shade of the sheet among the marks; what lies around it is 0.
pub(crate) const PAPER: u8 = 128;
/// Shade of its ink.
pub(crate) const INK: u8 = 255;
/// Ink is darker than this on the sheet, before any scanner saw it; a faint ornament below the writing is not.
const DARK: u8 = 128;

/// Marks every pixel of a sheet.
pub(super) fn of(sheet: &Sheet) -> Raster {
    let mut marks = sheet.raster.to_grey();
    marks.data.iter_mut().for_each(|value| *value = if *value < DARK { INK } else { PAPER });
    marks
}
