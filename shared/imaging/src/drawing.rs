//! A finished page, drawn strip by strip: resampled, evenly lit, what lies beside the paper filled. A page that is coded as it
//! is drawn is never held whole beside its source.

use crate::ImageError;
use crate::evening::Evening;
use crate::flatten::Light;
use crate::geometry::Plan;
use crate::limits::Deadline;
use crate::planes::{self, Planes, Splitter, Strip};
use crate::raster::{Pixels, Raster, Turn};
use crate::resample::Resampling;
use crate::wedge::Wedges;

/// Rows that are drawn together: those of a block of a JPEG in colour.
const STRIP: usize = 16;
/// Strips between two looks at the clock.
const STRIPS_A_CHECK: usize = 16;
/// Distance between the rows of a sample, an even number.
const SAMPLED: usize = 16;

/// Everything that makes the rows of a page.
pub(crate) struct Drawing {
    /// Brightness, or red, green and blue.
    rows: Resampling<'static>,
    evening: Option<Evening>,
    differences: Option<Differences>,
    wedges: Option<Wedges>,
    /// Shade that divides ink from paper on a page of black and white.
    ink: Option<u8>,
    /// Dots per inch of the page.
    dpi: u32,
}

/// The differences of blue and of red.
struct Differences {
    rows: [Resampling<'static>; 2],
    evening: Option<Evening>,
}

/// Uneven light on a page, and by how much the small copy was reduced that it was measured on.
pub(crate) type Uneven<'a> = (&'a Light, usize);

/// Every sixteenth row of a page.
pub(crate) struct Sample {
    stride: usize,
    channels: usize,
    pixels: Vec<u8>,
}

impl Drawing {
    /// Begins the page that `plan` makes of its source; what lies outside that is `paper`.
    pub(crate) fn new(source: Planes, plan: &Plan, paper: u8, light: Option<Uneven<'_>>, dpi: u32) -> Self {
        let rows = Resampling::new(source.first, plan, paper);
        let differences = source.differences.map(|differences| Differences {
            rows: differences.map(|plane| Resampling::of_difference(plane, plan)),
            evening: None,
        });
        let begun = Self { rows, evening: None, differences, wedges: None, ink: None, dpi };
        begun.evened(plan, light)
    }

    /// Begins a part of the same page, or one that lies a little otherwise, at the same scale; nothing is filled in it yet.
    pub(crate) fn of_part(self, plan: &Plan, light: Option<Uneven<'_>>) -> Self {
        let part = |differences: Differences| {
            let rows = differences.rows.map(|rows| rows.of_part(plan));
            Differences { rows, ..differences }
        };
        let differences = self.differences.map(part);
        Self { rows: self.rows.of_part(plan), differences, wedges: None, ..self }.evened(plan, light)
    }

    fn evened(mut self, plan: &Plan, light: Option<Uneven<'_>>) -> Self {
        let channels = self.rows.channels();
        self.evening = light.map(|(light, factor)| Evening::new(light, plan, factor, channels));
        if let Some(differences) = &mut self.differences {
            differences.evening = light.map(|(light, factor)| Evening::of_differences(light, plan, factor));
        }
        self
    }

    /// Makes every pixel black or white: ink is what is darker than this.
    pub(crate) fn in_black_and_white(self, ink: u8) -> Self {
        Self { ink: Some(ink), ..self }
    }

    /// Returns width and height of the page.
    pub(crate) fn size(&self) -> (u32, u32) {
        self.rows.size()
    }

    /// Returns the dots per inch of the page.
    pub(crate) fn dpi(&self) -> u32 {
        self.dpi
    }

    /// Returns whether the page is in colour.
    pub(crate) fn is_in_colour(&self) -> bool {
        self.rows.channels() == 3 || self.differences.is_some()
    }

