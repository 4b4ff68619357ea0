//! Finds where two pages meet on a double page, and plans a copy of each of them.
//!
//! A page is a double page where it has the shape of two sheets side by side, both of them written on, and between them the fold's
//! shadow runs from edge to edge, or a gutter as wide as two margins does, and no writing or ruling crosses it: a sheet that was
//! folded once, a table and two columns have one of these, but not all.

mod gutter;
mod halves;
mod sampled;
mod writing;

pub(crate) use halves::{Cut, Paper};

use crate::geometry::Plan;
use crate::gray::Gray;
use gutter::Line;
use sampled::{Part, Sampled};
use writing::Writing;

/// Width of two sheets side by side over their height: those of A4 have 1.41, of folio 1.3, of a book of square pages more.
const SHAPE: std::ops::Range<f64> = 1.2..1.75;
/// The strip in which pages meet, as a part of the width in the middle of the page.
const STRIP: f64 = 0.28;
/// Points across the whole page at most: half a millimetre apart on two sheets of A4.
const POINTS: f64 = 800.0;
/// Slices of the strip and of the whole page.
const SLICES: usize = 32;
/// Tangent of the angle by which the fold may be off the upright, beside the skew that is taken away.
const LEAN: f64 = 0.035;
/// Smallest edge of a double page in pixels of the small copy.
const LEAST_PX: f64 = 400.0;

/// Columns beside a line that hold no writing, as a part of the width: four millimetres of two sheets of A4.
const CLEAR: f64 = 0.008;

/// Limits of what is measured: where a page is just taken for two, and where it surely is. They were set on drawn pages, see
/// `examples/accuracy/spreads.rs`.
///
/// Of a fold: the share of slices that are darker on it, that of the ends, by how much, and the share of ink beside it.
const FOLD_SHARE: (f64, f64) = (0.96, 1.0);
const FOLD_ENDS: (f64, f64) = (0.75, 1.0);
const FOLD_DEPTH: (f64, f64) = (0.03, 0.1);
const FOLD_INK: (f64, f64) = (0.004, 0.0);
/// Of a white gutter: its part of the width, its part of both outer margins together, and how far off the middle it lies.
const GAP: (f64, f64) = (0.05, 0.08);
const GAP_OF_MARGINS: (f64, f64) = (0.8, 1.2);
const GAP_OFF: (f64, f64) = (0.04, 0.0);
/// The share of each page that is written on, with a fold and with a white gutter.
const WRITTEN: (f64, f64) = (0.06, 0.15);
const WRITTEN_BESIDE_WHITE: (f64, f64) = (0.12, 0.25);
/// Confidence from which a page is taken for two.
const SURE: f64 = 0.5;

/// Where two pages meet on the straightened page, in pixels of the upright one.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Gutter {
    /// Distance from the left at the upper and at the lower edge of what is kept.
    pub(crate) top: f64,
    pub(crate) bottom: f64,
    /// From 0.5 to 1.
    pub(crate) confidence: f64,
}

/// Finds the gutter of a double page; `None` for any other, and where it is not certain. `factor` is by how much the small copy was
/// reduced.
pub(crate) fn find(upright: &Gray, plan: &Plan, factor: usize) -> Option<Gutter> {
    let (left, top, width, height) = plan.keep;
    let least = LEAST_PX * factor as f64;
    if !SHAPE.contains(&(width / height)) || height < least {
        return None;
    }
    let pitch = (width / POINTS).max(factor as f64);
    let area = (left + width * (1.0 - STRIP) / 2.0, top, width * STRIP, height);
    let strip = Sampled::of(upright, plan, factor, Part { area, pitch, slices: SLICES }, true);
    let lean = (height * LEAN / pitch) as usize;
    let (by_fold, fold) = by_fold(&strip, lean, (CLEAR * width / pitch) as usize);
    let (by_gap, gap, gap_width) = by_gap(&strip, lean, pitch / width);
    if by_fold.max(by_gap) < SURE {
        return None;
    }
    let part = Part { area: plan.keep, pitch: 2.0 * pitch, slices: SLICES };
    let writing = Writing::on(&Sampled::of(upright, plan, factor, part, false));
    let by_fold = by_fold.min(sure(writing.least, WRITTEN));
    let by_gap = by_gap
        .min(sure(writing.least, WRITTEN_BESIDE_WHITE))
        .min(sure(gap_width / writing.margins.max(f64::MIN_POSITIVE), GAP_OF_MARGINS));
    let (confidence, line) = if by_fold >= SURE { (by_fold, fold) } else { (by_gap, gap) };
    let place = |column: f64| area.0 + (column + 0.5) * pitch;
    (confidence >= SURE).then(|| Gutter { top: place(line.top), bottom: place(line.bottom), confidence })
}

