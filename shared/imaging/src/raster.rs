//! A decoded page: pixels in memory, and the turn that its file asks for.

/// The pixels of a decoded page, row by row from the top, without padding.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Pixels {
    /// One byte a pixel, 0 black.
    Gray(Vec<u8>),
    /// Three bytes a pixel: red, green, blue.
    Rgb(Vec<u8>),
}

/// A decoded page as it lies in its file, before any turn.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Raster {
    /// Width in pixels.
    pub width: u32,
    /// Height in pixels.
    pub height: u32,
    /// `width × height` pixels.
    pub pixels: Pixels,
    /// Dots per inch as the file states them, if it does; not yet judged.
    pub dpi: Option<u32>,
    /// The turn that shows the page as its author saw it.
    pub turn: Turn,
}

impl Raster {
    /// Makes a gray page without a stated resolution or turn.
    pub fn gray(width: u32, height: u32, pixels: Vec<u8>) -> Self {
        debug_assert_eq!(pixels.len(), width as usize * height as usize);
        Self { width, height, pixels: Pixels::Gray(pixels), dpi: None, turn: Turn::default() }
    }

    /// Makes a colour page without a stated resolution or turn.
    pub fn rgb(width: u32, height: u32, pixels: Vec<u8>) -> Self {
        debug_assert_eq!(pixels.len(), 3 * width as usize * height as usize);
        Self { width, height, pixels: Pixels::Rgb(pixels), dpi: None, turn: Turn::default() }
    }

    /// Returns whether a pixel has three bytes.
    pub(crate) fn is_in_colour(&self) -> bool {
        matches!(self.pixels, Pixels::Rgb(_))
    }

    /// Returns the bytes of a pixel.
    pub(crate) fn channels(&self) -> usize {
        if self.is_in_colour() { 3 } else { 1 }
    }

    /// Returns the bytes of all pixels.
    pub(crate) fn bytes(&self) -> &[u8] {
        let (Pixels::Gray(bytes) | Pixels::Rgb(bytes)) = &self.pixels;
        bytes
    }

    /// Returns the size the page has once its turn is applied.
    pub fn turned_size(&self) -> (u32, u32) {
        if self.turn.swaps_axes() { (self.height, self.width) } else { (self.width, self.height) }
    }
}

/// One of the eight ways to lay a rectangle on itself: first mirrored left to right or not, then turned clockwise.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Turn {
    /// Whether the page is mirrored before it is turned.
    pub mirrored: bool,
    /// Quarter turns clockwise, 0 to 3.
    pub quarters: u8,
}

impl Turn {
    /// Makes the turn that the value of EXIF tag 0x0112 asks for; an unknown value asks for none.
    ///
    /// Source: Exif 2.32, section 4.6.4 A, *Orientation*.
    pub fn from_exif(orientation: u32) -> Self {
        let (mirrored, quarters) = match orientation {
            2 => (true, 0),
            3 => (false, 2),
            4 => (true, 2),
            5 => (true, 3),
            6 => (false, 1),
            7 => (true, 1),
            8 => (false, 3),
            _ => (false, 0),
        };
        Self { mirrored, quarters }
    }

    /// Returns this turn followed by `quarters` more clockwise.
    pub fn then(self, quarters: u8) -> Self {
        Self { mirrored: self.mirrored, quarters: (self.quarters + quarters) % 4 }
    }

    /// Returns whether nothing moves.
    pub fn is_identity(self) -> bool {
        self == Self::default()
    }

    /// Returns whether width and height change places.
    pub fn swaps_axes(self) -> bool {
        self.quarters % 2 == 1
    }

    /// Returns where, in a picture of `width × height`, the pixel (x, y) of the turned picture comes from.
    #[inline]
    pub(crate) fn source_of(self, x: usize, y: usize, width: usize, height: usize) -> (usize, usize) {
        let (source_x, source_y) = match self.quarters {
            0 => (x, y),
            1 => (y, height - 1 - x),
            2 => (width - 1 - x, height - 1 - y),
            _ => (width - 1 - y, x),
        };
        if self.mirrored { (width - 1 - source_x, source_y) } else { (source_x, source_y) }
    }

    /// Returns the quarter turns in degrees clockwise.
    pub fn degrees(self) -> u16 {
        u16::from(self.quarters) * 90
    }
}
