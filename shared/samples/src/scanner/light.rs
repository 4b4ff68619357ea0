//! Light: brightness, contrast, uneven lamps, shadow, glare and the sensor's grain.

use std::sync::LazyLock;

use super::treatment::{Surroundings, Treatment};
use crate::ink::Raster;
use crate::rng::Rng;
use crate::truth::Degradation;

/// Prints on coloured paper: ink stays, white takes the paper's colour.
pub(super) fn tint(paper: &mut Raster, rgb: [u8; 3]) {
    for pixel in paper.data.chunks_exact_mut(3) {
        for (value, tone) in pixel.iter_mut().zip(rgb) {
            *value = (u16::from(*value) * u16::from(tone) / 255) as u8;
        }
    }
}

/// A place in the picture, both from 0 to 1, to the light that falls there.
type Lamp = Box<dyn Fn(f32, f32) -> f32>;

/// Lights the picture and adds the sensor's grain.
pub(super) fn light(picture: &mut Raster, treatment: &Treatment, per_mm: f32, rng: &mut Rng) {
    let (curve, mut sigma, mut lamp): ([u8; 256], f32, Option<Lamp>) =
        (curve(treatment), 0.0, uneven(treatment, rng));
    for degradation in &treatment.degradations {
        match *degradation {
            Degradation::Noise { sigma: grain } => sigma = grain,
            Degradation::Shadow { depth } => lamp = Some(shadow(depth, rng)),
            Degradation::Glare { radius_mm } => glare(picture, radius_mm * per_mm, rng),
            _ => {}
        }
    }
    match lamp {
        Some(lamp) => shade(picture, &curve, &lamp),
        None => picture.data.iter_mut().for_each(|value| *value = curve[usize::from(*value)]),
    }
    if sigma > 0.0 {
        grain(picture, sigma, rng);
    }
}

/// What becomes of each grey level.
fn curve(treatment: &Treatment) -> [u8; 256] {
    let (mut gain, mut contrast) = (1.0, 1.0);
    for degradation in &treatment.degradations {
        match *degradation {
            Degradation::Dark { gain: left } => gain = left,
            Degradation::Faded { contrast: left } => contrast = left,
            _ => {}
        }
    }
    std::array::from_fn(|level| {
        let faded = 255.0 - (255.0 - level as f32) * contrast;
        (faded * gain).round() as u8
    })
}

/// A phone's light falls off towards one side.
fn uneven(treatment: &Treatment, rng: &mut Rng) -> Option<Lamp> {
    let (a, b) = (rng.betweenf(-0.16, 0.16), rng.betweenf(-0.16, 0.16));
    (treatment.surroundings == Surroundings::Table)
        .then(|| -> Lamp { Box::new(move |x, y| 0.92 + a * (x - 0.5) + b * (y - 0.5)) })
}

/// A shadow with a soft edge falls over one side.
fn shadow(depth: f32, rng: &mut Rng) -> Lamp {
    let angle = rng.betweenf(0.0, std::f32::consts::TAU);
    let (dx, dy) = (angle.cos(), angle.sin());
    let soft = rng.betweenf(0.06, 0.25);
    Box::new(move |x, y| {
        let into = (((x - 0.5) * dx + (y - 0.5) * dy) / soft + 0.5).clamp(0.0, 1.0);
        1.0 - depth * into * into * (3.0 - 2.0 * into)
    })
}

/// Applies curve and lamp; the lamp is asked on a grid of 16 pixels, which is finer than any shadow's edge.
fn shade(picture: &mut Raster, curve: &[u8; 256], lamp: &Lamp) {
    const GRID: usize = 16;
    let (width, height) = (picture.width as f32, picture.height as f32);
    for (y, row) in picture.data.chunks_exact_mut(picture.width * picture.channels).enumerate() {
        for (block, pixels) in row.chunks_mut(GRID * picture.channels).enumerate() {
            let at = |x: usize| lamp(x as f32 / width, y as f32 / height);
            let (from, to) = (at(block * GRID), at((block + 1) * GRID));
            for (index, pixel) in pixels.chunks_exact_mut(picture.channels).enumerate() {
                let light = from + (to - from) * (index as f32 / GRID as f32);
                for value in pixel {
                    // The cast holds the value between 0 and 255.
                    *value = (f32::from(curve[usize::from(*value)]) * light) as u8;
                }
            }
        }
    }
}

/// A lamp mirrors itself on a glossy sheet.
fn glare(picture: &mut Raster, radius: f32, rng: &mut Rng) {
    let middle =
        (rng.betweenf(0.3, 0.7) * picture.width as f32, rng.betweenf(0.3, 0.7) * picture.height as f32);
    for (y, row) in picture.data.chunks_exact_mut(picture.width * picture.channels).enumerate() {
        for (x, pixel) in row.chunks_exact_mut(picture.channels).enumerate() {
            let distance = (x as f32 - middle.0).hypot(y as f32 - middle.1) / radius;
            let light = (-distance * distance * 1.6).exp() * 1.3;
            for value in pixel {
                *value = (f32::from(*value) + (255.0 - f32::from(*value)) * light.min(1.0)) as u8;
            }
        }
    }
}

const GRAINS: usize = 1 << 15;

/// Grain of standard deviation 16, drawn once: a table is ten times faster than drawing for each pixel.
static GRAIN: LazyLock<Vec<i16>> = LazyLock::new(|| {
    let mut rng = Rng::new(0x6772_6169_6e00, 0);
    (0..GRAINS).map(|_| (rng.normal() * 16.0).round() as i16).collect()
});

fn grain(picture: &mut Raster, sigma: f32, rng: &mut Rng) {
    let strength = (sigma * 16.0) as i16;
    for row in picture.data.chunks_exact_mut(picture.width * picture.channels) {
        let mut at = rng.next_u64() as usize % GRAINS;
        for stretch in row.chunks_mut(GRAINS / 4) {
            at = (at + GRAINS / 4) % (GRAINS - GRAINS / 4);
            for (value, grain) in stretch.iter_mut().zip(&GRAIN[at..]) {
                let more = (i32::from(*grain) * i32::from(strength)) >> 8;
                *value = (i32::from(*value) + more).clamp(0, 255) as u8;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn grain_has_the_spread_it_says() {
        let mut picture = Raster { width: 300, height: 300, channels: 1, data: vec![128; 90_000] };
        grain(&mut picture, 6.0, &mut Rng::new(2, 2));
        let variance =
            picture.data.iter().map(|&value| (f64::from(value) - 127.5).powi(2)).sum::<f64>() / 9e4;
        assert!((5.5..6.6).contains(&variance.sqrt()), "{}", variance.sqrt());
    }

    #[test]
    fn a_shadow_darkens_one_side_only() {
        let mut picture = Raster { width: 256, height: 256, channels: 1, data: vec![200; 65_536] };
        let curve = std::array::from_fn(|level| level as u8);
        shade(&mut picture, &curve, &shadow(0.5, &mut Rng::new(4, 4)));
        assert_eq!(picture.data.iter().max(), Some(&200));
        assert!((95..=105).contains(picture.data.iter().min().unwrap()));
    }
}
