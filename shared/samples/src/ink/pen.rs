//! Handwriting: block capitals from strokes on a grid of 4 by 6, shaken a little.

use super::page::{Area, Page};
use super::{Ink, PEN_BLUE};

/// Strokes of a letter: each group is one stroke, two digits (x, y) a point, y downwards.
fn strokes(letter: char) -> &'static str {
    match letter.to_ascii_uppercase() {
        'A' => "062046 1434",
        'B' => "0006 003041423303 3344453606",
        'C' => "4130100105163645",
        'D' => "0006 002042442606",
        'E' => "40000646 0333",
        'F' => "400006 0333",
        'G' => "41301001051636454323",
        'H' => "0006 4046 0343",
        'I' => "2026",
        'J' => "4045361605",
        'K' => "0006 400346",
        'L' => "000646",
        'M' => "0600234046",
        'N' => "06004640",
        'O' => "103041453616050110",
        'P' => "06003041423303",
        'Q' => "103041453616050110 2446",
        'R' => "06003041423303 2346",
        'S' => "413010010213334445361605",
        'T' => "0040 2026",
        'U' => "000516364540",
        'V' => "002640",
        'W' => "0016233640",
        'X' => "0046 4006",
        'Y' => "002340 2326",
        'Z' => "00400646",
        '0' => "103041453616050110",
        '1' => "112026",
        '2' => "01103041420646",
        '3' => "01103041423323334445361605",
        '4' => "300444 3036",
        '5' => "400003334445361605",
        '6' => "30100105163645443303",
        '7' => "004016",
        '8' => "13334241301001021304051636454433",
        '9' => "43130201103041453616",
        '-' => "0343",
        '+' => "0343 2125",
        '/' => "0640",
        '.' => "2526",
        ',' => "2517",
        ':' => "2223 2526",
        '\'' => "2021",
        _ => "",
    }
}

impl Page<'_> {
    /// Writes `text` by hand, capitals of `height` mm standing on (`x`, `y`); returns where it ends, in mm.
    pub(crate) fn handwrite(&mut self, (x, y): (f32, f32), height: f32, ink: Ink, text: &str) -> f32 {
        let mut at = x;
        for letter in text.chars() {
            self.hand_letter((at, y), height, ink, letter);
            at += height * if letter == ' ' { 0.55 } else { 0.9 };
        }
        at
    }

    /// Writes one letter by hand.
    pub(crate) fn hand_letter(&mut self, (x, y): (f32, f32), height: f32, ink: Ink, letter: char) {
        let (unit, lean) = (height / 6.0, self.rng.betweenf(-0.05, 0.12));
        let lift = self.rng.betweenf(-0.06, 0.06) * height;
        for stroke in strokes(letter).split(' ') {
            let mut points = Vec::new();
            for pair in stroke.as_bytes().chunks_exact(2) {
                let (column, row) = (f32::from(pair[0] - b'0'), f32::from(pair[1] - b'0'));
                let shake = (self.rng.betweenf(-0.25, 0.25), self.rng.betweenf(-0.25, 0.25));
                let up = (6.0 - row + shake.1) * unit;
                points.push((x + (column + shake.0) * unit + lean * up, y + lift - up));
            }
            self.pen_stroke(&rounded(&points), 0.32, ink);
        }
    }

    /// A signature: loops or zigzags that run to the right, most with a line back below them.
    pub(crate) fn signature(&mut self, area: Area) {
        let (loops, phase) = (self.rng.whole(2, 6) as f32, self.rng.betweenf(0.0, 6.0));
        let (slant, roundness) = (self.rng.betweenf(-0.1, 0.25), self.rng.pick(&[0.02, 0.05, 0.09, 0.12]));
        let (rise, decay) = (self.rng.betweenf(-0.25, 0.1), self.rng.betweenf(0.2, 0.75));
        let mut points = Vec::new();
        for step in 0..=(loops as usize * 12) {
            let part = step as f32 / (loops * 12.0);
            let angle = part * loops * std::f32::consts::TAU + phase;
            let swing = (1.0 - decay * part) * (0.7 + 0.3 * (part * 9.0 + phase).sin()) * angle.sin();
            let x = 0.08 + 0.8 * part + roundness * angle.cos() - slant * swing * 0.3;
            points.push((area.x + area.w * x, area.y + area.h * (0.5 + 0.45 * swing + rise * part)));
        }
        if self.rng.chance(0.7) {
            let back = self.rng.betweenf(0.62, 0.95);
            points.push((area.x + area.w * self.rng.betweenf(0.05, 0.4), area.y + area.h * back));
            points.push((area.x + area.w, area.y + area.h * (back - self.rng.betweenf(0.0, 0.25))));
        }
        let ink = self.hand;
        self.pen_stroke(&rounded(&points), 0.38, ink);
    }

    fn pen_stroke(&mut self, points: &[(f32, f32)], width_mm: f32, ink: Ink) {
        let scale = self.scale;
        let pixels: Vec<_> = points.iter().map(|&(x, y)| (x * scale, y * scale)).collect();
        let opacity = if ink == PEN_BLUE { 0.82 } else { 0.88 };
        self.raster.stroke(&pixels, (width_mm * scale).max(1.2), ink, opacity);
    }
}

/// Cuts the corners of a line once (Chaikin).
fn rounded(points: &[(f32, f32)]) -> Vec<(f32, f32)> {
    let (Some(&first), Some(&last)) = (points.first(), points.last()) else { return Vec::new() };
    let mix = |a: (f32, f32), b: (f32, f32), t: f32| (a.0 + (b.0 - a.0) * t, a.1 + (b.1 - a.1) * t);
    let mut round = vec![first];
    for ends in points.windows(2) {
        round.push(mix(ends[0], ends[1], 0.22));
        round.push(mix(ends[0], ends[1], 0.78));
    }
    round.push(last);
    round
}

#[cfg(test)]
mod tests {
    use super::strokes;

    #[test]
    fn every_letter_and_digit_can_be_written_by_hand() {
        for letter in ('A'..='Z').chain('0'..='9') {
            assert!(strokes(letter).len() >= 4, "{letter}");
            assert!(strokes(letter).split(' ').all(|stroke| stroke.len().is_multiple_of(2)), "{letter}");
        }
    }
}
