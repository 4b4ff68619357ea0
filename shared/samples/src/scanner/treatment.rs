//! What shall happen to a page, and what a check of it should then say.

use crate::rng::Rng;
use crate::truth::{Degradation, Verdict};

/// What lies around the page.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Surroundings {
    /// A scanner's white lid.
    WhiteLid,
    /// A scanner's black lid, or no lid.
    BlackLid,
    /// A wooden table under a phone.
    Table,
    /// A plain cloth or table of this shade that shows at least so many millimetres of itself on every side.
    Plain { shade: u8, margin_mm: f32 },
    /// No light at all.
    Nothing,
}

/// What shall happen to a page.
#[derive(Debug, Clone)]
pub(crate) struct Treatment {
    /// Clockwise, degrees.
    pub(crate) skew_deg: f64,
    /// Clockwise: 0, 90, 180 or 270.
    pub(crate) rotation_deg: u16,
    /// Whether the phone says in EXIF how it was held.
    pub(crate) exif: bool,
    pub(crate) grey: bool,
    pub(crate) surroundings: Surroundings,
    pub(crate) degradations: Vec<Degradation>,
    /// JPEG quality.
    pub(crate) quality: u8,
}

impl Treatment {
    /// A good flatbed scan, not turned at all.
    pub(crate) fn straight(grey: bool) -> Self {
        Self {
            skew_deg: 0.0,
            rotation_deg: 0,
            exif: false,
            grey,
            surroundings: Surroundings::WhiteLid,
            degradations: Vec::new(),
            quality: 84,
        }
    }

    /// What a page usually suffers; it stays legible.
    pub(crate) fn usual(grey: bool, rng: &mut Rng) -> Self {
        let phone = rng.chance(0.22);
        let mut treatment = Self {
            skew_deg: skew(rng),
            rotation_deg: rng.pick(&[0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 90, 180, 270]),
            exif: phone && rng.chance(0.6),
            grey: grey && !phone,
            surroundings: surroundings(phone, rng),
            quality: rng.whole(72, 90) as u8,
            degradations: Vec::new(),
        };
        if phone {
            treatment.add(Degradation::Perspective { strength: rng.betweenf(0.01, 0.035) });
        }
        if treatment.surroundings == Surroundings::BlackLid {
            treatment.add(Degradation::BlackBorder { width_mm: rng.betweenf(2.0, 9.0) });
        }
        treatment.add(Degradation::Noise { sigma: rng.betweenf(1.0, if phone { 7.0 } else { 3.5 }) });
        for _ in 0..rng.pick(&[0, 0, 1, 1, 1, 2]) {
            let more = mild(rng);
            treatment.add(more);
        }
        treatment
    }

    /// A flatbed scan, a little aslant, with exactly these degradations.
    pub(crate) fn with(degradations: &[Degradation], grey: bool, rng: &mut Rng) -> Self {
        let mut treatment = Self::straight(grey);
        treatment.skew_deg = skew(rng);
        for &degradation in degradations {
            treatment.surroundings = match degradation {
                Degradation::Perspective { .. } => Surroundings::Table,
                Degradation::BlackBorder { .. } => Surroundings::BlackLid,
                _ => treatment.surroundings,
            };
            treatment.add(degradation);
        }
        treatment
    }

    /// What makes a page illegible; `fine_print` for cards, whose letters are small.
    pub(crate) fn illegible(grey: bool, rng: &mut Rng) -> Self {
        let mut treatment = Self::straight(grey);
        treatment.skew_deg = skew(rng);
        treatment.add(Degradation::Noise { sigma: rng.betweenf(2.0, 6.0) });
        let worst = rng.whole(0, 4);
        treatment.add(match worst {
            0 | 1 => Degradation::Blur { sigma_mm: rng.betweenf(0.7, 1.0) },
            2 => Degradation::Motion { length_mm: rng.betweenf(3.2, 4.5) },
            3 => Degradation::Dark { gain: rng.betweenf(0.03, 0.06) },
            _ => Degradation::CutOff { part: rng.betweenf(0.45, 0.6) },
        });
        treatment
    }

    /// Adds a degradation unless there is one of its kind.
    fn add(&mut self, more: Degradation) {
        let kind = std::mem::discriminant(&more);
        if self.degradations.iter().all(|have| std::mem::discriminant(have) != kind) {
            self.degradations.push(more);
        }
        if let Degradation::JpegArtefacts { quality } = more {
            self.quality = quality;
        }
    }

