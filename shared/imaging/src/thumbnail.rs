//! A small picture of a page that fits a bound in bytes, for a counter on a bad line or a contact sheet.

use crate::geometry::Plan;
use crate::limits::{Deadline, contain};
use crate::{Document, ImageError, Limits, Raster, encode, resample};

/// Qualities that are tried at one size, the best first; below the last one print dissolves.
const QUALITIES: [u8; 3] = [70, 50, 35];
/// Edge, in pixels, below which nothing is seen any more.
const SMALLEST_PX: u32 = 48;

/// Draws the page as its file asks it to be shown: a JPEG whose longest edge is `longest_px` at most and that has
/// `max_bytes` at most. Where a page is too busy for that, quality is given up first and then size.
///
/// # Errors
/// `TooLarge` when even the smallest picture has more than `max_bytes`; `Corrupt` for a page without pixels; `TimedOut`
/// beyond the default of [`Limits::max_page_ms`]; `Panicked`.
pub fn thumbnail(page: &Raster, longest_px: u32, max_bytes: usize) -> Result<Vec<u8>, ImageError> {
    contain(|| {
        let limits = Limits::default();
        limits.admit(page.width, page.height, 3)?;
        let deadline = Deadline::start(&limits);
        let mut edge = longest_px.max(SMALLEST_PX);
        while edge >= SMALLEST_PX {
            let small = shrunk(page, edge, &deadline)?;
            for quality in QUALITIES {
                let coded = encode::encode_jpeg(&small, quality)?;
                if coded.len() <= max_bytes {
                    return Ok(coded);
                }
            }
            edge = edge / 4 * 3;
        }
        Err(ImageError::TooLarge)
    })
}

/// An encoded picture within the same bounds: itself where it fits already.
///
/// # Errors
/// Those of [`Document::open`] and [`thumbnail`].
pub fn fitted(picture: Vec<u8>, longest_px: u32, max_bytes: usize) -> Result<Vec<u8>, ImageError> {
    if picture.len() <= max_bytes {
        return Ok(picture);
    }
    let page = Document::open(&picture, &Limits::default())?.page(0)?;
    thumbnail(&page, longest_px, max_bytes)
}

/// The page upright, never enlarged.
fn shrunk(page: &Raster, longest_px: u32, deadline: &Deadline) -> Result<Raster, ImageError> {
    let mut plan = Plan::upright((page.width, page.height), page.turn);
    let longest = f64::from(page.width.max(page.height));
    plan.scale = (longest / f64::from(longest_px)).max(1.0);
    let small = resample::resampled(page, &plan, u8::MAX, deadline)?;
    Ok(Raster { dpi: None, ..small })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Document, Turn};

    fn size(jpeg: &[u8]) -> (u32, u32) {
        let page = Document::open(jpeg, &Limits::default()).unwrap().page(0).unwrap();
        (page.width, page.height)
    }

    /// Noise, which no coder makes small.
    fn busy(width: u32, height: u32) -> Raster {
        let mut state = 1_u32;
        let noise = std::iter::repeat_with(|| {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (state >> 24) as u8
        });
        Raster::gray(width, height, noise.take(width as usize * height as usize).collect())
    }

    #[test]
    fn a_thumbnail_has_the_edge_asked_for_and_stands_as_its_file_says() {
        let mut page = Raster::rgb(800, 400, vec![200; 800 * 400 * 3]);
        assert_eq!(size(&thumbnail(&page, 200, 30_000).unwrap()), (200, 100));
        page.turn = Turn::from_exif(6);
        assert_eq!(size(&thumbnail(&page, 200, 30_000).unwrap()), (100, 200));
        assert_eq!(size(&thumbnail(&page, 2000, 30_000).unwrap()), (400, 800), "never enlarged");
    }

    #[test]
    fn a_busy_page_becomes_smaller_until_it_fits() {
        let page = busy(1000, 1400);
        for bound in [30_000, 8_000, 2_500] {
            assert!(thumbnail(&page, 900, bound).unwrap().len() <= bound);
        }
        assert_eq!(thumbnail(&page, 900, 100), Err(ImageError::TooLarge));
    }
}
