//! Where the pixels of a picture went: the truth about a picture is followed into its normalized page.

use berkas_imaging::{PageReport, Pixels, Raster};

/// Half the edge, in pixels, of the square around a place that is looked at.
const AROUND: i64 = 3;

/// A picture as it was judged, upright, and the page made of it.
pub(crate) struct Mapping<'a> {
    /// Width and height of the upright picture.
    size: (f64, f64),
    page: &'a Raster,
    sin_cos: (f64, f64),
    corner: (f64, f64),
    scale: f64,
}

impl<'a> Mapping<'a> {
    /// Takes the size of the picture as it stands upright, the page made of it and what was said of it.
    pub(crate) fn new(size: (usize, usize), page: &'a Raster, report: &PageReport) -> Self {
        let size = (size.0 as f64, size.1 as f64);
        let (corner, width) = match report.crop {
            Some(crop) => ((f64::from(crop.left), f64::from(crop.top)), f64::from(crop.width)),
            None => ((0.0, 0.0), size.0),
        };
        // The normalizer leaves less than that alone.
        let is_turned = report.skew_confidence >= 0.35 && report.skew_deg.abs() >= 0.06;
        let deg = if is_turned { report.skew_deg } else { 0.0 };
        let scale = width / f64::from(page.width);
        Self { size, page, sin_cos: deg.to_radians().sin_cos(), corner, scale }
    }

    /// Returns the pixel of the page that a pixel of the picture went to; it may lie outside.
    pub(crate) fn of(&self, (x, y): (usize, usize)) -> (i64, i64) {
        let (sin, cos) = self.sin_cos;
        let middle = (self.size.0 / 2.0, self.size.1 / 2.0);
        let (dx, dy) = (x as f64 + 0.5 - middle.0, y as f64 + 0.5 - middle.1);
        let straight = (middle.0 + cos * dx + sin * dy, middle.1 - sin * dx + cos * dy);
        let place = |at: f64, from: f64| ((at - from) / self.scale).floor() as i64;
        (place(straight.0, self.corner.0), place(straight.1, self.corner.1))
    }

    /// Returns the pixel of the picture that a pixel of the page comes from; it may lie outside.
    pub(crate) fn source(&self, (x, y): (usize, usize)) -> (i64, i64) {
        let (sin, cos) = self.sin_cos;
        let place = |at: usize, from: f64| (at as f64 + 0.5) * self.scale + from;
        let middle = (self.size.0 / 2.0, self.size.1 / 2.0);
        let (dx, dy) = (place(x, self.corner.0) - middle.0, place(y, self.corner.1) - middle.1);
        ((middle.0 + cos * dx - sin * dy).floor() as i64, (middle.1 + sin * dx + cos * dy).floor() as i64)
    }

    /// Returns whether what a pixel of the picture shows is gone: cut away, or painted over with one bright colour.
    pub(crate) fn is_lost(&self, place: (usize, usize)) -> bool {
        let (x, y) = self.of(place);
        let (width, height) = (i64::from(self.page.width), i64::from(self.page.height));
        if !(0..width).contains(&x) || !(0..height).contains(&y) {
            return true;
        }
        let columns = (x - AROUND).max(0)..(x + AROUND + 1).min(width);
        let rows = (y - AROUND).max(0)..(y + AROUND + 1).min(height);
        let first = self.shade(x as usize, y as usize);
        let mut around = rows.flat_map(|y| columns.clone().map(move |x| (x as usize, y as usize)));
        first > 128 && around.all(|(x, y)| self.shade(x, y) == first)
    }

    /// Returns the shade of a pixel of the page, of its green channel where it has colours.
    pub(crate) fn shade(&self, x: usize, y: usize) -> u8 {
        let at = y * self.page.width as usize + x;
        match &self.page.pixels {
            Pixels::Gray(pixels) => pixels[at],
            Pixels::Rgb(pixels) => pixels[3 * at + 1],
        }
    }
}
