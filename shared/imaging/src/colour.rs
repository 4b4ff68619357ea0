//! Decides whether a page needs its colours: a stamp, a photo, a coloured form.

use crate::raster::{Pixels, Raster};

/// Distance between the strongest and the weakest channel, once paper is white, from which a pixel is coloured.
const COLOURED: i32 = 44;
/// Share of coloured pixels from which the page is: a stamp of 2 cm on A4 has about 0.2 % ink.
const SHARE: f64 = 0.001;
/// Distance between the channels of the paper from which the paper itself is coloured.
const COLOURED_PAPER: i32 = 40;
/// Pixels looked at, about.
const SAMPLES: usize = 100_000;

/// Returns whether the page must stay in colour.
pub(crate) fn is_needed(page: &Raster) -> bool {
    let Pixels::Rgb(pixels) = &page.pixels else {
        return false;
    };
    let step = (pixels.len() / 3 / SAMPLES).max(1);
    // An odd step does not fall into the rhythm of the rows.
    let pixels = pixels.chunks(3 * (step | 1));
    // At once as large as they become: here a page takes the most memory.
    let mut samples: Vec<[u8; 3]> = Vec::with_capacity(pixels.len());
    samples.extend(pixels.filter_map(|pixels| pixels.first_chunk().copied()));
    let paper = channel_shades(&samples, 0.8);
    let (low, high) = extremes(paper.map(i32::from));
    if high - low > COLOURED_PAPER {
        return true;
    }
    let balanced = paper.map(balanced);
    let coloured = samples.iter().filter(|sample| is_coloured(sample, &balanced)).count();
    coloured as f64 > SHARE * samples.len() as f64
}

/// Returns, channel by channel, the shade that this share of the samples does not exceed; 255 of nothing.
pub(crate) fn channel_shades(samples: &[[u8; 3]], share: f64) -> [u8; 3] {
    [0, 1, 2].map(|channel| {
        let mut counts = [0_usize; 256];
        samples.iter().for_each(|sample| counts[usize::from(sample[channel])] += 1);
        let mut left = (samples.len() as f64 * share) as usize;
        let shade = counts.iter().position(|&count| {
            let found = left < count;
            left = left.saturating_sub(count);
            found
        });
        shade.unwrap_or(255).max(1) as u8
    })
}

/// Returns each shade of a channel as it were if the paper were white.
fn balanced(paper: u8) -> [u8; 256] {
    std::array::from_fn(|shade| (shade * 255 / usize::from(paper)).min(255) as u8)
}

fn is_coloured(sample: &[u8; 3], balanced: &[[u8; 256]; 3]) -> bool {
    let shade = |channel: usize| i32::from(balanced[channel][usize::from(sample[channel])]);
    let (low, high) = extremes([shade(0), shade(1), shade(2)]);
    high - low > COLOURED
}

fn extremes(values: [i32; 3]) -> (i32, i32) {
    let [a, b, c] = values;
    (a.min(b).min(c), a.max(b).max(c))
}
