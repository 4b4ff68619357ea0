//! Takes pixels from the source: copied, or blended of four.

use std::ops::Range;

use super::line::{FRACTION, Line, Run};
use crate::simd::kernel;

/// Bits of an interpolation weight: two of them fit 32 bits with a pixel.
const WEIGHT: u32 = 8;

/// Pixels that are fetched one by one and then blended together: fetching jumps about the source, blending is the
/// same for every pixel.
pub(super) const TOGETHER: usize = 32;

/// Copies pixels to other places.
pub(super) fn copy<const CHANNELS: usize>(out: &mut [u8], data: &[u8], line: &Line) {
    let half = 1_i64 << (FRACTION - 1);
    for at in line.inside.clone() {
        let (x, y) = line.place(at);
        let (x, y) = (((x + half) >> FRACTION) as usize, ((y + half) >> FRACTION) as usize);
        let from = (y * line.stride + x) * CHANNELS;
        out[at * CHANNELS..][..CHANNELS].copy_from_slice(&data[from..from + CHANNELS]);
    }
}

/// The four neighbours' first bytes and the weights (0 to 256) of the right and the lower ones.
#[derive(Clone, Copy)]
pub(super) struct Corner {
    pub(super) here: usize,
    right: usize,
    below: usize,
    wx: u32,
    wy: u32,
}

#[inline(always)]
pub(super) fn corner(line: &Line, at: usize, channels: usize) -> Corner {
    let (x, y) = line.place(at);
    let (columns, rows) = (line.source.0 as i64, line.source.1 as i64);
    let stride = line.stride as i64;
    let (left, top) = ((x >> FRACTION).clamp(0, columns - 1), (y >> FRACTION).clamp(0, rows - 1));
    let right = (left + 1).min(columns - 1) - left;
    let below = (top + 1).min(rows - 1) - top;
    let weight = |value: i64, floor: i64| {
        let part = (value - (floor << FRACTION)).clamp(0, 1 << FRACTION);
        (part >> (FRACTION - WEIGHT)) as u32
    };
    Corner {
        here: (top * stride + left) as usize * channels,
        right: right as usize * channels,
        below: (below * stride) as usize * channels,
        wx: weight(x, left),
        wy: weight(y, top),
    }
}

#[inline(always)]
pub(super) fn mix(data: &[u8], corner: &Corner) -> u8 {
    let pixel = |offset: usize| u32::from(data[corner.here + offset]);
    let (wx, wy) = (corner.wx, corner.wy);
    let top = pixel(0) * (256 - wx) + pixel(corner.right) * wx;
    let bottom = pixel(corner.below) * (256 - wx) + pixel(corner.below + corner.right) * wx;
    ((top * (256 - wy) + bottom * wy + (1 << 15)) >> 16) as u8
}

