//! Looks closer where a sheet takes a small part of its picture: a card on a desk, photographed from afar.
//!
//! Everything else is measured on a small copy of the whole picture, on which the letters of such a sheet would be too small, and
//! the desk would be taken for the light on it. So the picture is first cut to the sheet and a margin around it, as a careful
//! person would have taken it. Only where the sheet stands out on all four sides, and next to nothing as bright lies beside it;
//! a slip that sticks out of it, or lies level with it, is taken in.

use crate::border::{Outline, Side, darkest_paper};
use crate::gray::{self, Gray};
use crate::raster::{Pixels, Raster, Turn};

/// Places across and down that are looked at first.
const PLACES: usize = 96;
/// Share of the places that are as bright as the paper, or brighter.
const BRIGHTEST: f64 = 0.03;
/// Share of the places along each side that must be dark.
const DARK_FRAME: f64 = 0.85;
/// A sheet takes at most this part of its picture to be looked at closer.
const SMALL: f64 = 0.5;
/// What is bright outside of the sheet, as a part of what is within it.
const BESIDE: f64 = 0.01;
/// What stays around the sheet, as a part of its longer edge.
const MARGIN: f64 = 0.08;

/// The part of a picture that is looked at, in its pixels as they lie in memory.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Window {
    left: usize,
    top: usize,
    width: usize,
    height: usize,
    /// Width and height of the picture.
    picture: (usize, usize),
}

impl Window {
    /// Returns how far the straightened window lies right of and below its place on the straightened picture, in pixels, once
    /// both are turned: each is straightened around its own middle.
    pub(crate) fn shift(&self, turn: Turn, skew_deg: f64) -> (f64, f64) {
        let (left, top) = self.corner(turn);
        let turned = |(width, height): (usize, usize)| {
            let size = (width as f64, height as f64);
            if turn.swaps_axes() { (size.1, size.0) } else { size }
        };
        let (window, picture) = (turned((self.width, self.height)), turned(self.picture));
        let (dx, dy) = (left + (window.0 - picture.0) / 2.0, top + (window.1 - picture.1) / 2.0);
        let (sin, cos) = skew_deg.to_radians().sin_cos();
        let middle = (cos * dx + sin * dy, cos * dy - sin * dx);
        (middle.0 + (picture.0 - window.0) / 2.0, middle.1 + (picture.1 - window.1) / 2.0)
    }

    /// Returns where the upper left corner of the window lies on the picture, once both are turned.
    pub(crate) fn corner(&self, turn: Turn) -> (f64, f64) {
        let (right, bottom) =
            (self.picture.0 - self.left - self.width, self.picture.1 - self.top - self.height);
        let (left, right) = if turn.mirrored { (right, self.left) } else { (self.left, right) };
        let (left, top) = match turn.quarters {
            0 => (left, self.top),
            1 => (bottom, left),
            2 => (right, bottom),
            _ => (self.top, right),
        };
        (left as f64, top as f64)
    }
}

/// Cuts a picture to the sheet that takes a small part of it, and says where that lay; any other stays what it is.
pub(crate) fn look(picture: Raster) -> (Raster, Option<Window>) {
    match window(&picture) {
        Some(window) => (cut(picture, &window), Some(window)),
        None => (picture, None),
    }
}

fn window(picture: &Raster) -> Option<Window> {
    if !may_be_small(picture) {
        return None;
    }
    let factor = gray::factor_for(picture.width, picture.height);
    let small = gray::reduce(picture, factor);
    let paper = brightest(small.pixels.iter().step_by(7).copied());
    let outline = Outline::find_small(&small, paper)?;
    // What comes out before the line of an edge, a slip for example, is to be seen too.
    let along_edges = Side::ALL.into_iter().flat_map(|side| outline.places_on_paper(side));
    let places: Vec<(f64, f64)> = along_edges.chain(outline.corners()?).collect();
    let extremes = |value: fn(&(f64, f64)) -> f64| {
        let least = places.iter().map(value).fold(f64::MAX, f64::min);
        (least, places.iter().map(value).fold(f64::MIN, f64::max))
    };
    let ((left, right), (top, bottom)) = (extremes(|place| place.0), extremes(|place| place.1));
    let part = (right - left) * (bottom - top) / (small.width * small.height) as f64;
    if part > SMALL || is_bright_beside(&small, paper, (left, right), (top, bottom)) {
        return None;
    }
    let margin = MARGIN * (right - left).max(bottom - top);
    let span = |from: f64, to: f64, edge: u32| {
        let pixel = |place: f64| ((place * factor as f64).max(0.0) as usize).min(edge as usize);
        (pixel(from - margin), pixel(to + margin))
    };
    let ((left, right), (top, bottom)) =
        (span(left, right, picture.width), span(top, bottom, picture.height));
    let picture = (picture.width as usize, picture.height as usize);
    Some(Window { left, top, width: right - left, height: bottom - top, picture })
}

