//! Bytes that are drawn from, row by row, of which several planes may share the memory.

use std::rc::Rc;

use crate::raster::{Pixels, Raster, Turn};

/// A byte a pixel or three, with the same distance between all rows.
pub(crate) struct Plane<'a> {
    bytes: Bytes<'a>,
    /// Place of the first pixel, and bytes from one row to the next.
    first: usize,
    pub(crate) stride: usize,
    pub(crate) channels: usize,
    pub(crate) size: (u32, u32),
}

enum Bytes<'a> {
    Borrowed(&'a [u8]),
    Shared(Rc<Vec<u8>>),
}

impl Bytes<'_> {
    fn all(&self) -> &[u8] {
        match self {
            Self::Borrowed(bytes) => bytes,
            Self::Shared(bytes) => bytes,
        }
    }
}

impl<'a> Plane<'a> {
    /// Takes the pixels of a page.
    pub(crate) fn of(page: Raster) -> Self {
        let (size, channels) = ((page.width, page.height), page.channels());
        let (Pixels::Gray(pixels) | Pixels::Rgb(pixels)) = page.pixels;
        let bytes = Bytes::Shared(Rc::new(pixels));
        Self { bytes, first: 0, stride: size.0 as usize * channels, channels, size }
    }

    /// Looks at the pixels of a page.
    pub(crate) fn borrowed(page: &'a Raster) -> Self {
        let (size, channels) = ((page.width, page.height), page.channels());
        let bytes = Bytes::Borrowed(page.bytes());
        Self { bytes, first: 0, stride: size.0 as usize * channels, channels, size }
    }

    /// Takes rows of a byte a pixel that begin at `first` and lie `stride` apart.
    pub(super) fn shared(bytes: &Rc<Vec<u8>>, (first, stride): (usize, usize), size: (u32, u32)) -> Self {
        Self { bytes: Bytes::Shared(Rc::clone(bytes)), first, stride, channels: 1, size }
    }

    /// Returns the bytes from the first pixel on.
    pub(crate) fn bytes(&self) -> &[u8] {
        &self.bytes.all()[self.first..]
    }

    /// Returns the row `y`.
    pub(crate) fn row(&self, y: usize) -> &[u8] {
        &self.bytes()[y * self.stride..][..self.size.0 as usize * self.channels]
    }

    /// Returns all rows.
    pub(crate) fn rows(&self) -> impl Iterator<Item = &[u8]> {
        (0..self.size.1 as usize).map(|y| self.row(y))
    }

    /// Returns the page, in the same memory where nothing else has it.
    pub(crate) fn into_page(self) -> Raster {
        let (width, height) = self.size;
        let is_whole = self.bytes.all().len() == width as usize * height as usize * self.channels;
        let pixels = match (is_whole, self.bytes) {
            (true, Bytes::Shared(bytes)) => Rc::unwrap_or_clone(bytes),
            (_, bytes) => Self { bytes, ..self }.rows().collect::<Vec<_>>().concat(),
        };
        let pixels = if self.channels == 1 { Pixels::Gray(pixels) } else { Pixels::Rgb(pixels) };
        Raster { width, height, pixels, dpi: None, turn: Turn::default() }
    }
}
