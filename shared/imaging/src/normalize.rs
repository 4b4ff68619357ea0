//! One page from its file to its normalized copy.

use crate::limits::{Deadline, contain};
use crate::{Document, ImageError, Limits, MediaType, Options, PageReport, Verdict, encode};

/// A normalized page: its bytes, a preview and what was measured.
#[derive(Debug, Clone, PartialEq)]
pub struct NormalizedPage {
    /// The page, coded as `media_type`.
    pub bytes: Vec<u8>,
    /// How `bytes` are coded.
    pub media_type: MediaType,
    /// A small JPEG of the page.
    pub preview: Vec<u8>,
    /// What was measured.
    pub report: PageReport,
}

/// Decodes the page with this index, from 0, and normalizes it.
///
/// # Errors
/// Those of [`Document::page`], and `TimedOut` beyond [`Limits::max_page_ms`]. Other pages are not affected.
pub fn normalize(
    document: &Document<'_>,
    page: u32,
    options: &Options,
    limits: &Limits,
) -> Result<NormalizedPage, ImageError> {
    contain(|| {
        let deadline = Deadline::start(limits);
        let raster = document.page(page)?;
        deadline.check()?;
        let (bytes, media_type) = encode::encode(&raster, options.format)?;
        let preview = encode::jpeg(&raster, 70)?;
        let report = PageReport {
            page: page + 1,
            width_px: raster.width,
            height_px: raster.height,
            dpi: raster.dpi.unwrap_or(options.target_dpi),
            rotation_deg: 0,
            rotation_confidence: 0.0,
            exif_turn_deg: raster.turn.degrees(),
            skew_deg: 0.0,
            skew_confidence: 0.0,
            blank: false,
            verdict: Verdict::Ok,
            reasons: Vec::new(),
            crop: None,
            colour: false,
            geometry_untouched: true,
            elapsed_ms: deadline.elapsed_ms(),
        };
        Ok(NormalizedPage { bytes, media_type, preview, report })
    })
}
