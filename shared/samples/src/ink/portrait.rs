//! A placeholder for a photograph: a head and shoulders that are nobody's.

use berkas_domain::form::Sex;

use super::Ink;
use super::page::{Area, Page};

const RED_WALL: Ink = [186, 44, 40];
const BLUE_WALL: Ink = [46, 92, 176];

impl Page<'_> {
    /// Draws a portrait; the wall is red for odd birth years and blue for even ones (`domain.md` 3.3).
    pub(crate) fn portrait(&mut self, area: Area, sex: Option<Sex>, birth_year: i32) {
        let wall = if birth_year % 2 == 0 { BLUE_WALL } else { RED_WALL };
        self.fill(area, wall, 1.0);
        let veiled = sex == Some(Sex::Female) && self.rng.chance(0.6);
        let cloth: Ink = if veiled { [86, 96, 120] } else { [222, 222, 226] };
        let (cx, w, h) = (area.x + area.w / 2.0, area.w, area.h);
        let skin = self.rng.pick(&[[196, 150, 116], [182, 134, 100], [208, 164, 130]]);
        self.shoulders(area, cloth);
        if veiled {
            self.oval((cx, area.y + h * 0.44), (w * 0.31, h * 0.34), cloth);
        } else {
            self.oval((cx, area.y + h * 0.36), (w * 0.25, h * 0.25), [34, 28, 26]);
            self.oval((cx, area.y + h * 0.68), (w * 0.1, h * 0.12), skin);
        }
        self.oval((cx, area.y + h * 0.44), (w * 0.21, h * 0.24), skin);
        for side in [-1.0, 1.0] {
            self.oval((cx + side * w * 0.09, area.y + h * 0.41), (w * 0.03, h * 0.016), [40, 30, 28]);
            self.fill(
                Area::new(cx + side * w * 0.09 - w * 0.045, area.y + h * 0.365, w * 0.09, h * 0.012),
                [50, 38, 34],
                0.8,
            );
        }
        self.fill(Area::new(cx - w * 0.012, area.y + h * 0.43, w * 0.024, h * 0.07), [150, 106, 80], 0.7);
        self.fill(Area::new(cx - w * 0.06, area.y + h * 0.55, w * 0.12, h * 0.014), [130, 66, 60], 0.9);
    }

    /// Stays inside the photograph: rows below its lower edge are not drawn.
    fn shoulders(&mut self, area: Area, cloth: Ink) {
        let rows = 40;
        for row in 0..rows {
            let part = row as f32 / rows as f32;
            let half = area.w * 0.46 * (part * 1.4).min(1.0).sqrt();
            let y = area.y + area.h * (0.74 + 0.26 * part);
            let strip =
                Area::new(area.x + area.w / 2.0 - half, y, half * 2.0, area.h * (0.26 * (1.0 - part)));
            self.fill(strip, cloth, 1.0);
        }
    }

    fn oval(&mut self, (x, y): (f32, f32), (rx, ry): (f32, f32), ink: Ink) {
        let s = self.scale;
        self.raster.ellipse((x * s, y * s), (rx * s, ry * s), ink, 1.0);
    }
}
