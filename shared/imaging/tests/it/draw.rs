//! Draws pages of writing at an exactly known angle: letters are strokes, and each pixel's shade comes from its
//! distance to them. No font, no file.

use berkas_imaging::{Pixels, Raster};

/// A stroke from one place to another, in parts of the letter height; y points up from the base line.
type Stroke = (f64, f64, f64, f64);

/// Letters and how often they are drawn, roughly as in Indonesian.
const LETTERS: [(&[Stroke], u64); 14] = [
    (
        &[
            (0.35, 0.0, 0.35, 0.5),
            (0.35, 0.5, 0.05, 0.5),
            (0.35, 0.25, 0.0, 0.2),
            (0.0, 0.2, 0.05, 0.0),
            (0.05, 0.0, 0.35, 0.03),
        ],
        19,
    ),
    (&[(0.0, 0.0, 0.0, 0.5), (0.0, 0.42, 0.2, 0.5), (0.2, 0.5, 0.35, 0.4), (0.35, 0.4, 0.35, 0.0)], 12),
    (&[(0.0, 0.0, 0.0, 0.5), (0.0, 0.66, 0.0, 0.7)], 8),
    (
        &[
            (0.0, 0.25, 0.35, 0.25),
            (0.35, 0.25, 0.3, 0.5),
            (0.3, 0.5, 0.05, 0.5),
            (0.05, 0.5, 0.0, 0.25),
            (0.0, 0.25, 0.05, 0.0),
            (0.05, 0.0, 0.32, 0.03),
        ],
        8,
    ),
    (&[(0.0, 0.0, 0.0, 0.5), (0.0, 0.4, 0.22, 0.5)], 6),
    (&[(0.1, 0.0, 0.1, 0.68), (0.0, 0.5, 0.25, 0.5)], 6),
    (&[(0.0, 0.5, 0.0, 0.05), (0.0, 0.05, 0.2, 0.0), (0.2, 0.0, 0.35, 0.1), (0.35, 0.0, 0.35, 0.5)], 5),
    (&[(0.0, 0.0, 0.0, 0.75), (0.0, 0.2, 0.3, 0.5), (0.1, 0.28, 0.33, 0.0)], 5),
    (
        &[
            (0.35, 0.0, 0.35, 0.75),
            (0.35, 0.5, 0.05, 0.45),
            (0.05, 0.45, 0.05, 0.05),
            (0.05, 0.05, 0.35, 0.0),
        ],
        4,
    ),
    (
        &[
            (0.3, 0.5, 0.05, 0.48),
            (0.05, 0.48, 0.05, 0.28),
            (0.05, 0.28, 0.3, 0.22),
            (0.3, 0.22, 0.3, 0.0),
            (0.3, 0.0, 0.0, 0.02),
        ],
        4,
    ),
    (
        &[
            (0.35, 0.5, 0.35, -0.22),
            (0.35, -0.22, 0.05, -0.22),
            (0.35, 0.5, 0.0, 0.45),
            (0.0, 0.45, 0.0, 0.05),
            (0.0, 0.05, 0.35, 0.0),
        ],
        3,
    ),
    (&[(0.0, 0.0, 0.0, 0.75)], 3),
    (&[(0.0, 0.0, 0.0, 0.75), (0.0, 0.5, 0.35, 0.45), (0.35, 0.45, 0.35, 0.05), (0.35, 0.05, 0.0, 0.0)], 3),
    (&[(0.0, -0.22, 0.0, 0.5), (0.0, 0.5, 0.35, 0.45), (0.35, 0.45, 0.35, 0.05), (0.35, 0.05, 0.0, 0.0)], 3),
];

/// A small seeded generator (SplitMix64).
pub(crate) struct Random(pub(crate) u64);

impl Random {
    pub(crate) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    pub(crate) fn below(&mut self, count: u64) -> u64 {
        self.next() % count
    }

    /// Noise between -1 and 1, denser in the middle.
    pub(crate) fn noise(&mut self) -> f64 {
        let bits = self.next();
        let part = |shift: u32| f64::from((bits >> shift) as u16) / 65_535.0;
        part(0) + part(16) - 1.0
    }
}

/// What is drawn.
#[derive(Clone, Copy)]
pub(crate) struct Page {
    pub(crate) seed: u64,
    pub(crate) width: usize,
    pub(crate) height: usize,
    /// Degrees clockwise.
    pub(crate) skew_deg: f64,
    /// Height of a letter box in pixels; the small letters are half as high.
    pub(crate) letter: f64,
    pub(crate) paper: u8,
    pub(crate) ink: u8,
}

impl Default for Page {
    /// An A4 page at 120 dpi.
    fn default() -> Self {
        Self { seed: 1, width: 992, height: 1403, skew_deg: 0.0, letter: 24.0, paper: 255, ink: 20 }
    }
}

struct Canvas {
    page: Page,
    pixels: Vec<u8>,
    sin: f64,
    cos: f64,
}

