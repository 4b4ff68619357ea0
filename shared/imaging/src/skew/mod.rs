//! Measures by how many degrees the lines of a page are off the horizontal.
//!
//! The feature is the lower edge of ink: the clipped difference of the pixel rows below and above. It needs no
//! threshold and ignores slow shading. Its sums over narrow strips are sheared against each other; where the lines
//! fall together, the profile of the whole page is roughest (Postl 1986; Bloomberg, Kopec and Dasari 1995).

mod sheared;
mod strips;

pub(crate) use strips::Strips;

use crate::gray::Gray;

/// Largest skew that is looked for, in degrees.
pub(crate) const MAX_DEG: f64 = 15.0;

/// Beyond the range asked for, so that a peak at its end is seen from both sides.
const SWEEP_DEG: f64 = 16.0;

/// Step of the coarse sweep in degrees.
const COARSE_STEP_DEG: f64 = 0.2;

/// Peaks of the coarse sweep that are looked at closely, and how high beside the highest they must be.
const CANDIDATES: usize = 2;
const RIVAL: f64 = 0.4;

/// Edges of lines, in widths of the page, below which there are no lines but specks, grain and the traces of coding: blank
/// sheets have half of it, a passport's page ten times as much.
const LEAST_EDGES: f64 = 1.0;

/// Confidence from which skew is taken away.
pub(crate) const CONFIDENT: f64 = 0.35;
/// Skew below this is left alone: it is within what the lines of a straight page scatter.
pub(crate) const STRAIGHT_DEG: f64 = 0.06;
/// Up to this angle a page may be straight after all, and is left alone unless its lines fall together better by
/// [`CLEARLY`] than they do as it is. A page of writing does from a tenth of a degree; a card with few lines, of which some
/// are as sharp in any direction nearby, is not to be turned on that account, nor turned again when it comes back.
const DOUBTFUL_DEG: f64 = 0.35;
const CLEARLY: f64 = 1.1;

/// What was found.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Skew {
    /// Degrees clockwise.
    pub(crate) deg: f64,
    /// From 0 (no lines seen) to 1.
    pub(crate) confidence: f64,
    /// Roughness at the peak over the median roughness: 1 where no direction stands out.
    pub(crate) contrast: f64,
    /// Roughness at the peak over that of the page as it is; 1 beyond [`DOUBTFUL_DEG`], where nobody asks.
    gain: f64,
}

impl Skew {
    /// Returns the same with an angle of 0 where the page cannot be told from a straight one.
    pub(crate) fn believed(self) -> Self {
        let is_doubtful = self.deg.abs() < DOUBTFUL_DEG && self.gain < CLEARLY;
        // What is less than lines scatter is left alone too, but known.
        if is_doubtful && self.deg.abs() >= STRAIGHT_DEG { Self { deg: 0.0, ..self } } else { self }
    }

    /// Returns the angle that is to be taken away: 0 where the lines are not seen surely, or run straight but for what they
    /// scatter.
    pub(crate) fn to_take_away(self) -> f64 {
        let believed = self.believed().deg;
        let is_sure = self.confidence >= CONFIDENT && believed.abs() <= MAX_DEG;
        if is_sure && believed.abs() >= STRAIGHT_DEG { believed } else { 0.0 }
    }
}

/// Measures the skew of lines that run across the picture.
pub(crate) fn across(page: &Gray) -> Skew {
    measure(&Strips::across(page))
}

/// Measures the skew of lines that run up the picture, as it is once that is turned to the left by a quarter.
pub(crate) fn up(page: &Gray) -> Skew {
    measure(&Strips::up(page))
}

/// Measures the skew of the lines whose edges these are.
pub(crate) fn measure(strips: &Strips) -> Skew {
    let (coarse, peaks) = sweep(strips);
    let fine = sheared::Fine::new(strips);
    let tops = peaks.iter().map(|&start| refine(&fine, start));
    match tops.max_by(|a, b| a.0.total_cmp(&b.0)) {
        Some((height, deg)) if coarse.confidence > 0.0 => {
            let as_it_is = if deg.abs() < DOUBTFUL_DEG { fine.score(0.0) } else { height };
            Skew { deg, gain: if as_it_is > 0.0 { height / as_it_is } else { f64::MAX }, ..coarse }
        }
        Some(_) => Skew { deg: 0.0, ..coarse },
        None => coarse,
    }
}

/// Looks in every direction; returns what was found, and the angles worth a closer look.
fn sweep(strips: &Strips) -> (Skew, Vec<f64>) {
    let nothing = Skew { deg: 0.0, confidence: 0.0, contrast: 1.0, gain: 1.0 };
    if strips.count < 4 || strips.length < 32 {
        return (nothing, Vec::new());
    }
    let halved = strips.halved();
    let steps = (SWEEP_DEG / COARSE_STEP_DEG).round() as i32;
    let angles: Vec<f64> = (-steps..=steps).map(|step| f64::from(step) * COARSE_STEP_DEG).collect();
    let scores: Vec<f64> = angles.iter().map(|&deg| sheared::coarse_score(&halved, deg)).collect();
    let floor = median(&scores);
    let peaks = peaks(&scores);
    let (Some(&first), true) = (peaks.first(), floor > 0.0) else {
        return (nothing, Vec::new());
    };
    let (deg, peak) = (angles[first], scores[first]);
    let contrast = peak / floor;
    let has_lines = strips.edges() >= LEAST_EDGES;
    let confidence = if has_lines { confidence(contrast) } else { 0.0 };
    let found = Skew { deg, confidence, contrast, gain: 1.0 };
    (found, peaks.into_iter().map(|at| angles[at]).collect())
}

/// Twice as rough as the typical direction is certain, a tenth rougher is chance.
fn confidence(contrast: f64) -> f64 {
    ((contrast - 1.1) / 0.9).clamp(0.0, 1.0)
}

fn median(values: &[f64]) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    sorted.get(sorted.len() / 2).copied().unwrap_or(0.0)
}

/// Returns the places of the highest local maxima.
fn peaks(scores: &[f64]) -> Vec<usize> {
    let mut places: Vec<usize> = (1..scores.len().saturating_sub(1))
        .filter(|&at| scores[at] >= scores[at - 1] && scores[at] > scores[at + 1])
        .collect();
    places.sort_by(|&a, &b| scores[b].total_cmp(&scores[a]));
    places.truncate(CANDIDATES);
    let least = places.first().map_or(0.0, |&highest| RIVAL * scores[highest]);
    places.retain(|&at| scores[at] >= least);
    places
}

/// Climbs to the top near `start` by halving steps; returns the height and place of the top in degrees.
fn refine(fine: &sheared::Fine, start: f64) -> (f64, f64) {
    let mut centre = start;
    let mut step = COARSE_STEP_DEG / 2.0;
    let [mut low, mut middle, mut high] = fine.scores([centre - step, centre, centre + step]);
    while step > 0.02 {
        if low > middle || high > middle {
            let upwards = high > low;
            let moved = if upwards { step } else { -step };
            centre += moved;
            let beyond = fine.score(centre + moved);
            (low, middle, high) = if upwards { (middle, high, beyond) } else { (beyond, low, middle) };
            if (centre - start).abs() > 2.0 * COARSE_STEP_DEG {
                break;
            }
            continue;
        }
        step /= 2.0;
        [low, high] = fine.scores([centre - step, centre + step]);
    }
    let bend = low - 2.0 * middle + high;
    let shift = if bend < 0.0 { (0.5 * (low - high) / bend).clamp(-1.0, 1.0) } else { 0.0 };
    (middle, centre + shift * step)
}
