//! Evens out the light on a page while it is drawn: the paper's brightness is divided away.

use crate::flatten::Light;
use crate::geometry::{InverseMap, Plan};
use crate::planes::{self, NEUTRAL};
use crate::simd::kernel;

/// Distance in pixels, or in samples of a colour difference, across and down, between places where the light is looked up; in
/// between it is taken as linear.
const STRIDE: usize = 16;

/// Divides the light away from the rows of a page.
pub(crate) struct Evening {
    lit: Lit,
    /// Which block of [`STRIDE`] rows the gains are those of, at its first row and below its last one.
    block: Option<usize>,
    upper: Vec<u16>,
    lower: Vec<u16>,
    gains: Vec<u16>,
}

/// The light on a page.
struct Lit {
    light: Light,
    /// From the page to the upright one, whose small copy the light was measured on.
    map: InverseMap,
    /// By how much that was reduced.
    factor: f64,
    /// Bytes of a pixel, each of which has its gain.
    channels: usize,
}

impl Evening {
    /// Takes the light on the source of the output of `plan`, which has one byte a pixel or three; `factor` is by how much the
    /// small copy was reduced.
    pub(crate) fn new(light: &Light, plan: &Plan, factor: usize, channels: usize) -> Self {
        // The small copy was upright but not straight.
        let lit = Lit { light: light.clone(), map: plan.to_upright(), factor: factor as f64, channels };
        Self::of(lit, plan.output_size().0 as usize)
    }

    /// Takes the same for the colour differences of that output.
    pub(crate) fn of_differences(light: &Light, plan: &Plan, factor: usize) -> Self {
        let map = plan.to_upright().coarser(2.0);
        let lit = Lit { light: light.clone(), map, factor: factor as f64, channels: 1 };
        Self::of(lit, planes::halved(plan.output_size()).0 as usize)
    }

    fn of(lit: Lit, width: usize) -> Self {
        let gains = || vec![0; width * lit.channels];
        Self { block: None, upper: gains(), lower: gains(), gains: gains(), lit }
    }

    /// Evens out the row `y`; in order is fastest.
    pub(crate) fn even_out(&mut self, y: usize, row: &mut [u8]) {
        self.go_to(y);
        scale(row, &self.gains);
    }

    /// Evens out a row of each of the colour differences: colours become stronger as the paper becomes brighter.
    pub(crate) fn even_out_differences(&mut self, y: usize, rows: [&mut [u8]; 2]) {
        self.go_to(y);
        rows.into_iter().for_each(|row| scale_difference(row, &self.gains));
    }

    fn go_to(&mut self, y: usize) {
        let block = y / STRIDE;
        if self.block != Some(block) {
            if block > 0 && self.block == Some(block - 1) {
                std::mem::swap(&mut self.upper, &mut self.lower);
            } else {
                self.lit.gains_of_row(&mut self.upper, block * STRIDE);
            }
            self.lit.gains_of_row(&mut self.lower, (block + 1) * STRIDE);
            self.block = Some(block);
        }
        between(&mut self.gains, &self.upper, &self.lower, (y % STRIDE) as u16);
    }
}

impl Lit {
    fn gains_of_row(&self, gains: &mut [u16], y: usize) {
        let gain_at = |x: usize| {
            let (u, v) = self.map.at(x as f64, y as f64);
            self.light.gain(u / self.factor, v / self.factor)
        };
        match self.channels {
            1 => interpolate::<1>(gains, gain_at),
            _ => interpolate::<3>(gains, gain_at),
        }
    }
}

fn interpolate<const CHANNELS: usize>(gains: &mut [u16], gain_at: impl Fn(usize) -> u16) {
    let mut from = i32::from(gain_at(0));
    for (block, gains) in gains.chunks_mut(STRIDE * CHANNELS).enumerate() {
        let to = i32::from(gain_at((block + 1) * STRIDE));
        for (at, gains) in gains.as_chunks_mut::<CHANNELS>().0.iter_mut().enumerate() {
            *gains = [(from + (to - from) * at as i32 / STRIDE as i32) as u16; CHANNELS];
        }
        from = to;
    }
}

kernel! {
    /// Blends the gains, at most 512, of two rows [`STRIDE`] apart for the row `at` below the upper one.
    fn between(gains: &mut [u16], upper: &[u16], lower: &[u16], at: u16) {
        for ((gain, &upper), &lower) in gains.iter_mut().zip(upper).zip(lower) {
            *gain = (upper * (STRIDE as u16 - at) + lower * at) / STRIDE as u16;
        }
    }
}

kernel! {
    /// Multiplies each byte by its gain, in 1/128 and at most 512.
    fn scale(row: &mut [u8], gains: &[u16]) {
        for (value, &gain) in row.iter_mut().zip(gains) {
            let value_of = u16::from(*value);
            // Words are twice as many at once as what the product needs: its upper part, and the bit that rounds it.
            let whole = ((u32::from(value_of << 8) * u32::from(gain << 1)) >> 16) as u16;
            let rounding = value_of.wrapping_mul(gain) >> 6 & 1;
            *value = (whole + rounding).min(255) as u8;
        }
    }
}

kernel! {
    /// Multiplies the distance of each byte from [`NEUTRAL`] by its gain, in 1/128.
    fn scale_difference(row: &mut [u8], gains: &[u16]) {
        for (value, &gain) in row.iter_mut().zip(gains) {
            let distance = i32::from(*value) - i32::from(NEUTRAL);
            *value = (i32::from(NEUTRAL) + ((distance * i32::from(gain) + 64) >> 7)).clamp(0, 255) as u8;
        }
    }
}