/// Returns how sure a fold is, as far as the strip shows it, and where.
fn by_fold(strip: &Sampled, lean: usize, clear: usize) -> (f64, Line) {
    let fold = gutter::fold(strip, lean, clear);
    let confidence = sure(fold.share, FOLD_SHARE)
        .min(sure(fold.ends, FOLD_ENDS))
        .min(sure(fold.depth, FOLD_DEPTH))
        .min(sure(gutter::ink_along(strip, fold.line, clear), FOLD_INK));
    (confidence, fold.line)
}

/// Returns how sure a white gutter is, as far as the strip shows it, where it is and its part of the page's width; `column` is that of
/// one column.
fn by_gap(strip: &Sampled, lean: usize, column: f64) -> (f64, Line, f64) {
    let (line, columns) = gutter::gap(strip, lean);
    let width = columns as f64 * column;
    let off = ((line.top + line.bottom) / 2.0 - strip.width as f64 / 2.0).abs() * column;
    (sure(width, GAP).min(sure(off, GAP_OFF)), line, width)
}

/// Returns 0.5 at the first limit, 1 at the second and beyond, and less than 0.5 before the first.
fn sure(value: f64, (just, surely): (f64, f64)) -> f64 {
    (0.5 + 0.5 * (value - just) / (surely - just)).clamp(0.0, 1.0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::raster::Turn;

    /// Draws two pages of lines of words, 60 pixels from every edge, and changes each pixel as asked.
    fn page(change: impl Fn(usize, usize, u8) -> u8) -> Gray {
        let mut page = Gray::filled(1600, 1130, 235);
        for y in 0..page.height {
            for x in 0..page.width {
                let of_page = x % 800;
                let is_written = (60..740).contains(&of_page) && (60..1070).contains(&y);
                let is_letter = y % 24 < 12 && of_page % 60 < 48 && of_page % 7 < 3;
                let shade = if is_written && is_letter { 40 } else { 235 };
                page.pixels[y * 1600 + x] = change(x, y, shade);
            }
        }
        page
    }

    fn found(page: &Gray) -> Option<Gutter> {
        find(page, &Plan::upright((1600, 1130), Turn::default()), 1)
    }

    /// The fold's shadow at 800, which leans by 20 pixels.
    fn shaded(x: usize, y: usize, shade: u8) -> u8 {
        let away = x as f64 - (790.0 + 20.0 * y as f64 / 1130.0);
        (f64::from(shade) * (1.0 - 0.3 * (-away.abs() / 12.0).exp())) as u8
    }

    #[test]
    fn a_fold_is_found_where_it_is() {
        let gutter = found(&page(shaded)).unwrap();
        assert!((gutter.top - 790.0).abs() < 4.0 && (gutter.bottom - 810.0).abs() < 4.0, "{gutter:?}");
        assert!(gutter.confidence > 0.9);
    }

    #[test]
    fn a_white_gutter_as_wide_as_two_margins_is_one() {
        let gutter = found(&page(|_, _, shade| shade)).unwrap();
        assert!((gutter.top - 800.0).abs() < 20.0 && (gutter.bottom - 800.0).abs() < 20.0, "{gutter:?}");
    }

    #[test]
    fn what_crosses_a_fold_makes_it_that_of_one_sheet() {
        let ruled = |x: usize, y: usize, shade: u8| if y % 100 < 3 { 40 } else { shaded(x, y, shade) };
        assert_eq!(found(&page(ruled)), None, "rulings");
        let headed = |x: usize, y: usize, shade: u8| {
            let is_letter = (80..130).contains(&y) && (600..1000).contains(&x) && x % 7 < 3;
            if is_letter { 40 } else { shaded(x, y, shade) }
        };
        assert_eq!(found(&page(headed)), None, "a heading");
    }

    #[test]
    fn one_written_page_beside_an_empty_one_is_left_alone() {
        let half = |x: usize, y: usize, shade: u8| shaded(x, y, if x > 800 { 235 } else { shade });
        assert_eq!(found(&page(half)), None);
    }

    #[test]
    fn a_line_that_ends_before_the_paper_does_is_a_ruling() {
        let ruled = |x: usize, y: usize, shade: u8| {
            if (800..803).contains(&x) && (60..1070).contains(&y) { 60 } else { shade }
        };
        let narrow = |x: usize, y: usize, shade: u8| {
            // Writing up to 15 pixels beside it, as in a table.
            let is_letter = (740..785).contains(&x) && y % 24 < 12 && x % 7 < 3 && (60..1070).contains(&y);
            if is_letter { 40 } else { ruled(x, y, shade) }
        };
        assert_eq!(found(&page(narrow)), None);
    }

    #[test]
    fn a_page_that_is_higher_than_wide_is_not_looked_at() {
        let page = Gray::filled(1130, 1600, 235);
        assert_eq!(find(&page, &Plan::upright((1130, 1600), Turn::default()), 1), None);
    }
}
