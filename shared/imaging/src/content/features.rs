//! What is measured on a page to tell what it looks like: its rulings, its ink and its colours.

use crate::flatten::Light;
use crate::gray::Gray;
use crate::simd::kernel;

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
    /// Measures the upright page, whose lines are off by `deg` degrees clockwise; `pixels` are some of its colours.
    pub(super) fn measure(page: &Gray, light: &Light, deg: f64, pixels: &[[u8; 3]]) -> Self {
        let mask = Mask::new(page, light);
        let (coloured, skin) = colours(pixels);
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
            mark(row, upper, lower, &limits);
        }
        Self { width, height, pixels }
    }

    #[inline(always)]
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
        let probes = Probes::of(length, least);
        let is_ruling = |aside: usize| {
            let is_ink = |along: usize| {
                let here = aside.checked_add_signed(shifts[along]).filter(|&aside| aside < breadth);
                here.is_some_and(|aside| ink(self, along, aside))
            };
            if !probes.may_hold(is_ink) {
                return false;
            }
            longest(&mut (0..length).map(is_ink)) >= least.max(1)
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

kernel! {
    /// Marks where any of four pixels is darker than the first one's limit.
    fn mark(ink: &mut [bool], upper: &[u8], lower: &[u8], limits: &[u8]) {
        let pairs = upper.as_chunks::<2>().0.iter().zip(lower.as_chunks::<2>().0);
        for ((ink, (upper, lower)), limit) in ink.iter_mut().zip(pairs).zip(limits.as_chunks::<2>().0) {
            *ink = upper[0].min(upper[1]).min(lower[0]).min(lower[1]) < limit[0];
        }
    }
}

/// Returns the length of the longest run of ink, with gaps that do not end it.
#[inline(always)]
fn longest(line: &mut impl Iterator<Item = bool>) -> usize {
    let (mut run, mut gap, mut longest) = (0, 0, 0);
    for is_ink in line {
        if is_ink {
            run += 1 + gap;
            gap = 0;
        } else if gap < GAP {
            gap += 1;
        } else {
            (run, gap) = (0, 0);
        }
        longest = longest.max(run);
    }
    longest
}

/// Places along a line, some of which a ruling of a length must cross one after the other: most lines are none and need not be
/// followed.
struct Probes {
    length: usize,
    step: usize,
    /// Probes one after the other that a ruling has ink at.
    wanted: usize,
}

impl Probes {
    /// About as many probes to the least length of a ruling.
    const PROBES: usize = 12;

    fn of(length: usize, least: usize) -> Self {
        // A ruling begins with a gap at most, and then has ink among any pixels one more than a gap.
        let starts = least.saturating_sub(2 * GAP);
        let step = (starts / Self::PROBES).max(1);
        Self { length, step, wanted: starts / step }
    }

    fn may_hold(&self, is_ink: impl Fn(usize) -> bool) -> bool {
        let mut met = 0;
        for start in (0..self.length.saturating_sub(GAP)).step_by(self.step) {
            met = if (start..=start + GAP).any(&is_ink) { met + 1 } else { 0 };
            if met >= self.wanted {
                return true;
            }
        }
        self.wanted == 0
    }
}

/// Returns the shares of coloured pixels and of those with the colour of skin.
fn colours(pixels: &[[u8; 3]]) -> (f64, f64) {
    let step = (pixels.len() / SAMPLES).max(1) | 1;
    let samples = pixels.iter().step_by(step);
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

#[cfg(test)]
mod tests {
    use super::{Gray, Light, Mask, Probes};
    use crate::simd::scalar_only;

    /// A page of noise with lines across and down, some with gaps, some too short.
    fn page() -> Gray {
        let mut page = Gray::filled(403, 301, 230);
        let mut state = 9_u32;
        for pixel in &mut page.pixels {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            *pixel -= if state >> 24 < 60 { 160 } else { (state >> 28) as u8 };
        }
        for (y, (from, to)) in [(40, (10, 390)), (90, (100, 300)), (150, (100, 210)), (220, (0, 403))] {
            (from..to).filter(|x| x % 11 > 4).for_each(|x| page.pixels[y * 403 + x] = 20);
        }
        for (x, (from, to)) in [(60, (5, 290)), (200, (100, 180)), (333, (0, 50))] {
            (from..to).for_each(|y| page.pixels[y * 403 + x] = 20);
        }
        page
    }

    #[test]
    fn both_compilations_mark_the_same_ink() {
        let page = page();
        let mask = || Mask::new(&page, &Light::measure(&page)).pixels;
        assert_eq!(mask(), scalar_only(mask));
    }

    #[test]
    fn probes_leave_no_line_out_that_is_long_enough() {
        let mut state = 5_u32;
        for length in [3_usize, 9, 40, 150, 620] {
            for _ in 0..400 {
                // Stretches of ink and gaps, of which most do not end a line.
                let mut line = Vec::new();
                while line.len() < length {
                    state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                    let gap = if state >> 29 == 0 { 5 } else { (state >> 24) as usize % 4 };
                    line.extend(std::iter::repeat_n(false, gap));
                    line.extend(std::iter::repeat_n(true, 1 + (state >> 16) as usize % 9));
                }
                line.truncate(length);
                let longest = super::longest(&mut line.iter().copied());
                for least in 1..=longest {
                    assert!(Probes::of(length, least).may_hold(|at| line[at]), "{least} of {longest}");
                }
            }
        }
    }
}
