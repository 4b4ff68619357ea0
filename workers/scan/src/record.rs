//! What is written down of a page.

use berkas_imaging::{ImageError, PageReport, Verdict};
use berkas_store::{DerivedPage, StoredPage};
use serde_json::Value;

/// A page that was made.
pub(crate) fn good(report: &PageReport, derived: DerivedPage) -> Result<StoredPage, serde_json::Error> {
    let page = number(report.page);
    Ok(StoredPage { page, derived: Some(derived), report: serde_json::to_value(report)? })
}

/// A page that could not be made: unreadable, with the coded `error` beside the usual fields.
pub(crate) fn bad(index: u32, error: ImageError) -> Result<StoredPage, serde_json::Error> {
    let mut report = serde_json::to_value(unreadable(index + 1))?;
    if let Value::Object(fields) = &mut report {
        fields.insert("error".to_owned(), error.code().into());
    }
    Ok(StoredPage { page: number(index + 1), derived: None, report })
}

/// Pages are counted far below what the column holds.
pub(crate) fn number(page: u32) -> i32 {
    i32::try_from(page).unwrap_or(i32::MAX)
}

fn unreadable(page: u32) -> PageReport {
    PageReport {
        page,
        width_px: 0,
        height_px: 0,
        dpi: 0,
        rotation_deg: 0,
        rotation_confidence: 0.0,
        exif_turn_deg: 0,
        skew_deg: 0.0,
        skew_confidence: 0.0,
        blank: false,
        verdict: Verdict::Unreadable,
        reasons: Vec::new(),
        crop: None,
        perspective: None,
        halves: None,
        colour: false,
        looks_like: None,
        geometry_untouched: true,
        elapsed_ms: 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bad_page_reads_like_any_other_and_says_its_error() {
        let page = bad(4, ImageError::Corrupt).unwrap();
        assert_eq!((page.page, page.derived.is_none()), (5, true));
        assert_eq!(page.report["error"], "corrupt");
        let report: PageReport = serde_json::from_value(page.report).unwrap();
        assert_eq!((report.page, report.verdict), (5, Verdict::Unreadable));
    }
}
