//! What is measured on a page to tell what it looks like: its rulings, its ink and its colours.

use crate::flatten::Light;
use crate::gray::Gray;
use crate::raster::{Pixels, Raster};

/// Part of the paper's shade nearby below which a pixel is ink.
const INK: f32 = 0.72;
/// Shares of the page's width and height over which a line of ink is a ruling across and down (columns of a table are shorter),
/// and pixels of a gap that do not end it.
const RULING: (f64, f64) = (0.45, 0.2);
const GAP: usize = 3;
/// Pixels of the reduced copy between two rulings at least.
const APART: usize = 4;
/// Pixels of colour looked at, about.
const SAMPLES: usize = 60_000;
/// Distance between the strongest and the weakest channel from which a pixel is coloured.
const COLOURED: u8 = 40;

/// Where the rulings in one direction lie, as parts of the page from its left or upper edge.
pub(super) type Rulings = Vec<f64>;

/// What was measured.
#[derive(Debug, Clone, PartialEq, Default)]
pub(super) struct Features {
    /// Lines across and down that are longer than [`RULING`].
    pub(super) across: Rulings,
    pub(super) down: Rulings,
    /// Share of pixels that are ink.
    pub(super) ink: f64,
    /// Shares of pixels that are coloured, and that have the colour of skin.
    pub(super) coloured: f64,
    pub(super) skin: f64,
}

impl Features {
    /// Measures the upright page, whose lines are off by `deg` degrees clockwise; `raster` has its colours.
    pub(super) fn measure(page: &Gray, light: &Light, deg: f64, raster: &Raster) -> Self {
        let mask = Mask::new(page, light);
        let (coloured, skin) = colours(raster);
        let slope = deg.to_radians().tan();
        let across = mask.rulings(
            (slope, RULING.0),
            |mask, along, aside| mask.ink(along, aside),
            (mask.width, mask.height),
        );
        let down = mask.rulings(
            (-slope, RULING.1),
            |mask, along, aside| mask.ink(aside, along),
            (mask.height, mask.width),
        );
        let ink = mask.pixels.iter().filter(|&&ink| ink).count() as f64 / mask.pixels.len().max(1) as f64;
        Self { across, down, ink, coloured, skin }
    }
}

/// Ink on every second pixel of every second row; a pixel of it is ink where any of the four is.
struct Mask {
    width: usize,
    height: usize,
    pixels: Vec<bool>,
}

impl Mask {
    fn new(page: &Gray, light: &Light) -> Self {
        let (width, height) = (page.width / 2, page.height / 2);
        let mut pixels = vec![false; width * height];
        let mut limits = vec![0; page.width];
        for (y, row) in pixels.chunks_exact_mut(width.max(1)).enumerate() {
            light.limits(2 * y, INK, &mut limits);
            let (upper, lower) = (page.row(2 * y), page.row(2 * y + 1));
            for (x, ink) in row.iter_mut().enumerate() {
                let darkest = upper[2 * x].min(upper[2 * x + 1]).min(lower[2 * x]).min(lower[2 * x + 1]);
                *ink = darkest < limits[2 * x];
            }
        }
        Self { width, height, pixels }
    }

    fn ink(&self, x: usize, y: usize) -> bool {
        self.pixels[y * self.width + x]
    }

    /// Finds lines of ink along one axis that rise by `slope` and take this share of its length; `ink` asks for a pixel by its place along and aside.
    fn rulings(
        &self,
        (slope, share): (f64, f64),
        ink: impl Fn(&Self, usize, usize) -> bool,
        (length, breadth): (usize, usize),
    ) -> Rulings {
        let least = (share * length as f64) as usize;
        let shifts: Vec<isize> =
            (0..length).map(|at| (slope * (at as f64 - length as f64 / 2.0)).round() as isize).collect();
        let is_ruling = |aside: usize| {
            let (mut run, mut gap, mut longest) = (0, 0, 0);
            for (along, &shift) in shifts.iter().enumerate() {
                let here = aside.checked_add_signed(shift).filter(|&aside| aside < breadth);
                if here.is_some_and(|aside| ink(self, along, aside)) {
                    run += 1 + gap;
                    gap = 0;
                } else if gap < GAP {
                    gap += 1;
                } else {
                    (run, gap) = (0, 0);
                }
                longest = longest.max(run);
            }
            longest >= least.max(1)
        };
        let mut found: Vec<usize> = Vec::new();
        let mut last = None;
        for aside in (0..breadth).filter(|&aside| is_ruling(aside)) {
            if last.is_none_or(|last| aside > last + APART) {
                found.push(aside);
            }
            last = Some(aside);
        }
        found.into_iter().map(|aside| aside as f64 / breadth as f64).collect()
    }
}

/// Returns the shares of coloured pixels and of those with the colour of skin.
fn colours(raster: &Raster) -> (f64, f64) {
    let Pixels::Rgb(pixels) = &raster.pixels else {
        return (0.0, 0.0);
    };
    let step = (pixels.len() / 3 / SAMPLES).max(1) | 1;
    let samples = pixels.chunks(3 * step).filter_map(|pixels| pixels.first_chunk::<3>());
    let (mut all, mut coloured, mut skin) = (0_u32, 0_u32, 0_u32);
    for &[red, green, blue] in samples {
        let (low, high) = (red.min(green).min(blue), red.max(green).max(blue));
        all += 1;
        coloured += u32::from(high - low >= COLOURED);
        // Kovac, Peer and Solina (2003), skin by daylight.
        let is_skin = red > 95 && green > 40 && blue > 20 && high - low > 15 && red > green && green > blue;
        skin += u32::from(is_skin && red - green > 15);
    }
    let share = |count: u32| f64::from(count) / f64::from(all.max(1));
    (share(coloured), share(skin))
}
