//! Finds the letters of a page as pieces of connected ink, and which way up they stand.
//!
//! Along a line of writing most columns of ink begin and end where the small letters do. Many strokes rise above them (b
//! d f h k l t, the dot of the i, capitals), few hang below (g j p q y), in Indonesian one for each three that rise.
//! Capitals and figures alone say nothing, but still show which way the lines run. Touching letters do no harm.
//!
//! Print without serifs says more: its small letters are open below (f h m n r t) and hardly ever above (u), and its
//! capitals the other way round (A J L U V Y). Serifs close the feet of letters, and writing by hand joins them there, so
//! that only a clear answer counts, and only where the strokes do not say otherwise.

mod mask;
mod pieces;

use crate::flatten::Light;
use crate::gray::Gray;
use crate::simd::kernel;
use mask::Mask;
pub(crate) use mask::ink_below;
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
/// A gap in a line is open when it goes as deep as this part of the letters' body.
const DEEP: f64 = 0.5;
/// Small letters that are open on one side this many times as often as on the other are print without serifs: that comes
/// to 4 and more, print with serifs to 1.5 at most, and upside down, as everything by hand, to 1.9 and seldom to 3.4.
const SANS: u32 = 3;
/// So many neighbours in line, and this share of all, are print: writing by hand comes to 0.82 at most, tables to 0.89.
const PRINT: u32 = 40;
const PRINT_SHARE: f64 = 0.86;
/// Fewer open letters say nothing.
const FEWEST_OPEN: u32 = 8;
/// The strokes must lean the same way at least by so many standard deviations of chance.
const NOT_OTHERWISE: f64 = 0.3;
/// So many times as often as on the other side must words without strokes be open where capitals are: some are of small
/// letters, as "nomor" is, so that this only tells writing by hand apart.
const CAPITALS: f64 = 0.8;
/// Where small letters and capitals both say the same by their gaps, each by so many standard deviations of chance, print may
/// be too short for its strokes: that these do not lean the other way by so many is enough then. Cards come to 0.5 the
/// other way, other print to more; of no page of writing by hand or of print with serifs that was looked at did both gaps mislead.
const SMALL_AGREE: f64 = 0.7;
const LARGE_AGREE: f64 = 1.0;
const HARDLY_OTHERWISE: f64 = 0.7;
/// So many neighbours in line are print of a card, at least: of writing by hand on the real pages the most was 0.9.
const CARD_SHARE: f64 = 0.92;
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
    /// Gaps in words that have such strokes, and so are of small letters.
    pub(crate) small: Gaps,
    /// Gaps in words that have none, most of which are of capitals or figures.
    pub(crate) large: Gaps,
    /// Median height of what most columns of a word share, in pixels of the small copy: of the small letters, or of
    /// capitals where there are no others; 0 where no words were seen.
    pub(crate) body: u16,
}

/// Gaps between the strokes of letters.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub(crate) struct Gaps {
    /// Those closed above and open below, as in an n.
    pub(crate) below: u32,
    /// Those closed below and open above, as in a u.
    pub(crate) above: u32,
}

impl Gaps {
    fn add(&mut self, other: Self) {
        self.below += other.below;
        self.above += other.above;
    }

    /// Returns the gaps as they are when the page is turned by a half.
    fn turned(self) -> Self {
        Self { below: self.above, above: self.below }
    }

