//! Judges the stated resolution of a page, and estimates it from common papers and the height of its letters where it
//! cannot be right.

/// Stated resolutions outside this range are defaults of cameras and programs (72, 96), not measurements.
const BELIEVABLE: std::ops::RangeInclusive<u32> = 100..=1200;
/// Longer edges of paper, in inches, that a stated resolution may lead to: half a card to an A3 register.
const LONG_EDGE_IN: std::ops::RangeInclusive<f64> = 2.0..=24.0;
/// Papers by their shorter and longer edge in inches, the largest first: A4, which an unknown page is taken for, A5, A6 and
/// cards (ISO/IEC 7810, ID-1).
const PAPERS_IN: [(f64, f64); 4] = [(8.27, 11.69), (5.83, 8.27), (4.13, 5.83), (2.125, 3.37)];
/// By this part the shape of a page may differ from its paper's: edges are cropped a little too far or not far enough.
const SHAPE: f64 = 0.08;
/// Letters lower than this, in millimetres, are of a picture that was made smaller and kept the resolution it had: print of
/// four points has small letters of 0.7 mm, of which a blur leaves a little more than this.
const LOWEST_MM: f64 = 0.5;
/// Letters higher than this, in millimetres, are of a smaller paper: small letters of print are up to 2.3 mm high, capitals
/// of cards up to 2.5 mm.
const HIGHEST_MM: f64 = 3.3;

/// Returns the dots per inch of a page of `width × height` pixels whose letters are `letters_px` high: the stated value
/// where it can be true, otherwise that of the largest paper of its shape on which letters are no higher than print.
pub(crate) fn judge(stated: Option<u32>, width: u32, height: u32, letters_px: Option<f64>) -> u32 {
    let (short, long) = (f64::from(width.min(height)), f64::from(width.max(height)));
    let height_mm = |dpi: f64| letters_px.map(|pixels| pixels / dpi * 25.4);
    let believable = |dpi: &u32| {
        let dots = f64::from(*dpi);
        BELIEVABLE.contains(dpi)
            && LONG_EDGE_IN.contains(&(long / dots))
            && height_mm(dots).is_none_or(|height| height >= LOWEST_MM)
    };
    if let Some(dpi) = stated.filter(believable) {
        return dpi;
    }
    let just_fits = |paper: (f64, f64)| (short / paper.0).max(long / paper.1);
    let has_shape = |paper: &(f64, f64)| (long / short.max(1.0) / (paper.1 / paper.0) - 1.0).abs() <= SHAPE;
    let is_print = |dpi: &f64| height_mm(*dpi).is_none_or(|height| height <= HIGHEST_MM);
    let [largest, smaller @ ..] = PAPERS_IN;
    let papers = std::iter::once(largest).chain(smaller.into_iter().filter(has_shape));
    let dpi = papers.map(just_fits).find(is_print).unwrap_or(just_fits(largest));
    dpi.round().max(1.0) as u32
}

#[cfg(test)]
mod tests {
    use super::judge;

    #[test]
    fn a_stated_resolution_is_believed_where_it_can_be_true() {
        assert_eq!(judge(Some(300), 2480, 3508, Some(20.0)), 300);
        assert_eq!(judge(Some(300), 1011, 638, Some(21.0)), 300, "a card");
        assert_eq!(judge(Some(300), 2480, 3508, None), 300, "a blank page");
        assert_eq!(judge(Some(72), 1654, 2339, Some(14.0)), 200, "a camera's default");
    }

    #[test]
    fn a_page_made_smaller_that_kept_its_stated_resolution_is_not_believed() {
        assert_eq!(judge(Some(300), 900, 1270, Some(5.0)), 109);
    }

    #[test]
    fn a_bare_card_is_told_from_a_sheet_by_its_letters_and_its_shape() {
        assert_eq!(judge(None, 674, 425, Some(14.0)), 200);
        assert_eq!(judge(None, 425, 674, Some(14.0)), 200, "on its side");
        assert_eq!(judge(None, 1654, 1040, Some(14.0)), 141, "letters of a sheet in the shape of a card");
    }

    #[test]
    fn sheets_of_every_size_are_told_by_their_letters() {
        for (width, height, dpi) in
            [(1654, 2339, 200), (1165, 1654, 200), (827, 1165, 200), (1240, 1754, 150)]
        {
            let letters = 1.8 / 25.4 * f64::from(dpi);
            let judged = judge(None, width, height, Some(letters));
            let off = f64::from(judged) / f64::from(dpi);
            assert!((0.69..1.01).contains(&off), "{width}×{height}: {judged}");
        }
    }

    #[test]
    fn a_picture_without_letters_just_fits_a_sheet() {
        assert_eq!(judge(None, 1654, 2339, None), 200);
        assert_eq!(judge(None, 674, 425, None), 58);
    }
}
