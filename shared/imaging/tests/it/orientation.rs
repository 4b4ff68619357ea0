//! Quarter turns are found and undone, and doubt leaves a page as it is.

use berkas_imaging::{Limits, Options, PageReport, Raster, Reason, normalize_raster};
use rstest::rstest;

use crate::draw::{self, Page};

fn report(page: Raster) -> PageReport {
    normalize_raster(page, 0, &Options::default(), &Limits::default()).expect("a drawn page normalizes").1
}

#[rstest]
fn a_turned_page_is_turned_back(#[values(0, 1, 2, 3)] quarters: u32, #[values(0.0, 2.3)] deg: f64) {
    let upright = draw::writing(Page { skew_deg: deg, ..Page::default() });
    let report = report(draw::quarter_turned(&upright, quarters));
    let found = u32::from(report.rotation_deg);
    assert_eq!(found, quarters * 90, "turned by {quarters} quarters");
    // The angle of the lines is the same whichever way the page lies.
    assert!((report.skew_deg - deg).abs() < 0.05, "{}", report.skew_deg);
    assert_eq!(report.reasons.contains(&Reason::UpsideDown), found == 180);
}

#[test]
fn a_blank_page_is_not_turned() {
    let page = Page::default();
    let blank = Raster::gray(page.width as u32, page.height as u32, vec![240; page.width * page.height]);
    let report = report(draw::noisy(&blank, 8.0, 5));
    assert_eq!((report.rotation_deg, report.rotation_confidence), (0, 0.0));
}
