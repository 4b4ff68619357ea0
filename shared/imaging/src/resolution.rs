//! Judges the stated resolution of a page, and estimates it from the size of common paper where it cannot be right.

/// Stated resolutions outside this range are defaults of cameras and programs (72, 96), not measurements.
const BELIEVABLE: std::ops::RangeInclusive<u32> = 100..=1200;
/// Longer edges of paper, in inches, that a stated resolution may lead to: half a card to an A3 register.
const LONG_EDGE_IN: std::ops::RangeInclusive<f64> = 2.0..=24.0;
/// A4, in inches: what an unknown page is taken for.
const A4_IN: (f64, f64) = (8.27, 11.69);

/// Returns the dots per inch of a page of `width × height` pixels: the stated value where it can be true, otherwise
/// the one at which the page just fits A4.
pub(crate) fn judge(stated: Option<u32>, width: u32, height: u32) -> u32 {
    let (short, long) = (f64::from(width.min(height)), f64::from(width.max(height)));
    let believable = |dpi: &u32| BELIEVABLE.contains(dpi) && LONG_EDGE_IN.contains(&(long / f64::from(*dpi)));
    if let Some(dpi) = stated.filter(believable) {
        return dpi;
    }
    (short / A4_IN.0).max(long / A4_IN.1).round().max(1.0) as u32
}
