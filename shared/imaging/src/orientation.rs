//! Finds out which way up a page lies, from the shape of Latin writing, and says so only when it is sure.
//!
//! Letters that stand in line show whether the lines run across or down; which end is up follows from the strokes that
//! rise above the other letters and the fewer that hang below them, and in print from the gaps in its letters. Capitals and
//! figures alone give no answer, and no answer leaves a page as it is.

use crate::Options;
use crate::flatten::Light;
use crate::gray::Gray;
use crate::letters::{self, Stance};
use crate::skew::{self, Skew};

/// So many neighbours in line, and this share of all neighbours, are lines: nobody needs to look along the other axis,
/// which shows half of that on pages of dense print.
const SURELY_LINES: (u32, f64) = (300, 0.72);
/// Fewer will do where nearly all of them are in line and of this height at least, in pixels of the small copy: figures below
/// one another look like a hundred flat letters along the other axis.
const FEWER_LINES: (u32, f64) = (100, 0.88);
const TALL: u16 = 8;
/// Share of what is as large as letters that has a neighbour where fewer will do: on the other axis an ornament alone has one.
const MOST: f64 = 0.5;
/// So will those of a card where the skew stands out by this contrast besides, as it does along none but the lines: the other axis
/// of a card comes to 16, and that of a strip cut from a page across its lines to 34 letters.
const CARD_LINES: (u32, f64) = (40, 0.88);
const CARD_CONTRAST: f64 = 30.0;
/// Contrast of the skew from which lines may well run that way, and times that of the other axis from which they do rather.
/// This only says where to look first.
const LIKELY_LINES: f64 = 20.0;
const LIKELIER: f64 = 2.0;
/// Lines up the page must show this many times the neighbours in line before a page counts as lying on its side.
const AXIS_RATIO: f64 = 1.6;
/// Fewer neighbours in line are no lines.
const FEWEST: u32 = 16;
/// So many are writing also where nobody can tell which end is up.
const SURELY_LYING: u32 = 40;
/// Difference between rising and hanging strokes, in standard deviations of chance, from which a page on its side is
/// set up; and as a share of all of them, as print does not keep to chance.
const SURE: f64 = 2.5;
const SHARE: f64 = 0.15;
/// The same for a page that seems to stand on its head; most pages arrive upright, so that more is asked for.
const SURE_OVER: f64 = 3.0;
const SHARE_OVER: f64 = 0.2;
/// So must so many letters be in line, or this share of them: a strip of a register, on its side, held 41 of 64.
const ENOUGH: u32 = 80;
const PRINT_SHARE: f64 = 0.85;
/// Standard deviations from which strokes and both kinds of gaps count where they hardly disagree. Of pages, cards and cuttings of other
/// pages, down to strips of a few lines, in print with serifs and without, by hand and of figures, none that they mislead comes
/// to 1.6, and of whole pages and cards none at all.
const AGREED: f64 = 1.9;

/// Probability from which the network's answer counts where the letters give none.
#[cfg(feature = "orientation-net")]
const NET_SURE: f32 = 0.8;

/// Which way a page lies, and the skew of its lines once it is upright.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Orientation {
    /// Quarter turns clockwise by which the page is off.
    pub(crate) quarters: u8,
    /// From 0 (no idea; `quarters` is 0 then) to 1.
    pub(crate) confidence: f64,
    /// Whether `quarters` was found out, and not only left at 0.
    pub(crate) is_sure: bool,
    /// Skew of the page's lines.
    pub(crate) skew: Skew,
    /// Height of the letters in pixels of the small copy, where enough of them stand in line.
    pub(crate) letters_px: Option<u16>,
}

/// Judges a page as it is shown.
pub(crate) fn measure(page: &Gray, light: &Light, options: &Options) -> Orientation {
    let found = by_letters(page, light);
    #[cfg(feature = "orientation-net")]
    let found = with_second_opinion(found, page, options);
    #[cfg(not(feature = "orientation-net"))]
    let _ = options;
    found
}

/// Asks the network, where there is one, about lines whose letters do not say which end is up.
#[cfg(feature = "orientation-net")]
fn with_second_opinion(found: Orientation, page: &Gray, options: &Options) -> Orientation {
    // Without lines there is nothing to turn: the network has an answer for a blank page too.
    let net = options.orientation_net.filter(|_| !found.is_sure && found.skew.confidence > 0.0);
    let Some(likely) = net.and_then(|net| net.ask(page, found.skew.deg)) else {
        return found;
    };
    let quarters = (0..4).max_by(|&a, &b| likely[a].total_cmp(&likely[b])).unwrap_or(0);
    if likely[quarters] < NET_SURE {
        return found;
    }
    Orientation { quarters: quarters as u8, confidence: f64::from(likely[quarters]), is_sure: true, ..found }
}

/// Judges a page by its letters alone.
fn by_letters(page: &Gray, light: &Light) -> Orientation {
    let skew = skew::across(page);
    let ink_below = letters::ink_below(page, light);
    let (mut skew_up, mut up) = (None, None);
    if skew.contrast < LIKELY_LINES {
        let found = skew::up(page);
        if found.contrast >= LIKELIER * skew.contrast {
            let stance = letters::up(page, light, ink_below, found.deg);
            if are_surely_lines(found.contrast, &stance) {
                return lying(found, &stance);
            }
            up = Some(stance);
        }
        skew_up = Some(found);
    }
    let across = letters::across(page, light, ink_below, skew.deg);
    if are_surely_lines(skew.contrast, &across) {
        return standing(skew, &across);
    }
    let skew_up = skew_up.unwrap_or_else(|| skew::up(page));
    let up = up.unwrap_or_else(|| letters::up(page, light, ink_below, skew_up.deg));
    let is_on_its_side = f64::from(up.aligned) > AXIS_RATIO * f64::from(across.aligned);
    if is_on_its_side && up.aligned >= FEWEST { lying(skew_up, &up) } else { standing(skew, &across) }
}

