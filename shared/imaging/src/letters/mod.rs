//! Finds the letters of a page as pieces of connected ink, and which way up they stand.
//!
//! Along a line of writing most columns of ink begin and end where the small letters do. Many strokes rise above them (b
//! d f h k l t, the dot of the i, capitals), few hang below (g j p q y), in Indonesian one for each three that rise.
//! Capitals and figures alone say nothing, but still show which way the lines run. Touching letters do no harm.
//!
//! Print without serifs says more: its small letters are open below (f h m n r t) and hardly ever above (u), and its
//! capitals the other way round (A J L U V Y). Serifs close the feet of letters, and writing by hand joins them there, so
//! that only a clear answer counts, and only where the strokes hardly say otherwise.
//!
//! Ornaments are as large as letters, and those of a frame stand in line along two axes: neighbours that all look the same
//! are left out.

mod mask;
mod pieces;
mod stance;

use crate::flatten::Light;
use crate::gray::Gray;
use crate::simd::kernel;
use mask::Mask;
pub(crate) use mask::ink_below;
use pieces::{Piece, pieces};
use stance::Gaps;
pub(crate) use stance::Stance;

/// Strokes longer than this, in pixels of the small copy, are rulings and frames: about 8 mm.
const STROKE: usize = 50;
/// A neighbour is at most this much higher: a comma or the dot of an i is no letter.
const HEIGHT_RATIO: f32 = 2.4;
/// So many neighbours in a row, this part of which are alike, are ornaments: of digits only noughts look so much the same.
const ORNAMENTS: u16 = 4;
const ALIKE: f64 = 0.7;
/// A piece without neighbours says nothing unless it is this many times as wide as high: a word whose letters touch.
const WIDE: f32 = 1.5;
/// A stroke that rises above its line or hangs below it does so by this part of its body's height: a t rises by 0.29, a
/// comma among capitals hangs by 0.2 and must not count.
const BEYOND: f32 = 0.25;
/// A gap in a line is open when it goes as deep as this part of the letters' body.
const DEEP: f64 = 0.5;
/// Letters in a row are judged together up to this width, in pixels of the small copy: further on lines curl.
const LONGEST: u16 = 240;
/// Heights that are told apart, in pixels of the small copy: those of pieces, and none.
const BODIES: usize = 46;
/// Columns of ink, for each row of its height, from which a word says how high its letters are.
const LONG_WORD: usize = 2;

/// Looks at the letters of a page whose lines run across it, `deg` degrees clockwise off the horizontal; `ink_below` is what
/// [`ink_below`] returns.
pub(crate) fn across(page: &Gray, light: &Light, ink_below: f32, deg: f64) -> Stance {
    if is_too_large(page) { Stance::default() } else { stance(Mask::new(page, light, ink_below), deg) }
}

/// The same for a page whose lines run up it, after a turn to the left by a quarter; `deg` is their skew as it is then.
pub(crate) fn up(page: &Gray, light: &Light, ink_below: f32, deg: f64) -> Stance {
    if is_too_large(page) {
        return Stance::default();
    }
    // The light is that of the page as it lies, which was measured anyway.
    let turned = Mask::new(page, light, ink_below).turned_left();
    stance(turned, deg)
}

/// Edges of pieces are kept in 16 bits.
fn is_too_large(page: &Gray) -> bool {
    page.width.max(page.height) > usize::from(u16::MAX)
}

