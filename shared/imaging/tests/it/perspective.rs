//! A sheet that was taken from aslant comes out as a rectangle; what does not lean is only turned.

use berkas_imaging::{Document, Limits, Options, PageReport, Raster, normalize_raster};
use berkas_samples::{Bed, Degradation, Exposure, Layout, Original};
use rstest::rstest;

use crate::draw::{self, Page};
use crate::mapping::Mapping;

type Corners = [(f64, f64); 4];

fn normalized(page: Raster) -> (Raster, PageReport) {
    normalize_raster(page, 0, &Options::default(), &Limits::default()).expect("normalizes")
}

/// Returns how far the corners that were found lie from the true ones at most, in pixels.
fn off(found: Corners, truth: Corners) -> f64 {
    found.iter().zip(truth).map(|(a, b)| (a.0 - b.0).hypot(a.1 - b.1)).fold(0.0, f64::max)
}

#[rstest]
fn a_known_quadrilateral_is_found_and_comes_out_as_a_rectangle(
    #[values(
        [(60.0, 50.0), (1010.0, 60.0), (1060.0, 1400.0), (30.0, 1390.0)],
        [(40.0, 40.0), (1040.0, 90.0), (1030.0, 1370.0), (70.0, 1420.0)],
        [(120.0, 60.0), (1080.0, 30.0), (1040.0, 1400.0), (30.0, 1340.0)]
    )]
    corners: Corners,
    #[values(20, 110)] shade: u8,
) {
    let sheet = draw::writing(Page { seed: u64::from(shade), ..Page::default() });
    let (page, report) = normalized(draw::aslant(&sheet, shade, (1100, 1440), corners));
    let found = report.perspective.expect("four sides lean");
    assert!(off(found.corners, corners) < 6.0, "{report:?}");
    let side = |a: usize, b: usize| (corners[a].0 - corners[b].0).hypot(corners[a].1 - corners[b].1);
    let (width, height) = ((side(0, 1) + side(3, 2)) / 2.0, (side(0, 3) + side(1, 2)) / 2.0);
    let size = (f64::from(page.width), f64::from(page.height));
    assert!((size.0 - width).abs() < 6.0 && (size.1 - height).abs() < 6.0, "{size:?} {width} {height}");
    let (_, again) = normalized(page);
    assert!(again.perspective.is_none() && again.skew_deg.abs() < 0.12, "{again:?}");
}

/// Pages of the generator on which none of the limits were set.
fn originals() -> Vec<Original> {
    Original::all(61, chrono::NaiveDate::from_ymd_opt(2026, 11, 24).expect("a day"), 1)
}

fn scanned(original: &Original, exposure: &Exposure) -> (Layout, Raster, PageReport) {
    let (specimen, layout) = original.exposed_with_layout(exposure, 7);
    let page = Document::open(&specimen.bytes, &Limits::default()).expect("a JPEG").page(0).expect("a page");
    let (page, report) = normalized(page);
    (layout, page, report)
}

/// Returns the corners of the paper: what lies farthest out in each diagonal direction.
fn true_corners(layout: &Layout) -> Corners {
    let places = (0..layout.height).flat_map(|y| (0..layout.width).map(move |x| (x, y)));
    let paper: Vec<(f64, f64)> =
        places.filter(|&(x, y)| layout.is_paper(x, y)).map(|(x, y)| (x as f64, y as f64)).collect();
    [(-1.0, -1.0), (1.0, -1.0), (1.0, 1.0), (-1.0, 1.0)].map(|(dx, dy)| {
        let out = |place: &(f64, f64)| dx * place.0 + dy * place.1;
        *paper.iter().max_by(|a, b| out(a).total_cmp(&out(b))).expect("paper")
    })
}

#[rstest]
fn the_generators_leaning_pages_come_out_straight_and_whole(#[values(0.02, 0.035)] strength: f32) {
    let exposure = Exposure::With(vec![Degradation::Perspective { strength }]);
    let (mut leaning, mut pages) = (0, 0);
    for original in originals().iter().skip(1).step_by(6) {
        let (layout, page, report) = scanned(original, &exposure);
        pages += 1;
        if let Some(found) = report.perspective
            && report.rotation_deg == 0
        {
            leaning += 1;
            let limit = layout.width.max(layout.height) as f64 * 0.006;
            assert!(
                off(found.corners, true_corners(&layout)) < limit,
                "{found:?} {:?}",
                true_corners(&layout)
            );
            let mapping = Mapping::new((layout.width, layout.height), &page, &report);
            assert_eq!(layout.ink().filter(|&place| mapping.is_lost(place)).count(), 0, "{report:?}");
        }
    }
    assert!(2 * leaning >= pages, "{leaning} of {pages}");
}

#[rstest]
fn a_sheet_that_is_only_turned_does_not_lean(
    #[values(-9.0, -2.0, 0.0, 0.4, 6.5)] skew_deg: f64,
    #[values(15, 110)] shade: u8,
) {
    let bed = Bed { shade, skew_deg, margin_mm: 9.0, degradations: vec![Degradation::Noise { sigma: 3.0 }] };
    for original in originals().iter().skip(1).step_by(8) {
        let (_, _, report) = scanned(original, &Exposure::Laid(bed.clone()));
        assert_eq!(report.perspective, None, "{report:?}");
    }
}

#[test]
fn a_sheet_cut_askew_whose_writing_runs_straight_does_not_lean() {
    let mut sheet = draw::writing(Page::default());
    let (width, height) = (sheet.width as usize, sheet.height as usize);
    let mut pixels = draw::gray(&sheet).to_vec();
    // What is cut away shows the table; the lines of writing stay as they are.
    for (y, row) in pixels.chunks_exact_mut(width).enumerate() {
        row[..60 * y / height].fill(30);
    }
    for x in 0..width {
        (0..50 * x / width).for_each(|y| pixels[y * width + x] = 30);
    }
    sheet = Raster::gray(sheet.width, sheet.height, pixels);
    let (_, report) = normalized(draw::laid(&sheet, 30, 0.0, 40));
    assert_eq!(report.perspective, None, "{report:?}");
}
