//! Takes red, green and blue apart, some rows at a time.

use std::ops::Range;
use std::rc::Rc;

use super::convert::Colours;
use super::{Plane, Planes, Strip};
use crate::gray::{self, Gray, Reduction};
use crate::raster::{Pixels, Raster};
use crate::{memory, planes};

/// Rows that are taken apart together at most: those of a block of a JPEG in colour.
const ROWS: usize = 16;

/// Makes strips of rows of red, green and blue.
pub(crate) struct Splitter {
    colours: Colours,
    width: usize,
    luma: Vec<u8>,
    differences: [Vec<u8>; 2],
}

impl Splitter {
    /// Makes room for rows of `width` pixels.
    pub(crate) fn new(width: usize) -> Self {
        let differences = || vec![0; ROWS / 2 * width.div_ceil(2)];
        let colours = Colours::new(width);
        Self { colours, width, luma: vec![0; ROWS * width], differences: [differences(), differences()] }
    }

    /// Hands over the strips of some rows, an even number unless they are a page's last, one after the other.
    pub(crate) fn strips(&mut self, rows: &[u8], mut take: impl FnMut(&Strip<'_>)) {
        rows.chunks((3 * ROWS * self.width).max(1)).for_each(|rows| take(&self.strip(rows)));
    }

    /// Returns the strip of [`ROWS`] rows at most.
    fn strip(&mut self, rows: &[u8]) -> Strip<'_> {
        let across = self.width.div_ceil(2);
        let count = rows.len() / (3 * self.width);
        let lumas = self.luma.chunks_exact_mut(self.width);
        for (y, (row, luma)) in rows.chunks_exact(3 * self.width).zip(lumas).enumerate() {
            let is_pair = self.colours.take(row, y, count);
            self.colours.luma(luma);
            if is_pair {
                let [blue, red] = &mut self.differences;
                let place = y / 2 * across..(y / 2 + 1) * across;
                self.colours.differences(&mut blue[place.clone()], &mut red[place]);
            }
        }
        let differences = self.differences.each_ref().map(|plane| &plane[..count.div_ceil(2) * across]);
        Strip { luma: &self.luma[..count * self.width], differences: Some(differences) }
    }
}

/// Takes the colours of a page apart, and reduces the page for the small gray copy, in the memory of its pixels: at no time are
/// there more bytes than at first. What is left over of it is given back, and only then the small copy is taken out. A gray page stays what it is.
pub(crate) fn split(page: Raster, factor: usize) -> (Planes, Gray) {
    let Pixels::Rgb(mut pixels) = page.pixels else {
        let small = gray::reduce(&page, factor);
        return (Planes::of_pixels(page), small);
    };
    let size = (page.width, page.height);
    let (width, height) = (size.0 as usize, size.1 as usize);
    let layout = Layout::new(width, factor);
    let length = height.next_multiple_of(2) * layout.stride;
    // Only a page of a few rows, or of an odd number of single pixels, has a little less room than that.
    pixels.reserve_exact(length.saturating_sub(pixels.len()));
    pixels.resize(pixels.len().max(length), 0);
    let mut colours = Colours::new(width);
    let mut reduction = Reduction::new(width, factor);
    for y in 0..height {
        let row = &pixels[3 * y * width..][..3 * width];
        let is_pair = colours.take(row, y, height);
        let small = reduction.add(row);
        colours.luma(&mut pixels[y * layout.stride..][..width]);
        if let Some(small) = small {
            layout.put_small(&mut pixels[(y + 1 - factor) * layout.stride..], small);
        }
        if is_pair {
            let (upper, lower) = pixels[y / 2 * 2 * layout.stride..].split_at_mut(layout.stride);
            colours.differences(&mut upper[layout.differences()], &mut lower[layout.differences()]);
        }
    }
    memory::keep_first(&mut pixels, length);
    let small = layout.small(&pixels, height / factor);
    let bytes = Rc::new(pixels);
    let difference = |first: usize| Plane::shared(&bytes, (first, 2 * layout.stride), planes::halved(size));
    let planes = Planes {
        first: Plane::shared(&bytes, (0, layout.stride), size),
        differences: Some([difference(width), difference(layout.stride + width)]),
    };
    (planes, small)
}

/// What lies where a row of red, green and blue lay, in fewer bytes than that had: brightness; the differences of a pair of rows,
/// of blue with the first and of red with the second; a part of a row of the small copy.
struct Layout {
    width: usize,
    factor: usize,
    /// Bytes from one row to the next.
    stride: usize,
}

impl Layout {
    fn new(width: usize, factor: usize) -> Self {
        Self { width, factor, stride: width + width.div_ceil(2) + (width / factor).div_ceil(factor) }
    }

    fn differences(&self) -> Range<usize> {
        self.width..self.width + self.width.div_ceil(2)
    }

    /// Writes a row of the small copy into the rows that it was made of, which `rows` begins with.
    fn put_small(&self, rows: &mut [u8], small: &[u8]) {
        let first = self.differences().end;
        for (row, part) in rows.chunks_mut(self.stride).zip(small.chunks(self.stride - first)) {
            row[first..first + part.len()].copy_from_slice(part);
        }
    }

    /// Returns the small copy, which has `height` rows.
    fn small(&self, pixels: &[u8], height: usize) -> Gray {
        let (width, first) = (self.width / self.factor, self.differences().end);
        let mut small = Vec::with_capacity(width * height);
        for rows in pixels.chunks(self.factor * self.stride).take(height) {
            let end = small.len() + width;
            for row in rows.chunks(self.stride) {
                let missing = end - small.len();
                small.extend_from_slice(&row[first..first + missing.min(self.stride - first)]);
            }
        }
        Gray { width, height, pixels: small }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_taken_apart_in_its_own_memory_is_what_its_strips_are() {
        for (width, height) in [(1, 1), (2, 1), (1, 2), (1, 40), (3, 5), (7, 16), (8, 17), (33, 50), (64, 64)]
        {
            let pixels: Vec<u8> = (0..3 * width * height).map(|at: u32| ((at * 7919) >> 3) as u8).collect();
            let page = Raster::rgb(width, height, pixels);
            let mut strips = [Vec::new(), Vec::new(), Vec::new()];
            planes::strips_of(&page, |strip| {
                let [blue, red] = strip.differences.expect("of colours");
                for (all, part) in strips.iter_mut().zip([strip.luma, blue, red]) {
                    all.extend_from_slice(part);
                }
            });
            let factor = 1 + (width.min(height) / 3) as usize % 4;
            let expected = gray::reduce(&page, factor);
            let (Planes { first, differences }, small) = split(page, factor);
            assert_eq!(small, expected, "{width} × {height} by {factor}");
            let [blue, red] = differences.expect("of colours");
            assert_eq!((first.size, red.size), ((width, height), (width.div_ceil(2), height.div_ceil(2))));
            for (plane, strips) in [first, blue, red].into_iter().zip(strips) {
                assert_eq!(plane.into_page().bytes(), strips, "{width} × {height}");
            }
        }
    }
}
