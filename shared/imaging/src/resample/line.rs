//! Where the pixels of one row of the output lie in the source.

use std::ops::Range;

use super::blend::{self, TOGETHER};
use crate::geometry::InverseMap;

/// Bits behind the point of a source position.
pub(super) const FRACTION: u32 = 16;

/// One row of the output: where it starts in the source and how it steps, in fixed point, and the part of it that
/// lies inside the source.
pub(super) struct Line {
    x: i64,
    y: i64,
    pub(super) step_x: i64,
    pub(super) step_y: i64,
    /// Width and height of the source, and pixels from one of its rows to the next.
    pub(super) source: (usize, usize),
    pub(super) stride: usize,
    pub(super) inside: Range<usize>,
    /// The part of `inside` whose four neighbours lie inside the source too.
    pub(super) surrounded: Range<usize>,
}

impl Line {
    /// Returns a whole row of `width` pixels.
    pub(super) fn new(map: &InverseMap, row: usize, size: (usize, usize), width: usize) -> Self {
        Self::from(map.at(0.0, row as f64), map.right, size, width)
    }

    /// Returns the part of a row between two of its pixels, with even steps in between.
    pub(super) fn between(
        map: &InverseMap,
        (start, end): (usize, usize),
        row: usize,
        size: (usize, usize),
    ) -> Self {
        let (from, to) = (map.at(start as f64, row as f64), map.at(end as f64, row as f64));
        let count = (end - start).max(1) as f64;
        Self::from(from, ((to.0 - from.0) / count, (to.1 - from.1) / count), size, end - start)
    }

    /// Returns `width` pixels of a row from a place of the source on.
    fn from((x, y): (f64, f64), step: (f64, f64), size: (usize, usize), width: usize) -> Self {
        let fixed = |value: f64| (value * f64::from(1 << FRACTION)).round() as i64;
        let (x, y, step_x, step_y) = (fixed(x), fixed(y), fixed(step.0), fixed(step.1));
        // A pixel at most half outside still shows the edge.
        let half = 1_i64 << (FRACTION - 1);
        let within_x = crossing(x + half, step_x, (size.0 as i64) << FRACTION, width);
        let within_y = crossing(y + half, step_y, (size.1 as i64) << FRACTION, width);
        let start = within_x.start.max(within_y.start);
        let end = within_x.end.min(within_y.end).max(start);
        let within_x = crossing(x, step_x, (size.0 as i64 - 1) << FRACTION, width);
        let within_y = crossing(y, step_y, (size.1 as i64 - 1) << FRACTION, width);
        let first = within_x.start.max(within_y.start).clamp(start, end);
        let surrounded = first..within_x.end.min(within_y.end).clamp(first, end);
        Self { x, y, step_x, step_y, source: size, stride: size.0, inside: start..end, surrounded }
    }

    /// Says that the rows of the source lie otherwise than next to each other: so many pixels apart.
    pub(super) fn apart(self, stride: usize) -> Self {
        Self { stride, ..self }
    }

    /// Draws the row: its pixels are copied where `exact`, otherwise blended.
    pub(super) fn draw(&self, out: &mut [u8], data: &[u8], (channels, paper): (usize, u8), exact: bool) {
        out[..self.inside.start * channels].fill(paper);
        out[self.inside.end * channels..].fill(paper);
        match (exact, channels) {
            (true, 1) => blend::copy::<1>(out, data, self),
            (true, _) => blend::copy::<3>(out, data, self),
            (false, 1) => blend::blend_gray(out, data, self),
            (false, _) => blend::blend_rgb(out, data, self),
        }
    }

    /// Returns the rows of the source that the row of the output crosses.
    pub(super) fn rows(&self) -> Range<usize> {
        let row = |at: usize| ((self.place(at).1 >> FRACTION).max(0)) as usize;
        let (first, last) = (row(self.inside.start), row(self.inside.end.max(1) - 1));
        first.min(last)..first.max(last) + 2
    }

    /// Returns the source position of the output pixel `at`.
    #[inline(always)]
    pub(super) fn place(&self, at: usize) -> (i64, i64) {
        (self.x + self.step_x * at as i64, self.y + self.step_y * at as i64)
    }
}

/// Returns for which `n` of `0..count` the value `from + n × step` lies in `0..limit`.
fn crossing(from: i64, step: i64, limit: i64, count: usize) -> Range<usize> {
    let inside = |n: usize| (0..limit).contains(&(from + step * n as i64));
    if step == 0 {
        return if inside(0) { 0..count } else { 0..0 };
    }
    let (low, high) = if step > 0 { (0, limit) } else { (limit - 1, -1) };
    // First n at or past `low`, first n at or past `high`, in the direction of the step.
    let reach = |target: i64| -> usize {
        let distance = (target - from) * step.signum();
        if distance <= 0 { 0 } else { ((distance + step.abs() - 1) / step.abs()) as usize }
    };
    let start = reach(low).min(count);
    let end = reach(high).min(count).max(start);
    debug_assert!(start == end || (inside(start) && inside(end - 1)));
    start..end
}

/// As many pixels as are blended together that lie side by side in the source, on one row or on two.
pub(super) struct Run {
    /// The first pixel, and where it would lie if it were on the row of the last one.
    pub(super) first: usize,
    pub(super) on_second: usize,
    /// How many lie on the first row.
    pub(super) split: usize,
}

impl Line {
    /// Returns the run of pixels from a place on, which nearly every one is where a page keeps its size; `None` where they are
    /// fewer, or apart.
    #[inline(always)]
    pub(super) fn run(&self, (x, y): (i64, i64), count: usize) -> Option<Run> {
        const STEPS: i64 = TOGETHER as i64 - 1;
        let (column, row) = (x >> FRACTION, y >> FRACTION);
        let (last_column, last_row) =
            ((x + STEPS * self.step_x) >> FRACTION, (y + STEPS * self.step_y) >> FRACTION);
        if count < TOGETHER || last_column - column != STEPS || (last_row - row).abs() > 1 {
            return None;
        }
        let split = match last_row - row {
            0 => TOGETHER as i64,
            1 => (((row + 1) << FRACTION) - y + self.step_y - 1) / self.step_y,
            _ => (y - (row << FRACTION)) / -self.step_y + 1,
        };
        let place = |row: i64| row as usize * self.stride + column as usize;
        Some(Run { first: place(row), on_second: place(last_row), split: split as usize })
    }
}
