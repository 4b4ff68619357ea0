//! Carries a geometric plan out in one pass over the output: bilinear, and averaging whole blocks first where the
//! page becomes less than half as large.

mod shrink;

use std::ops::Range;

use crate::ImageError;
use crate::geometry::{InverseMap, Plan};
use crate::limits::Deadline;
use crate::raster::{Pixels, Raster, Turn};
use crate::simd::kernel;
use shrink::shrink;

/// Bits behind the point of a source position.
const FRACTION: u32 = 16;
/// Bits of an interpolation weight: two of them fit 32 bits with a pixel.
const WEIGHT: u32 = 8;
/// Rows of the source that are read in advance.
const ROWS_AHEAD: usize = 16;
/// Bytes of the source that may wait in the cache for a slanted row to come by.
const CACHE: usize = 4 << 20;
/// Bytes that memory hands over at once.
const CACHE_LINE: usize = 64;
/// Rows between two looks at the clock.
const ROWS_A_CHECK: usize = 256;

/// Returns the page as the plan wants it; what lies outside the source is `paper`.
///
/// A plan that moves nothing returns the very same pixels.
pub(crate) fn carry_out(
    source: Raster,
    plan: &Plan,
    paper: u8,
    deadline: &Deadline,
) -> Result<Raster, ImageError> {
    if plan.is_identity() {
        return Ok(Raster { turn: Turn::default(), ..source });
    }
    resampled(&source, plan, paper, deadline)
}

/// Returns a new page as the plan wants it, whatever the plan.
pub(crate) fn resampled(
    source: &Raster,
    plan: &Plan,
    paper: u8,
    deadline: &Deadline,
) -> Result<Raster, ImageError> {
    // A page thinner than a block would average to nothing.
    let thinnest = source.width.min(source.height).max(1) as usize;
    let blocks = (plan.scale.floor().max(1.0) as usize).min(thinnest);
    let shrunk;
    let (source, plan) = if blocks > 1 {
        shrunk = shrink(source, plan, blocks);
        (&shrunk.0, shrunk.1)
    } else {
        (source, *plan)
    };
    let (width, height) = plan.output_size();
    let map = plan.inverse();
    let size = (source.width as usize, source.height as usize);
    let exact = plan.is_turn_only();
    let fill = |data: &[u8], channels: usize| {
        let stride = width as usize * channels;
        let mut out = vec![paper; stride * height as usize];
        let mut ahead = Ahead::default();
        for (y, row) in out.chunks_exact_mut(stride).enumerate() {
            if y % ROWS_A_CHECK == 0 {
                deadline.check()?;
            }
            if !map.is_even() {
                lean(row, data, &map, (y, size, channels), &mut ahead);
                continue;
            }
            let line = Line::new(&map, y, size, width as usize);
            ahead.read(data, size.0 * channels, line.rows());
            match (exact, channels) {
                (true, 1) => copy::<1>(row, data, &line),
                (true, _) => copy::<3>(row, data, &line),
                (false, 1) => blend_gray(row, data, &line),
                (false, _) => blend_rgb(row, data, &line),
            }
        }
        Ok(out)
    };
    let pixels = match &source.pixels {
        Pixels::Gray(data) => Pixels::Gray(fill(data, 1)?),
        Pixels::Rgb(data) => Pixels::Rgb(fill(data, 3)?),
    };
    Ok(Raster { width, height, pixels, dpi: source.dpi, turn: Turn::default() })
}

/// Fills a row of a page that leans: stretch by stretch, each as if it lay evenly.
fn lean(
    row: &mut [u8],
    data: &[u8],
    map: &InverseMap,
    (y, size, channels): (usize, (usize, usize), usize),
    ahead: &mut Ahead,
) {
    let width = row.len() / channels;
    let stretch = |from: usize| Line::between(map, (from, (from + TOGETHER).min(width)), y, size);
    let (first, last) = (stretch(0).rows(), stretch((width - 1) / TOGETHER * TOGETHER).rows());
    ahead.read(data, size.0 * channels, first.start.min(last.start)..first.end.max(last.end));
    for (at, out) in row.chunks_mut(TOGETHER * channels).enumerate() {
        let line = stretch(at * TOGETHER);
        match channels {
            1 => blend_gray(out, data, &line),
            _ => blend_rgb(out, data, &line),
        }
    }
}

