//! What the letters of a page say together: whether they are print, and which way up they stand.

/// Strokes that rise or hang, for each two neighbours, from which a page holds small letters: print comes to 0.25 and
/// more, forms whose boxes hold figures to 0.09, capitals and figures to 0.03.
const LOWER_CASE: f64 = 0.07;
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
/// Print may be too short for its strokes, and is told by its gaps as well where capitals lean so far, in standard deviations
/// of chance, small letters not the other way, and the strokes the other way by less than this: cards come to 1.7 and a
/// strip of a form to 2.2. Small letters of serifs alone mislead.
const LARGE_AGREE: f64 = 0.3;
const HARDLY_OTHERWISE: f64 = 1.8;
/// So many neighbours in line are print of a card, at least: of writing by hand on the real pages the most was 0.9.
const CARD_SHARE: f64 = 0.92;
/// Where so many neighbours, and this share of all, are in line, strokes and the gaps of small letters are taken together if each
/// comes to so many standard deviations of chance: no page that was looked at, in print or by hand, is misled by both.
const FORM: u32 = 100;
const FORM_SHARE: f64 = 0.6;
const BOTH: f64 = 1.5;
/// Neighbours in line, and their share of all, from which a page's letters have a height.
const LETTERS: u32 = 16;
const LETTERS_SHARE: f64 = 0.4;

/// What the neighbours on the lines of a page say.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub(crate) struct Stance {
    /// Pieces of ink as large as letters.
    pub(crate) letters: u32,
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
    pub(super) fn add(&mut self, other: Self) {
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
        if self.is_lower_case() { (more / all.sqrt(), more / all) } else { (0.0, 0.0) }
    }

    /// Returns whether there are strokes enough for small letters: among capitals and figures the odd comma hangs, and says
    /// nothing.
    fn is_lower_case(&self) -> bool {
        let all = f64::from(self.rising + self.hanging);
        all > 0.0 && all >= LOWER_CASE * f64::from(self.pairs)
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
        if strokes.abs() < NOT_OTHERWISE || !self.is_print(PRINT_SHARE) || !is_sans || !are_capitals {
            return 0.0;
        }
        way * (strokes.abs() + small.lean() - large.lean()) / 3.0_f64.sqrt()
    }

    /// Returns what strokes and the gaps of small letters say together where both say the same, else 0: standard deviations of
    /// what chance would do, positive for upright writing. For forms, whose figures in boxes hold little in line.
    pub(crate) fn small_lean(&self) -> f64 {
        let (strokes, small) = (self.lean().0, self.small.lean());
        let way = strokes.signum();
        let agree = way * strokes >= BOTH && way * small >= BOTH;
        let in_line = f64::from(self.aligned) >= FORM_SHARE * f64::from(self.pairs);
        if agree && in_line && self.aligned >= FORM { (strokes + small) / 2.0_f64.sqrt() } else { 0.0 }
    }

    /// Returns what strokes, the gaps of small letters and those of capitals say together where the capitals say the same and
    /// the others hardly otherwise, else 0: standard deviations of what chance would do, positive for upright writing. A card
    /// has a dozen short words, whose strokes alone leave it to chance. Figures have gaps too, open to the side that their
    /// face happens to give them: without small letters there is nothing to go by.
    pub(crate) fn agreed_lean(&self) -> f64 {
        let (strokes, small, large) = (self.lean().0, self.small.lean(), -self.large.lean());
        let sum = strokes + small + large;
        let way = sum.signum();
        let agree = way * small >= 0.0 && way * large >= LARGE_AGREE && way * strokes >= -HARDLY_OTHERWISE;
        if self.is_lower_case() && self.is_print(CARD_SHARE) && agree { sum / 3.0_f64.sqrt() } else { 0.0 }
    }

    /// Returns whether so many neighbours, and this share of them, stand in line as in print.
    fn is_print(&self, share: f64) -> bool {
        self.aligned >= PRINT && f64::from(self.aligned) >= share * f64::from(self.pairs)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

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

    /// What a drawn card has been seen to say, whose strokes say nothing.
    fn card() -> Stance {
        Stance {
            pairs: 66,
            aligned: 66,
            rising: 7,
            hanging: 7,
            small: Gaps { below: 16, above: 0 },
            large: Gaps { below: 26, above: 47 },
            ..Stance::default()
        }
    }

    /// The same after a half turn.
    fn over(stance: Stance) -> Stance {
        let (rising, hanging) = (stance.hanging, stance.rising);
        Stance { rising, hanging, small: stance.small.turned(), large: stance.large.turned(), ..stance }
    }

    #[test]
    fn a_card_is_told_by_gaps_that_agree_and_by_nothing_less() {
        let card = card();
        assert!(card.agreed_lean() > 3.0);
        assert_eq!(card.sans_lean(), 0.0, "the strokes say nothing");
        assert!(over(card).agreed_lean() < -3.0);
        assert_eq!(Stance { aligned: 60, ..card }.agreed_lean(), 0.0, "writing by hand");
        assert_eq!(Stance { rising: 4, hanging: 12, ..card }.agreed_lean(), 0.0, "strokes say otherwise");
        let serifs = Stance { small: Gaps { below: 4, above: 16 }, ..card };
        assert_eq!(serifs.agreed_lean(), 0.0, "small letters say otherwise");
        assert_eq!(Stance { large: Gaps::default(), ..card }.agreed_lean(), 0.0, "no capitals");
    }

    #[test]
    fn a_card_is_told_also_where_strokes_lean_the_other_way_or_small_letters_neither() {
        let labels_that_hang = Stance { rising: 7, hanging: 10, ..card() };
        assert!(labels_that_hang.agreed_lean() > 2.5);
        assert!(over(labels_that_hang).agreed_lean() < -2.5);
        let even = Stance { rising: 12, hanging: 3, small: Gaps { below: 9, above: 9 }, ..card() };
        assert!(even.agreed_lean() > 2.5);
        assert!(over(even).agreed_lean() < -2.5);
    }

    #[test]
    fn a_form_is_told_by_strokes_and_small_letters_that_say_the_same() {
        let form = Stance {
            pairs: 783,
            aligned: 613,
            rising: 62,
            hanging: 40,
            small: Gaps { below: 74, above: 36 },
            ..Stance::default()
        };
        assert!(form.small_lean() > 3.0);
        assert!(over(form).small_lean() < -3.0);
        let serifs = Gaps { below: 44, above: 66 };
        assert_eq!(Stance { small: serifs, ..form }.small_lean(), 0.0, "gaps say otherwise");
        assert_eq!(Stance { rising: 53, hanging: 49, ..form }.small_lean(), 0.0, "strokes say nothing");
        assert_eq!(Stance { aligned: 400, ..form }.small_lean(), 0.0, "writing by hand");
    }

    #[test]
    fn gaps_of_figures_say_nothing_where_there_are_no_small_letters() {
        let figures = Stance {
            pairs: 300,
            aligned: 300,
            rising: 0,
            hanging: 9,
            small: Gaps { below: 3, above: 10 },
            large: Gaps { below: 155, above: 13 },
            ..Stance::default()
        };
        assert_eq!((figures.agreed_lean(), over(figures).agreed_lean()), (0.0, 0.0));
        assert_eq!(Stance { rising: 0, hanging: 0, ..card() }.agreed_lean(), 0.0, "capitals alone");
    }
}
