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

/// With the weights that `scripts/fetch-orientation-model` left in the folder `ORIENTATION_MODEL_DIR`.
#[cfg(feature = "orientation-net")]
#[test]
fn a_network_is_asked_where_letters_say_nothing_and_junk_is_no_network() {
    use berkas_imaging::{ImageError, OrientationNet};

    assert_eq!(OrientationNet::load(b"no network".to_vec()).err(), Some(ImageError::Corrupt));
    let Some(folder) = std::env::var_os("ORIENTATION_MODEL_DIR") else {
        eprintln!("SKIPPED: ORIENTATION_MODEL_DIR is not set");
        return;
    };
    let file = std::path::Path::new(&folder).join("orientation.onnx");
    let net = OrientationNet::load(std::fs::read(file).expect("a fetched model")).expect("a network");
    let options = Options { orientation_net: Some(Box::leak(Box::new(net))), ..Options::default() };
    let page = Page::default();
    let blank = Raster::gray(page.width as u32, page.height as u32, vec![240; page.width * page.height]);
    assert_eq!(berkas_imaging::measure_orientation(&blank, &options).0, 0);
    for quarters in 0..4 {
        let turned = draw::quarter_turned(&draw::writing(page), quarters);
        assert_eq!(u32::from(berkas_imaging::measure_orientation(&turned, &options).0), 90 * quarters);
    }
}
