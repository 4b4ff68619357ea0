//! A sheet with its scale: everything is placed in millimetres, text is sized in points.

use super::{BLACK, Face, GREY, Ink, PALE, RED, Raster, Typesetter};
use crate::rng::Rng;

/// A rectangle in millimetres.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Area {
    pub(crate) x: f32,
    pub(crate) y: f32,
    pub(crate) w: f32,
    pub(crate) h: f32,
}

impl Area {
    pub(crate) const fn new(x: f32, y: f32, w: f32, h: f32) -> Self {
        Self { x, y, w, h }
    }
}

/// A sheet being filled.
pub(crate) struct Page<'a> {
    pub(crate) raster: Raster,
    /// Pixels a millimetre.
    pub(crate) scale: f32,
    pub(crate) width: f32,
    pub(crate) height: f32,
    /// The pen this sheet is filled with.
    pub(crate) hand: Ink,
    pub(crate) rng: &'a mut Rng,
    pub(crate) typesetter: &'a mut Typesetter,
    marked: bool,
}

const MM_PER_POINT: f32 = 25.4 / 72.0;

impl<'a> Page<'a> {
    /// An empty sheet of `width` by `height` mm at `dpi`.
    pub(crate) fn new(
        (width, height): (f32, f32),
        dpi: u16,
        paper: Ink,
        rng: &'a mut Rng,
        typesetter: &'a mut Typesetter,
    ) -> Self {
        let scale = f32::from(dpi) / 25.4;
        let pixels = |mm: f32| (mm * scale).round() as usize;
        let raster = Raster::filled(pixels(width), pixels(height), paper);
        let hand = rng.pick(&[super::PEN_BLUE, super::PEN_BLUE, super::PEN_BLACK]);
        Self { raster, scale, width, height, hand, rng, typesetter, marked: false }
    }

    /// The drawn sheet, and whether it bears the mark.
    pub(crate) fn finish(self) -> (Raster, bool) {
        (self.raster, self.marked)
    }

    /// Writes in print from (`x`, `y`), the left end of the baseline; returns where it ends, in mm.
    pub(crate) fn text(&mut self, at: (f32, f32), font: (Face, f32), ink: Ink, text: &str) -> f32 {
        let em = font.1 * MM_PER_POINT * self.scale;
        let pen = (at.0 * self.scale, at.1 * self.scale);
        self.typesetter.draw(&mut self.raster, (font.0, em), pen, ink, text) / self.scale
    }

    /// Width of `text` in mm.
    pub(crate) fn text_width(&self, (face, points): (Face, f32), text: &str) -> f32 {
        Typesetter::width(face, points * MM_PER_POINT * self.scale, text) / self.scale
    }

    /// Writes in print, centred on `x`.
    pub(crate) fn centred(&mut self, (x, y): (f32, f32), font: (Face, f32), ink: Ink, text: &str) {
        let left = x - self.text_width(font, text) / 2.0;
        self.text((left, y), font, ink, text);
    }

    /// Writes a paragraph `width` mm wide; returns the baseline of the line after it.
    pub(crate) fn paragraph(&mut self, (x, y): (f32, f32), width: f32, font: (Face, f32), text: &str) -> f32 {
        let leading = font.1 * MM_PER_POINT * 1.45;
        let (mut line, mut at) = (String::new(), y);
        for word in text.split_whitespace() {
            let longer = if line.is_empty() { word.to_owned() } else { format!("{line} {word}") };
            if self.text_width(font, &longer) > width && !line.is_empty() {
                self.text((x, at), font, BLACK, &line);
                at += leading;
                line = word.to_owned();
            } else {
                line = longer;
            }
        }
        self.text((x, at), font, BLACK, &line);
        at + leading
    }

    /// Fills an area.
    pub(crate) fn fill(&mut self, area: Area, ink: Ink, opacity: f32) {
        let s = self.scale;
        let corners = [area.x * s, area.y * s, (area.x + area.w) * s, (area.y + area.h) * s];
        self.raster.fill(corners, ink, opacity);
    }

