//! Files of every type: every page is normalized, and what comes out can be read, or it is refused.
#![no_main]

use berkas_fuzz::{LIMITS, begin, seeds};
use berkas_imaging::{Document, NormalizedPage, Options, normalize};
use libfuzzer_sys::{Corpus, fuzz_target};

fuzz_target!(init: begin(seeds::normalize), |bytes: &[u8]| -> Corpus {
    let Ok(document) = Document::open(bytes, &LIMITS) else { return Corpus::Keep };
    for index in 0..document.page_count() {
        if let Ok(page) = normalize(&document, index, &Options::default(), &LIMITS) {
            assert_readable(&page);
        }
    }
    Corpus::Keep
});

fn assert_readable(page: &NormalizedPage) {
    for bytes in [&page.bytes, &page.preview] {
        let again = Document::open(bytes, &LIMITS).and_then(|document| document.page(0));
        assert!(again.is_ok_and(|again| again.width > 0 && again.height > 0));
    }
    assert!(page.report.skew_deg.is_finite() && page.report.dpi > 0);
    assert!((0.0..=1.0).contains(&page.report.skew_confidence));
    assert!((0.0..=1.0).contains(&page.report.rotation_confidence));
}