fn stance(ink: Mask, deg: f64) -> Stance {
    let mut ink = ink.sheared(deg);
    ink.drop_long_columns();
    let mut letters: Vec<Piece> = pieces(&ink).into_iter().filter(Piece::is_letter).collect();
    letters.sort_unstable_by_key(|piece| piece.left);
    let mut stance = Stance { letters: letters.len() as u32, ..Stance::default() };
    let mut bodies = [0; BODIES];
    let mut words: Vec<Option<Word>> = vec![None; letters.len()];
    for at in 0..letters.len() {
        let piece = letters[at];
        let word = words[at].take().unwrap_or(Word::of(&piece));
        let Some(next) = neighbour(&piece, &letters[at + 1..]).map(|next| at + 1 + next) else {
            stance.weigh(&ink, &word, &mut bodies);
            continue;
        };
        let longer = word.with(&piece, &letters[next]);
        // Two letters may have the same neighbour: the second begins anew there.
        let is_taken = words[next].is_some();
        if !is_taken && longer.width() <= LONGEST {
            words[next] = Some(longer);
            continue;
        }
        // What is next is a neighbour all the same.
        let Word { pairs, aligned, row, .. } = longer;
        stance.weigh(&ink, &Word { pairs, aligned, row, ..word }, &mut bodies);
        if !is_taken {
            words[next] = Some(Word { row, ..Word::of(&letters[next]) });
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
    /// Neighbours in it, and those that share an end.
    pairs: u16,
    aligned: u16,
    /// Neighbours, and those that are alike, of the whole row up to here, of which this is the last part.
    row: (u16, u16),
}

impl Word {
    fn of(piece: &Piece) -> Self {
        let &Piece { left, right, top, bottom, .. } = piece;
        Self { left, right, top, bottom, pairs: 0, aligned: 0, row: (0, 0) }
    }

    /// Adds the neighbour `next` of its letter `piece`.
    fn with(&self, piece: &Piece, next: &Piece) -> Self {
        Self {
            left: self.left.min(next.left),
            right: self.right.max(next.right),
            top: self.top.min(next.top),
            bottom: self.bottom.max(next.bottom),
            pairs: self.pairs + 1,
            aligned: self.aligned + u16::from(piece.is_in_line_with(next)),
            row: (self.row.0 + 1, self.row.1 + u16::from(piece.is_like(next))),
        }
    }

    /// Returns whether this is a row of ornaments, all of which look the same, or a single one.
    fn is_ornament(&self) -> bool {
        let (pairs, alike) = self.row;
        let is_row = pairs >= ORNAMENTS && f64::from(alike) >= ALIKE * f64::from(pairs);
        let is_single = pairs == 0 && f32::from(self.width()) < WIDE * f32::from(self.bottom - self.top);
        is_row || is_single
    }

    fn width(&self) -> u16 {
        self.right - self.left
    }
}

/// Returns the nearest letter to the right on the same line; `others` are sorted by their left edge.
fn neighbour(piece: &Piece, others: &[Piece]) -> Option<usize> {
    let reach = piece.right.saturating_add(piece.height());
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
    /// Counts the strokes of a word that rise above and hang below what most of its columns keep to.
    fn weigh(&mut self, ink: &Mask, word: &Word, bodies: &mut [u32; BODIES]) {
        if word.is_ornament() {
            return;
        }
        self.pairs += u32::from(word.pairs);
        self.aligned += u32::from(word.aligned);
        let height = usize::from(word.bottom - word.top) + 1;
        let (tops, bottoms) = ends(ink, word);
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
        let rising = strokes(&tops, (head + 1).saturating_sub(beyond));
        let hanging = strokes(&bottoms, (foot + 1).saturating_sub(beyond));
        self.rising += rising;
        self.hanging += hanging;
        let deep = (DEEP * body as f64).ceil() as usize;
        let gaps = Gaps {
            below: gaps((&tops, head), (&bottoms, foot + deep)),
            above: gaps((&bottoms, foot), (&tops, head + deep)),
        };
        if rising + hanging > 0 { self.small.add(gaps) } else { self.large.add(gaps) }
    }
}

/// Returns how far the first and the last ink of each column lies from the upper and the lower edge of a word; of columns
/// that hold ink.
fn ends(ink: &Mask, word: &Word) -> (Vec<usize>, Vec<usize>) {
    let columns = usize::from(word.left)..usize::from(word.right) + 1;
    let (mut firsts, mut lasts) = (vec![u16::MAX; columns.len()], vec![0; columns.len()]);
    for y in word.top..=word.bottom {
        let row = &ink.pixels[usize::from(y) * ink.width..][columns.clone()];
        reach(&mut firsts, &mut lasts, row, y);
    }
    let ends = firsts.iter().zip(&lasts).filter(|(first, _)| **first != u16::MAX);
    // From the bottom up, so that both ends are counted outwards.
    ends.map(|(first, last)| (usize::from(first - word.top), usize::from(word.bottom - last))).unzip()
}

kernel! {
    /// Takes in the row `y` of ink: the first rows in which each column has some, and the last.
    fn reach(firsts: &mut [u16], lasts: &mut [u16], ink: &[u8], y: u16) {
        for ((first, last), &ink) in firsts.iter_mut().zip(lasts).zip(ink) {
            // Ink has every bit set.
            let ink = u16::from_ne_bytes([ink; 2]);
            *first = (*first).min(y | !ink);
            *last = (*last).max(y & ink);
        }
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

/// Counts the runs of two columns and more that end where most do on one side, and not before a limit on the other.
fn gaps(closed: (&[usize], usize), open: (&[usize], usize)) -> u32 {
    let is_gap = |(end, other): (&usize, &usize)| end.abs_diff(closed.1) <= 1 && *other >= open.1;
    let (mut count, mut length) = (0, 0);
    for column in closed.0.iter().zip(open.0) {
        length = if is_gap(column) { length + 1 } else { 0 };
        count += u32::from(length == 2);
    }
    count
}

#[cfg(test)]
mod tests {
    use super::{Light, Mask, Piece, Stance, Word, across, ends, ink_below, up};
    use crate::gray::Gray;
    use crate::raster::Turn;
    use crate::simd::scalar_only;

    /// Draws two lines of eighty letters as boxes of 6 to 8 × 14 pixels: every third rises, every ninth hangs.
    fn page(rise: usize, hang: usize) -> Gray {
        let mut page = Gray::filled(1200, 200, 230);
        for at in 0..160 {
            let (left, base) = (40 + at % 80 * 14, 80 + at / 80 * 60);
            let top = if at % 3 == 0 { base - 14 - rise } else { base - 14 };
            let bottom = if at % 9 == 1 { base + hang } else { base };
            for y in top..bottom {
                page.pixels[y * 1200 + left..][..8 - at % 2 * 2].fill(40);
            }
        }
        page
    }

    fn seen(page: &Gray) -> Stance {
        let light = Light::measure(page);
        across(page, &light, ink_below(page, &light), 0.0)
    }

    #[test]
    fn a_word_ends_where_the_ink_of_its_columns_does() {
        let (width, height) = (83, 40);
        let pixels: Vec<u8> =
            (0..width * height).map(|at| if at * 7919 % 23 < 4 { 255 } else { 0 }).collect();
        let ink = Mask { width, height, pixels };
        for word in [(0, 82, 0, 39), (5, 5, 3, 3), (7, 71, 10, 19)] {
            let (left, right, top, bottom) = word;
            let word = Word::of(&Piece { left, right, top, bottom, ink: 0 });
            let rows = usize::from(word.top)..=usize::from(word.bottom);
            let column =
                |x| rows.clone().map(move |y| (y, x)).filter(|&(y, x)| ink.pixels[y * width + x] != 0);
            let seen: Vec<(usize, usize)> = (usize::from(word.left)..=usize::from(word.right))
                .filter_map(|x| Some((column(x).next()?.0, column(x).next_back()?.0)))
                .map(|(first, last)| (first - usize::from(word.top), usize::from(word.bottom) - last))
                .collect();
            assert_eq!(ends(&ink, &word), seen.into_iter().unzip());
            assert_eq!(ends(&ink, &word), scalar_only(|| ends(&ink, &word)));
        }
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

    /// Draws two frames of diamonds, each pair of which has one row, around nothing.
    fn diamonds() -> Gray {
        let mut page = Gray::filled(1200, 400, 230);
        let places = (0..68).flat_map(|at| [(30 + 16 * at, 40), (30 + 16 * at, 340)]);
        for (left, top) in places.chain((0..16).flat_map(|at| [(30, 70 + 16 * at), (1134, 70 + 16 * at)])) {
            for (y, x) in (0..13_usize).flat_map(|y| (0..13_usize).map(move |x| (y, x))) {
                if (5..=6).contains(&(x.abs_diff(6) + y.abs_diff(6))) {
                    page.pixels[(top + y) * 1200 + left + x] = 40;
                }
            }
        }
        page
    }

    #[test]
    fn the_ornaments_of_a_frame_are_no_letters_whichever_way_they_run() {
        let frame = diamonds();
        let light = Light::measure(&frame);
        let ink_below = ink_below(&frame, &light);
        for stance in [across(&frame, &light, ink_below, 0.0), up(&frame, &light, ink_below, 0.0)] {
            assert_eq!((stance.pairs, stance.rising, stance.hanging), (0, 0, 0), "{stance:?}");
            assert!(stance.letters > 100, "{stance:?}");
        }
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

    /// Two lines of letters of two stems with a bar at the head, as an n, and where `serifs` are with one at the foot; a
    /// few more stems rise than hang.
    fn bars(serifs: bool) -> Gray {
        let mut page = Gray::filled(1200, 200, 230);
        for at in 0..160 {
            let (left, base) = (40 + at % 80 * 14, 80 + at / 80 * 60);
            let top = if at % 6 == 0 { base - 21 } else { base - 14 };
            let bottom = if at % 7 == 3 { base + 7 } else { base };
            for y in top..bottom {
                let row = &mut page.pixels[y * 1200 + left..][..11];
                row[..3].fill(40);
                let is_beyond = y < base - 14 || y >= base;
                if !is_beyond {
                    row[8..].fill(40);
                }
                if (base - 14..base - 11).contains(&y) || serifs && (base - 3..base).contains(&y) {
                    row.fill(40);
                }
            }
        }
        page
    }

    #[test]
    fn gaps_below_say_more_than_strokes_in_print_without_serifs() {
        let page = bars(false);
        let stance = seen(&page);
        assert!(stance.lean().0 < 2.0, "{stance:?}");
        assert!(stance.sans_lean() > 4.0, "{stance:?}");
        let over = page.turned(Turn { mirrored: false, quarters: 2 });
        assert!(seen(&over).sans_lean() < -4.0, "{:?}", seen(&over));
    }

    #[test]
    fn letters_with_closed_feet_have_no_gaps_to_go_by() {
        let stance = seen(&bars(true));
        assert_eq!((stance.small.below, stance.small.above, stance.sans_lean()), (0, 0, 0.0), "{stance:?}");
    }

    #[test]
    fn lines_up_the_page_are_read_as_those_across_the_turned_one() {
        let page = page(6, 6);
        let lying = page.turned(Turn { mirrored: false, quarters: 1 });
        let light = Light::measure(&lying);
        assert_eq!(up(&lying, &light, ink_below(&lying, &light), 0.0), seen(&page));
    }
}
