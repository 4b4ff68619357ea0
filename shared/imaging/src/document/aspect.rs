//! Pages whose pixels are not square: faxes have 204 dots an inch across and 98 or 196 down.

use crate::raster::{Pixels, Raster};
use crate::{ImageError, Limits};

/// Resolutions that differ by less than this part are the same.
const SAME: f64 = 0.05;
/// Resolutions that differ by more than this factor are no measurement.
const WIDEST: f64 = 4.0;

/// Stretches a page to square pixels at the finer of its stated resolutions across and down, and notes that one. A page
/// that states the same twice, or only one, is left as it is.
///
/// # Errors
/// Limits, judged by the stretched page.
pub(crate) fn squared(
    page: Raster,
    (across, down): (Option<u32>, Option<u32>),
    limits: &Limits,
) -> Result<Raster, ImageError> {
    let dpi = across.or(down);
    let (Some(across), Some(down)) = (across, down) else {
        return Ok(Raster { dpi, ..page });
    };
    let ratio = f64::from(across) / f64::from(down).max(1.0);
    let is_odd = (1.0 + SAME..=WIDEST).contains(&ratio.max(1.0 / ratio.max(f64::MIN_POSITIVE)));
    if !is_odd {
        return Ok(Raster { dpi, ..page });
    }
    let longer = |edge: u32, by: f64| (f64::from(edge) * by.max(1.0)).round() as u32;
    let size = (longer(page.width, 1.0 / ratio), longer(page.height, ratio));
    let channels = match &page.pixels {
        Pixels::Gray(_) => 1,
        Pixels::Rgb(_) => 3,
    };
    limits.admit(size.0, size.1, 2 * channels as u64)?;
    let from = (page.width as usize, page.height as usize);
    let stretch = |pixels: &[u8]| stretched(pixels, from, (size.0 as usize, size.1 as usize), channels);
    let pixels = match &page.pixels {
        Pixels::Gray(pixels) => Pixels::Gray(stretch(pixels)),
        Pixels::Rgb(pixels) => Pixels::Rgb(stretch(pixels)),
    };
    Ok(Raster { width: size.0, height: size.1, pixels, dpi: Some(across.max(down)), turn: page.turn })
}

/// Enlarges a picture along both axes, between-values by their distance.
fn stretched(pixels: &[u8], from: (usize, usize), to: (usize, usize), channels: usize) -> Vec<u8> {
    let columns = places(from.0, to.0);
    let mut out = Vec::with_capacity(to.0 * to.1 * channels);
    for (row, next, part) in places(from.1, to.1) {
        let stride = from.0 * channels;
        let (row, next) = (&pixels[row * stride..][..stride], &pixels[next * stride..][..stride]);
        for &(left, right, aside) in &columns {
            for channel in 0..channels {
                let at = |row: &[u8], column: usize| f32::from(row[column * channels + channel]);
                let between = |row: &[u8]| at(row, left) + (at(row, right) - at(row, left)) * aside;
                let (above, below) = (between(row), between(next));
                out.push((above + (below - above) * part).round() as u8);
            }
        }
    }
    out
}

/// Returns, for each place along the longer edge, the two nearest on the shorter and how far it is from the first.
fn places(from: usize, to: usize) -> Vec<(usize, usize, f32)> {
    let step = from as f64 / to.max(1) as f64;
    let place = |at: usize| {
        let exact = ((at as f64 + 0.5) * step - 0.5).clamp(0.0, from.saturating_sub(1) as f64);
        let first = exact as usize;
        (first, (first + 1).min(from.saturating_sub(1)), (exact - first as f64) as f32)
    };
    (0..to).map(place).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn page() -> Raster {
        Raster::gray(2, 2, vec![0, 100, 200, 100])
    }

    #[test]
    fn a_fax_of_half_the_rows_is_stretched_to_square_pixels() {
        let page = squared(page(), (Some(200), Some(100)), &Limits::default()).unwrap();
        assert_eq!((page.width, page.height, page.dpi), (2, 4, Some(200)));
        assert_eq!(page.pixels, Pixels::Gray(vec![0, 100, 50, 100, 150, 100, 200, 100]));
        let wide = squared(Raster::rgb(1, 1, vec![1, 2, 3]), (Some(100), Some(200)), &Limits::default());
        assert_eq!(wide.unwrap().pixels, Pixels::Rgb(vec![1, 2, 3, 1, 2, 3]));
    }

    #[test]
    fn one_resolution_or_two_that_cannot_be_true_change_nothing() {
        for (across, down) in
            [(Some(200), None), (None, Some(200)), (Some(200), Some(204)), (Some(1), Some(300)), (None, None)]
        {
            let squared = squared(page(), (across, down), &Limits::default()).unwrap();
            assert_eq!((squared.pixels, squared.dpi), (page().pixels, across.or(down)));
        }
    }

    #[test]
    fn a_page_that_would_grow_beyond_the_limits_is_refused() {
        let limits = Limits { max_pixels: 7, ..Limits::default() };
        let refused = squared(page(), (Some(200), Some(100)), &limits);
        assert_eq!(refused, Err(ImageError::TooManyPixels));
    }
}
