//! Finds the letters of a page as pieces of connected ink, and which way up they stand.
//!
//! Along a line of writing most columns of ink begin and end where the small letters do. Many strokes rise above them (b
//! d f h k l t, the dot of the i, capitals), few hang below (g j p q y), in Indonesian one for each three that rise.
//! Capitals and figures alone say nothing, but still show which way the lines run. Touching letters do no harm.

mod mask;
mod pieces;

use crate::flatten::Light;
use crate::gray::Gray;
use mask::Mask;
use pieces::{Piece, pieces};

/// Strokes longer than this, in pixels of the small copy, are rulings and frames: about 8 mm.
const STROKE: usize = 50;
/// A neighbour is at most this much higher: a comma or the dot of an i is no letter.
const HEIGHT_RATIO: f32 = 2.4;
/// Ends closer than this part of the height are the same.
const SAME: f32 = 0.1;
/// A stroke that rises above its line or hangs below it does so by this part of its body's height: a t rises by 0.29, a
/// comma among capitals hangs by 0.2 and must not count.
const BEYOND: f32 = 0.25;
/// Strokes that rise or hang, for each two neighbours, from which a page holds small letters: print comes to 0.25 and
/// more, capitals and figures to 0.03.
const LOWER_CASE: f64 = 0.1;
/// Letters in a row are judged together up to this width, in pixels of the small copy: further on lines curl.
const LONGEST: u16 = 240;
/// Neighbours in line, and their share of all, from which a page's letters have a height.
const LETTERS: u32 = 16;
const LETTERS_SHARE: f64 = 0.4;
/// Heights that are told apart, in pixels of the small copy: those of pieces, and none.
const BODIES: usize = 46;
/// Columns of ink, for each row of its height, from which a word says how high its letters are.
const LONG_WORD: usize = 2;

/// What the neighbours on the lines of a page say.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub(crate) struct Stance {
    /// Neighbours on a line.
    pub(crate) pairs: u32,
    /// Those that share both ends or one: letters in a line do, strokes of a drawing do not.
    pub(crate) aligned: u32,
    /// Strokes that rise above their line, and that hang below it.
    pub(crate) rising: u32,
    pub(crate) hanging: u32,
    /// Median height of what most columns of a word share, in pixels of the small copy: of the small letters, or of
    /// capitals where there are no others; 0 where no words were seen.
    pub(crate) body: u16,
}

/// Looks at the letters of a page whose lines run across it, `deg` degrees clockwise off the horizontal.
pub(crate) fn stance(page: &Gray, light: &Light, deg: f64) -> Stance {
    // Edges of pieces are kept in 16 bits.
    if page.width > usize::from(u16::MAX) || page.height > usize::from(u16::MAX) {
        return Stance::default();
    }
    let mut ink = Mask::new(page, light).sheared(deg);
    ink.drop_long_columns();
    let mut letters: Vec<Piece> = pieces(&ink).into_iter().filter(Piece::is_letter).collect();
    letters.sort_unstable_by_key(|piece| piece.left);
    let mut stance = Stance::default();
    let mut bodies = [0; BODIES];
    let mut words: Vec<Option<Word>> = vec![None; letters.len()];
    for at in 0..letters.len() {
        let piece = letters[at];
        let word = words[at].take().unwrap_or(Word::of(&piece));
        let Some(next) = neighbour(&piece, &letters[at + 1..]).map(|next| at + 1 + next) else {
            stance.weigh(&ink, &word, &mut bodies);
            continue;
        };
        stance.count(&piece, &letters[next]);
        let longer = word.with(&letters[next]);
        // Two letters may have the same neighbour: the second begins anew there.
        if words[next].is_some() || longer.width() > LONGEST {
            stance.weigh(&ink, &word, &mut bodies);
        } else {
            words[next] = Some(longer);
        }
    }
    stance.body = median(&bodies);
    stance
}

/// Returns the height that half of the counted columns do not exceed, 0 of none.
fn median(bodies: &[u32; BODIES]) -> u16 {
    let total: u32 = bodies.iter().sum();
    let mut seen = 0;
    let place = bodies.iter().position(|&count| {
        seen += count;
        2 * seen > total
    });
    place.unwrap_or(0) as u16
}

/// Letters side by side: their first and last columns and rows.
#[derive(Debug, Clone, Copy)]
struct Word {
    left: u16,
    right: u16,
    top: u16,
    bottom: u16,
}

impl Word {
    fn of(piece: &Piece) -> Self {
        Self { left: piece.left, right: piece.right, top: piece.top, bottom: piece.bottom }
    }

    fn with(&self, piece: &Piece) -> Self {
        Self {
            left: self.left.min(piece.left),
            right: self.right.max(piece.right),
            top: self.top.min(piece.top),
            bottom: self.bottom.max(piece.bottom),
        }
    }

    fn width(&self) -> u16 {
        self.right - self.left
    }
}

/// Returns the nearest letter to the right on the same line; `others` are sorted by their left edge.
fn neighbour(piece: &Piece, others: &[Piece]) -> Option<usize> {
    let reach = piece.right + piece.height();
    let beside = |other: &Piece| {
        let (low, high) = (piece.height().min(other.height()), piece.height().max(other.height()));
        let common = i32::from(piece.bottom.min(other.bottom)) - i32::from(piece.top.max(other.top)) + 1;
        other.left + 2 > piece.right
            && f32::from(high) <= HEIGHT_RATIO * f32::from(low)
            && 2 * common >= i32::from(low)
    };
    others.iter().take_while(|other| other.left <= reach).position(beside)
}