/// One row of the output: where it starts in the source and how it steps, in fixed point, and the part of it that
/// lies inside the source.
struct Line {
    x: i64,
    y: i64,
    step_x: i64,
    step_y: i64,
    source_width: usize,
    inside: Range<usize>,
    /// The part of `inside` whose four neighbours lie inside the source too.
    surrounded: Range<usize>,
}

impl Line {
    fn new(map: &InverseMap, row: usize, size: (usize, usize), width: usize) -> Self {
        Self::from(map.at(0.0, row as f64), map.right, size, width)
    }

    /// Returns the part of a row between two of its pixels, with even steps in between.
    fn between(map: &InverseMap, (start, end): (usize, usize), row: usize, size: (usize, usize)) -> Self {
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
        Self { x, y, step_x, step_y, source_width: size.0, inside: start..end, surrounded }
    }

    /// Returns the rows of the source that the row of the output crosses.
    fn rows(&self) -> Range<usize> {
        let row = |at: usize| ((self.place(at).1 >> FRACTION).max(0)) as usize;
        let (first, last) = (row(self.inside.start), row(self.inside.end.max(1) - 1));
        first.min(last)..first.max(last) + 2
    }

    /// Returns the source position of the output pixel `at`.
    #[inline(always)]
    fn place(&self, at: usize) -> (i64, i64) {
        (self.x + self.step_x * at as i64, self.y + self.step_y * at as i64)
    }
}

/// Reads the source in its own order before slanted rows cross it: they take a few bytes here and there, which the processor
/// does not foresee, and would wait for memory at each of them.
#[derive(Default)]
struct Ahead {
    /// Rows of the source that were read.
    done: Range<usize>,
}

