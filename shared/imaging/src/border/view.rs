//! A page seen from one of its sides: places along the side, and depths from it inwards.

use crate::gray::Gray;

/// A side of a page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Side {
    Left,
    Top,
    Right,
    Bottom,
}

impl Side {
    /// Every side, in the order that [`super::Outline`] holds them.
    pub(crate) const ALL: [Self; 4] = [Self::Left, Self::Top, Self::Right, Self::Bottom];
}

/// A page as it is seen from one side; lengths are in pixels.
pub(super) struct View<'a> {
    pixels: &'a [u8],
    start: isize,
    along: isize,
    inward: isize,
    /// Pixels along the side.
    pub(super) length: usize,
    /// Pixels from the side to the opposite one.
    pub(super) extent: usize,
}

impl<'a> View<'a> {
    pub(super) fn new(page: &'a Gray, side: Side) -> Self {
        let (width, height) = (page.width, page.height);
        let row = width as isize;
        let (last_column, last_row) = (row - 1, (height as isize - 1) * row);
        let (start, along, inward, length, extent) = match side {
            Side::Left => (0, row, 1, height, width),
            Side::Top => (0, 1, row, width, height),
            Side::Right => (last_column, row, -1, height, width),
            Side::Bottom => (last_row, 1, -row, width, height),
        };
        Self { pixels: &page.pixels, start, along, inward, length, extent }
    }

    /// Returns the shade at a place along the side, `depth` pixels inside of it.
    #[inline]
    pub(super) fn at(&self, along: usize, depth: usize) -> u8 {
        debug_assert!(along < self.length && depth < self.extent);
        self.pixels[(self.start + along as isize * self.along + depth as isize * self.inward) as usize]
    }
}
