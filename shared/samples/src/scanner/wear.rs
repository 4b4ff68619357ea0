//! What age does to paper: creases, stains, the other side shining through.

use crate::ink::Raster;
use crate::rng::Rng;

/// Folds a sheet twice, and spills something on it; three channels.
pub(super) fn worn(paper: &mut Raster, per_mm: f32, rng: &mut Rng) {
    let (width, height) = (paper.width as f32, paper.height as f32);
    let (x, y) = (width * rng.betweenf(0.46, 0.54), height * rng.betweenf(0.46, 0.54));
    let bend = per_mm * rng.betweenf(-1.0, 1.0);
    paper.stroke(&[(x, 0.0), (x + bend, height)], 0.5 * per_mm, [186, 182, 174], 0.7);
    paper.stroke(&[(0.0, y), (width, y + bend)], 0.5 * per_mm, [186, 182, 174], 0.7);
    for _ in 0..rng.whole(1, 3) {
        let middle = (width * rng.betweenf(0.1, 0.9), height * rng.betweenf(0.1, 0.9));
        let size = per_mm * rng.betweenf(4.0, 16.0);
        paper.ellipse(middle, (size, size * 0.8), [196, 168, 118], 0.25);
    }
}

/// The mirrored sheet shines through, as if the same had been printed on its back.
pub(super) fn bleed_through(paper: &mut Raster, strength: f32) {
    let source = paper.clone();
    let share = (strength * 256.0) as u32;
    let (width, height) = (paper.width, paper.height);
    for (y, row) in paper.data.chunks_exact_mut(width * 3).enumerate() {
        // A little lower than the front, so that lines do not hide behind lines.
        let back = &source.data[((y + height / 40) % height) * width * 3..][..width * 3];
        for (pixel, behind) in row.chunks_exact_mut(3).zip(back.rchunks_exact(3)) {
            for (value, ink) in pixel.iter_mut().zip(behind) {
                let taken = (255 - u32::from(*ink)) * share / 256;
                *value = (u32::from(*value)).saturating_sub(taken) as u8;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_shines_through_is_mirrored_and_faint() {
        let mut paper = Raster::filled(100, 100, [255; 3]);
        paper.fill([10.0, 40.0, 20.0, 60.0], [0; 3], 1.0);
        bleed_through(&mut paper, 0.2);
        let at = |x: usize| paper.data[(50 * 100 + x) * 3];
        assert_eq!((at(15), at(50)), (0, 255));
        assert!((200..210).contains(&at(85)), "{}", at(85));
    }
}
