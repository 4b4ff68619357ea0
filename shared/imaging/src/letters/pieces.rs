//! Gathers the connected ink of a page.

use super::STROKE;
use super::mask::Mask;

/// Heights and widths of letters, or of several that touch, in pixels of the small copy.
const HEIGHTS: std::ops::RangeInclusive<u16> = 4..=45;
const WIDTHS: std::ops::RangeInclusive<u16> = 2..=120;
/// Ends closer than this part of the height are the same.
const SAME: f32 = 0.1;
/// Ink that differs by less than this part is as much.
const AS_MUCH: f32 = 0.12;
/// Least ink of a letter, in pixels.
const LEAST_INK: u32 = 7;

/// A piece of connected ink: the first and the last column and row, and its pixels.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Piece {
    pub(super) left: u16,
    pub(super) right: u16,
    pub(super) top: u16,
    pub(super) bottom: u16,
    pub(super) ink: u32,
}

impl Piece {
    pub(super) fn height(&self) -> u16 {
        self.bottom - self.top + 1
    }

    pub(super) fn is_letter(&self) -> bool {
        HEIGHTS.contains(&self.height())
            && WIDTHS.contains(&(self.right - self.left + 1))
            && self.ink >= LEAST_INK
    }

    /// Returns whether two neighbours share both ends or one, as letters in a line do.
    pub(super) fn is_in_line_with(&self, other: &Self) -> bool {
        let same = (SAME * f32::from(self.height().max(other.height()))).max(1.0);
        let heads = f32::from(self.top.abs_diff(other.top));
        let feet = f32::from(self.bottom.abs_diff(other.bottom));
        heads <= same || feet <= same
    }

    /// Returns whether two pieces are of the same size and have as much ink, as ornaments of a frame do.
    pub(super) fn is_like(&self, other: &Self) -> bool {
        let width = |piece: &Self| piece.right - piece.left;
        let ink = self.ink.max(other.ink) as f32;
        width(self).abs_diff(width(other)) <= 1
            && self.height().abs_diff(other.height()) <= 1
            && self.ink.abs_diff(other.ink) as f32 <= AS_MUCH * ink
    }
}

/// A run of ink in a row.
#[derive(Debug, Clone, Copy)]
struct Run {
    start: u16,
    end: u16,
    piece: usize,
}

/// Gathers connected ink, corners included; runs longer than a letter's stroke are left out.
pub(super) fn pieces(mask: &Mask) -> Vec<Piece> {
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
    let mut at = 0;
    while let Some(start) = other(row, at, 0) {
        let end = other(row, start, u8::MAX).unwrap_or(row.len());
        found(start as u16, end as u16);
        at = end;
    }
}

/// Returns the first place from `at` on that is not of this shade of the two, several looked at together.
fn other(row: &[u8], mut at: usize, shade: u8) -> Option<usize> {
    const BLOCK: usize = 8;
    let all = u64::from_ne_bytes([shade; BLOCK]);
    while let Some(block) = row.get(at..).and_then(|rest| rest.first_chunk::<BLOCK>()) {
        let others = u64::from_le_bytes(*block) ^ all;
        if others != 0 {
            return Some(at + others.trailing_zeros() as usize / 8);
        }
        at += BLOCK;
    }
    (at..row.len()).find(|&at| row[at] != shade)
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
    use super::{Mask, Piece, for_each_run, pieces};

    fn mask(rows: &[&str]) -> Mask {
        let pixels = rows.iter().flat_map(|row| row.bytes().map(|byte| if byte == b'#' { 255 } else { 0 }));
        Mask { width: rows[0].len(), height: rows.len(), pixels: pixels.collect() }
    }

    #[test]
    fn what_touches_at_a_side_or_a_corner_is_one_piece() {
        let found = pieces(&mask(&["#.#....", "#.#..#.", ".#....#"]));
        let piece = |left, right, top, bottom, ink| Piece { left, right, top, bottom, ink };
        assert_eq!(found, [piece(0, 2, 0, 2, 5), piece(5, 6, 1, 2, 2)]);
    }

    #[test]
    fn runs_are_found_wherever_they_begin_and_end() {
        for (start, length) in (0..40).flat_map(|start| (1..40).map(move |length| (start, length))) {
            let mut row = vec![0; 83];
            row[start..start + length].fill(255);
            row[82] = 255;
            let mut found = Vec::new();
            for_each_run(&row, |start, end| found.push((usize::from(start), usize::from(end))));
            assert_eq!(found, [(start, start + length), (82, 83)]);
        }
        for_each_run(&[0; 83], |_, _| panic!("paper"));
    }

    #[test]
    fn a_run_longer_than_a_stroke_joins_nothing() {
        let long = "#".repeat(super::STROKE);
        let beside = format!("#{}", ".".repeat(super::STROKE - 1));
        assert_eq!(pieces(&mask(&[&beside, &long, &beside])).len(), 2);
    }
}
