//! What makes paper official: emblem, round stamp, code squares, border, security lines.

use super::page::{Area, Page};
use super::{BLACK, Face, Ink, STAMP_BLUE, STAMP_PURPLE};

impl Page<'_> {
    /// An invented emblem: a ring, a shield and rays. It is no state's and no district's.
    pub(crate) fn emblem(&mut self, (x, y): (f32, f32), radius: f32, ink: Ink) {
        self.ring((x, y), radius, 0.35, ink);
        for ray in 0..12 {
            let angle = ray as f32 * std::f32::consts::TAU / 12.0;
            let end = |part: f32| (x + radius * part * angle.cos(), y + radius * part * angle.sin());
            self.line(&[end(0.72), end(0.92)], 0.35, ink, 1.0);
        }
        let corner = |dx: f32, dy: f32| (x + radius * dx, y + radius * dy);
        let shield = [
            corner(-0.42, -0.45),
            corner(0.42, -0.45),
            corner(0.42, 0.1),
            corner(0.0, 0.55),
            corner(-0.42, 0.1),
            corner(-0.42, -0.45),
        ];
        self.line(&shield, 0.5, ink, 1.0);
        self.line(&[corner(-0.42, -0.1), corner(0.42, -0.1)], 0.4, ink, 1.0);
        self.line(&[corner(0.0, -0.45), corner(0.0, 0.5)], 0.4, ink, 1.0);
    }

    /// A round rubber stamp, unevenly inked, `radius` mm.
    pub(crate) fn stamp(&mut self, (x, y): (f32, f32), radius: f32, words: [&str; 2]) {
        let ink = self.rng.pick(&[STAMP_PURPLE, STAMP_PURPLE, STAMP_BLUE]);
        self.ring((x, y), radius, 0.7, ink);
        self.ring((x, y), radius * 0.94, 0.25, ink);
        self.ring((x, y), radius * 0.62, 0.3, ink);
        for step in 0..26 {
            let angle = step as f32 * std::f32::consts::TAU / 26.0;
            let end = |part: f32| (x + radius * part * angle.cos(), y + radius * part * angle.sin());
            let flow = self.rng.betweenf(0.4, 0.95);
            self.line(&[end(0.70), end(0.86)], 0.45, ink, flow);
        }
        let size = radius * 0.5;
        self.centred((x, y - radius * 0.05), (Face::SansBold, size), ink, words[0]);
        self.centred((x, y + radius * 0.28), (Face::SansBold, size * 0.72), ink, words[1]);
    }

    fn ring(&mut self, (x, y): (f32, f32), radius: f32, weight: f32, ink: Ink) {
        let point = |step: usize| {
            let angle = step as f32 * std::f32::consts::TAU / 48.0;
            (x + radius * angle.cos(), y + radius * angle.sin())
        };
        let points: Vec<_> = (0..=48).map(point).collect();
        self.line(&points, weight, ink, 0.85);
    }

    /// A line through points in mm.
    pub(crate) fn line(&mut self, points: &[(f32, f32)], weight: f32, ink: Ink, opacity: f32) {
        let scale = self.scale;
        let pixels: Vec<_> = points.iter().map(|&(x, y)| (x * scale, y * scale)).collect();
        self.raster.stroke(&pixels, (weight * scale).max(0.8), ink, opacity);
    }

    /// Squares like a matrix code; they encode nothing.
    pub(crate) fn code_square(&mut self, area: Area) {
        const CELLS: usize = 25;
        let cell = area.w / CELLS as f32;
        let pattern = self.rng.next_u64();
        for row in 0..CELLS {
            for column in 0..CELLS {
                let mix = pattern.rotate_left((row * 7 + column * 13) as u32) ^ (row * column) as u64;
                if finder(row, column, CELLS).unwrap_or(mix % 2 == 1) {
                    let (x, y) = (area.x + column as f32 * cell, area.y + row as f32 * cell);
                    self.fill(Area::new(x, y, cell, cell), BLACK, 1.0);
                }
            }
        }
    }

    /// A double border with small lozenges, as on certificates.
    pub(crate) fn ornate_border(&mut self, area: Area, ink: Ink) {
        self.frame(area, 0.9, ink);
        let inner = Area::new(area.x + 5.0, area.y + 5.0, area.w - 10.0, area.h - 10.0);
        self.frame(inner, 0.4, ink);
        let mut lozenge = |x: f32, y: f32| {
            let points = [(x - 2.0, y), (x, y - 2.0), (x + 2.0, y), (x, y + 2.0), (x - 2.0, y)];
            self.line(&points, 0.35, ink, 1.0);
        };
        for step in 0..=(area.w / 5.0) as usize {
            let x = area.x + 2.5 + step as f32 * (area.w - 5.0) / (area.w / 5.0).floor();
            lozenge(x, area.y + 2.5);
            lozenge(x, area.y + area.h - 2.5);
        }
        for step in 1..(area.h / 5.0) as usize {
            let y = area.y + 2.5 + step as f32 * (area.h - 5.0) / (area.h / 5.0).floor();
            lozenge(area.x + 2.5, y);
            lozenge(area.x + area.w - 2.5, y);
        }
    }

    /// Fine waves in the background, as on security paper.
    pub(crate) fn waves(&mut self, area: Area, step: f32, ink: Ink) {
        let lines = (area.h / step) as usize;
        for line in 1..lines {
            let y = area.y + line as f32 * step;
            let wave = |i: usize| {
                let x = area.x + area.w * i as f32 / 40.0;
                (x, y + (i as f32 * 0.6 + line as f32 * 0.5).sin() * step * 0.8)
            };
            let points: Vec<_> = (0..=40).map(wave).collect();
            self.line(&points, 0.12, ink, 0.55);
        }
    }
}

/// The three squares in the corners: dark, light or none of their business.
fn finder(row: usize, column: usize, cells: usize) -> Option<bool> {
    let corner = |top: usize, left: usize| {
        let (r, c) = (row.checked_sub(top)?, column.checked_sub(left)?);
        (r < 7 && c < 7).then(|| {
            let ring = r.min(c).min(6 - r).min(6 - c);
            ring != 1
        })
    };
    corner(0, 0).or_else(|| corner(0, cells - 7)).or_else(|| corner(cells - 7, 0))
}