    /// What a check of the page should say.
    pub(crate) fn verdict(&self, fine_print: bool) -> Verdict {
        self.degradations
            .iter()
            .map(|degradation| verdict(degradation, fine_print))
            .max()
            .unwrap_or(Verdict::Ok)
    }
}

/// Most pages lie almost straight, some aslant, a few very much so.
fn skew(rng: &mut Rng) -> f64 {
    let spread = rng.pick(&[0.0, 0.4, 0.4, 0.8, 0.8, 0.8, 1.5, 1.5, 3.0, 6.0]);
    let degrees: f64 = spread * rng.normal();
    (degrees.clamp(-12.0, 12.0) * 1e4).round() / 1e4
}

fn surroundings(phone: bool, rng: &mut Rng) -> Surroundings {
    match phone {
        true => Surroundings::Table,
        false if rng.chance(0.2) => Surroundings::BlackLid,
        false => Surroundings::WhiteLid,
    }
}

/// Something that leaves the page legible; a worn or faded original only warns.
fn mild(rng: &mut Rng) -> Degradation {
    let paper =
        rng.pick(&[[250, 240, 190], [214, 232, 250], [250, 214, 220], [216, 242, 214], [226, 210, 178]]);
    match rng.whole(0, 9) {
        0 => Degradation::Shadow { depth: rng.betweenf(0.12, 0.4) },
        1 | 2 => Degradation::Blur { sigma_mm: rng.betweenf(0.04, 0.09) },
        3 => Degradation::JpegArtefacts { quality: rng.whole(38, 60) as u8 },
        4 => Degradation::Dark { gain: rng.betweenf(0.6, 0.85) },
        5 => Degradation::ColouredPaper { rgb: paper },
        6 => Degradation::BleedThrough { strength: rng.betweenf(0.06, 0.18) },
        7 => Degradation::Faded { contrast: rng.betweenf(0.3, 0.7) },
        8 => Degradation::CutOff { part: rng.betweenf(0.005, 0.02) },
        _ => Degradation::Worn,
    }
}

/// The limits lie between the ranges that are generated, so that no page is on the border.
fn verdict(degradation: &Degradation, fine_print: bool) -> Verdict {
    let grade = |value: f32, warn: f32, unreadable: f32| match value {
        value if value >= unreadable => Verdict::Unreadable,
        value if value >= warn => Verdict::Warn,
        _ => Verdict::Ok,
    };
    let detail = if fine_print { 0.6 } else { 1.0 };
    match *degradation {
        Degradation::Blur { sigma_mm } => grade(sigma_mm, 0.2 * detail, 0.45 * detail),
        Degradation::Motion { length_mm } => grade(length_mm, 0.7 * detail, 2.2 * detail),
        Degradation::Dark { gain } => grade(1.0 - gain, 0.5, 0.88),
        Degradation::Faded { contrast } => grade(1.0 - contrast, 0.55, 0.92),
        Degradation::Noise { sigma } => grade(sigma, 20.0, 80.0),
        Degradation::JpegArtefacts { quality } => grade(100.0 - f32::from(quality), 75.0, 97.0),
        Degradation::Shadow { depth } => grade(depth, 0.5, 0.95),
        Degradation::Glare { radius_mm } => grade(radius_mm, 15.0, 200.0),
        Degradation::CutOff { part } => grade(part, 0.05, 0.3),
        Degradation::Perspective { strength } => grade(strength, 0.08, 1.0),
        Degradation::Worn => Verdict::Warn,
        Degradation::ColouredPaper { .. }
        | Degradation::BleedThrough { .. }
        | Degradation::BlackBorder { .. } => Verdict::Ok,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn usual_pages_stay_legible_and_illegible_ones_do_not() {
        let mut rng = Rng::new(3, 3);
        for _ in 0..2_000 {
            for fine_print in [false, true] {
                assert_ne!(Treatment::usual(true, &mut rng).verdict(fine_print), Verdict::Unreadable);
                assert_eq!(Treatment::illegible(true, &mut rng).verdict(fine_print), Verdict::Unreadable);
            }
        }
    }

    #[test]
    fn a_straight_page_is_good() {
        assert_eq!(Treatment::straight(true).verdict(true), Verdict::Ok);
    }
}