impl Canvas {
    /// Draws a stroke given in pixels of the straight page.
    fn stroke(&mut self, from: (f64, f64), to: (f64, f64), thickness: f64) {
        let (from, to) = (self.turned(from), self.turned(to));
        let reach = thickness / 2.0 + 1.0;
        let span = |a: f64, b: f64, limit: usize| {
            let low = (a.min(b) - reach).floor().max(0.0) as usize;
            low..((a.max(b) + reach).ceil().max(0.0) as usize).min(limit)
        };
        for y in span(from.1, to.1, self.page.height) {
            for x in span(from.0, to.0, self.page.width) {
                let distance = distance((x as f64 + 0.5, y as f64 + 0.5), from, to);
                let cover = (thickness / 2.0 + 0.5 - distance).clamp(0.0, 1.0);
                let (paper, ink) = (f64::from(self.page.paper), f64::from(self.page.ink));
                let shade = (paper + (ink - paper) * cover).round() as u8;
                let pixel = &mut self.pixels[y * self.page.width + x];
                *pixel = (*pixel).min(shade);
            }
        }
    }

    fn turned(&self, place: (f64, f64)) -> (f64, f64) {
        let (cx, cy) = (self.page.width as f64 / 2.0, self.page.height as f64 / 2.0);
        let (dx, dy) = (place.0 - cx, place.1 - cy);
        (cx + self.cos * dx - self.sin * dy, cy + self.sin * dx + self.cos * dy)
    }
}

fn distance(at: (f64, f64), from: (f64, f64), to: (f64, f64)) -> f64 {
    let (dx, dy) = (to.0 - from.0, to.1 - from.1);
    let length = dx * dx + dy * dy;
    let along = if length > 0.0 { ((at.0 - from.0) * dx + (at.1 - from.1) * dy) / length } else { 0.0 };
    let along = along.clamp(0.0, 1.0);
    f64::hypot(at.0 - from.0 - along * dx, at.1 - from.1 - along * dy)
}

/// Draws paragraphs of writing.
pub(crate) fn writing(page: Page) -> Raster {
    let (sin, cos) = page.skew_deg.to_radians().sin_cos();
    let mut canvas = Canvas { page, pixels: vec![page.paper; page.width * page.height], sin, cos };
    let mut random = Random(page.seed);
    let margin = page.width as f64 * 0.12;
    let total: u64 = LETTERS.iter().map(|(_, weight)| weight).sum();
    let mut y = page.height as f64 * 0.14;
    while y < page.height as f64 * 0.72 {
        let lines = 2 + random.below(5);
        for line in 0..lines {
            let last = line + 1 == lines;
            let end = if last { 0.3 + 0.5 * random.below(100) as f64 / 100.0 } else { 0.85 };
            let mut x = margin + if line == 0 { page.letter } else { 0.0 };
            while x < page.width as f64 * end {
                for _ in 0..2 + random.below(8) {
                    letter(&mut canvas, (x, y), random.below(total));
                    x += page.letter * 0.52;
                }
                x += page.letter * 0.4;
            }
            y += page.letter * 1.3;
        }
        y += page.letter;
    }
    Raster::gray(page.width as u32, page.height as u32, canvas.pixels)
}

fn letter(canvas: &mut Canvas, at: (f64, f64), mut pick: u64) {
    let size = canvas.page.letter;
    for (strokes, weight) in LETTERS {
        if pick >= weight {
            pick -= weight;
            continue;
        }
        for &(x0, y0, x1, y1) in strokes {
            let place = |x: f64, y: f64| (at.0 + x * size, at.1 - y * size);
            canvas.stroke(place(x0, y0), place(x1, y1), size * 0.08);
        }
        return;
    }
}

/// Returns the page's gray pixels.
pub(crate) fn gray(page: &Raster) -> &[u8] {
    match &page.pixels {
        Pixels::Gray(pixels) => pixels,
        Pixels::Rgb(_) => panic!("a drawn page is gray"),
    }
}

/// Turns the page by quarters clockwise.
pub(crate) fn quarter_turned(page: &Raster, quarters: u32) -> Raster {
    let mut page = page.clone();
    for _ in 0..quarters {
        let (width, height) = (page.width as usize, page.height as usize);
        let old = gray(&page);
        let pixels =
            (0..width * height).map(|at| old[(height - 1 - at % height) * width + at / height]).collect();
        page = Raster::gray(height as u32, width as u32, pixels);
    }
    page
}

/// Averages over a box of `2 × radius + 1` pixels, three times, which comes close to a Gaussian; `radius` is given
/// for both directions.
pub(crate) fn blurred(page: &Raster, radius: (usize, usize)) -> Raster {
    let (width, height) = (page.width as usize, page.height as usize);
    let mut pixels: Vec<f64> = gray(page).iter().map(|&pixel| f64::from(pixel)).collect();
    for _ in 0..3 {
        pixels = box_blur(&pixels, width, height, radius.0, 1, width);
        pixels = box_blur(&pixels, height, width, radius.1, width, 1);
    }
    Raster::gray(page.width, page.height, pixels.iter().map(|pixel| pixel.round() as u8).collect())
}

