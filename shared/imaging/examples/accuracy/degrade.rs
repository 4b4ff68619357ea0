//! What a scanner does to a page: blur, uneven light, noise and JPEG.

use berkas_imaging::{Document, Limits, Pixels, Raster};
use jpeg_encoder::{ColorType, Encoder};

use crate::pages::Random;

/// Returns the page as gray pixels.
pub(crate) fn gray(page: &Raster) -> Vec<u8> {
    match &page.pixels {
        Pixels::Gray(pixels) => pixels.clone(),
        Pixels::Rgb(pixels) => pixels
            .chunks_exact(3)
            .map(|p| ((77 * u32::from(p[0]) + 150 * u32::from(p[1]) + 29 * u32::from(p[2]) + 128) >> 8) as u8)
            .collect(),
    }
}

/// Returns the page with blur, uneven light and noise, as the JPEG a scanner would have written.
pub(crate) fn scanned(page: &Raster, random: &mut Random) -> Vec<u8> {
    let (width, height) = (page.width as usize, page.height as usize);
    let mut pixels = blur(&gray(page), width, height);
    let noise = random.range(2.0, 8.0);
    let (fall_x, fall_y) = (random.range(-0.25, 0.25), random.range(-0.25, 0.25));
    let paper = random.range(0.8, 0.97);
    for y in 0..height {
        for x in 0..width {
            let light =
                paper + fall_x * (x as f64 / width as f64 - 0.5) + fall_y * (y as f64 / height as f64 - 0.5);
            let grain = random.range(-noise, noise) + random.range(-noise, noise);
            let pixel = &mut pixels[y * width + x];
            *pixel = (f64::from(*pixel) * light.min(1.0) + grain + 8.0).clamp(0.0, 255.0) as u8;
        }
    }
    jpeg(&pixels, page.width, page.height, 75)
}

/// Throws a shadow over a part of the page, on one side of a straight line: it leaves 35 to 70 % of the light, and its edge is up
/// to 12 pixels wide.
pub(crate) fn half_shaded(page: &mut Raster, random: &mut Random) {
    let (width, height) = (page.width as usize, page.height as usize);
    let channels = if matches!(page.pixels, Pixels::Rgb(_)) { 3 } else { 1 };
    let (left, reach, soft) = (random.range(0.35, 0.7), random.range(0.1, 0.45), random.range(0.5, 12.0));
    let slope = random.range(-0.3, 0.3);
    let side = (random.range(0.0, 4.0)) as usize;
    let (Pixels::Gray(pixels) | Pixels::Rgb(pixels)) = &mut page.pixels;
    for (at, pixel) in pixels.chunks_exact_mut(channels).enumerate() {
        let (x, y) = (at % width, at / width);
        let (along, depth, length, extent) = match side {
            0 => (y, x, height, width),
            1 => (x, y, width, height),
            2 => (y, width - 1 - x, height, width),
            _ => (x, height - 1 - y, width, height),
        };
        let edge = reach * extent as f64 + slope * (along as f64 - length as f64 / 2.0);
        let lit = ((depth as f64 - edge) / soft + 0.5).clamp(0.0, 1.0);
        let light = left + (1.0 - left) * lit;
        pixel.iter_mut().for_each(|value| *value = (f64::from(*value) * light).round() as u8);
    }
}

/// Averages 3 × 3 pixels.
pub(crate) fn blur(pixels: &[u8], width: usize, height: usize) -> Vec<u8> {
    let mut out = pixels.to_vec();
    for y in 1..height - 1 {
        for x in 1..width - 1 {
            let mut sum = 0_u32;
            for row in y - 1..=y + 1 {
                for column in x - 1..=x + 1 {
                    sum += u32::from(pixels[row * width + column]);
                }
            }
            out[y * width + x] = ((sum + 4) / 9) as u8;
        }
    }
    out
}

/// Codes gray pixels as a JPEG.
pub(crate) fn jpeg(pixels: &[u8], width: u32, height: u32, quality: u8) -> Vec<u8> {
    let mut out = Vec::new();
    let encoder = Encoder::new(&mut out, quality);
    encoder.encode(pixels, width as u16, height as u16, ColorType::Luma).expect("a page fits a JPEG");
    out
}

/// Decodes the first page of a file.
pub(crate) fn decode(bytes: &[u8]) -> Raster {
    let document = Document::open(bytes, &Limits::default()).expect("own file opens");
    document.page(0).expect("own page decodes")
}

/// Turns gray pixels clockwise by a quarter.
pub(crate) fn quarter_turned(pixels: &[u8], width: usize, height: usize) -> Vec<u8> {
    (0..width * height).map(|at| pixels[(height - 1 - at % height) * width + at / height]).collect()
}

/// Turns gray pixels clockwise by `deg` around the middle, with bicubic interpolation; what comes from outside
/// repeats the edge.
pub(crate) fn turned(pixels: &[u8], width: usize, height: usize, deg: f64) -> Vec<u8> {
    let (sin, cos) = deg.to_radians().sin_cos();
    let (cx, cy) = (width as f64 / 2.0 - 0.5, height as f64 / 2.0 - 0.5);
    let at = |x: isize, y: isize| {
        let x = x.clamp(0, width as isize - 1) as usize;
        let y = y.clamp(0, height as isize - 1) as usize;
        f64::from(pixels[y * width + x])
    };
    let mut out = Vec::with_capacity(pixels.len());
    for y in 0..height {
        for x in 0..width {
            let (dx, dy) = (x as f64 - cx, y as f64 - cy);
            let (sx, sy) = (cx + cos * dx + sin * dy, cy - sin * dx + cos * dy);
            let (fx, fy) = (sx.floor(), sy.floor());
            let (wx, wy) = (cubic(sx - fx), cubic(sy - fy));
            let mut sum = 0.0;
            for (row, wy) in wy.iter().enumerate() {
                for (column, wx) in wx.iter().enumerate() {
                    sum += wx * wy * at(fx as isize + column as isize - 1, fy as isize + row as isize - 1);
                }
            }
            out.push(sum.round().clamp(0.0, 255.0) as u8);
        }
    }
    out
}

/// Weights of the Catmull-Rom spline.
fn cubic(t: f64) -> [f64; 4] {
    let (t2, t3) = (t * t, t * t * t);
    [-0.5 * t + t2 - 0.5 * t3, 1.0 - 2.5 * t2 + 1.5 * t3, 0.5 * t + 2.0 * t2 - 1.5 * t3, -0.5 * t2 + 0.5 * t3]
}