kernel! {
    pub(super) fn blend_gray(out: &mut [u8], data: &[u8], line: &Line) {
        let Range { start, end } = line.surrounded;
        for at in (line.inside.start..start).chain(end..line.inside.end) {
            let corner = corner(line, at, 1);
            out[at] = mix(data, &corner);
        }
        // The same without a look at the source's edges, which costs more than the blend.
        let (mut x, mut y) = line.place(start);
        // A single row has none below it, and may end before one would begin.
        let below = &data[line.stride.min(data.len())..];
        let (mut upper, mut lower) = ([0; TOGETHER], [0; TOGETHER]);
        let pair = |pixels: &[u8]| u16::from_le_bytes([pixels[0], pixels[1]]);
        for out in out[start..end].chunks_mut(TOGETHER) {
            let (wx, wy) = (weights(x, line.step_x), weights(y, line.step_y));
            if let Some(run) = line.run((x, y), out.len()) {
                pairs(&mut upper, data, &run);
                pairs(&mut lower, below, &run);
            } else if !line.gather((x, y), (data, below), (out.len(), &mut upper, &mut lower)) {
                let (mut x, mut y) = (x, y);
                for (upper, lower) in upper.iter_mut().zip(&mut lower).take(out.len()) {
                    let here = (y >> FRACTION) as usize * line.stride + (x >> FRACTION) as usize;
                    *upper = pair(&data[here..here + 2]);
                    *lower = pair(&below[here..here + 2]);
                    x += line.step_x;
                    y += line.step_y;
                }
            }
            x += line.step_x * out.len() as i64;
            y += line.step_y * out.len() as i64;
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
    pub(super) fn blend_rgb(out: &mut [u8], data: &[u8], line: &Line) {
        let Range { start, end } = line.surrounded;
        for at in (line.inside.start..start).chain(end..line.inside.end) {
            let mut corner = corner(line, at, 3);
            for channel in 0..3 {
                out[3 * at + channel] = mix(data, &corner);
                corner.here += 1;
            }
        }
        let (mut x, mut y) = line.place(start);
        let below = &data[(3 * line.stride).min(data.len())..];
        // Four bytes a pixel, of which the last is of no account: a pixel is then one load and one store.
        let mut corners = [[0_u8; 4 * TOGETHER]; 4];
        let four = |bytes: &[u8]| [bytes[0], bytes[1], bytes[2], bytes[3]];
        for out in out[3 * start..3 * end].chunks_mut(3 * TOGETHER) {
            let is_done = if let Some(run) = line.run((x, y), out.len() / 3) {
                blend_run(out, (data, below), (x, y), line, &run);
                true
            } else {
                line.blend_close(out, (data, below), (x, y))
            };
            if is_done {
                x += line.step_x * TOGETHER as i64;
                y += line.step_y * TOGETHER as i64;
                continue;
            }
            let (wx, wy) = (fourfold(weights(x, line.step_x)), fourfold(weights(y, line.step_y)));
            for at in 0..out.len() / 3 {
                let here = 3 * ((y >> FRACTION) as usize * line.stride + (x >> FRACTION) as usize);
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

/// Lays each pixel of a run together with the next one.
#[inline(always)]
fn pairs(out: &mut [u16; TOGETHER], data: &[u8], run: &Run) {
    let (first, second) = (&data[run.first..][..TOGETHER + 1], &data[run.on_second..][..TOGETHER + 1]);
    for at in 0..TOGETHER {
        let row = if at < run.split { [first[at], first[at + 1]] } else { [second[at], second[at + 1]] };
        out[at] = u16::from_le_bytes(row);
    }
}

/// Blends a run of pixels of three bytes, byte by byte.
#[inline(always)]
fn blend_run(out: &mut [u8], (data, below): (&[u8], &[u8]), (x, y): (i64, i64), line: &Line, run: &Run) {
    const BYTES: usize = 3 * TOGETHER;
    let weights = |from: i64, step: i64| {
        let weight = |at: usize| {
            let place = (from as u32).wrapping_add((step as u32).wrapping_mul(at as u32 / 3));
            ((place & ((1 << FRACTION) - 1)) >> (FRACTION - WEIGHT)) as u16
        };
        let mut weights = [0; BYTES];
        weights.iter_mut().enumerate().for_each(|(at, out)| *out = weight(at));
        weights
    };
    let (wx, wy) = (weights(x, line.step_x), weights(y, line.step_y));
    let on_rows = |data: &[u8]| {
        let (first, second) = (&data[3 * run.first..][..BYTES + 3], &data[3 * run.on_second..][..BYTES + 3]);
        let mut near_and_far = [[0_u16; BYTES]; 2];
        let [near, far] = &mut near_and_far;
        for at in 0..BYTES {
            let is_first = at < 3 * run.split;
            near[at] = u16::from(if is_first { first[at] } else { second[at] });
            far[at] = u16::from(if is_first { first[at + 3] } else { second[at + 3] });
        }
        near_and_far
    };
    let ([upper, upper_right], [lower, lower_right]) = (on_rows(data), on_rows(below));
    for (at, out) in out.iter_mut().enumerate().take(BYTES) {
        let top = between(upper[at], upper_right[at], wx[at]);
        let bottom = between(lower[at], lower_right[at], wx[at]);
        *out = settle(top, bottom, wy[at]);
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