    /// Returns by how much the gaps below outnumber those above, in standard deviations of what chance would do.
    fn lean(self) -> f64 {
        let (below, above) = (f64::from(self.below), f64::from(self.above));
        (below - above) / (below + above).max(1.0).sqrt()
    }
}

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

    /// Returns what strokes and gaps together say where the gaps are those of print without serifs, else 0: standard
    /// deviations of what chance would do, positive for upright writing.
    pub(crate) fn sans_lean(&self) -> f64 {
        let (strokes, _) = self.lean();
        let way = if strokes < 0.0 { -1.0 } else { 1.0 };
        let upright = |gaps: Gaps| if strokes < 0.0 { gaps.turned() } else { gaps };
        let (small, large) = (upright(self.small), upright(self.large));
        let is_sans = small.below >= SANS * small.above && small.below + small.above >= FEWEST_OPEN;
        let are_capitals = f64::from(large.above) >= CAPITALS * f64::from(large.below);
        let is_print =
            self.aligned >= PRINT && f64::from(self.aligned) >= PRINT_SHARE * f64::from(self.pairs);
        if strokes.abs() < NOT_OTHERWISE || !is_print || !is_sans || !are_capitals {
            return 0.0;
        }
        way * (strokes.abs() + small.lean() - large.lean()) / 3.0_f64.sqrt()
    }

    /// Returns what strokes, the gaps of small letters and those of capitals say together where both gaps say the same and the
    /// strokes do not say otherwise, else 0: standard deviations of what chance would do, positive for upright writing. A
    /// card has a dozen short words, whose strokes alone leave it to chance.
    pub(crate) fn agreed_lean(&self) -> f64 {
        let (strokes, small, large) = (self.lean().0, self.small.lean(), -self.large.lean());
        let sum = strokes + small + large;
        let way = sum.signum();
        let is_print = self.aligned >= PRINT && f64::from(self.aligned) >= CARD_SHARE * f64::from(self.pairs);
        let agree = way * small >= SMALL_AGREE && way * large >= LARGE_AGREE;
        if is_print && agree && way * strokes >= -HARDLY_OTHERWISE { sum / 3.0_f64.sqrt() } else { 0.0 }
    }

    /// Counts the strokes of a word that rise above and hang below what most of its columns keep to.
    fn weigh(&mut self, ink: &Mask, word: &Word, bodies: &mut [u32; BODIES]) {
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

    fn count(&mut self, one: &Piece, other: &Piece) {
        let height = f32::from(one.height().max(other.height()));
        let same = (SAME * height).max(1.0);
        let heads = f32::from(one.top.abs_diff(other.top));
        let feet = f32::from(one.bottom.abs_diff(other.bottom));
        self.pairs += 1;
        self.aligned += u32::from(heads <= same || feet <= same);
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
    use super::{Gaps, Light, Mask, Stance, Word, across, ends, ink_below, up};
    use crate::gray::Gray;
    use crate::raster::Turn;
    use crate::simd::scalar_only;

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
            let word = Word { left: word.0, right: word.1, top: word.2, bottom: word.3 };
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
    fn gaps_say_nothing_beside_other_strokes_or_capitals_or_writing_by_hand() {
        let sans = Stance {
            pairs: 100,
            aligned: 95,
            rising: 20,
            hanging: 14,
            small: Gaps { below: 60, above: 10 },
            large: Gaps { below: 20, above: 30 },
            ..Stance::default()
        };
        assert!(sans.sans_lean() > 4.0);
        assert_eq!(Stance { aligned: 80, ..sans }.sans_lean(), 0.0, "writing by hand");
        assert_eq!(Stance { rising: 14, hanging: 20, ..sans }.sans_lean(), 0.0);
        assert_eq!(Stance { large: Gaps { below: 30, above: 20 }, ..sans }.sans_lean(), 0.0);
        assert_eq!(Stance { small: Gaps { below: 25, above: 10 }, ..sans }.sans_lean(), 0.0);
        assert_eq!(Stance { rising: 3, hanging: 1, ..sans }.sans_lean(), 0.0, "capitals with a few commas");
    }

    #[test]
    fn a_card_is_told_by_gaps_that_agree_and_by_nothing_less() {
        let card = Stance {
            pairs: 66,
            aligned: 66,
            rising: 7,
            hanging: 7,
            small: Gaps { below: 16, above: 0 },
            large: Gaps { below: 26, above: 47 },
            ..Stance::default()
        };
        assert!(card.agreed_lean() > 3.0);
        assert_eq!(card.sans_lean(), 0.0, "the strokes say nothing");
        let over = Stance { small: card.small.turned(), large: card.large.turned(), ..card };
        assert!(over.agreed_lean() < -3.0);
        assert_eq!(Stance { aligned: 60, ..card }.agreed_lean(), 0.0, "writing by hand");
        assert_eq!(Stance { rising: 5, hanging: 10, ..card }.agreed_lean(), 0.0, "strokes say otherwise");
        let serifs = Stance { small: Gaps { below: 4, above: 16 }, ..card };
        assert_eq!(serifs.agreed_lean(), 0.0, "small letters say otherwise");
        assert_eq!(Stance { small: Gaps::default(), ..card }.agreed_lean(), 0.0, "capitals alone");
        assert_eq!(Stance { large: Gaps::default(), ..card }.agreed_lean(), 0.0, "no capitals");
    }

    #[test]
    fn lines_up_the_page_are_read_as_those_across_the_turned_one() {
        let page = page(6, 6);
        let lying = page.turned(Turn { mirrored: false, quarters: 1 });
        let light = Light::measure(&lying);
        assert_eq!(up(&lying, &light, ink_below(&lying, &light), 0.0), seen(&page));
    }
}