    /// A line to the right, `weight` mm thick.
    pub(crate) fn hline(&mut self, (x, y): (f32, f32), length: f32, weight: f32, ink: Ink) {
        self.fill(Area::new(x, y - weight / 2.0, length, weight), ink, 1.0);
    }

    /// A line downwards.
    pub(crate) fn vline(&mut self, (x, y): (f32, f32), length: f32, weight: f32, ink: Ink) {
        self.fill(Area::new(x - weight / 2.0, y, weight, length), ink, 1.0);
    }

    /// The outline of an area.
    pub(crate) fn frame(&mut self, area: Area, weight: f32, ink: Ink) {
        self.hline((area.x, area.y), area.w, weight, ink);
        self.hline((area.x, area.y + area.h), area.w, weight, ink);
        self.vline((area.x, area.y), area.h, weight, ink);
        self.vline((area.x + area.w, area.y), area.h, weight, ink);
    }

    /// A dotted line to write on.
    pub(crate) fn dotted(&mut self, (x, y): (f32, f32), length: f32) {
        for dot in 0..(length / 1.1) as usize {
            self.fill(Area::new(x + dot as f32 * 1.1, y, 0.35, 0.3), GREY, 1.0);
        }
    }

    /// A row of `count` boxes with one handwritten letter each; `at` is the top left corner.
    pub(crate) fn boxes(&mut self, at: (f32, f32), count: usize, cell: f32, value: &str) {
        let width = cell * count as f32;
        self.frame(Area::new(at.0, at.1, width, cell * 1.15), 0.2, BLACK);
        for index in 1..count {
            self.vline((at.0 + cell * index as f32, at.1), cell * 1.15, 0.15, BLACK);
        }
        let ink = self.hand;
        for (index, letter) in value.chars().take(count).enumerate() {
            let x = at.0 + cell * (index as f32 + 0.25);
            self.hand_letter((x, at.1 + cell * 0.95), cell * 0.72, ink, letter);
        }
    }

    /// A box to tick with its label.
    pub(crate) fn tick_box(&mut self, (x, y): (f32, f32), size: f32, ticked: bool, label: &str) {
        self.frame(Area::new(x, y - size, size, size), 0.2, BLACK);
        if ticked {
            let ink = self.hand;
            self.hand_letter((x + 0.3, y - 0.3), size * 0.9, ink, 'X');
        }
        self.text((x + size + 1.5, y - 0.4), (Face::Sans, 8.0), BLACK, label);
    }

    /// The mark every sample page bears: it is a specimen and no document.
    pub(crate) fn mark(&mut self) {
        let size = (self.width * 0.34).min(self.height * 0.5);
        let middle = (self.width / 2.0, self.height / 2.0 + size * 0.12);
        let paper = self.paper_tone();
        let faint = std::array::from_fn(|i| (f32::from(paper[i]) * 0.88) as u8);
        self.centred(middle, (Face::SansBold, size), faint, "CONTOH");
        self.marked = true;
    }

    /// The mark in words, in red, on one line with its left end at `at`.
    pub(crate) fn mark_line(&mut self, (x, y): (f32, f32), points: f32) {
        let text = "CONTOH \u{2013} SPECIMEN \u{2013} DATA REKAAN";
        let width = self.text_width((Face::SansBold, points), text);
        let height = points * MM_PER_POINT;
        self.frame(Area::new(x - 0.8, y - height, width + 1.6, height * 1.35), 0.2, RED);
        self.text((x, y), (Face::SansBold, points), RED, text);
    }

    fn paper_tone(&self) -> Ink {
        let middle = (self.raster.height / 2 * self.raster.width + self.raster.width / 2) * 3;
        self.raster.data.get(middle..middle + 3).map_or(PALE, |pixel| [pixel[0], pixel[1], pixel[2]])
    }
}
