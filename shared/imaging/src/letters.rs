//! Finds the letters of a page as pieces of connected ink, and which way up they stand.
//!
//! Along a line of writing most columns of ink begin and end where the small letters do. Many strokes rise above them (b
//! d f h k l t, the dot of the i, capitals), few hang below (g j p q y), in Indonesian one for each three that rise.
//! Capitals and figures alone say nothing, but still show which way the lines run. Touching letters do no harm.

use crate::flatten::Light;
use crate::gray::Gray;
use crate::simd::kernel;

/// Strokes longer than this, in pixels of the small copy, are rulings and frames: about 8 mm.
const STROKE: usize = 50;
/// Heights and widths of letters, or of several that touch, in pixels of the small copy.
const HEIGHTS: std::ops::RangeInclusive<u16> = 4..=45;
const WIDTHS: std::ops::RangeInclusive<u16> = 2..=120;
/// Least ink of a letter, in pixels.
const LEAST_INK: u32 = 7;
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
/// Part of the paper's shade, from ink to paper, at which ink begins.
const INK: f32 = 0.6;
/// Bounds for how dark ink is taken to be, as a part of the paper's shade: on a sheet with little ink the darkest pixels
/// are paper and noise.
const DARKEST: (f32, f32) = (0.2, 0.55);

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

/// A piece of connected ink: the first and the last column and row, and its pixels.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Piece {
    left: u16,
    right: u16,
    top: u16,
    bottom: u16,
    ink: u32,
}

impl Piece {
    fn height(&self) -> u16 {
        self.bottom - self.top + 1
    }

    fn is_letter(&self) -> bool {
        HEIGHTS.contains(&self.height())
            && WIDTHS.contains(&(self.right - self.left + 1))
            && self.ink >= LEAST_INK
    }
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

/// Ink as 255, paper as 0.
struct Mask {
    width: usize,
    height: usize,
    pixels: Vec<u8>,
}

impl Mask {
    /// Divides ink from paper by the light in each place and by how dark the page's ink is.
    fn new(page: &Gray, light: &Light) -> Self {
        let darkest = darkest(page, light);
        let part = darkest + (1.0 - darkest) * INK;
        let mut pixels = vec![0; page.pixels.len()];
        let mut limits = vec![0; page.width];
        for (y, out) in pixels.chunks_exact_mut(page.width.max(1)).enumerate() {
            if y % Light::CELL == 0 {
                light.limits(y, part, &mut limits);
            }
            mark(out, page.row(y), &limits);
        }
        Self { width: page.width, height: page.height, pixels }
    }

    /// Shifts columns so that lines off by `deg` degrees become level.
    fn sheared(self, deg: f64) -> Self {
        let slope = deg.to_radians().tan();
        let middle = self.width as f64 / 2.0;
        let shift = |x: usize| (slope * (x as f64 - middle)).round() as isize;
        if shift(0) == 0 {
            return self;
        }
        let mut pixels = vec![0; self.pixels.len()];
        let mut start = 0;
        while start < self.width {
            let by = shift(start);
            let length = (start..self.width).take_while(|&x| shift(x) == by).count();
            for y in 0..self.height {
                let Some(from) = y.checked_add_signed(by).filter(|&from| from < self.height) else {
                    continue;
                };
                let ink = &self.pixels[from * self.width + start..][..length];
                pixels[y * self.width + start..][..length].copy_from_slice(ink);
            }
            start += length;
        }
        Self { pixels, ..self }
    }

