//! Decides whether a page needs its colours: a stamp, a photo, a coloured form.

use crate::raster::{Pixels, Raster};

/// Distance between the strongest and the weakest channel, once paper is white, from which a pixel is coloured.
const COLOURED: i32 = 44;
/// Share of coloured pixels from which the page is: a stamp of 2 cm on A4 has about 0.2 % ink.
const SHARE: f64 = 0.001;
/// Distance between the channels of the paper from which the paper itself is coloured.
const COLOURED_PAPER: i32 = 40;
/// Pixels looked at, about.
const SAMPLES: usize = 400_000;

/// Returns whether the page must stay in colour.
pub(crate) fn is_needed(page: &Raster) -> bool {
    let Pixels::Rgb(pixels) = &page.pixels else {
        return false;
    };
    let step = (pixels.len() / 3 / SAMPLES).max(1);
    // An odd step does not fall into the rhythm of the rows.
    let samples: Vec<[u8; 3]> =
        pixels.chunks_exact(3).step_by(step | 1).map(|pixel| [pixel[0], pixel[1], pixel[2]]).collect();
    let paper = paper_colour(&samples);
    let (low, high) = extremes(paper.map(i32::from));
    if high - low > COLOURED_PAPER {
        return true;
    }
    let coloured = samples.iter().filter(|sample| is_coloured(sample, &paper)).count();
    coloured as f64 > SHARE * samples.len() as f64
}

/// Returns, channel by channel, the shade that four fifths of the samples do not exceed.
fn paper_colour(samples: &[[u8; 3]]) -> [u8; 3] {
    [0, 1, 2].map(|channel| {
        let mut counts = [0_usize; 256];
        samples.iter().for_each(|sample| counts[usize::from(sample[channel])] += 1);
        let mut left = samples.len() * 4 / 5;
        let shade = counts.iter().position(|&count| {
            let found = left < count;
            left = left.saturating_sub(count);
            found
        });
        shade.unwrap_or(255).max(1) as u8
    })
}

fn is_coloured(sample: &[u8; 3], paper: &[u8; 3]) -> bool {
    let balanced = [0, 1, 2].map(|channel| i32::from(sample[channel]) * 255 / i32::from(paper[channel]));
    let (low, high) = extremes(balanced.map(|value| value.min(255)));
    high - low > COLOURED
}

fn extremes(values: [i32; 3]) -> (i32, i32) {
    let [a, b, c] = values;
    (a.min(b).min(c), a.max(b).max(c))
}
