//! Rows of red, green and blue made into brightness and, for every four pixels, one sample of each colour difference.

use super::dct::ROW;
use crate::simd::kernel;

/// Bits behind the point of a factor.
const BITS: u32 = 14;
/// Parts of red, green and blue in brightness, and in the differences of blue and of red (JFIF 1.02, ITU-R BT.601).
const LUMA: [i32; 3] = [4899, 9617, 1868];
const BLUE: [i32; 3] = [-2765, -5427, 8192];
const RED: [i32; 3] = [8192, -6860, -1332];
/// 128, and a rounding that keeps the highest value below 256, for sums of four.
const MIDDLE: i32 = (128 << (BITS + 2)) + (1 << (BITS + 1)) - 1;

/// Two rows of a page in colour on their way to samples.
pub(super) struct Colours {
    /// The last row, channel by channel, and its last pixel repeated.
    channels: [Vec<u8>; 3],
    /// Sums of neighbours in the rows of this pair.
    sums: [Vec<u16>; 3],
    /// Pixels of a row.
    width: usize,
}

impl Colours {
    /// Makes room for rows of `width` pixels that are repeated to `padded`, a multiple of 16.
    pub(super) fn new(width: usize, padded: usize) -> Self {
        let channels = [0, 1, 2].map(|_| vec![0; padded]);
        Self { channels, sums: [0, 1, 2].map(|_| vec![0; padded / 2]), width }
    }

    /// Takes a row of pixels.
    pub(super) fn take(&mut self, row: &[u8]) {
        let [red, green, blue] = &mut self.channels;
        split(red, green, blue, row);
        for channel in &mut self.channels {
            let last = channel[self.width - 1];
            channel[self.width..].fill(last);
        }
    }

    /// Writes the brightness of the row taken last, and adds it to the sums: those of a new pair of rows if it is the `first`.
    pub(super) fn luma(&mut self, out: &mut [u8], first: bool) {
        let [red, green, blue] = &self.channels;
        luma_row(out, red, green, blue);
        for (sums, channel) in self.sums.iter_mut().zip(&self.channels) {
            if first {
                sums.fill(0);
            }
            add_neighbours(sums, channel);
        }
    }

    /// Writes the colour differences of the last two rows: eight of blue, then eight of red, and so on.
    pub(super) fn differences(&self, out: &mut [u8]) {
        let [red, green, blue] = &self.sums;
        for (at, out) in out.as_chunks_mut::<ROW>().0.iter_mut().enumerate() {
            let eight = |sums: &'_ [u16]| sums.as_chunks::<8>().0[at];
            difference(out, &eight(red), &eight(green), &eight(blue));
        }
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
    fn add_neighbours(sums: &mut [u16], channel: &[u8]) {
        for (sum, pair) in sums.iter_mut().zip(channel.as_chunks::<2>().0) {
            *sum += u16::from(pair[0]) + u16::from(pair[1]);
        }
    }
}

kernel! {
    fn difference(out: &mut [u8; ROW], red: &[u16; 8], green: &[u16; 8], blue: &[u16; 8]) {
        for at in 0..8 {
            let part = |factors: [i32; 3]| {
                let values = [red[at], green[at], blue[at]].map(i32::from);
                let sum = factors[0] * values[0] + factors[1] * values[1] + factors[2] * values[2];
                ((sum + MIDDLE) >> (BITS + 2)) as u8
            };
            (out[at], out[8 + at]) = (part(BLUE), part(RED));
        }
    }
}
