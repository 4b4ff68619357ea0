//! Binds two pages to a double page as a book or a scanner's glass does, and folds a single one.

use berkas_imaging::{Pixels, Raster};

/// How two pages meet, or how a sheet was folded.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Meeting {
    /// The shadow of a fold: what part of the light it takes, and how far it reaches in pixels.
    Shadow(f64, f64),
    /// A thin dark line, two pixels wide: what part of the light it takes.
    Line(f64),
    /// Nothing but paper.
    White,
}

/// Returns the gray pixels of a page.
pub(crate) fn gray(page: &Raster) -> Vec<u8> {
    match &page.pixels {
        Pixels::Gray(pixels) => pixels.clone(),
        Pixels::Rgb(pixels) => pixels.chunks_exact(3).map(|pixel| pixel[1]).collect(),
    }
}

/// Lays two pages side by side, on paper of this shade where one is lower than the other.
pub(crate) fn bound(left: &Raster, right: &Raster, paper: u8, meeting: Meeting) -> Raster {
    let (width, height) = ((left.width + right.width) as usize, left.height.max(right.height) as usize);
    let mut pixels = vec![paper; width * height];
    for (page, from) in [(left, 0), (right, left.width as usize)] {
        let own = page.width as usize;
        for (y, row) in gray(page).chunks_exact(own).enumerate() {
            pixels[y * width + from..][..own].copy_from_slice(row);
        }
    }
    folded(&Raster::gray(width as u32, height as u32, pixels), f64::from(left.width), 0.0, meeting)
}

/// Draws a fold down a page at this place across, which leans by `lean` pixels from top to bottom.
pub(crate) fn folded(page: &Raster, at: f64, lean: f64, meeting: Meeting) -> Raster {
    let (width, height) = (page.width as usize, page.height as usize);
    let taken = |away: f64| match meeting {
        Meeting::Shadow(part, reach) => part * (-away.abs() / reach).exp(),
        Meeting::Line(part) => part * (1.5 - away.abs()).clamp(0.0, 1.0),
        Meeting::White => 0.0,
    };
    let pixels = gray(page).into_iter().enumerate().map(|(place, shade)| {
        let (x, y) = ((place % width) as f64 + 0.5, (place / width) as f64 + 0.5);
        let fold = at + lean * (y / height as f64 - 0.5);
        (f64::from(shade) * (1.0 - taken(x - fold))).round() as u8
    });
    Raster { dpi: page.dpi, ..Raster::gray(page.width, page.height, pixels.collect()) }
}

/// Turns a page clockwise around its middle; what comes in from outside has this shade.
pub(crate) fn turned(page: &Raster, deg: f64, outside: u8) -> Raster {
    let (sin, cos) = deg.to_radians().sin_cos();
    let (width, height) = (page.width as usize, page.height as usize);
    let (cx, cy) = (width as f64 / 2.0, height as f64 / 2.0);
    let old = gray(page);
    let at = |x: f64, y: f64| {
        let inside = x >= 0.0 && y >= 0.0 && x < width as f64 && y < height as f64;
        if inside { f64::from(old[y as usize * width + x as usize]) } else { f64::from(outside) }
    };
    let pixels = (0..width * height).map(|place| {
        let (dx, dy) = ((place % width) as f64 + 0.5 - cx, (place / width) as f64 + 0.5 - cy);
        let (x, y) = (cx + cos * dx + sin * dy - 0.5, cy - sin * dx + cos * dy - 0.5);
        let (wx, wy) = (x - x.floor(), y - y.floor());
        let (x, y) = (x.floor(), y.floor());
        let upper = at(x, y) * (1.0 - wx) + at(x + 1.0, y) * wx;
        let lower = at(x, y + 1.0) * (1.0 - wx) + at(x + 1.0, y + 1.0) * wx;
        (upper * (1.0 - wy) + lower * wy).round() as u8
    });
    Raster { dpi: page.dpi, ..Raster::gray(page.width, page.height, pixels.collect()) }
}