    /// Fills what lies beside the paper from now on, in its colour; returns the rows that were looked at, filled too.
    pub(crate) fn sample(&mut self, wedges: Option<Wedges>) -> Sample {
        let (width, height) = (self.size().0 as usize, self.size().1 as usize);
        let channels = if self.is_in_colour() { 3 } else { 1 };
        let stride = width * channels;
        let mut sample = Sample { stride, channels, pixels: vec![0; height.div_ceil(SAMPLED) * stride] };
        self.wedges = None;
        let across = width.div_ceil(2);
        let (mut luma, mut blue, mut red) = (vec![0; width], vec![0; across], vec![0; across]);
        for (at, row) in sample.pixels.chunks_exact_mut(stride).enumerate() {
            let y = SAMPLED * at;
            if self.differences.is_some() {
                self.row(y, &mut luma);
                self.row_of_differences(y / 2, [&mut blue, &mut red]);
                planes::to_rgb(row, &luma, [&blue, &red]);
            } else {
                self.row(y, row);
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

    /// Draws the row `y` of the differences, if there are any.
    fn row_of_differences(&mut self, y: usize, [blue, red]: [&mut [u8]; 2]) {
        let Some(differences) = &mut self.differences else {
            return;
        };
        differences.rows[0].draw(y, blue);
        differences.rows[1].draw(y, red);
        if let Some(evening) = &mut differences.evening {
            evening.even_out_differences(y, [&mut *blue, &mut *red]);
        }
        if let Some(wedges) = &self.wedges {
            wedges.fill_differences(y, [blue, red]);
        }
    }

    /// Draws the page from top to bottom and hands over a few whole rows at a time.
    ///
    /// # Errors
    /// `TimedOut` beyond the deadline.
    pub(crate) fn strips(
        &mut self,
        deadline: &Deadline,
        mut take: impl FnMut(&Strip<'_>),
    ) -> Result<(), ImageError> {
        let width = self.size().0 as usize;
        if self.rows.channels() == 3 {
            let mut splitter = Splitter::new(width);
            return self.together(deadline, |_, _, rows| splitter.strips(rows, &mut take));
        }
        let plane = || vec![0; STRIP / 2 * width.div_ceil(2)];
        let mut planes = self.differences.is_some().then(|| [plane(), plane()]);
        self.together(deadline, |drawing, top, luma| {
            let rows = luma.len() / width;
            let differences = planes.as_mut().map(|planes| drawing.differences_of(top, rows, planes));
            take(&Strip { luma, differences });
        })
    }

    /// Draws rows, a few whole ones at a time, and hands them over with the place of the first.
    fn together(
        &mut self,
        deadline: &Deadline,
        mut take: impl FnMut(&mut Self, usize, &[u8]),
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
            take(self, top, strip);
        }
        Ok(())
    }

    /// Draws the differences of some rows from the row `top` on.
    fn differences_of<'a>(&mut self, top: usize, rows: usize, planes: &'a mut [Vec<u8>; 2]) -> [&'a [u8]; 2] {
        let across = self.size().0.div_ceil(2) as usize;
        let down = rows.div_ceil(2);
        let [blue, red] = planes;
        let pairs = blue.chunks_exact_mut(across).zip(red.chunks_exact_mut(across));
        for (y, (blue, red)) in pairs.take(down).enumerate() {
            self.row_of_differences(top / 2 + y, [blue, red]);
        }
        [&blue[..down * across], &red[..down * across]]
    }

    /// Draws the whole page, which is not held as planes; one that needs nothing keeps its very pixels.
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

    /// Draws the whole page, which is not held as planes, and keeps what it is drawn from.
    ///
    /// # Errors
    /// `TimedOut` beyond the deadline.
    pub(crate) fn drawn(&mut self, deadline: &Deadline) -> Result<Raster, ImageError> {
        debug_assert!(self.differences.is_none());
        let (width, height) = self.size();
        let channels = self.rows.channels();
        let mut pixels = Vec::with_capacity(width as usize * height as usize * channels);
        self.together(deadline, |_, _, rows| pixels.extend_from_slice(rows))?;
        let pixels = if channels == 3 { Pixels::Rgb(pixels) } else { Pixels::Gray(pixels) };
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
