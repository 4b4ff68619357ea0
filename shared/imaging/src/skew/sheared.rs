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
        for (out, strip) in
            values.chunks_exact_mut(strips.length).zip(strips.sums.chunks_exact(strips.length))
        {
            smooth(out, strip);
            energies.push(energy(out));
        }
        Self { strips: Strips { sums: Vec::new(), ..strips.clone() }, values, energies }
    }

    /// Returns the roughness for a skew of `deg` degrees, relative to that of the strips by themselves.
    ///
    /// Interpolation smooths a strip the more, the further its shift is from a whole step. At angles where all
    /// shifts are whole (0°, and 7.1° for a pitch of eight) nothing is lost, and without the division these angles
    /// would attract their neighbours.
    pub(crate) fn score(&self, deg: f64) -> f64 {
        let length = self.strips.length;
        let mut profile = vec![0.0_f32; length];
        let mut alone = 0.0;
        let strips = self.values.chunks_exact(length).zip(&self.energies);
        for (shift, (strip, energy)) in shifts(&self.strips, deg).zip(strips) {
            let whole = shift.floor();
            let part = shift - whole;
            let lost = 2.0 * part * (1.0 - part);
            alone += energy.0 * (1.0 - lost) + energy.1 * lost;
            let (out, from) = overlap(whole as isize, &mut profile, strip);
            add_between(out, from, part as f32);
        }
        if alone > 0.0 { energy(&profile).0 / alone } else { 0.0 }
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
    fn smooth(out: &mut [f32], strip: &[u16]) {
        for (out, window) in out.iter_mut().skip(2).zip(strip.windows(5)) {
            let sides = u32::from(window[0]) + u32::from(window[4]);
            let near = u32::from(window[1]) + u32::from(window[3]);
            *out = (sides + 4 * near + 6 * u32::from(window[2])) as f32;
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
