//! What a decoder that is not ours makes of the files.

use jpeg_encoder::{ColorType, SamplingFactor};
use proptest::prelude::*;
use rstest::rstest;
use zune_core::bytestream::ZCursor;
use zune_core::colorspace::ColorSpace;
use zune_core::options::DecoderOptions;
use zune_jpeg::JpegDecoder;

use super::Encoder;
use crate::planes::{Splitter, Strip};
use crate::simd::scalar_only;
use crate::{Document, ImageError, Limits};

/// A picture as bytes: one a pixel, or three.
struct Picture {
    size: (u32, u32),
    channels: usize,
    pixels: Vec<u8>,
}

impl Picture {
    fn drawn(size: (u32, u32), channels: usize, shade: impl Fn(u32, u32, usize) -> u8) -> Self {
        let places = (0..size.1).flat_map(|y| (0..size.0).map(move |x| (x, y)));
        let pixels = places.flat_map(|(x, y)| (0..channels).map(move |c| (x, y, c)));
        Self { size, channels, pixels: pixels.map(|(x, y, channel)| shade(x, y, channel)).collect() }
    }

    fn noise(size: (u32, u32), channels: usize, mut state: u32) -> Self {
        let count = size.0 as usize * size.1 as usize * channels;
        let next = || {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (state >> 24) as u8
        };
        Self { size, channels, pixels: std::iter::repeat_with(next).take(count).collect() }
    }

    /// Shades that change slowly, and thin dark strokes of writing.
    fn page(size: (u32, u32), channels: usize) -> Self {
        Self::drawn(size, channels, |x, y, channel| {
            let paper = 200 + x * 20 / size.0 + y * 20 / size.1 - 10 * channel as u32;
            let is_ink = y % 24 < 12 && (x * 7 + y / 24 * 13) % 19 < 5 && x % 97 < 80;
            if is_ink { 40 + 20 * channel as u8 } else { (paper + (x * 31 + y * 17) % 5) as u8 }
        })
    }

    fn coded(&self, quality: u8) -> Vec<u8> {
        let mut encoder = Encoder::new(self.size, self.channels == 3, quality, None).unwrap();
        self.hand_over(&self.pixels, &mut encoder);
        encoder.finish()
    }

    /// Hands over whole rows of a picture as wide as this one.
    fn hand_over(&self, rows: &[u8], encoder: &mut Encoder) {
        if self.channels == 3 {
            Splitter::new(self.size.0 as usize).strips(rows, |strip| encoder.take(strip));
        } else {
            encoder.take(&Strip { luma: rows, differences: None });
        }
    }

    /// What the encoder used before made of it.
    fn coded_elsewhere(&self, quality: u8) -> Vec<u8> {
        let mut out = Vec::new();
        let mut encoder = jpeg_encoder::Encoder::new(&mut out, quality);
        encoder.set_sampling_factor(SamplingFactor::F_2_2);
        let colour = if self.channels == 3 { ColorType::Rgb } else { ColorType::Luma };
        encoder.encode(&self.pixels, self.size.0 as u16, self.size.1 as u16, colour).unwrap();
        out
    }

    /// Mean and greatest distance of a file's pixels from the picture's.
    fn errors(&self, file: &[u8]) -> (f64, u8) {
        let decoded = self.decoded(file);
        let errors = || self.pixels.iter().zip(&decoded).map(|(here, there)| here.abs_diff(*there));
        let sum: u64 = errors().map(u64::from).sum();
        (sum as f64 / self.pixels.len() as f64, errors().max().unwrap_or(0))
    }

    /// Decodes strictly: a file that ends early, or in the wrong place, is an error.
    fn decoded(&self, file: &[u8]) -> Vec<u8> {
        let space = if self.channels == 3 { ColorSpace::RGB } else { ColorSpace::Luma };
        let options = DecoderOptions::default()
            .set_max_width(65_535)
            .set_max_height(65_535)
            .set_strict_mode(true)
            .jpeg_set_out_colorspace(space);
        let mut decoder = JpegDecoder::new_with_options(ZCursor::new(file), options);
        let decoded = decoder.decode().expect("a file without faults");
        let size = decoder.dimensions().expect("a size");
        assert_eq!(size, (self.size.0 as usize, self.size.1 as usize));
        assert_eq!(decoded.len(), self.pixels.len());
        decoded
    }
}

#[rstest]
#[case::gray(1, 1.0)]
#[case::colour(3, 3.0)]
fn pages_of_all_small_sizes_are_decoded_to_what_they_were(#[case] channels: usize, #[case] most: f64) {
    for (width, height) in (1..=40).flat_map(|width| (1..=40).map(move |height| (width, height))) {
        let picture = Picture::drawn((width, height), channels, |x, y, channel| {
            (3 * x + 2 * y + 40 * channel as u32) as u8
        });
        let (mean, _) = picture.errors(&picture.coded(100));
        assert!(mean <= most, "{width} × {height}: {mean}");
    }
}

#[rstest]
fn the_harshest_pictures_come_out_whole(
    #[values(1, 3)] channels: usize,
    #[values(1, 50, 100)] quality: u8,
    #[values(1, 2, 3, 4, 8)] square: u32,
) {
    let black_or_white = |is_black: bool| if is_black { 0 } else { 255 };
    let checkers = Picture::drawn((83, 61), channels, |x, y, _| {
        black_or_white((x / square + y / square).is_multiple_of(2))
    });
    let stripes =
        Picture::drawn((61, 83), channels, |x, _, _| black_or_white((x / square).is_multiple_of(2)));
    for picture in [checkers, stripes, Picture::noise((77, 55), channels, square)] {
        let ours = picture.errors(&picture.coded(quality)).0;
        let elsewhere = picture.errors(&picture.coded_elsewhere(quality)).0;
        assert!(ours <= elsewhere + 0.5, "{ours} and {elsewhere}");
        if channels == 1 && quality == 100 {
            assert!(ours < 1.0, "{ours}");
        }
    }
}

