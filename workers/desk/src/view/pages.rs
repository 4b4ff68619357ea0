//! A page's measures, as far as a verifier is told.

use berkas_store::DeskPage;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// One page of a paper.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct PageView {
    /// From 1.
    pub page: i32,
    /// Whether there is a normalized copy to look at.
    pub normalized: bool,
    /// `ok`, `warn` or `unreadable`; absent when the page failed.
    pub verdict: Option<String>,
    /// Why it is not `ok`, as the normalizer's codes.
    pub reasons: Vec<String>,
    /// Whether nothing is written on it.
    pub blank: bool,
    /// Whether it is a double page that was cut in two, so that there is a copy of its left and of its right page as well.
    pub halves: bool,
    /// Width of the normalized page in pixels.
    pub width_px: Option<u32>,
    /// Height of the normalized page in pixels.
    pub height_px: Option<u32>,
}

/// The part of the normalizer's report that is shown; what is missing is unknown.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Report {
    verdict: Option<String>,
    reasons: Vec<String>,
    blank: bool,
    halves: Option<serde::de::IgnoredAny>,
    width_px: Option<u32>,
    height_px: Option<u32>,
}

pub(super) fn page_view(page: &DeskPage) -> PageView {
    let report = Report::deserialize(&page.report).unwrap_or_default();
    PageView {
        page: page.page,
        normalized: page.normalized,
        verdict: report.verdict,
        reasons: report.reasons,
        blank: report.blank,
        halves: page.normalized && report.halves.is_some(),
        width_px: report.width_px,
        height_px: report.height_px,
    }
}

/// A normalizer's reason in Indonesian and English; the code itself when it is a new one.
pub(crate) fn reason_words(code: &str) -> (&str, &str) {
    match code {
        "blurred" => ("kabur", "blurred"),
        "motion" => ("goyang", "motion blur"),
        "too_dark" => ("terlalu gelap", "too dark"),
        "glare" => ("silau", "glare"),
        "too_small" => ("tulisan terlalu kecil", "text too small"),
        "cut_off" => ("terpotong", "cut off"),
        "blank" => ("kosong", "blank"),
        "upside_down" => ("sudah diputar tegak", "was turned upright"),
        "low_contrast" => ("kontras rendah", "low contrast"),
        "shadow" => ("ada bayangan", "shadow"),
        "two_pages" => ("dua halaman", "two pages"),
        "not_a_document" => ("tidak tampak seperti dokumen", "does not look like a document"),
        other => (other, other),
    }
}
