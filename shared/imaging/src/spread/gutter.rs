//! Looks for the line where two pages meet: a fold's shadow from edge to edge, or a white gutter.

use super::sampled::Sampled;

/// Distances, in points, at which the paper beside a fold is lighter: beside a line, and beside a shadow.
const BESIDE: [usize; 3] = [4, 9, 16];
/// By this part of its shade a slice is darker on the fold than beside it, and no more than this counts: a ruling is darker than a
/// fold, but shorter.
const VALLEY: (f32, f32) = (0.025, 0.04);
/// What the whole depth counts: it only decides between lines in the same shadow.
const DEEPEST: f32 = 0.002;
/// Share of the points beside a place that are ink where it is no fold but writing.
const WRITING: f64 = 0.05;
/// Columns left out at either end: they have no paper beside them to compare with.
const RIM: usize = BESIDE[BESIDE.len() - 1];

/// A line down the strip, in columns from its left edge.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub(super) struct Line {
    pub(super) top: f64,
    pub(super) bottom: f64,
}

impl Line {
    /// Returns the column at the middle of a slice.
    fn at(&self, slice: usize, slices: usize) -> usize {
        let part = (slice as f64 + 0.5) / slices as f64;
        (self.top + (self.bottom - self.top) * part).round() as usize
    }
}

/// What is known of a fold.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub(super) struct Fold {
    pub(super) line: Line,
    /// Share of the slices that are darker on the line than on both sides of it.
    pub(super) share: f64,
    /// The same for the slices at the two ends, which hold no writing.
    pub(super) ends: f64,
    /// By what part of their shade, in the middle of all slices.
    pub(super) depth: f64,
}

/// Finds the line along which the strip is darkest beside its sides, leaning by at most `lean` columns from top to bottom.
/// `reach` columns on both sides of it hold no writing.
pub(super) fn fold(strip: &Sampled, lean: usize, reach: usize) -> Fold {
    let valleys: Vec<Vec<f32>> = (0..strip.slices).map(|slice| valleys(strip, slice, reach)).collect();
    let (mut best, mut most) = (Line::default(), 0.0);
    for lean in (-(lean as i64)..=lean as i64).step_by(2) {
        let half = lean as f64 / 2.0;
        let reach = RIM + half.abs().ceil() as usize;
        for middle in reach..strip.width.saturating_sub(reach) {
            let line = Line { top: middle as f64 - half, bottom: middle as f64 + half };
            let depth = |(at, of): (usize, &Vec<f32>)| {
                let depth = of[line.at(at, strip.slices)];
                depth.min(VALLEY.1) + DEEPEST * depth
            };
            let sum: f32 = valleys.iter().enumerate().map(depth).sum();
            if sum > most {
                (best, most) = (line, sum);
            }
        }
    }
    // A slice is a little off the line where the fold is not quite straight.
    let near = |at: usize| {
        let x = best.at(at, strip.slices);
        (x.saturating_sub(1)..=x + 1).filter_map(|x| valleys[at].get(x)).copied().fold(0.0, f32::max)
    };
    let mut depths: Vec<f32> = (0..strip.slices).map(near).collect();
    let is_dark = |depth: &&f32| **depth >= VALLEY.0;
    let share = depths.iter().filter(is_dark).count() as f64 / strip.slices.max(1) as f64;
    let end = (strip.slices / 16).max(1);
    let ends = depths[..end].iter().chain(&depths[strip.slices - end..]);
    let ends = ends.filter(is_dark).count() as f64 / (2 * end) as f64;
    depths.sort_by(f32::total_cmp);
    Fold { line: best, share, ends, depth: f64::from(depths[strip.slices / 2]) }
}

/// Returns by what part of its shade each column of a slice is darker than the paper on both sides of it, 0 where there is writing.
fn valleys(strip: &Sampled, slice: usize, reach: usize) -> Vec<f32> {
    let (levels, ink) = (strip.levels(slice), strip.ink(slice));
    let much = (WRITING * (strip.rows * (2 * reach + 1)) as f64) as u32;
    let mut out = vec![0.0; levels.len()];
    let mut near: u32 = ink[..(2 * reach).min(ink.len())].iter().map(|&ink| u32::from(ink)).sum();
    for x in reach..levels.len().saturating_sub(reach) {
        near += u32::from(ink[x + reach]);
        if near <= much && x >= RIM && x + RIM < levels.len() {
            let deepest = BESIDE.iter().map(|by| {
                let beside = levels[x - by].min(levels[x + by]).max(1.0);
                (beside - levels[x]) / beside
            });
            out[x] = deepest.fold(0.0, f32::max);
        }
        near -= u32::from(ink[x - reach]);
    }
    out
}

/// Returns the share of the points up to `reach` columns beside a line that are ink.
pub(super) fn ink_along(strip: &Sampled, line: Line, reach: usize) -> f64 {
    let mut sum = 0;
    for slice in 0..strip.slices {
        let x = line.at(slice, strip.slices);
        let near = x.saturating_sub(reach)..(x + reach + 1).min(strip.width);
        sum += strip.ink(slice)[near].iter().map(|&ink| usize::from(ink)).sum::<usize>();
    }
    sum as f64 / (strip.slices * strip.rows * (2 * reach + 1)).max(1) as f64
}

/// Finds the widest gap down the strip without any ink; returns the line down its middle, and its width in columns.
pub(super) fn gap(strip: &Sampled, lean: usize) -> (Line, usize) {
    let (mut best, mut widest) = (Line::default(), 0);
    for lean in (-(lean as i64)..=lean as i64).step_by(4) {
        let shift = |slice: usize| {
            let part = (slice as f64 + 0.5) / strip.slices as f64 - 0.5;
            (part * lean as f64).round() as i64
        };
        let mut ink = vec![0_u32; strip.width];
        for slice in 0..strip.slices {
            let (of, by) = (strip.ink(slice), shift(slice));
            for (x, sum) in ink.iter_mut().enumerate() {
                let at = usize::try_from(x as i64 + by).ok().and_then(|x| of.get(x));
                *sum += u32::from(at.copied().unwrap_or(0));
            }
        }
        let specks = (strip.slices * strip.rows / 400) as u32;
        let mut start = 0;
        for run in ink.chunk_by(|a, b| (*a <= specks) == (*b <= specks)) {
            if run[0] <= specks && run.len() > widest {
                let middle = start as f64 + run.len() as f64 / 2.0;
                let half = lean as f64 / 2.0;
                (best, widest) = (Line { top: middle - half, bottom: middle + half }, run.len());
            }
            start += run.len();
        }
    }
    (best, widest)
}
