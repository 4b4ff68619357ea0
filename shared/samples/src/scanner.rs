//! What happens to a sheet between the hand and the file: turned, lit, blurred, cut.

mod blur;
mod frame;
mod light;
mod treatment;
mod warp;
mod wear;

use crate::ink::Raster;
use crate::papers::Sheet;
use crate::rng::Rng;
use crate::truth::Degradation;

pub(crate) use treatment::Treatment;
pub(crate) use warp::quarter_turn;

/// Does to `sheet` what `treatment` says, all but the compression: that is the encoder's.
pub(crate) fn scan(sheet: &Sheet, treatment: &Treatment, rng: &mut Rng) -> Raster {
    let per_mm = f32::from(sheet.dpi) / 25.4;
    let mut paper = sheet.raster.clone();
    for degradation in &treatment.degradations {
        match *degradation {
            Degradation::Worn => wear::worn(&mut paper, per_mm, rng),
            Degradation::ColouredPaper { rgb } => light::tint(&mut paper, rgb),
            Degradation::BleedThrough { strength } => wear::bleed_through(&mut paper, strength),
            _ => {}
        }
    }
    if treatment.grey {
        paper = paper.to_grey();
    }
    let mut picture = frame::laid(paper, treatment, per_mm);
    for degradation in &treatment.degradations {
        match *degradation {
            Degradation::CutOff { part } => picture = frame::cut(picture, part, rng),
            Degradation::Blur { sigma_mm } => blur::gaussian(&mut picture, sigma_mm * per_mm),
            Degradation::Motion { length_mm } => blur::motion(&mut picture, length_mm * per_mm, rng),
            _ => {}
        }
    }
    light::light(&mut picture, treatment, per_mm, rng);
    quarter_turn(picture, treatment.rotation_deg)
}
