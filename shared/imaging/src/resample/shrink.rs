//! Makes a page smaller by whole blocks of pixels, before it is resampled.

use crate::geometry::Plan;
use crate::raster::{Pixels, Raster};
use crate::simd::kernel;

/// Averages blocks of the source and adapts the plan to it.
pub(super) fn shrink(source: &Raster, plan: &Plan, blocks: usize) -> (Raster, Plan) {
    let (width, height) = (source.width as usize / blocks, source.height as usize / blocks);
    let shrunk = match &source.pixels {
        Pixels::Gray(data) => {
            Pixels::Gray(average::<1>(data, source.width as usize, (width, height), blocks))
        }
        Pixels::Rgb(data) => Pixels::Rgb(average::<3>(data, source.width as usize, (width, height), blocks)),
    };
    let by = blocks as f64;
    let keep = (plan.keep.0 / by, plan.keep.1 / by, plan.keep.2 / by, plan.keep.3 / by);
    let warp = plan.warp.map(|warp| warp.shrunk(by));
    let plan = Plan { source: (width as u32, height as u32), keep, scale: plan.scale / by, warp, ..*plan };
    let raster = Raster {
        width: width as u32,
        height: height as u32,
        pixels: shrunk,
        dpi: source.dpi,
        turn: source.turn,
    };
    (raster, plan)
}

fn average<const CHANNELS: usize>(
    data: &[u8],
    source_width: usize,
    size: (usize, usize),
    blocks: usize,
) -> Vec<u8> {
    let mut out = vec![0; size.0 * size.1 * CHANNELS];
    let mut sums = vec![0_u32; size.0 * blocks * CHANNELS];
    let stride = source_width * CHANNELS;
    for (y, out) in out.chunks_exact_mut(size.0 * CHANNELS).enumerate() {
        sums.fill(0);
        for row in data[y * blocks * stride..].chunks_exact(stride).take(blocks) {
            add(&mut sums, row);
        }
        match blocks {
            2 => average_pairs::<CHANNELS>(out, &sums),
            _ => average_blocks::<CHANNELS>(out, &sums, blocks),
        }
    }
    out
}

kernel! {
    fn add(sums: &mut [u32], row: &[u8]) {
        for (sum, &value) in sums.iter_mut().zip(row) {
            *sum += u32::from(value);
        }
    }
}

fn average_pairs<const CHANNELS: usize>(out: &mut [u8], sums: &[u32]) {
    for (out, pair) in out.chunks_exact_mut(CHANNELS).zip(sums.chunks_exact(2 * CHANNELS)) {
        for (channel, out) in out.iter_mut().enumerate() {
            *out = ((pair[channel] + pair[CHANNELS + channel] + 2) / 4) as u8;
        }
    }
}

fn average_blocks<const CHANNELS: usize>(out: &mut [u8], sums: &[u32], blocks: usize) {
    let area = (blocks * blocks) as u32;
    for (out, block) in out.chunks_exact_mut(CHANNELS).zip(sums.chunks_exact(blocks * CHANNELS)) {
        for (channel, out) in out.iter_mut().enumerate() {
            let sum: u32 = block.iter().skip(channel).step_by(CHANNELS).sum();
            *out = ((sum + area / 2) / area) as u8;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::add;
    use crate::simd::scalar_only;

    #[test]
    fn both_compilations_of_a_sum_are_equal() {
        let row: Vec<u8> = (0..1021_u32).map(|at| ((at * 7919) >> 3) as u8).collect();
        for length in [0, 1, 7, 8, 31, 33, 1021] {
            let sum = || {
                let mut sums: Vec<u32> = (0..length as u32).collect();
                add(&mut sums, &row[..length]);
                sums
            };
            assert_eq!(sum(), scalar_only(sum));
        }
    }
}