impl Stance {
    /// Returns the height of the letters in pixels of the small copy; `None` where too few stand in line to be writing.
    pub(crate) fn letters_px(&self) -> Option<u16> {
        let in_line = f64::from(self.aligned) >= LETTERS_SHARE * f64::from(self.pairs);
        (self.body > 0 && self.aligned >= LETTERS && in_line).then_some(self.body)
    }

    /// Returns by how much the rising strokes outnumber the hanging ones, positive for upright writing: in standard
    /// deviations of what chance would do, and as a share of all of them.
    pub(crate) fn lean(&self) -> (f64, f64) {
        let (more, all) =
            (f64::from(self.rising) - f64::from(self.hanging), f64::from(self.rising + self.hanging));
        // Among capitals and figures the odd comma hangs, and says nothing.
        let is_lower_case = all > 0.0 && all >= LOWER_CASE * f64::from(self.pairs);
        if is_lower_case { (more / all.sqrt(), more / all) } else { (0.0, 0.0) }
    }

    /// Counts the strokes of a word that rise above and hang below what most of its columns keep to.
    fn weigh(&mut self, ink: &Mask, word: &Word, bodies: &mut [u32; BODIES]) {
        let height = usize::from(word.bottom - word.top) + 1;
        let (mut tops, mut bottoms) = (Vec::new(), Vec::new());
        for x in usize::from(word.left)..=usize::from(word.right) {
            let column = || (0..height).map(|y| ink.pixels[(usize::from(word.top) + y) * ink.width + x] != 0);
            let (Some(top), Some(bottom)) = (column().position(|ink| ink), column().rposition(|ink| ink))
            else {
                continue;
            };
            tops.push(top);
            // From the bottom up, so that both ends are counted outwards.
            bottoms.push(height - 1 - bottom);
        }
        let (head, foot) = (common(&tops, height), common(&bottoms, height));
        let body = height.saturating_sub(head + foot);
        // Each column counts: a long word says more than a short one.
        if let Some(count) = bodies.get_mut(body).filter(|_| tops.len() >= LONG_WORD * body) {
            *count += tops.len() as u32;
        }
        if body < 5 || tops.len() < body {
            return;
        }
        let beyond = (BEYOND * body as f32).ceil().max(3.0) as usize;
        self.rising += strokes(&tops, (head + 1).saturating_sub(beyond));
        self.hanging += strokes(&bottoms, (foot + 1).saturating_sub(beyond));
    }

    fn count(&mut self, one: &Piece, other: &Piece) {
        let height = f32::from(one.height().max(other.height()));
        let same = (SAME * height).max(1.0);
        let heads = f32::from(one.top.abs_diff(other.top));
        let feet = f32::from(one.bottom.abs_diff(other.bottom));
        self.pairs += 1;
        self.aligned += u32::from(heads <= same || feet <= same);
    }
}

/// Returns the place that most columns keep to, give or take one.
fn common(places: &[usize], height: usize) -> usize {
    let mut counts = vec![0_u32; height + 2];
    places.iter().for_each(|&place| counts[place + 1] += 1);
    let near = |at: &usize| counts[*at] + 2 * counts[at + 1] + counts[at + 2];
    (0..height).max_by_key(near).unwrap_or(0)
}

/// Counts the runs of two columns and more that lie before `limit`; nothing lies before 0.
fn strokes(places: &[usize], limit: usize) -> u32 {
    let beyond = |at: &usize| *at < limit;
    places.chunk_by(|a, b| beyond(a) == beyond(b)).filter(|run| run.len() >= 2 && beyond(&run[0])).count()
        as u32
}

#[cfg(test)]
mod tests {
    use super::{Light, Stance, stance};
    use crate::gray::Gray;

    /// Draws two lines of eighty letters as boxes of 8 × 14 pixels: every third rises, every ninth hangs.
    fn page(rise: usize, hang: usize) -> Gray {
        let mut page = Gray::filled(1200, 200, 230);
        for at in 0..160 {
            let (left, base) = (40 + at % 80 * 14, 80 + at / 80 * 60);
            let top = if at % 3 == 0 { base - 14 - rise } else { base - 14 };
            let bottom = if at % 9 == 1 { base + hang } else { base };
            for y in top..bottom {
                page.pixels[y * 1200 + left..][..8].fill(40);
            }
        }
        page
    }

    fn seen(page: &Gray) -> Stance {
        stance(page, &Light::measure(page), 0.0)
    }

    #[test]
    fn strokes_that_rise_outnumber_those_that_hang() {
        let stance = seen(&page(6, 6));
        assert_eq!((stance.pairs, stance.aligned, stance.rising, stance.hanging), (158, 140, 54, 18));
        assert!(stance.lean().0 > 3.0);
    }

    #[test]
    fn capitals_with_commas_say_nothing_but_stand_in_line() {
        let stance = seen(&page(0, 3));
        assert_eq!((stance.aligned, stance.rising, stance.hanging, stance.lean()), (158, 0, 0, (0.0, 0.0)));
    }

    #[test]
    fn rulings_do_not_hide_the_letters() {
        let mut ruled = page(6, 6);
        for y in 0..200 {
            ruled.pixels[y * 1200 + 52] = 40;
        }
        ruled.pixels[150 * 1200..151 * 1200].fill(40);
        assert_eq!(seen(&ruled), seen(&page(6, 6)));
    }
}
