//! Print: DejaVu faces, glyphs drawn once and kept.

use std::collections::HashMap;
use std::sync::LazyLock;

use ab_glyph::{Font, FontRef, ScaleFont};

use super::{Ink, Raster};

/// The faces papers are printed in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Face {
    Sans,
    SansBold,
    Serif,
    SerifBold,
    SerifItalic,
    Mono,
}

struct Fonts([FontRef<'static>; 6]);

static FONTS: LazyLock<Fonts> = LazyLock::new(|| {
    Fonts([
        parse(dejavu::sans_condensed::regular()),
        parse(dejavu::sans_condensed::bold()),
        parse(dejavu::serif_condensed::regular()),
        parse(dejavu::serif_condensed::bold()),
        parse(dejavu::serif_condensed::italic()),
        parse(dejavu::sans_mono::regular()),
    ])
});

#[expect(clippy::expect_used, reason = "the faces are compiled in, and every test draws with them")]
fn parse(bytes: &'static [u8]) -> FontRef<'static> {
    FontRef::try_from_slice(bytes).expect("a face that is compiled in must parse")
}

fn font(face: Face) -> &'static FontRef<'static> {
    &FONTS.0[face as usize]
}

struct Glyph {
    left: i32,
    top: i32,
    width: i32,
    coverage: Vec<u8>,
}

/// How many horizontal positions within a pixel a glyph is drawn for; without them spacing looks uneven.
const PHASES: f32 = 4.0;

/// Draws text and keeps every glyph it has drawn.
#[derive(Default)]
pub(crate) struct Typesetter {
    glyphs: HashMap<(Face, u32, u8, char), Option<Glyph>>,
}

/// Where a text starts, in pixels: left end of its baseline.
pub(crate) type Pen = (f32, f32);

impl Typesetter {
    /// Width of `text` in pixels at an em of `em` pixels.
    pub(crate) fn width(face: Face, em: f32, text: &str) -> f32 {
        let scaled = font(face).as_scaled(scale(face, em));
        text.chars().map(|letter| scaled.h_advance(scaled.glyph_id(letter))).sum()
    }

    /// Draws `text`; returns where it ends.
    pub(crate) fn draw(
        &mut self,
        raster: &mut Raster,
        (face, em): (Face, f32),
        pen: Pen,
        ink: Ink,
        text: &str,
    ) -> f32 {
        let scaled = font(face).as_scaled(scale(face, em));
        let (mut x, baseline) = (pen.0, pen.1.round() as i32);
        for letter in text.chars() {
            let phase = ((x - x.floor()) * PHASES) as u8;
            let key = (face, (em * 8.0) as u32, phase, letter);
            let glyph = self.glyphs.entry(key).or_insert_with(|| outline(face, em, phase, letter));
            if let Some(glyph) = glyph {
                blit(raster, glyph, (x.floor() as i32, baseline), ink);
            }
            x += scaled.h_advance(scaled.glyph_id(letter));
        }
        x
    }
}

/// `ab_glyph` counts the line height, print counts the em.
fn scale(face: Face, em: f32) -> f32 {
    let font = font(face);
    em * font.height_unscaled() / font.units_per_em().unwrap_or(2_048.0)
}

fn outline(face: Face, em: f32, phase: u8, letter: char) -> Option<Glyph> {
    let position = ab_glyph::point(f32::from(phase) / PHASES, 0.0);
    let glyph = font(face).glyph_id(letter).with_scale_and_position(scale(face, em), position);
    let outlined = font(face).outline_glyph(glyph)?;
    let bounds = outlined.px_bounds();
    let width = bounds.width() as i32;
    let mut coverage = vec![0; (width * bounds.height() as i32) as usize];
    outlined.draw(|x, y, value| coverage[y as usize * width as usize + x as usize] = (value * 255.0) as u8);
    Some(Glyph { left: bounds.min.x as i32, top: bounds.min.y as i32, width, coverage })
}

fn blit(raster: &mut Raster, glyph: &Glyph, (x, y): (i32, i32), ink: Ink) {
    for (row, line) in glyph.coverage.chunks(glyph.width.max(1) as usize).enumerate() {
        for (column, &coverage) in line.iter().enumerate() {
            raster.blend(x + glyph.left + column as i32, y + glyph.top + row as i32, ink, coverage);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_leaves_ink_where_its_width_says() {
        let mut raster = Raster::filled(200, 40, [255; 3]);
        let end = Typesetter::default().draw(&mut raster, (Face::Serif, 20.0), (5.0, 30.0), [0; 3], "Berkas");
        assert!((end - 5.0 - Typesetter::width(Face::Serif, 20.0, "Berkas")).abs() < 0.01);
        let inked = |x: usize| (0..40).any(|y| raster.data[(y * 200 + x) * 3] < 128);
        assert!((5..end as usize).filter(|&x| inked(x)).count() > 30);
        assert!((end as usize + 2..200).all(|x| !inked(x)));
    }
}
