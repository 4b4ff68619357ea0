//! Where the pixels of a picture went: the truth about a picture is followed into its normalized page.

use berkas_imaging::{PageReport, Pixels, Raster};

/// Half the edge, in pixels, of the square around a place that is looked at.
const AROUND: i64 = 3;

/// Returns the skew that was taken away: the normalizer leaves what it is not sure of alone, and what is less than lines
/// scatter.
pub(crate) fn taken_away(report: &PageReport) -> f64 {
    let is_turned = report.skew_confidence >= 0.35 && report.skew_deg.abs() >= 0.06;
    if is_turned { report.skew_deg } else { 0.0 }
}

/// A picture as it was judged, upright, and the page made of it.
pub(crate) struct Mapping<'a> {
    /// Width and height of the upright picture.
    size: (f64, f64),
    page: &'a Raster,
    sin_cos: (f64, f64),
    corner: (f64, f64),
    scale: f64,
    /// From the page to the picture, where the page leant.
    leaning: Option<[f64; 9]>,
}

impl<'a> Mapping<'a> {
    /// Takes the size of the picture as it stands upright, the page made of it and what was said of it.
    pub(crate) fn new(size: (usize, usize), page: &'a Raster, report: &PageReport) -> Self {
        let size = (size.0 as f64, size.1 as f64);
        let (corner, width) = match report.crop {
            Some(crop) => ((f64::from(crop.left), f64::from(crop.top)), f64::from(crop.width)),
            None => ((0.0, 0.0), size.0),
        };
        let deg = taken_away(report);
        let scale = width / f64::from(page.width);
        let page_size = (f64::from(page.width), f64::from(page.height));
        let leaning = report.perspective.map(|found| onto(page_size, found.corners));
        Self { size, page, sin_cos: deg.to_radians().sin_cos(), corner, scale, leaning }
    }

    /// Returns the pixel of the page that a pixel of the picture went to; it may lie outside.
    pub(crate) fn of(&self, (x, y): (usize, usize)) -> (i64, i64) {
        if let Some(map) = &self.leaning {
            return projected(&back(map), (x, y));
        }
        let (sin, cos) = self.sin_cos;
        let middle = (self.size.0 / 2.0, self.size.1 / 2.0);
        let (dx, dy) = (x as f64 + 0.5 - middle.0, y as f64 + 0.5 - middle.1);
        let straight = (middle.0 + cos * dx + sin * dy, middle.1 - sin * dx + cos * dy);
        let place = |at: f64, from: f64| ((at - from) / self.scale).floor() as i64;
        (place(straight.0, self.corner.0), place(straight.1, self.corner.1))
    }

    /// Returns the pixel of the picture that a pixel of the page comes from; it may lie outside.
    pub(crate) fn source(&self, (x, y): (usize, usize)) -> (i64, i64) {
        if let Some(map) = &self.leaning {
            return projected(map, (x, y));
        }
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

/// Returns the pixel that a projective map takes the middle of a pixel to.
fn projected([a, b, c, d, e, f, g, h, i]: &[f64; 9], (x, y): (usize, usize)) -> (i64, i64) {
    let (x, y) = (x as f64 + 0.5, y as f64 + 0.5);
    let w = g * x + h * y + i;
    (((a * x + b * y + c) / w).floor() as i64, ((d * x + e * y + f) / w).floor() as i64)
}

/// Returns the projective map of the rectangle from (0, 0) onto corners that are named from the upper left one clockwise: the
/// solution of the eight equations that say so, by elimination: not the way of the library, which this checks.
pub(crate) fn onto((width, height): (f64, f64), corners: [(f64, f64); 4]) -> [f64; 9] {
    let places = [(0.0, 0.0), (width, 0.0), (width, height), (0.0, height)];
    let mut rows: Vec<[f64; 9]> = Vec::new();
    for ((x, y), (u, v)) in places.into_iter().zip(corners) {
        rows.push([x, y, 1.0, 0.0, 0.0, 0.0, -u * x, -u * y, u]);
        rows.push([0.0, 0.0, 0.0, x, y, 1.0, -v * x, -v * y, v]);
    }
    for at in 0..8 {
        let best = (at..8).max_by(|&a, &b| rows[a][at].abs().total_cmp(&rows[b][at].abs())).expect("a row");
        rows.swap(at, best);
        let pivot = rows[at].map(|value| value / rows[at][at]);
        for row in &mut rows {
            let times = row[at];
            row.iter_mut().zip(pivot).for_each(|(value, pivot)| *value -= times * pivot);
        }
        rows[at] = pivot;
    }
    std::array::from_fn(|at| if at == 8 { 1.0 } else { rows[at][8] })
}

/// Returns the map back, up to its scale.
pub(crate) fn back([a, b, c, d, e, f, g, h, i]: &[f64; 9]) -> [f64; 9] {
    [
        e * i - f * h,
        c * h - b * i,
        b * f - c * e,
        f * g - d * i,
        a * i - c * g,
        c * d - a * f,
        d * h - e * g,
        b * g - a * h,
        a * e - b * d,
    ]
}
