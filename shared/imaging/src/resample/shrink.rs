//! Makes a page smaller by whole blocks of pixels, before it is resampled.

use crate::geometry::Plan;
use crate::planes::Plane;
use crate::raster::Raster;
use crate::simd::kernel;

/// Averages blocks of the source.
pub(super) fn shrink(source: &Plane<'_>, blocks: usize) -> Plane<'static> {
    let mut shrinking = Shrinking::new(source.size, source.channels == 3, blocks);
    source.rows().for_each(|row| shrinking.take(row));
    Plane::of(shrinking.finish())
}

/// Returns the plan for the same page made smaller by whole blocks.
pub(crate) fn adapted(plan: &Plan, blocks: usize) -> Plan {
    if blocks == 1 {
        return *plan;
    }
    let by = blocks as f64;
    let source = (plan.source.0 / blocks as u32, plan.source.1 / blocks as u32);
    let keep = (plan.keep.0 / by, plan.keep.1 / by, plan.keep.2 / by, plan.keep.3 / by);
    let warp = plan.warp.map(|warp| warp.shrunk(by));
    Plan { source, keep, scale: plan.scale / by, warp, ..*plan }
}

/// A page that becomes smaller by whole blocks while its rows are handed over; pixels that fill no block are left out.
pub(crate) struct Shrinking {
    blocks: usize,
    channels: usize,
    /// Width of the source and size of the smaller page.
    source_width: usize,
    size: (usize, usize),
    /// Of the rows of the block so far, and how many there are.
    sums: Vec<u32>,
    rows: usize,
    out: Vec<u8>,
}

impl Shrinking {
    /// Begins with a page of this size, gray or in colour.
    pub(crate) fn new(size: (u32, u32), colour: bool, blocks: usize) -> Self {
        let (width, height) = (size.0 as usize / blocks, size.1 as usize / blocks);
        let channels = if colour { 3 } else { 1 };
        Self {
            blocks,
            channels,
            source_width: size.0 as usize,
            size: (width, height),
            sums: vec![0; width * blocks * channels],
            rows: 0,
            out: Vec::with_capacity(width * height * channels),
        }
    }

    /// Takes the next rows, whole ones.
    pub(crate) fn take(&mut self, rows: &[u8]) {
        if self.blocks == 1 {
            self.out.extend_from_slice(rows);
            return;
        }
        for row in rows.chunks_exact(self.source_width * self.channels) {
            add(&mut self.sums, row);
            self.rows += 1;
            if self.rows == self.blocks {
                self.average();
            }
        }
    }

    fn average(&mut self) {
        let start = self.out.len();
        self.out.resize(start + self.size.0 * self.channels, 0);
        let out = &mut self.out[start..];
        average(out, &self.sums, self.blocks, self.channels);
        self.sums.fill(0);
        self.rows = 0;
    }

    /// Returns the smaller page.
    pub(crate) fn finish(self) -> Raster {
        let (width, height) = (self.size.0 as u32, self.size.1 as u32);
        if self.channels == 1 {
            Raster::gray(width, height, self.out)
        } else {
            Raster::rgb(width, height, self.out)
        }
    }
}

kernel! {
    fn add(sums: &mut [u32], row: &[u8]) {
        for (sum, &value) in sums.iter_mut().zip(row) {
            *sum += u32::from(value);
        }
    }
}

kernel! {
    /// Divides the sums of whole blocks by their pixels. The usual sizes are known when this is compiled, so that nothing is
    /// divided.
    fn average(out: &mut [u8], sums: &[u32], blocks: usize, channels: usize) {
        match (blocks, channels) {
            (2, 1) => average_of::<1>(out, sums, 2),
            (3, 1) => average_of::<1>(out, sums, 3),
            (4, 1) => average_of::<1>(out, sums, 4),
            (2, _) => average_of::<3>(out, sums, 2),
            (3, _) => average_of::<3>(out, sums, 3),
            (4, _) => average_of::<3>(out, sums, 4),
            (_, 1) => average_of::<1>(out, sums, blocks),
            _ => average_of::<3>(out, sums, blocks),
        }
    }
}

#[inline(always)]
fn average_of<const CHANNELS: usize>(out: &mut [u8], sums: &[u32], blocks: usize) {
    let area = (blocks * blocks) as u32;
    for (out, block) in out.as_chunks_mut::<CHANNELS>().0.iter_mut().zip(sums.chunks_exact(blocks * CHANNELS))
    {
        let mut sum = [area / 2; CHANNELS];
        for pixel in block.as_chunks::<CHANNELS>().0 {
            sum.iter_mut().zip(pixel).for_each(|(sum, value)| *sum += value);
        }
        *out = sum.map(|sum| (sum / area) as u8);
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