/// Returns whether letters stand in lines of which nobody doubts that they are lines; `contrast` is that of their skew.
fn are_surely_lines(contrast: f64, stance: &Stance) -> bool {
    let share = f64::from(stance.aligned) / f64::from(stance.pairs.max(1));
    let are = |(fewest, least): (u32, f64)| stance.aligned >= fewest && share >= least;
    let is_most = f64::from(stance.pairs) >= MOST * f64::from(stance.letters);
    let are_few = stance.body >= TALL && is_most;
    are(SURELY_LINES)
        || are_few && are(FEWER_LINES)
        || are_few && contrast >= CARD_CONTRAST && are(CARD_LINES)
}

/// Returns whether letters enough stand in line, or nearly all do, to turn a page that may well stand on its feet.
fn are_many(stance: &Stance) -> bool {
    stance.aligned >= ENOUGH || f64::from(stance.aligned) >= PRINT_SHARE * f64::from(stance.pairs)
}

/// Judges a page whose lines run across.
fn standing(skew: Skew, stance: &Stance) -> Orientation {
    let on_its_feet = sure_lean(stance, SURE, SHARE).filter(|&lean| lean > 0.0);
    let on_its_head = sure_lean(stance, SURE_OVER, SHARE_OVER).filter(|&lean| lean < 0.0 && are_many(stance));
    Orientation {
        quarters: if on_its_head.is_some() { 2 } else { 0 },
        confidence: confidence(on_its_feet.or(on_its_head).unwrap_or(stance.lean().0.max(0.0))),
        is_sure: on_its_feet.or(on_its_head).is_some(),
        skew,
        letters_px: stance.letters_px(),
    }
}

/// Judges a page whose lines run up or down: turned back by a quarter it stands on its feet or on its head. Its skew is the
/// same either way, and the same again when it is left lying.
fn lying(skew: Skew, stance: &Stance) -> Orientation {
    // Rulings down a small table make a few letters of themselves.
    let letters_px = stance.letters_px().filter(|_| stance.aligned >= SURELY_LYING);
    let Some(lean) = sure_lean(stance, SURE, SHARE) else {
        return Orientation { quarters: 0, confidence: 0.0, is_sure: false, skew, letters_px };
    };
    let quarters = if lean > 0.0 { 1 } else { 3 };
    Orientation { quarters, confidence: confidence(lean), is_sure: true, skew, letters_px }
}

/// Returns by how many standard deviations of chance the letters say which end is up, by their strokes or with their gaps;
/// `None` where that is less than `sure`, or the strokes say so by a smaller share of them than `share`, and less than
/// [`AGREED`] where strokes and gaps agree.
fn sure_lean(stance: &Stance, sure: f64, share: f64) -> Option<f64> {
    let (strokes, share_of_all) = stance.lean();
    if strokes.abs() >= sure && share_of_all.abs() >= share {
        return Some(strokes);
    }
    let by_gaps = [stance.sans_lean(), stance.small_lean()].into_iter().find(|lean| lean.abs() >= sure);
    by_gaps.or_else(|| Some(stance.agreed_lean()).filter(|lean| lean.abs() >= AGREED))
}

fn confidence(deviations: f64) -> f64 {
    (deviations.abs() / (2.0 * SURE_OVER)).min(1.0)
}

#[cfg(test)]
mod tests {
    use super::{Gray, Stance, are_surely_lines, skew, standing};

    #[test]
    fn a_card_is_looked_at_along_its_lines_alone() {
        let card = Stance { pairs: 55, aligned: 53, body: 16, ..Stance::default() };
        assert!(are_surely_lines(36.0, &card));
        assert!(!are_surely_lines(16.0, &card), "lines that hardly stand out");
        assert!(!are_surely_lines(36.0, &Stance { body: 4, ..card }), "pieces of rulings");
        assert!(!are_surely_lines(36.0, &Stance { letters: 400, ..card }), "the ornaments of a frame");
        assert!(!are_surely_lines(36.0, &Stance { aligned: 40, ..card }), "out of line");
        assert!(!are_surely_lines(36.0, &Stance { pairs: 22, aligned: 22, ..card }), "a few");
    }

    #[test]
    fn a_page_is_not_set_on_its_head_by_a_few_letters_out_of_line() {
        let strip = Stance { pairs: 64, aligned: 41, rising: 8, hanging: 28, ..Stance::default() };
        let skew = skew::across(&Gray::filled(100, 100, 230));
        let judged = |stance| standing(skew, &stance);
        assert_eq!((judged(strip).quarters, judged(strip).confidence), (0, 0.0));
        assert_eq!(judged(Stance { aligned: 60, ..strip }).quarters, 2, "print");
        assert_eq!(judged(Stance { pairs: 200, aligned: 120, ..strip }).quarters, 2, "many");
    }

    #[test]
    fn flat_letters_are_no_lines_unless_there_are_hundreds() {
        let figures_below_one_another = Stance { pairs: 186, aligned: 164, body: 6, ..Stance::default() };
        assert!(!are_surely_lines(40.0, &figures_below_one_another));
        assert!(are_surely_lines(5.0, &Stance { body: 12, ..figures_below_one_another }));
    }

    #[test]
    fn hundreds_of_letters_in_line_are_lines_however_little_those_stand_out() {
        let page = Stance { pairs: 400, aligned: 300, ..Stance::default() };
        assert!(are_surely_lines(5.0, &page));
        assert!(!are_surely_lines(5.0, &Stance { pairs: 500, ..page }));
    }
}
