//! The roughness of a page's profile when its strips are sheared by an angle.

use super::Strips;
use crate::simd::kernel;

/// Returns how far each strip is shifted for a skew of `deg` degrees, in steps of its length.
fn shifts(strips: &Strips, deg: f64) -> impl Iterator<Item = f64> + use<> {
    let slope = deg.to_radians().tan() * strips.pitch;
    let middle = (strips.count as f64 - 1.0) / 2.0;
    (0..strips.count).map(move |strip| slope * (strip as f64 - middle))
}

/// Returns the roughness with shifts of whole steps.
pub(crate) fn coarse_score(strips: &Strips, deg: f64) -> f64 {
    roughness(&profile(strips, 0..strips.count, deg)) as f64
}

/// Returns the sums of the strips in `range` along a skew of `deg` degrees, with shifts of whole steps.
pub(crate) fn profile(strips: &Strips, range: std::ops::Range<usize>, deg: f64) -> Vec<u16> {
    let mut profile = vec![0_u16; strips.length];
    let all = shifts(strips, deg).zip(strips.sums.chunks_exact(strips.length));
    for (shift, strip) in all.skip(range.start).take(range.len()) {
        let (out, from) = overlap(shift.round() as isize, &mut profile, strip);
        add(out, from);
    }
    profile
}

/// Returns the parts of the profile and the strip that lie on each other after a shift.
fn overlap<'a, 'b, T>(shift: isize, profile: &'a mut [T], strip: &'b [T]) -> (&'a mut [T], &'b [T]) {
    let length = strip.len();
    let by = shift.unsigned_abs().min(length);
    if shift >= 0 {
        (&mut profile[..length - by], &strip[by..])
    } else {
        (&mut profile[by..], &strip[..length - by])
    }
}

kernel! {
    fn add(profile: &mut [u16], strip: &[u16]) {
        for (sum, &value) in profile.iter_mut().zip(strip) {
            *sum = sum.saturating_add(value);
        }
    }
}

kernel! {
    fn roughness(profile: &[u16]) -> u64 {
        let mut sum = 0;
        for (&here, &next) in profile.iter().zip(&profile[1..]) {
            let step = u64::from(here.abs_diff(next));
            sum += step * step;
        }
        sum
    }
}

/// Strips prepared for shifts by parts of a step.
pub(crate) struct Fine {
    strips: Strips,
    values: Vec<f32>,
    /// For each strip the energy of its steps, and their product with the steps one further.
    energies: Vec<(f64, f64)>,
}

impl Fine {
    /// Smooths the strips along their length, so that little is lost by interpolating between steps.
    pub(crate) fn new(strips: &Strips) -> Self {
        let mut values = vec![0.0; strips.sums.len()];
        let mut energies = Vec::with_capacity(strips.count);
        let mut smoothed = vec![0; strips.length];
        for (out, strip) in
            values.chunks_exact_mut(strips.length).zip(strips.sums.chunks_exact(strips.length))
        {
            smooth(&mut smoothed, strip);
            out.iter_mut().zip(&smoothed).for_each(|(out, &value)| *out = f32::from(value));
            let (here, next) = whole_energy(&smoothed);
            energies.push((here as f64, next as f64));
        }
        let &Strips { count, length, pitch, .. } = strips;
        Self { strips: Strips { count, length, pitch, sums: Vec::new() }, values, energies }
    }

    /// Returns the roughness for a skew of `deg` degrees, relative to that of the strips by themselves.
    ///
    /// Interpolation smooths a strip the more, the further its shift is from a whole step. At angles where all
    /// shifts are whole (0°, and 7.1° for a pitch of eight) nothing is lost, and without the division these angles
    /// would attract their neighbours.
    pub(crate) fn score(&self, deg: f64) -> f64 {
        let [score] = self.scores([deg]);
        score
    }

    /// The same for several angles: a strip that was just read is at hand for all of them.
    pub(crate) fn scores<const COUNT: usize>(&self, degs: [f64; COUNT]) -> [f64; COUNT] {
        let length = self.strips.length;
        let mut sheared = degs.map(|deg| (shifts(&self.strips, deg), vec![0.0_f32; length], 0.0));
        for (strip, energy) in self.values.chunks_exact(length).zip(&self.energies) {
            for (shifts, profile, alone) in &mut sheared {
                let shift = shifts.next().unwrap_or(0.0);
                let whole = shift.floor();
                let part = shift - whole;
                let lost = 2.0 * part * (1.0 - part);
                *alone += energy.0 * (1.0 - lost) + energy.1 * lost;
                let (out, from) = overlap(whole as isize, profile, strip);
                add_between(out, from, part as f32);
            }
        }
        sheared.map(|(_, profile, alone)| if alone > 0.0 { energy(&profile).0 / alone } else { 0.0 })
    }
}

kernel! {
    /// Returns the same as [`energy`], of whole numbers up to 8191: every sum of theirs is exact, in any order.
    fn whole_energy(values: &[u16]) -> (i64, i64) {
        let (mut here, mut next) = (0, 0);
        for window in values.windows(3) {
            let before = i32::from(window[1]) - i32::from(window[0]);
            let step = i32::from(window[2]) - i32::from(window[1]);
            here += i64::from(step * step);
            next += i64::from(step * before);
        }
        if let [first, second, ..] = values {
            let step = i32::from(*second) - i32::from(*first);
            here += i64::from(step * step);
        }
        (here, next)
    }
}

/// Returns the energy of the steps between neighbours, and the product of neighbouring steps.
fn energy(values: &[f32]) -> (f64, f64) {
    let (mut here, mut next) = (0.0, 0.0);
    let mut before = 0.0;
    for pair in values.windows(2) {
        let step = f64::from(pair[1] - pair[0]);
        here += step * step;
        next += step * before;
        before = step;
    }
    (here, next)
}

kernel! {
    /// Weighs each of the sums, at most 304, sixteen-fold with its neighbours.
    fn smooth(out: &mut [u16], strip: &[u16]) {
        for (out, window) in out.iter_mut().skip(2).zip(strip.windows(5)) {
            *out = window[0] + window[4] + 4 * (window[1] + window[3]) + 6 * window[2];
        }
    }
}

kernel! {
    fn add_between(profile: &mut [f32], strip: &[f32], part: f32) {
        let rest = 1.0 - part;
        for ((sum, &here), &next) in profile.iter_mut().zip(strip).zip(strip.get(1..).unwrap_or(&[])) {
            *sum += here * rest + next * part;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::strips::Strips;
    use super::{Fine, energy, whole_energy};
    use crate::simd::scalar_only;

    #[test]
    fn whole_numbers_have_the_same_energy_in_any_order() {
        for length in [0_usize, 1, 2, 3, 7, 40, 1755] {
            let values: Vec<u16> = (0..length).map(|at| (at * 7919 % 4865) as u16).collect();
            let found = whole_energy(&values);
            let expected = energy(&values.iter().map(|&value| f32::from(value)).collect::<Vec<f32>>());
            assert_eq!((found.0 as f64, found.1 as f64), expected, "{length}");
            assert_eq!(found, scalar_only(|| whole_energy(&values)), "{length}");
        }
    }

    #[test]
    fn several_angles_score_as_each_does_alone() {
        let (count, length) = (20, 300);
        let sums = (0..count * length).map(|at| (at * 7919 % 305) as u16).collect();
        let fine = Fine::new(&Strips { count, length, pitch: 8.0, sums });
        let degs = [-3.0, 0.0, 7.13];
        assert_eq!(fine.scores(degs), degs.map(|deg| fine.score(deg)));
    }
}
