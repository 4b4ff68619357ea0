//! A finished page, drawn strip by strip: resampled, evenly lit, what lies beside the paper filled. A page that is coded as it
//! is drawn is never held whole beside its source.

use crate::ImageError;
use crate::flatten::Evening;
use crate::geometry::Plan;
use crate::limits::Deadline;
use crate::raster::{Pixels, Raster, Turn};
use crate::resample::Resampling;
use crate::wedge::Wedges;

/// Rows that are drawn together: those of a block of a JPEG in colour.
const STRIP: usize = 16;
/// Strips between two looks at the clock.
const STRIPS_A_CHECK: usize = 16;
/// Distance between the rows of a sample.
const SAMPLED: usize = 16;

/// Everything that makes the rows of a page.
pub(crate) struct Drawing {
    rows: Resampling<'static>,
    evening: Option<Evening>,
    wedges: Option<Wedges>,
    /// Shade that divides ink from paper on a page of black and white.
    ink: Option<u8>,
    /// Dots per inch of the page.
    dpi: u32,
}

/// Every sixteenth row of a page.
pub(crate) struct Sample {
    stride: usize,
    channels: usize,
    pixels: Vec<u8>,
}

impl Drawing {
    /// Takes the steps in their order.
    pub(crate) fn new(
        rows: Resampling<'static>,
        evening: Option<Evening>,
        ink: Option<u8>,
        dpi: u32,
    ) -> Self {
        Self { rows, evening, wedges: None, ink, dpi }
    }

    /// Begins a part of the same page, or one that lies a little otherwise, at the same scale; nothing is filled in it yet.
    pub(crate) fn of_part(self, plan: &Plan, evening: Option<Evening>) -> Self {
        Self { rows: self.rows.of_part(plan), evening, wedges: None, ..self }
    }

    /// Returns width and height of the page.
    pub(crate) fn size(&self) -> (u32, u32) {
        self.rows.size()
    }

    /// Returns the dots per inch of the page.
    pub(crate) fn dpi(&self) -> u32 {
        self.dpi
    }

    /// Returns the bytes of a pixel.
    pub(crate) fn channels(&self) -> usize {
        self.rows.channels()
    }

    /// Returns whether the page is in colour.
    pub(crate) fn is_in_colour(&self) -> bool {
        self.channels() == 3
    }

    /// Fills what lies beside the paper from now on, in its colour; returns the rows that were looked at, filled too.
    pub(crate) fn sample(&mut self, wedges: Option<Wedges>) -> Sample {
        let (width, height) = (self.size().0 as usize, self.size().1 as usize);
        let channels = self.rows.channels();
        let stride = width * channels;
        let mut sample = Sample { stride, channels, pixels: vec![0; height.div_ceil(SAMPLED) * stride] };
        for (at, row) in sample.pixels.chunks_exact_mut(stride).enumerate() {
            self.rows.draw(SAMPLED * at, row);
            if let Some(evening) = &mut self.evening {
                evening.even_out(SAMPLED * at, row);
            }
        }
        self.wedges = wedges.map(|mut wedges| {
            wedges.measure(&sample);
            for (at, row) in sample.pixels.chunks_exact_mut(stride).enumerate() {
                wedges.fill(SAMPLED * at, row);
            }
            wedges
        });
        sample
    }

    fn row(&mut self, y: usize, row: &mut [u8]) {
        self.rows.draw(y, row);
        if let Some(evening) = &mut self.evening {
            evening.even_out(y, row);
        }
        if let Some(wedges) = &self.wedges {
            wedges.fill(y, row);
        }
        if let Some(ink) = self.ink {
            row.iter_mut().for_each(|pixel| *pixel = if *pixel < ink { 0 } else { 255 });
        }
    }

    /// Draws the page from top to bottom and hands over a few whole rows at a time.
    ///
    /// # Errors
    /// `TimedOut` beyond the deadline.
    pub(crate) fn strips(
        &mut self,
        deadline: &Deadline,
        mut take: impl FnMut(&[u8]),
    ) -> Result<(), ImageError> {
        let (width, height) = (self.size().0 as usize, self.size().1 as usize);
        let stride = width * self.rows.channels();
        let mut strip = vec![0; STRIP.min(height) * stride];
        for (at, top) in (0..height).step_by(STRIP).enumerate() {
            if at % STRIPS_A_CHECK == 0 {
                deadline.check()?;
            }
            let strip = &mut strip[..STRIP.min(height - top) * stride];
            for (y, row) in strip.chunks_exact_mut(stride).enumerate() {
                self.row(top + y, row);
            }
            take(strip);
        }
        Ok(())
    }

    /// Draws the whole page; one that needs nothing keeps its very pixels.
    ///
    /// # Errors
    /// `TimedOut` beyond the deadline.
    pub(crate) fn whole(mut self, deadline: &Deadline) -> Result<Raster, ImageError> {
        let dpi = Some(self.dpi);
        let is_untouched = self.evening.is_none() && self.wedges.is_none() && self.ink.is_none();
        if is_untouched && self.rows.moves_nothing() {
            return Ok(Raster { dpi, turn: Turn::default(), ..self.rows.into_source() });
        }
        self.drawn(deadline)
    }

    /// Draws the whole page and keeps what it is drawn from.
    ///
    /// # Errors
    /// `TimedOut` beyond the deadline.
    pub(crate) fn drawn(&mut self, deadline: &Deadline) -> Result<Raster, ImageError> {
        let (width, height) = self.size();
        let colour = self.is_in_colour();
        let mut pixels = Vec::with_capacity(width as usize * height as usize * self.rows.channels());
        self.strips(deadline, |rows| pixels.extend_from_slice(rows))?;
        let pixels = if colour { Pixels::Rgb(pixels) } else { Pixels::Gray(pixels) };
        Ok(Raster { width, height, pixels, dpi: Some(self.dpi), turn: Turn::default() })
    }
}

impl Sample {
    /// Returns the rows with their places on the page.
    pub(crate) fn rows(&self) -> impl Iterator<Item = (usize, Row<'_>)> {
        let rows = self.pixels.chunks_exact(self.stride).map(|row| Row { row, channels: self.channels });
        rows.enumerate().map(|(at, row)| (SAMPLED * at, row))
    }

    /// Returns red, green and blue of all its pixels, nothing of a gray page.
    pub(crate) fn colours(&self) -> &[[u8; 3]] {
        if self.channels == 3 { self.pixels.as_chunks().0 } else { &[] }
    }
}

/// A row of a sample.
pub(crate) struct Row<'a> {
    row: &'a [u8],
    channels: usize,
}

impl Row<'_> {
    /// Returns the colour of a pixel, three times the shade of a gray one.
    pub(crate) fn pixel(&self, x: usize) -> [u8; 3] {
        match self.channels {
            1 => [self.row[x]; 3],
            _ => self.row.as_chunks().0[x],
        }
    }
}
