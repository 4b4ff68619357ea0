//! Finds sides of a page at which its writing was cut off.
//!
//! Writing that stops at the very edge may belong to the facing page of a book, and a whole sheet without margins has
//! lost little. But what is smaller than a sheet, such as a card or a passport, has margins of its own: where writing
//! reaches its edge, a part of the paper is missing. A cut through empty paper leaves nothing to see.

use super::Subject;
use crate::Verdict;
use crate::gray::Gray;

/// Part of the paper's shade nearby below which a pixel is ink.
const INK: f32 = 0.7;
/// Part of the shade of the paper nearby, and of that of the whole page, from which a pixel is paper: a table may be as
/// bright as paper in the shade.
const PAPER: (f32, f32) = (0.8, 0.7);
/// What lies longer along an edge without paper is a bar, a table or a scanner's lid, in millimetres.
const LONGEST_STROKE_MM: f64 = 6.0;
/// The outermost pixels are the scanner's, in millimetres.
const RIM_MM: f64 = 0.3;
/// So many strokes side by side, this near to the edge in millimetres, are writing without a margin: on a small paper, whose
/// frame may lie nearer than its writing, and on a part of a sheet. Printers leave 4.2 mm of a sheet unprinted.
const NEAR_SMALL: [(usize, f64); 2] = [(3, 0.9), (4, 2.5)];
const NEAR_PART: [(usize, f64); 2] = [(2, 2.0), (4, 4.2)];
/// An edge as long as this, in millimetres, is one of a sheet of A4 or folio.
const SHEET_EDGE_MM: f64 = 200.0;
/// So many strokes within a millimetre of the edge of a whole sheet are writing that goes on beyond it.
const MANY: usize = 24;
/// Square millimetres from which a page is a whole sheet: four fifths of A4.
const SHEET_MM2: f64 = 0.8 * 210.0 * 297.0;

/// Judges whether a part of the page is missing.
pub(super) fn cut_off(subject: &Subject<'_>) -> Option<Verdict> {
    let page = subject.page;
    let mm = subject.pixel_mm();
    let pixels = |length_mm: f64| (length_mm / mm).ceil() as usize;
    let (width_mm, height_mm) = (page.width as f64 * mm, page.height as f64 * mm);
    let is_sheet = width_mm * height_mm >= SHEET_MM2;
    let near = if width_mm.max(height_mm) >= SHEET_EDGE_MM { NEAR_PART } else { NEAR_SMALL };
    let depth = pixels(near[1].1) + 1;
    if page.width < 4 * depth || page.height < 4 * depth {
        return None;
    }
    let paper = paper(subject);
    let longest = pixels(LONGEST_STROKE_MM);
    let least = PAPER.1 * f32::from(subject.light.paper);
    let mut worst = None;
    for side in [Side::Top, Side::Bottom, Side::Left, Side::Right] {
        let strokes: Vec<usize> = (0..depth)
            .map(|depth| strokes(side.line(page, depth), side.line(&paper, depth), longest, least))
            .collect();
        let most = |to_mm: f64| {
            let places = pixels(RIM_MM)..=pixels(to_mm);
            strokes.get(places).and_then(|strokes| strokes.iter().max()).copied().unwrap_or(0)
        };
        let at_the_edge = near.iter().any(|&(count, within_mm)| most(within_mm) >= count);
        let found = match is_sheet {
            false => at_the_edge.then_some(Verdict::Unreadable),
            true => (most(1.0) >= MANY).then_some(Verdict::Warn),
        };
        worst = worst.max(found);
    }
    worst
}

/// Returns the shade of the paper at each pixel.
fn paper(subject: &Subject<'_>) -> Gray {
    let mut paper = Gray::filled(subject.page.width, subject.page.height, 0);
    let width = paper.width.max(1);
    for (y, row) in paper.pixels.chunks_exact_mut(width).enumerate() {
        subject.light.limits(y, 1.0, row);
    }
    paper
}

/// A side of a page.
#[derive(Debug, Clone, Copy)]
enum Side {
    Top,
    Bottom,
    Left,
    Right,
}

impl Side {
    /// Returns the pixels along this side, `depth` pixels inside of it.
    fn line(self, page: &Gray, depth: usize) -> impl Iterator<Item = u8> {
        let (start, step, length) = match self {
            Self::Top => (depth * page.width, 1, page.width),
            Self::Bottom => ((page.height - 1 - depth) * page.width, 1, page.width),
            Self::Left => (depth, page.width, page.height),
            Self::Right => (page.width - 1 - depth, page.width, page.height),
        };
        page.pixels[start..].iter().step_by(step).take(length).copied()
    }
}

/// Counts the strokes that a line of pixels crosses: at most `longest` pixels that are not paper, some of them ink, between
/// paper that is at least this bright.
fn strokes(
    line: impl Iterator<Item = u8>,
    paper: impl Iterator<Item = u8>,
    longest: usize,
    least: f32,
) -> usize {
    let (mut run, mut has_ink, mut count, mut begun) = (0, false, 0, false);
    for (pixel, paper) in line.zip(paper) {
        let (pixel, paper) = (f32::from(pixel), f32::from(paper));
        if pixel < least.max(PAPER.0 * paper) {
            run += 1;
            has_ink |= pixel < INK * paper;
            continue;
        }
        count += usize::from(begun && has_ink && run <= longest);
        (run, has_ink, begun) = (0, false, true);
    }
    count
}
