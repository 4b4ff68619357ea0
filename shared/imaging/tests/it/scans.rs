//! The real scans beside the checkout, where they are: skew against the agreed values, and no page of them refused.

use std::path::{Path, PathBuf};

use berkas_imaging::{
    Document, Limits, Raster, Verdict, measure_orientation, measure_skew, normalize_raster,
};

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/scans")
}

/// Returns (name, agreed skew, spread of the methods) of each page that has one, or nothing, loudly.
fn agreed() -> Vec<(String, f64, f64)> {
    let Ok(table) = std::fs::read_to_string(folder().join("skew.csv")) else {
        eprintln!("SKIPPED: the real scans are not at {}", folder().display());
        return Vec::new();
    };
    let rows = table.lines().skip(1).map(|line| {
        let fields: Vec<&str> = line.split(',').collect();
        (fields[0].to_owned(), fields[1].parse().expect("skew"), fields[2].parse().expect("spread"))
    });
    rows.collect()
}

fn decoded(name: &str) -> Raster {
    let bytes = std::fs::read(folder().join(name)).expect("a listed scan");
    Document::open(&bytes, &Limits::default()).expect("a JPEG").page(0).expect("a whole JPEG")
}

#[test]
fn real_scans_are_measured_as_the_methods_agree() {
    let rows = agreed();
    let mut sum = 0.0;
    for (name, skew, spread) in &rows {
        let (found, _) = measure_skew(&decoded(name));
        let beyond = ((found - skew).abs() - spread).max(0.0);
        // The worst is a curled page photographed by a phone, whose lines have no common angle.
        assert!(beyond < 0.25, "{name}: agreed {skew} within {spread}, found {found}");
        sum += beyond;
    }
    if !rows.is_empty() {
        let mean = sum / rows.len() as f64;
        assert!(mean < 0.03, "mean beyond the methods' own spread {mean}");
    }
}

#[test]
fn no_real_scan_is_refused_or_turned() {
    for (name, _, _) in agreed() {
        let (_, report) =
            normalize_raster(decoded(&name), 0, &Default::default(), &Limits::default()).expect("normalizes");
        assert_eq!((report.rotation_deg, report.blank), (0, false), "{name}");
        assert_ne!(report.verdict, Verdict::Unreadable, "{name}: {:?}", report.reasons);
    }
}

#[test]
fn a_real_scan_on_its_head_is_turned_back_or_left_and_most_are_turned() {
    let rows = agreed();
    let mut turned = 0;
    for (name, _, _) in &rows {
        let page = decoded(name);
        let quarters = measure_orientation(
            &crate::draw::quarter_turned(&crate::draw::in_gray(&page), 2),
            &Default::default(),
        )
        .0 / 90;
        assert!(quarters == 2 || quarters == 0, "{name}: {quarters}");
        turned += usize::from(quarters == 2);
    }
    assert!(turned * 10 >= rows.len() * 9, "{turned} of {}", rows.len());
}
