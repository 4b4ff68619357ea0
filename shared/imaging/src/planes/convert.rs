//! Red, green and blue made into brightness and colour differences, and back (JFIF 1.02, ITU-R BT.601).

use crate::simd::kernel;

/// Bits behind the point of a factor.
const BITS: u32 = 14;
/// Parts of red, green and blue in brightness, and in the differences of blue and of red.
const LUMA: [i32; 3] = [4899, 9617, 1868];
const BLUE: [i32; 3] = [-2765, -5427, 8192];
const RED: [i32; 3] = [8192, -6860, -1332];
/// 128, and a rounding that keeps the highest value below 256, for sums of four.
const MIDDLE: i32 = (128 << (BITS + 2)) + (1 << (BITS + 1)) - 1;
/// Parts of the difference of red in red, of those of blue and of red in green, and of that of blue in blue.
const BACK: [i32; 4] = [22_970, -5638, -11_700, 29_032];

/// Two rows of a page in colour on their way to brightness and differences.
pub(crate) struct Colours {
    /// The last row, channel by channel, with its last pixel repeated where their number is odd.
    channels: [Vec<u8>; 3],
    /// Sums of neighbours in the rows of this pair.
    sums: [Vec<u16>; 3],
    /// Pixels of a row.
    width: usize,
}

impl Colours {
    /// Makes room for rows of `width` pixels, one at least.
    pub(crate) fn new(width: usize) -> Self {
        let even = width.next_multiple_of(2);
        Self { channels: [0, 1, 2].map(|_| vec![0; even]), sums: [0, 1, 2].map(|_| vec![0; even / 2]), width }
    }

    /// Takes the row `y`, of red, green and blue, of `count` rows; returns whether a pair is complete with it. The last row of an odd
    /// number is a pair with itself.
    pub(crate) fn take(&mut self, row: &[u8], y: usize, count: usize) -> bool {
        let [red, green, blue] = &mut self.channels;
        split(red, green, blue, row);
        for channel in &mut self.channels {
            let last = channel[self.width - 1];
            channel[self.width..].fill(last);
        }
        let is_first = y.is_multiple_of(2);
        let is_complete = !is_first || y + 1 == count;
        for (sums, channel) in self.sums.iter_mut().zip(&self.channels) {
            if is_first {
                sum_neighbours(sums, channel);
            }
            if is_complete {
                add_neighbours(sums, channel);
            }
        }
        is_complete
    }

    /// Writes the brightness of the row taken last.
    pub(crate) fn luma(&self, out: &mut [u8]) {
        let [red, green, blue] = &self.channels;
        luma_row(out, red, green, blue);
    }

    /// Writes the differences of blue and of red of the pair, half as many as a row has pixels, rounded up.
    pub(crate) fn differences(&self, blue: &mut [u8], red: &mut [u8]) {
        let [reds, greens, blues] = &self.sums;
        difference(blue, reds, greens, blues, BLUE);
        difference(red, reds, greens, blues, RED);
    }
}

/// Returns brightness and the differences of blue and of red of one colour.
pub(crate) fn of_colour([red, green, blue]: [u8; 3]) -> (u8, [u8; 2]) {
    let (mut colours, mut luma) = (Colours::new(1), [0]);
    colours.take(&[red, green, blue], 0, 1);
    colours.luma(&mut luma);
    let (mut of_blue, mut of_red) = ([0], [0]);
    colours.differences(&mut of_blue, &mut of_red);
    (luma[0], [of_blue[0], of_red[0]])
}

/// Writes red, green and blue of a row; each sample of the differences stands for two pixels.
pub(crate) fn to_rgb(row: &mut [u8], luma: &[u8], [blue, red]: [&[u8]; 2]) {
    for (at, (pixel, &luma)) in row.as_chunks_mut::<3>().0.iter_mut().zip(luma).enumerate() {
        let (blue, red) = (i32::from(blue[at / 2]) - 128, i32::from(red[at / 2]) - 128);
        let shade = |part: i32| (i32::from(luma) + ((part + (1 << (BITS - 1))) >> BITS)).clamp(0, 255) as u8;
        *pixel = [shade(BACK[0] * red), shade(BACK[1] * blue + BACK[2] * red), shade(BACK[3] * blue)];
    }
}

