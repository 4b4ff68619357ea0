//! What happens to a sheet between the hand and the file: turned, lit, blurred, cut.

mod blur;
mod frame;
mod light;
mod marks;
mod treatment;
mod warp;
mod wear;

use crate::ink::Raster;
use crate::papers::Sheet;
use crate::rng::Rng;
use crate::truth::Degradation;

pub(crate) use treatment::{Surroundings, Treatment};
pub(crate) use warp::quarter_turn;

pub(crate) use marks::{INK, PAPER};

/// Does to `sheet` what `treatment` says, all but the compression: that is the encoder's.
pub(crate) fn scan(sheet: &Sheet, treatment: &Treatment, rng: &mut Rng) -> Raster {
    take(sheet, treatment, rng, None)
}

/// Does the same, and says where the sheet and its ink lie in the picture: a grey copy of [`PAPER`] and [`INK`].
pub(crate) fn scan_marked(sheet: &Sheet, treatment: &Treatment, rng: &mut Rng) -> (Raster, Raster) {
    let mut marks = marks::of(sheet);
    let picture = take(sheet, treatment, rng, Some(&mut marks));
    (picture, marks)
}

/// Takes the picture; `marks` goes the same way as the sheet, but no light falls on it.
fn take(sheet: &Sheet, treatment: &Treatment, rng: &mut Rng, mut marks: Option<&mut Raster>) -> Raster {
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
    let mut picture = frame::laid(paper, treatment, per_mm, treatment.surroundings);
    if let Some(marks) = &mut marks {
        **marks = frame::laid(std::mem::take(*marks), treatment, per_mm, Surroundings::Nothing);
    }
    for degradation in &treatment.degradations {
        match *degradation {
            Degradation::CutOff { part } => {
                let side = frame::side(rng);
                picture = frame::cut(picture, part, side);
                if let Some(marks) = &mut marks {
                    **marks = frame::cut(std::mem::take(*marks), part, side);
                }
            }
            Degradation::Blur { sigma_mm } => blur::gaussian(&mut picture, sigma_mm * per_mm),
            Degradation::Motion { length_mm } => blur::motion(&mut picture, length_mm * per_mm, rng),
            _ => {}
        }
    }
    light::light(&mut picture, treatment, per_mm, rng);
    if let Some(marks) = marks {
        *marks = quarter_turn(std::mem::take(marks), treatment.rotation_deg);
    }
    quarter_turn(picture, treatment.rotation_deg)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ink::{BLACK, Face, Page, Typesetter, WHITE};

    /// A sheet of print.
    fn sheet(rng: &mut Rng) -> Sheet {
        let mut typesetter = Typesetter::default();
        let mut page = Page::new((150.0, 150.0), 100, WHITE, rng, &mut typesetter);
        for row in 0..22 {
            let y = 12.0 + 6.0 * row as f32;
            page.text(
                (12.0, y),
                (Face::Serif, 11.0),
                BLACK,
                "Surat keterangan contoh, seluruh isinya rekaan belaka.",
            );
        }
        let (raster, marked) = page.finish();
        Sheet { raster, dpi: 100, marked }
    }

    /// How sharply the lines of print stand out when the picture is projected along `degrees` (clockwise).
    fn sharpness(picture: &Raster, degrees: f64) -> f64 {
        let (sin, cos) = degrees.to_radians().sin_cos();
        let mut profile = vec![0.0; 2 * (picture.width + picture.height)];
        for (y, row) in picture.data.chunks_exact(picture.width).enumerate() {
            for (x, &value) in row.iter().enumerate() {
                let across = y as f64 * cos - x as f64 * sin + picture.width as f64;
                profile[across as usize] += 255.0 - f64::from(value);
            }
        }
        profile.windows(2).map(|pair| (pair[1] - pair[0]).powi(2)).sum()
    }

    #[test]
    fn print_lies_at_the_angle_of_the_truth() {
        let mut rng = Rng::new(1, 1);
        for degrees in [-9.0, -1.5, 0.5, 4.0] {
            let mut treatment = Treatment::straight(true);
            treatment.skew_deg = degrees;
            treatment.degradations.push(Degradation::Noise { sigma: 4.0 });
            let picture = scan(&sheet(&mut rng), &treatment, &mut rng);
            let candidates = (-8..=8).map(|step| degrees + f64::from(step) * 0.1);
            let best = candidates.max_by(|a, b| sharpness(&picture, *a).total_cmp(&sharpness(&picture, *b)));
            assert!((best.unwrap() - degrees).abs() < 0.15, "{degrees}: {best:?}");
        }
    }

    #[test]
    fn a_quarter_turn_moves_the_top_to_the_right() {
        let mut rng = Rng::new(2, 2);
        let mut treatment = Treatment::straight(true);
        treatment.rotation_deg = 90;
        let mut marked = sheet(&mut rng);
        marked.raster.fill([0.0, 0.0, 590.0, 8.0], BLACK, 1.0);
        let picture = scan(&marked, &treatment, &mut rng);
        let dark =
            |x: usize| (0..picture.height).filter(|y| picture.data[y * picture.width + x] < 128).count();
        assert!(dark(picture.width - 4) > 500 && dark(3) < 50);
    }
}