#[rstest]
fn pages_are_as_exact_and_as_small_as_the_encoder_used_before_made_them(
    #[values(1, 3)] channels: usize,
    #[values(10, 25, 40, 55, 70, 75, 80, 90)] quality: u8,
) {
    let picture = Picture::page((700, 900), channels);
    let (ours, elsewhere) = (picture.coded(quality), picture.coded_elsewhere(quality));
    let ratio = ours.len() as f64 / elsewhere.len() as f64;
    assert!(ratio < 1.02, "{} and {} bytes", ours.len(), elsewhere.len());
    let (ours, elsewhere) = (picture.errors(&ours).0, picture.errors(&elsewhere).0);
    assert!(ours <= elsewhere * 1.002, "{ours} and {elsewhere}");
}

#[rstest]
fn both_compilations_write_the_same_file(
    #[values(1, 3)] channels: usize,
    #[values(1, 30, 80, 100)] quality: u8,
) {
    for picture in [Picture::page((211, 133), channels), Picture::noise((131, 77), channels, 5)] {
        assert_eq!(picture.coded(quality), scalar_only(|| picture.coded(quality)));
    }
}

#[rstest]
#[case::gray_by_one(1, 1)]
#[case::gray_by_five(1, 5)]
#[case::gray_by_eight(1, 8)]
#[case::gray_by_twenty_three(1, 23)]
#[case::colour_by_two(3, 2)]
#[case::colour_by_eight(3, 8)]
#[case::colour_by_twenty_two(3, 22)]
fn rows_may_be_handed_over_in_any_portions_pairs_of_rows_in_colour(
    #[case] channels: usize,
    #[case] rows: usize,
) {
    let picture = Picture::page((45, 70), channels);
    let mut encoder = Encoder::new(picture.size, channels == 3, 80, None).unwrap();
    picture.pixels.chunks(rows * 45 * channels).for_each(|rows| picture.hand_over(rows, &mut encoder));
    assert_eq!(encoder.finish(), picture.coded(80));
}

#[test]
fn a_page_of_which_rows_are_missing_is_still_whole_and_rows_beyond_its_end_are_left_out() {
    let picture = Picture::page((45, 70), 3);
    for rows in [0, 1, 16, 33, 70, 90] {
        let mut encoder = Encoder::new(picture.size, true, 80, None).unwrap();
        let longer = Picture::page((45, 90), 3);
        longer.hand_over(&longer.pixels[..rows * 45 * 3], &mut encoder);
        picture.decoded(&encoder.finish());
    }
}

#[test]
fn the_resolution_is_stated_where_it_is_known() {
    for (dpi, expected) in [(Some(200), Some(200)), (Some(70_000), None), (Some(0), None), (None, None)] {
        let mut encoder = Encoder::new((9, 9), false, 80, dpi).unwrap();
        encoder.take(&Strip { luma: &[200; 81], differences: None });
        let file = encoder.finish();
        let page = Document::open(&file, &Limits::default()).unwrap().page(0).unwrap();
        assert_eq!(page.dpi, expected);
    }
}

#[test]
fn sizes_that_the_format_cannot_count_are_refused() {
    for size in [(65_536, 1), (1, 65_536), (u32::MAX, u32::MAX)] {
        assert_eq!(Encoder::new(size, false, 80, None).err(), Some(ImageError::TooManyPixels));
    }
    assert_eq!(Encoder::new((0, 5), false, 80, None).err(), Some(ImageError::Corrupt));
    for size in [(65_535, 1), (1, 65_535)] {
        let picture = Picture::drawn(size, 1, |x, y, _| (x + y) as u8);
        assert!(picture.errors(&picture.coded(90)).0 < 3.0);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn any_pixels_are_decoded_to_nearly_themselves_at_the_best_quality(
        (width, height) in (1_u32..70, 1_u32..50),
        channels in prop_oneof![Just(1_usize), Just(3)],
        seed in any::<u32>(),
        low in 0_u8..200,
    ) {
        let mut picture = Picture::noise((width, height), channels, seed);
        picture.pixels.iter_mut().for_each(|value| *value = low.saturating_add(*value / 8));
        if channels == 3 {
            // Colour differences are halved across and down, so that only grays come back.
            picture.pixels.as_chunks_mut::<3>().0.iter_mut().for_each(|pixel| *pixel = [pixel[0]; 3]);
        }
        let file = picture.coded(100);
        let (mean, greatest) = picture.errors(&file);
        prop_assert!(mean < 0.8 && greatest <= 4, "{} and {}", mean, greatest);
        prop_assert_eq!(file, scalar_only(|| picture.coded(100)));
    }

    #[test]
    fn any_quality_gives_a_file_that_can_be_read(
        (width, height) in (1_u32..70, 1_u32..50),
        channels in prop_oneof![Just(1_usize), Just(3)],
        seed in any::<u32>(),
        quality in any::<u8>(),
    ) {
        let picture = Picture::noise((width, height), channels, seed);
        picture.decoded(&picture.coded(quality));
    }
}