    /// Removes ink that goes on downwards for longer than a letter.
    fn drop_long_columns(&mut self) {
        let width = self.width.max(1);
        let mut lengths = vec![0_u8; self.pixels.len()];
        let mut above = vec![0; width];
        for (ink, lengths) in self.pixels.chunks_exact(width).zip(lengths.chunks_exact_mut(width)) {
            lengthen(lengths, &above, ink);
            above.copy_from_slice(lengths);
        }
        let mut below = vec![0; width];
        let rows = self.pixels.chunks_exact_mut(width).zip(lengths.chunks_exact(width));
        for (ink, lengths) in rows.rev() {
            drop_long(ink, &mut below, lengths);
        }
    }
}

kernel! {
    fn mark(out: &mut [u8], row: &[u8], limits: &[u8]) {
        for ((out, &pixel), &limit) in out.iter_mut().zip(row).zip(limits) {
            *out = if pixel < limit { 255 } else { 0 };
        }
    }
}

kernel! {
    /// Counts, for each pixel of ink, those above it too.
    fn lengthen(out: &mut [u8], above: &[u8], ink: &[u8]) {
        for ((out, &above), &ink) in out.iter_mut().zip(above).zip(ink) {
            *out = above.saturating_add(1) & ink;
        }
    }
}

kernel! {
    /// Carries the length of each column of ink up to its top, and removes it where it is too long.
    fn drop_long(ink: &mut [u8], below: &mut [u8], lengths: &[u8]) {
        for ((ink, below), &length) in ink.iter_mut().zip(below).zip(lengths) {
            *below = (*below).max(length) & *ink;
            *ink = if *below >= STROKE as u8 { 0 } else { *ink };
        }
    }
}

/// Returns how dark the page's ink is as a part of its paper's shade: what 2 % of the pixels do not exceed.
fn darkest(page: &Gray, light: &Light) -> f32 {
    const EVERY: usize = 5;
    let mut counts = [0_u32; 256];
    let mut levels = vec![0; page.width];
    for y in (0..page.height).step_by(EVERY) {
        light.limits(y, 1.0, &mut levels);
        for (&pixel, &level) in page.row(y).iter().zip(&levels).step_by(EVERY) {
            counts[(usize::from(pixel) * 255 / usize::from(level.max(1))).min(255)] += 1;
        }
    }
    let total: u32 = counts.iter().sum();
    let mut seen = 0;
    let place = counts.iter().position(|&count| {
        seen += count;
        seen * 50 > total
    });
    (place.unwrap_or(255) as f32 / 255.0).clamp(DARKEST.0, DARKEST.1)
}

/// A run of ink in a row.
#[derive(Debug, Clone, Copy)]
struct Run {
    start: u16,
    end: u16,
    piece: usize,
}

/// Gathers connected ink, corners included; runs longer than a letter's stroke are left out.
fn pieces(mask: &Mask) -> Vec<Piece> {
    let mut all = Pieces::default();
    let (mut above, mut here): (Vec<Run>, Vec<Run>) = (Vec::new(), Vec::new());
    for (y, row) in mask.pixels.chunks_exact(mask.width.max(1)).enumerate() {
        here.clear();
        let mut first = 0;
        for_each_run(row, |start, end| {
            if usize::from(end - start) >= STROKE {
                return;
            }
            while above.get(first).is_some_and(|run: &Run| run.end < start) {
                first += 1;
            }
            let mut piece = None;
            for run in above[first..].iter().take_while(|run| run.start <= end) {
                piece = Some(match piece {
                    None => all.root(run.piece),
                    Some(piece) => all.join(piece, run.piece),
                });
            }
            let found = Piece {
                left: start,
                right: end - 1,
                top: y as u16,
                bottom: y as u16,
                ink: u32::from(end - start),
            };
            here.push(Run { start, end, piece: all.add(piece, found) });
        });
        std::mem::swap(&mut above, &mut here);
    }
    all.finish()
}

/// Calls `found` with the first column of each run of ink and the one behind its last.
fn for_each_run(row: &[u8], mut found: impl FnMut(u16, u16)) {
    const BLOCK: usize = 16;
    let mut at = 0;
    while at < row.len() {
        let block = &row[at..];
        // Most of a page is paper.
        if block.len() >= BLOCK && block[..BLOCK] == [0; BLOCK] {
            at += BLOCK;
            continue;
        }
        if row[at] == 0 {
            at += 1;
            continue;
        }
        let length = block.iter().take_while(|&&ink| ink != 0).count();
        found(at as u16, (at + length) as u16);
        at += length;
    }
}

/// Pieces that grow together (a union-find forest).
#[derive(Default)]
struct Pieces {
    parents: Vec<usize>,
    pieces: Vec<Piece>,
}

impl Pieces {
    fn root(&mut self, mut at: usize) -> usize {
        while self.parents[at] != at {
            self.parents[at] = self.parents[self.parents[at]];
            at = self.parents[at];
        }
        at
    }

    /// Adds ink to a piece, or begins one; returns its place.
    fn add(&mut self, piece: Option<usize>, found: Piece) -> usize {
        let Some(at) = piece else {
            self.parents.push(self.pieces.len());
            self.pieces.push(found);
            return self.pieces.len() - 1;
        };
        self.pieces[at] = united(&self.pieces[at], &found);
        at
    }

    fn join(&mut self, one: usize, other: usize) -> usize {
        let (one, other) = (self.root(one), self.root(other));
        if one != other {
            self.parents[other] = one;
            self.pieces[one] = united(&self.pieces[one], &self.pieces[other]);
        }
        one
    }

    fn finish(self) -> Vec<Piece> {
        let whole = self.parents.iter().enumerate().filter(|(at, parent)| at == *parent);
        whole.map(|(at, _)| self.pieces[at]).collect()
    }
}

fn united(one: &Piece, other: &Piece) -> Piece {
    Piece {
        left: one.left.min(other.left),
        right: one.right.max(other.right),
        top: one.top.min(other.top),
        bottom: one.bottom.max(other.bottom),
        ink: one.ink + other.ink,
    }
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