/// Returns, from a few places alone, whether there may be a sheet that takes a small part of a dark picture.
fn may_be_small(picture: &Raster) -> bool {
    let (width, height) = (picture.width as usize, picture.height as usize);
    if width < PLACES || height < PLACES {
        return false;
    }
    let (bytes, channels) = (picture.bytes(), picture.channels());
    let shade = |column: usize, row: usize| {
        let (x, y) = ((2 * column + 1) * width / (2 * PLACES), (2 * row + 1) * height / (2 * PLACES));
        // Green of three, the only one of a gray page.
        bytes[(y * width + x) * channels + channels / 2]
    };
    let all = (0..PLACES).flat_map(|row| (0..PLACES).map(move |column| (column, row)));
    let all: Vec<u8> = all.map(|(column, row)| shade(column, row)).collect();
    let limit = darkest_paper(f64::from(brightest(all.iter().copied()))) as u8;
    let is_dark = |side: &dyn Fn(usize) -> u8| {
        (0..PLACES).filter(|&at| side(at) < limit).count() as f64 >= DARK_FRAME * PLACES as f64
    };
    let last = PLACES - 1;
    let bright = all.iter().filter(|&&shade| shade >= limit).count();
    bright as f64 <= SMALL * all.len() as f64
        && is_dark(&|at| shade(at, 0))
        && is_dark(&|at| shade(at, last))
        && is_dark(&|at| shade(0, at))
        && is_dark(&|at| shade(last, at))
}

/// Returns the shade that few pixels exceed.
fn brightest(shades: impl Iterator<Item = u8>) -> u8 {
    let mut counts = [0_usize; 256];
    shades.for_each(|shade| counts[usize::from(shade)] += 1);
    let few = BRIGHTEST * counts.iter().sum::<usize>() as f64;
    let mut above = 0;
    let shade = (0..=255_u8).rev().find(|&shade| {
        above += counts[usize::from(shade)];
        above as f64 > few
    });
    shade.unwrap_or(0)
}

/// Returns whether more than next to nothing as bright as the paper lies outside of these columns and rows, another sheet for example.
fn is_bright_beside(small: &Gray, paper: u8, columns: (f64, f64), rows: (f64, f64)) -> bool {
    let limit = darkest_paper(f64::from(paper)) as u8;
    let (mut inside, mut outside) = (0_usize, 0_usize);
    for (y, row) in small.pixels.chunks_exact(small.width).enumerate() {
        for x in row.iter().enumerate().filter_map(|(x, &pixel)| (pixel >= limit).then_some(x)) {
            let is_inside =
                (columns.0..columns.1).contains(&(x as f64)) && (rows.0..rows.1).contains(&(y as f64));
            if is_inside { inside += 1 } else { outside += 1 }
        }
    }
    outside as f64 > BESIDE * inside as f64
}

fn cut(picture: Raster, window: &Window) -> Raster {
    let channels = picture.channels();
    let (from, count) = (window.left * channels, window.width * channels);
    let stride = picture.width as usize * channels;
    let in_place = |mut bytes: Vec<u8>| {
        for row in 0..window.height {
            let first = (window.top + row) * stride + from;
            bytes.copy_within(first..first + count, row * count);
        }
        bytes.truncate(window.height * count);
        bytes.shrink_to_fit();
        bytes
    };
    let pixels = match picture.pixels {
        Pixels::Gray(bytes) => Pixels::Gray(in_place(bytes)),
        Pixels::Rgb(bytes) => Pixels::Rgb(in_place(bytes)),
    };
    Raster { width: window.width as u32, height: window.height as u32, pixels, ..picture }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::geometry::Plan;

    #[test]
    fn the_corner_of_a_window_is_where_its_first_pixel_lands_however_the_picture_is_turned() {
        let window = Window { left: 3, top: 5, width: 7, height: 4, picture: (20, 13) };
        let inside = |x: usize, y: usize| (3..10).contains(&x) && (5..9).contains(&y);
        for turn in (1..=8).map(Turn::from_exif) {
            let (width, height) = if turn.swaps_axes() { (13, 20) } else { (20, 13) };
            let all = (0..height).flat_map(|y| (0..width).map(move |x| (x, y)));
            let first = all.into_iter().find(|&(x, y)| {
                let (x, y) = turn.source_of(x, y, 20, 13);
                inside(x, y)
            });
            let (x, y) = first.expect("a window");
            assert_eq!(window.corner(turn), (x as f64, y as f64), "{turn:?}");
            assert_eq!(window.shift(turn, 0.0), window.corner(turn), "{turn:?}");
        }
    }

    #[test]
    fn what_is_straightened_in_a_window_lies_where_it_does_on_the_straightened_picture() {
        let window = Window { left: 300, top: 50, width: 70, height: 40, picture: (500, 400) };
        for (turn, skew_deg) in
            (1..=8).map(Turn::from_exif).zip([-14.0, -6.0, -1.0, 0.0, 0.5, 3.0, 9.0, 14.0])
        {
            let plan = |size| Plan { skew_deg, ..Plan::upright(size, turn) };
            let (corner, shift) = (window.corner(turn), window.shift(turn, skew_deg));
            for (x, y) in [(0.0, 0.0), (12.5, 33.0), (40.0, 7.0)] {
                let inside = plan((70, 40)).straightened((x, y));
                let whole = plan((500, 400)).straightened((x + corner.0, y + corner.1));
                let apart = (whole.0 - inside.0 - shift.0).hypot(whole.1 - inside.1 - shift.1);
                assert!(apart < 1e-6, "{turn:?} {skew_deg}: {apart}");
            }
        }
    }
}