impl Ahead {
    fn read(&mut self, data: &[u8], stride: usize, rows: Range<usize>) {
        let at_once = (rows.len() + ROWS_AHEAD) * stride;
        if self.done.start <= rows.start && rows.end <= self.done.end || at_once > CACHE {
            return;
        }
        let forwards = rows.end > self.done.end;
        let wanted = if forwards {
            rows.start.max(self.done.end)..rows.end + ROWS_AHEAD
        } else {
            rows.start.saturating_sub(ROWS_AHEAD)..rows.end.min(self.done.start)
        };
        let bytes = &data[(wanted.start * stride).min(data.len())..(wanted.end * stride).min(data.len())];
        std::hint::black_box(bytes.iter().step_by(CACHE_LINE).fold(0, |all, byte| all ^ byte));
        self.done = if forwards { rows.start..wanted.end } else { wanted.start..rows.end };
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

/// Copies pixels to other places.
fn copy<const CHANNELS: usize>(out: &mut [u8], data: &[u8], line: &Line) {
    let half = 1_i64 << (FRACTION - 1);
    for at in line.inside.clone() {
        let (x, y) = line.place(at);
        let (x, y) = (((x + half) >> FRACTION) as usize, ((y + half) >> FRACTION) as usize);
        let from = (y * line.source_width + x) * CHANNELS;
        out[at * CHANNELS..][..CHANNELS].copy_from_slice(&data[from..from + CHANNELS]);
    }
}

/// The four neighbours' first bytes and the weights (0 to 256) of the right and the lower ones.
#[derive(Clone, Copy)]
struct Corner {
    here: usize,
    right: usize,
    below: usize,
    wx: u32,
    wy: u32,
}

#[inline(always)]
fn corner(line: &Line, at: usize, rows: i64, channels: usize) -> Corner {
    let (x, y) = line.place(at);
    let columns = line.source_width as i64;
    let (left, top) = ((x >> FRACTION).clamp(0, columns - 1), (y >> FRACTION).clamp(0, rows - 1));
    let right = (left + 1).min(columns - 1) - left;
    let below = (top + 1).min(rows - 1) - top;
    let weight = |value: i64, floor: i64| {
        let part = (value - (floor << FRACTION)).clamp(0, 1 << FRACTION);
        (part >> (FRACTION - WEIGHT)) as u32
    };
    Corner {
        here: (top * columns + left) as usize * channels,
        right: right as usize * channels,
        below: (below * columns) as usize * channels,
        wx: weight(x, left),
        wy: weight(y, top),
    }
}

#[inline(always)]
fn mix(data: &[u8], corner: &Corner) -> u8 {
    let pixel = |offset: usize| u32::from(data[corner.here + offset]);
    let (wx, wy) = (corner.wx, corner.wy);
    let top = pixel(0) * (256 - wx) + pixel(corner.right) * wx;
    let bottom = pixel(corner.below) * (256 - wx) + pixel(corner.below + corner.right) * wx;
    ((top * (256 - wy) + bottom * wy + (1 << 15)) >> 16) as u8
}

/// Pixels that are fetched one by one and then blended together: fetching jumps about the source, blending is the
/// same for every pixel.
const TOGETHER: usize = 32;

kernel! {
    fn blend_gray(out: &mut [u8], data: &[u8], line: &Line) {
        let rows = (data.len() / line.source_width) as i64;
        let Range { start, end } = line.surrounded;
        for at in (line.inside.start..start).chain(end..line.inside.end) {
            let corner = corner(line, at, rows, 1);
            out[at] = mix(data, &corner);
        }
        // The same without a look at the source's edges, which costs more than the blend.
        let (mut x, mut y) = line.place(start);
        let below = &data[line.source_width..];
        let (mut upper, mut lower) = ([0; TOGETHER], [0; TOGETHER]);
        let pair = |pixels: &[u8]| u16::from_le_bytes([pixels[0], pixels[1]]);
        for out in out[start..end].chunks_mut(TOGETHER) {
            let (wx, wy) = (weights(x, line.step_x), weights(y, line.step_y));
            for (upper, lower) in upper.iter_mut().zip(&mut lower).take(out.len()) {
                let here = (y >> FRACTION) as usize * line.source_width + (x >> FRACTION) as usize;
                *upper = pair(&data[here..here + 2]);
                *lower = pair(&below[here..here + 2]);
                x += line.step_x;
                y += line.step_y;
            }
            let mut blended = [0; TOGETHER];
            for (at, blended) in blended.iter_mut().enumerate() {
                let top = between(upper[at] & 255, upper[at] >> 8, wx[at]);
                let bottom = between(lower[at] & 255, lower[at] >> 8, wx[at]);
                *blended = settle(top, bottom, wy[at]);
            }
            out.copy_from_slice(&blended[..out.len()]);
        }
    }
}

kernel! {
    fn blend_rgb(out: &mut [u8], data: &[u8], line: &Line) {
        let rows = (data.len() / (3 * line.source_width)) as i64;
        let Range { start, end } = line.surrounded;
        for at in (line.inside.start..start).chain(end..line.inside.end) {
            let mut corner = corner(line, at, rows, 3);
            for channel in 0..3 {
                out[3 * at + channel] = mix(data, &corner);
                corner.here += 1;
            }
        }
        let (mut x, mut y) = line.place(start);
        let below = &data[3 * line.source_width..];
        // Four bytes a pixel, of which the last is of no account: a pixel is then one load and one store.
        let mut corners = [[0_u8; 4 * TOGETHER]; 4];
        let four = |bytes: &[u8]| [bytes[0], bytes[1], bytes[2], bytes[3]];
        for out in out[3 * start..3 * end].chunks_mut(3 * TOGETHER) {
            let (wx, wy) = (fourfold(weights(x, line.step_x)), fourfold(weights(y, line.step_y)));
            for at in 0..out.len() / 3 {
                let here = 3 * ((y >> FRACTION) as usize * line.source_width + (x >> FRACTION) as usize);
                let (upper, lower) = (&data[here..here + 6], &below[here..here + 6]);
                corners[0][4 * at..4 * at + 4].copy_from_slice(&four(upper));
                corners[2][4 * at..4 * at + 4].copy_from_slice(&four(lower));
                // One byte early, so as not to read beyond the last pixel of all.
                let right = |bytes: &[u8]| (u32::from_le_bytes(four(&bytes[2..6])) >> 8).to_le_bytes();
                corners[1][4 * at..4 * at + 4].copy_from_slice(&right(upper));
                corners[3][4 * at..4 * at + 4].copy_from_slice(&right(lower));
                x += line.step_x;
                y += line.step_y;
            }
            let mut blended = [0; 4 * TOGETHER];
            for (at, blended) in blended.iter_mut().enumerate() {
                let corner = |which: usize| u16::from(corners[which][at]);
                let top = between(corner(0), corner(1), wx[at]);
                let bottom = between(corner(2), corner(3), wx[at]);
                *blended = settle(top, bottom, wy[at]);
            }
            for (out, blended) in out.chunks_exact_mut(3).zip(blended.chunks_exact(4)) {
                out.copy_from_slice(&blended[..3]);
            }
        }
    }
}

/// Returns the weights, 0 to 255, of the further neighbours at places from `from` on.
#[inline(always)]
fn weights(from: i64, step: i64) -> [u16; TOGETHER] {
    // What overflows lies above the fraction.
    let (from, step) = (from as u32, step as u32);
    let mut weights = [0; TOGETHER];
    for (at, weight) in weights.iter_mut().enumerate() {
        let place = from.wrapping_add(step.wrapping_mul(at as u32));
        *weight = ((place & ((1 << FRACTION) - 1)) >> (FRACTION - WEIGHT)) as u16;
    }
    weights
}

/// Returns each weight four times, once for each byte of its pixel.
#[inline(always)]
fn fourfold(weights: [u16; TOGETHER]) -> [u16; 4 * TOGETHER] {
    let mut fourfold = [0; 4 * TOGETHER];
    for (four, weight) in fourfold.chunks_exact_mut(4).zip(weights) {
        four.copy_from_slice(&[weight; 4]);
    }
    fourfold
}

/// Blends two neighbours; at most 255 × 256.
#[inline(always)]
fn between(near: u16, far: u16, weight: u16) -> u16 {
    near * (256 - weight) + far * weight
}

/// Blends two blends into a pixel.
#[inline(always)]
fn settle(top: u16, bottom: u16, weight: u16) -> u8 {
    let sum = u32::from(top) * u32::from(256 - weight) + u32::from(bottom) * u32::from(weight);
    ((sum + (1 << 15)) >> 16) as u8
}

#[cfg(test)]
mod tests {
    use super::{FRACTION, Line, TOGETHER, blend_gray, blend_rgb, corner, mix};
    use crate::geometry::{Plan, Warp};
    use crate::homography::Homography;
    use crate::raster::Turn;

    #[test]
    fn the_way_without_a_look_at_the_edges_blends_the_same() {
        let data: Vec<u8> = (0..70_u32 * 50).map(|at| ((at * 7919) >> 3) as u8).collect();
        let colours: Vec<u8> = (0..70_u32 * 50 * 3).map(|at| ((at * 6007) >> 3) as u8).collect();
        for (skew_deg, scale) in [(3.1, 1.0), (-14.0, 1.37), (0.0, 1.5), (0.4, 1.0)] {
            for quarters in 0..4 {
                let turn = Turn { mirrored: quarters == 1, quarters };
                let plan = Plan { skew_deg, scale, ..Plan::upright((70, 50), turn) };
                let (width, height) = plan.output_size();
                for y in 0..height as usize {
                    let line = Line::new(&plan.inverse(), y, (70, 50), width as usize);
                    let mut out = vec![9; width as usize];
                    blend_gray(&mut out, &data, &line);
                    let mut expected = vec![9; width as usize];
                    for at in line.inside.clone() {
                        expected[at] = mix(&data, &corner(&line, at, 50, 1));
                    }
                    assert_eq!(out, expected);
                    let mut out = vec![9; 3 * width as usize];
                    blend_rgb(&mut out, &colours, &line);
                    let mut expected = vec![9; 3 * width as usize];
                    for at in line.inside.clone() {
                        let mut corner = corner(&line, at, 50, 3);
                        for channel in 0..3 {
                            expected[3 * at + channel] = mix(&colours, &corner);
                            corner.here += 1;
                        }
                    }
                    assert_eq!(out, expected);
                }
            }
        }
    }

    #[test]
    fn stretches_of_a_page_that_leans_follow_it_closely() {
        let corners = [(30.0, 10.0), (940.0, 70.0), (990.0, 1380.0), (5.0, 1300.0)];
        let map = Homography::onto((900.0, 1300.0), corners).expect("a quadrilateral");
        let upright = Plan::upright((1000, 1400), Turn { mirrored: false, quarters: 3 });
        let plan = Plan { warp: Some(Warp::new(map)), keep: (0.0, 0.0, 900.0, 1300.0), ..upright };
        let map = plan.inverse();
        let mut most = 0.0_f64;
        for (y, x) in (0..1300).step_by(91).flat_map(|y| (0..900).step_by(TOGETHER).map(move |x| (y, x))) {
            let line = Line::between(&map, (x, x + TOGETHER), y, (1000, 1400));
            for at in 0..TOGETHER {
                let (u, v) = map.at((x + at) as f64, y as f64);
                let (a, b) = line.place(at);
                let pixels = |place: i64| place as f64 / f64::from(1 << FRACTION);
                most = most.max((pixels(a) - u).abs()).max((pixels(b) - v).abs());
            }
        }
        assert!(most < 0.02, "{most}");
    }
}