fn box_blur(
    pixels: &[f64],
    length: usize,
    lines: usize,
    radius: usize,
    step: usize,
    pitch: usize,
) -> Vec<f64> {
    let mut out = pixels.to_vec();
    for line in 0..lines {
        let at = |place: isize| pixels[line * pitch + place.clamp(0, length as isize - 1) as usize * step];
        let radius = radius as isize;
        let mut sum: f64 = (-radius..=radius).map(&at).sum();
        for place in 0..length as isize {
            out[line * pitch + place as usize * step] = sum / (2 * radius + 1) as f64;
            sum += at(place + radius + 1) - at(place - radius);
        }
    }
    out
}

/// Adds noise of this strength.
pub(crate) fn noisy(page: &Raster, strength: f64, seed: u64) -> Raster {
    let mut random = Random(seed);
    let noise = |&pixel: &u8| (f64::from(pixel) + random.noise() * strength).round().clamp(0.0, 255.0) as u8;
    Raster::gray(page.width, page.height, gray(page).iter().map(noise).collect())
}

/// Multiplies every pixel by what `light` says for its place, from 0 to 1 across and down.
pub(crate) fn lit(page: &Raster, light: impl Fn(f64, f64) -> f64) -> Raster {
    let (width, height) = (page.width as usize, page.height as usize);
    let pixels = gray(page).iter().enumerate().map(|(at, &pixel)| {
        let (x, y) = (at % width, at / width);
        (f64::from(pixel) * light(x as f64 / width as f64, y as f64 / height as f64)).round() as u8
    });
    Raster::gray(page.width, page.height, pixels.collect())
}

/// Returns the page in gray, by its green channel.
pub(crate) fn in_gray(page: &Raster) -> Raster {
    match &page.pixels {
        Pixels::Gray(_) => page.clone(),
        Pixels::Rgb(pixels) => {
            let green = pixels.chunks_exact(3).map(|pixel| pixel[1]).collect();
            Raster::gray(page.width, page.height, green)
        }
    }
}

/// Lays a page on a table of this shade, turned clockwise, so that at least `margin` pixels of the table show on every side.
pub(crate) fn laid(page: &Raster, shade: u8, skew_deg: f64, margin: usize) -> Raster {
    let (sin, cos) = skew_deg.to_radians().sin_cos();
    let (width, height) = (f64::from(page.width), f64::from(page.height));
    let edge = |a: f64, b: f64| (a * cos + b * sin.abs()).ceil() as usize + 2 * margin;
    let (out_width, out_height) = (edge(width, height), edge(height, width));
    let old = gray(page);
    let at = |x: f64, y: f64| {
        let inside = x >= 0.0 && y >= 0.0 && x < width && y < height;
        if inside { f64::from(old[y as usize * page.width as usize + x as usize]) } else { f64::from(shade) }
    };
    let pixels = (0..out_width * out_height).map(|place| {
        let dx = (place % out_width) as f64 + 0.5 - out_width as f64 / 2.0;
        let dy = (place / out_width) as f64 + 0.5 - out_height as f64 / 2.0;
        let (x, y) = (width / 2.0 + cos * dx + sin * dy - 0.5, height / 2.0 - sin * dx + cos * dy - 0.5);
        let (wx, wy) = (x - x.floor(), y - y.floor());
        let (x, y) = (x.floor(), y.floor());
        let upper = at(x, y) * (1.0 - wx) + at(x + 1.0, y) * wx;
        let lower = at(x, y + 1.0) * (1.0 - wx) + at(x + 1.0, y + 1.0) * wx;
        (upper * (1.0 - wy) + lower * wy).round() as u8
    });
    Raster::gray(out_width as u32, out_height as u32, pixels.collect())
}

/// Photographs a page on a table of this shade so that its corners, from the upper left one clockwise, lie at these places.
pub(crate) fn aslant(page: &Raster, shade: u8, size: (usize, usize), corners: [(f64, f64); 4]) -> Raster {
    let (width, height) = (f64::from(page.width), f64::from(page.height));
    let old = gray(page);
    let at = |x: f64, y: f64| {
        let inside = x >= 0.0 && y >= 0.0 && x < width && y < height;
        if inside { f64::from(old[y as usize * page.width as usize + x as usize]) } else { f64::from(shade) }
    };
    let map = crate::mapping::back(&crate::mapping::onto((width, height), corners));
    let pixels = (0..size.0 * size.1).map(|place| {
        let (x, y) = ((place % size.0) as f64 + 0.5, (place / size.0) as f64 + 0.5);
        let w = map[6] * x + map[7] * y + map[8];
        let u = (map[0] * x + map[1] * y + map[2]) / w - 0.5;
        let v = (map[3] * x + map[4] * y + map[5]) / w - 0.5;
        let (wx, wy) = (u - u.floor(), v - v.floor());
        let (u, v) = (u.floor(), v.floor());
        let upper = at(u, v) * (1.0 - wx) + at(u + 1.0, v) * wx;
        let lower = at(u, v + 1.0) * (1.0 - wx) + at(u + 1.0, v + 1.0) * wx;
        (upper * (1.0 - wy) + lower * wy).round() as u8
    });
    Raster::gray(size.0 as u32, size.1 as u32, pixels.collect())
}