kernel! {
    fn split(red: &mut [u8], green: &mut [u8], blue: &mut [u8], row: &[u8]) {
        for (((red, green), blue), pixel) in red.iter_mut().zip(green).zip(blue).zip(row.as_chunks::<3>().0) {
            (*red, *green, *blue) = (pixel[0], pixel[1], pixel[2]);
        }
    }
}

kernel! {
    fn luma_row(out: &mut [u8], red: &[u8], green: &[u8], blue: &[u8]) {
        for (((out, &red), &green), &blue) in out.iter_mut().zip(red).zip(green).zip(blue) {
            let sum = LUMA[0] * i32::from(red) + LUMA[1] * i32::from(green) + LUMA[2] * i32::from(blue);
            *out = ((sum + (1 << (BITS - 1))) >> BITS) as u8;
        }
    }
}

kernel! {
    fn sum_neighbours(sums: &mut [u16], channel: &[u8]) {
        for (sum, pair) in sums.iter_mut().zip(channel.as_chunks::<2>().0) {
            *sum = u16::from(pair[0]) + u16::from(pair[1]);
        }
    }
}

kernel! {
    fn add_neighbours(sums: &mut [u16], channel: &[u8]) {
        for (sum, pair) in sums.iter_mut().zip(channel.as_chunks::<2>().0) {
            *sum += u16::from(pair[0]) + u16::from(pair[1]);
        }
    }
}

kernel! {
    fn difference(out: &mut [u8], red: &[u16], green: &[u16], blue: &[u16], factors: [i32; 3]) {
        for (((out, &red), &green), &blue) in out.iter_mut().zip(red).zip(green).zip(blue) {
            let sum =
                factors[0] * i32::from(red) + factors[1] * i32::from(green) + factors[2] * i32::from(blue);
            *out = ((sum + MIDDLE) >> (BITS + 2)) as u8;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::simd::scalar_only;

    #[test]
    fn a_colour_comes_back_from_brightness_and_differences_within_three_shades() {
        for (red, green, blue) in (0..=255_u32)
            .step_by(15)
            .flat_map(|red| (0..=255).step_by(17).map(move |green| (red, green)))
            .flat_map(|(red, green)| (0..=255).step_by(51).map(move |blue| (red, green, blue)))
        {
            let colour = [red, green, blue].map(|shade| shade as u8);
            let (luma, [of_blue, of_red]) = of_colour(colour);
            let mut back = [0; 3];
            to_rgb(&mut back, &[luma], [&[of_blue], &[of_red]]);
            let far = colour.iter().zip(back).map(|(here, there)| here.abs_diff(there)).max();
            assert!(far <= Some(3), "{colour:?} became {back:?}");
        }
    }

    #[test]
    fn gray_keeps_its_shade_and_differs_in_nothing() {
        for shade in 0..=255 {
            assert_eq!(of_colour([shade; 3]), (shade, [128; 2]));
        }
    }

    #[test]
    fn both_compilations_of_the_conversion_are_equal() {
        let pixels: Vec<u8> = (0..3 * 2 * 83_u32).map(|at| ((at * 7919) >> 3) as u8).collect();
        let converted = || {
            let mut colours = Colours::new(83);
            let (mut luma, mut blue, mut red) = ([0; 83], [0; 42], [0; 42]);
            assert!(!colours.take(&pixels[..249], 0, 2));
            assert!(colours.take(&pixels[249..], 1, 2));
            colours.luma(&mut luma);
            colours.differences(&mut blue, &mut red);
            (luma, blue, red)
        };
        assert_eq!(converted(), scalar_only(converted));
    }
}
