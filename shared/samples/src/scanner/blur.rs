//! Out of focus, and moved.

use crate::ink::Raster;
use crate::rng::Rng;

/// Blurs with a Gaussian of `sigma` pixels; below a tenth of a pixel nothing happens.
pub(super) fn gaussian(picture: &mut Raster, sigma: f32) {
    if sigma < 0.1 {
        return;
    }
    let kernel = kernel(sigma);
    rows(picture, &kernel);
    columns(picture, &kernel);
}

/// Weights that sum to 256, from the middle outwards on both sides.
fn kernel(sigma: f32) -> Vec<u16> {
    let reach = (sigma * 2.6).ceil() as i32;
    let weight = |at: i32| (-(at * at) as f32 / (2.0 * sigma * sigma)).exp();
    let sum: f32 = (-reach..=reach).map(weight).sum();
    let mut kernel: Vec<u16> = (-reach..=reach).map(|at| (weight(at) / sum * 256.0).round() as u16).collect();
    let rest = 256 - i32::from(kernel.iter().sum::<u16>());
    let middle = reach as usize;
    kernel[middle] = (i32::from(kernel[middle]) + rest) as u16;
    kernel
}

fn rows(picture: &mut Raster, kernel: &[u16]) {
    let (channels, reach) = (picture.channels, kernel.len() / 2);
    let length = picture.width * channels;
    let mut padded = vec![0u8; length + 2 * reach * channels];
    let mut sums = vec![0u16; length];
    for row in picture.data.chunks_exact_mut(length) {
        let margin = reach * channels;
        padded[margin..margin + length].copy_from_slice(row);
        for edge in 0..reach {
            let (left, right) = (edge * channels, margin + length + edge * channels);
            padded[left..left + channels].copy_from_slice(&row[..channels]);
            padded[right..right + channels].copy_from_slice(&row[length - channels..]);
        }
        sums.fill(128);
        for (tap, &weight) in kernel.iter().enumerate() {
            add(&mut sums, &padded[tap * channels..], weight);
        }
        store(&sums, row);
    }
}

fn columns(picture: &mut Raster, kernel: &[u16]) {
    let length = picture.width * picture.channels;
    let (reach, height) = (kernel.len() / 2, picture.height);
    let source = picture.data.clone();
    let mut sums = vec![0u16; length];
    for (y, row) in picture.data.chunks_exact_mut(length).enumerate() {
        sums.fill(128);
        for (tap, &weight) in kernel.iter().enumerate() {
            let from = (y + tap).saturating_sub(reach).min(height - 1);
            add(&mut sums, &source[from * length..], weight);
        }
        store(&sums, row);
    }
}

fn add(sums: &mut [u16], values: &[u8], weight: u16) {
    for (sum, &value) in sums.iter_mut().zip(values) {
        *sum = sum.saturating_add(u16::from(value) * weight);
    }
}

fn store(sums: &[u16], row: &mut [u8]) {
    for (value, &sum) in row.iter_mut().zip(sums) {
        *value = (sum >> 8) as u8;
    }
}

/// Smears along a random direction, `length` pixels.
pub(super) fn motion(picture: &mut Raster, length: f32, rng: &mut Rng) {
    let steps = (length.round() as usize).max(1);
    let angle = rng.between(0.0, std::f64::consts::PI);
    let (dx, dy) = (angle.cos() as f32, angle.sin() as f32);
    let source = picture.clone();
    let row_length = picture.width * picture.channels;
    let mut sums = vec![0u32; row_length];
    for (y, row) in picture.data.chunks_exact_mut(row_length).enumerate() {
        sums.fill(0);
        for step in 0..steps {
            let along = step as f32 - steps as f32 / 2.0;
            let from_y = (y as f32 + along * dy).round().clamp(0.0, source.height as f32 - 1.0) as usize;
            let line = &source.data[from_y * row_length..(from_y + 1) * row_length];
            shifted(&mut sums, line, (along * dx).round() as isize * source.channels as isize);
        }
        for (value, &sum) in row.iter_mut().zip(&sums) {
            *value = (sum / steps as u32) as u8;
        }
    }
}

/// Adds a line moved by `by` bytes; what leaves at one end is taken from the same end.
fn shifted(sums: &mut [u32], line: &[u8], by: isize) {
    let gap = by.unsigned_abs().min(line.len());
    let (start, from) = if by < 0 { (gap, 0) } else { (0, gap) };
    for (sum, &value) in sums[start..].iter_mut().zip(&line[from..]) {
        *sum += u32::from(value);
    }
    let edge = if by < 0 { 0..gap } else { line.len() - gap..line.len() };
    for at in edge {
        sums[at] += u32::from(line[at]);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn dot() -> Raster {
        let mut picture = Raster { width: 41, height: 41, channels: 1, data: vec![0; 41 * 41] };
        for at in [(20, 20), (21, 20), (20, 21), (21, 21)] {
            picture.data[at.1 * 41 + at.0] = 255;
        }
        picture
    }

    #[test]
    fn blur_spreads_and_keeps_the_light() {
        let mut picture = dot();
        gaussian(&mut picture, 1.5);
        let light: u32 = picture.data.iter().map(|&value| u32::from(value)).sum();
        assert!((960..1_080).contains(&light), "{light}");
        assert!(picture.data.iter().max() < Some(&90));
    }

    #[test]
    fn blur_leaves_an_even_sheet_even() {
        let mut picture = Raster::filled(50, 30, [200; 3]);
        gaussian(&mut picture, 4.0);
        motion(&mut picture, 9.0, &mut Rng::new(1, 1));
        assert!(picture.data.iter().all(|&value| value == 200));
    }
}
