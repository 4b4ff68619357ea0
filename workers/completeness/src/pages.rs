//! From what the scan step stored to what the rules ask about pages.

use berkas_rules::{DocumentPages, PageLook, PageQuality, PageVerdict};
use berkas_store::{StoredPage, StoredScan, SubmittedDocument};
use serde::Deserialize;
use serde_json::Value;

/// What the rules need of a page's report; it holds many measures beside.
#[derive(Deserialize)]
struct Report {
    verdict: PageQuality,
    #[serde(default)]
    blank: bool,
    #[serde(default)]
    reasons: Vec<String>,
    /// A newer normalizer may know looks that are unknown here.
    #[serde(default)]
    looks_like: Option<(Value, f64)>,
}

/// Confidence from which the rules are told what a page looks like.
const SURE: f64 = 0.75;

/// Translates a file's stored scan. A page without a verdict could not be normalized, so nobody can read it.
pub(crate) fn document_pages(document: &SubmittedDocument, scan: &StoredScan) -> DocumentPages {
    let pages = scan.pages.iter().map(page_verdict).collect();
    DocumentPages { sha256: document.sha256, flagged: document.flagged, pages, failed: scan.error.clone() }
}

fn page_verdict(page: &StoredPage) -> PageVerdict {
    let unreadable =
        Report { verdict: PageQuality::Unreadable, blank: false, reasons: Vec::new(), looks_like: None };
    let report = Report::deserialize(&page.report).unwrap_or(unreadable);
    let Report { verdict, blank, mut reasons, looks_like } = report;
    let looks_like = looks_like.filter(|(_, confidence)| *confidence >= SURE);
    let looks_like = looks_like.and_then(|(look, _)| PageLook::deserialize(look).ok());
    // Of a page that could not be normalized the scan step says why beside the verdict.
    reasons.extend(page.report.get("error").and_then(|code| code.as_str()).map(str::to_owned));
    PageVerdict { page: u32::try_from(page.page).unwrap_or_default(), verdict, blank, reasons, looks_like }
}

#[cfg(test)]
mod tests {
    use berkas_domain::{DocumentKind, Sha256Hash};
    use serde_json::json;

    use super::*;

    fn document() -> SubmittedDocument {
        SubmittedDocument {
            ordinal: 0,
            kind: DocumentKind::Kk,
            of_role: None,
            sha256: Sha256Hash::of(b"scan"),
            size: 4,
            media_type: "image/png".to_owned(),
            flagged: false,
        }
    }

    fn verdict_of(report: Value) -> PageVerdict {
        let page = StoredPage { page: 2, derived: None, report };
        let scan = StoredScan { page_count: 2, error: None, pages: vec![page] };
        document_pages(&document(), &scan).pages.remove(0)
    }

    #[test]
    fn a_report_of_the_normalizer_becomes_the_verdict_of_its_page() {
        let report =
            json!({ "page": 2, "dpi": 200, "verdict": "warn", "blank": false, "reasons": ["shadow"] });
        let expected = PageVerdict {
            page: 2,
            verdict: PageQuality::Warn,
            blank: false,
            reasons: vec!["shadow".to_owned()],
            looks_like: None,
        };
        assert_eq!(verdict_of(report), expected);
        assert!(verdict_of(json!({ "verdict": "ok", "blank": true })).blank);
    }

    #[test]
    fn what_a_page_looks_like_is_told_where_it_is_nearly_certain() {
        let look = |look: Value| verdict_of(json!({ "verdict": "ok", "looks_like": look })).looks_like;
        assert_eq!(look(json!(["card", 0.9])), Some(PageLook::Card));
        assert_eq!(look(json!(["card", 0.6])), None);
        assert_eq!(look(json!(["a look of a later version", 1.0])), None);
        assert_eq!(look(Value::Null), None);
    }

    #[test]
    fn a_page_that_failed_is_unreadable_and_keeps_its_code() {
        let failed =
            verdict_of(json!({ "verdict": "unreadable", "reasons": [], "error": "too_many_pixels" }));
        assert_eq!(failed.verdict, PageQuality::Unreadable);
        assert_eq!(failed.reasons, ["too_many_pixels"]);
        assert_eq!(verdict_of(Value::Null).verdict, PageQuality::Unreadable);
    }

    #[test]
    fn a_file_that_could_not_be_opened_keeps_its_code() {
        let scan = StoredScan { page_count: 0, error: Some("encrypted".to_owned()), pages: Vec::new() };
        let pages = document_pages(&document(), &scan);
        assert_eq!(pages.failed.as_deref(), Some("encrypted"));
    }
}
