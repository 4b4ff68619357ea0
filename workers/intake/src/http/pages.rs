//! Whether the pages of a file can be read, told while the applicant still stands at the counter.
//!
//! Nothing is stored and nothing of the content is logged: the file lives for as long as its answer is made.

use axum::Json;
use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use berkas_contract::RejectionCode;
use berkas_domain::Sha256Hash;
use berkas_imaging::{Half, Halves, ImageError, NormalizedPage, PageReport, Reason, Verdict, fitted};
use berkas_normalizer::words::CUT_IN_TWO;
use berkas_normalizer::{NormalizeError, Normalizer, OpenFile, on_all_cores, words};
use berkas_runtime::settings::{PageCheckSettings, ScanSettings, Settings};
use berkas_web::{Office, Problem};
use serde::Serialize;
use tokio::sync::{Semaphore, SemaphorePermit};

use super::Door;
use super::problem::refusal;
use super::quota::Quota;
use super::upload::{Bounds, receive};

/// What looks at pages, and for how many at the same time.
#[derive(Debug)]
pub(super) struct PageDesk {
    normalizer: Normalizer,
    /// Files that may be in hand.
    places: Semaphore,
    quota: Quota,
    settings: PageCheckSettings,
}

impl PageDesk {
    pub(super) fn new(settings: &Settings) -> Self {
        let own = settings.intake.page_check.clone();
        // Nobody waits at a counter for a second, more patient attempt; and one server's pages share its cores.
        let scan = ScanSettings {
            max_file_ms: own.max_file_ms,
            patient_page_ms: 0,
            preview_px: own.preview_px,
            ..settings.scan.clone()
        };
        Self {
            normalizer: Normalizer::new(&scan).preview_only(),
            places: Semaphore::new(own.concurrency.min(Semaphore::MAX_PERMITS)),
            quota: Quota::per_minute(own.per_minute),
            settings: own,
        }
    }

    fn place(&self) -> Result<SemaphorePermit<'_>, Problem> {
        self.places.try_acquire().map_err(|_| busy(self.settings.retry_after_s))
    }
}

/// What is said of a file.
#[derive(Debug, Serialize)]
pub(super) struct CheckedFile {
    /// The hash of what was sent, under which it may be uploaded.
    sha256: Sha256Hash,
    /// The worst verdict of its pages.
    verdict: Verdict,
    pages: Vec<CheckedPage>,
}

/// What is said of a page. Sizes are those of the page as the district would keep it, in pixels; they are absent when
/// it could not be made.
#[derive(Debug, Serialize)]
struct CheckedPage {
    /// From 1.
    page: u32,
    verdict: Verdict,
    /// Why it is not `ok`, the weightiest first.
    reasons: Vec<SaidReason>,
    blank: bool,
    width_px: Option<u32>,
    height_px: Option<u32>,
    dpi: Option<u32>,
    /// How far it had to be turned back: 0, 90, 180 or 270 degrees clockwise.
    rotation_deg: Option<u16>,
    /// How far its lines were off the horizontal, in degrees clockwise.
    skew_deg: Option<f64>,
    /// What becomes of a double page that is cut in two; `None` of any other, and where that is not certain.
    halves: Option<CheckedHalves>,
    /// A small JPEG as a `data:` address.
    preview: Option<String>,
}

/// A double page that a verifier sees whole and as its left and its right page. It stays one page with one verdict.
#[derive(Debug, Serialize)]
struct CheckedHalves {
    /// What a clerk is told: nothing is wrong, and nothing has to be scanned again.
    #[serde(flatten)]
    said: SaidReason,
    /// How sure it is that these are two pages, from 0.5 to 1.
    confidence: f64,
    left: CheckedHalf,
    right: CheckedHalf,
}

/// One page of a double page, as the district would keep its copy.
#[derive(Debug, Serialize)]
struct CheckedHalf {
    width_px: u32,
    height_px: u32,
    /// As that of the whole, or its own where it leant otherwise.
    skew_deg: f64,
}

impl CheckedHalves {
    fn of(halves: &Halves) -> Self {
        let [left, right] = halves.pages.map(CheckedHalf::from);
        Self { said: said(CUT_IN_TWO), confidence: hundredths(halves.confidence), left, right }
    }
}

impl From<Half> for CheckedHalf {
    fn from(half: Half) -> Self {
        Self { width_px: half.width_px, height_px: half.height_px, skew_deg: hundredths(half.skew_deg) }
    }
}

fn hundredths(value: f64) -> f64 {
    (value * 100.0).round() / 100.0
}

/// A coded reason and what a clerk is told.
#[derive(Debug, Serialize)]
struct SaidReason {
    code: &'static str,
    text_id: &'static str,
    text_en: &'static str,
}

/// `POST /api/v1/pages/check`: the body is one file, as it would be uploaded. 422 when it cannot be opened, 429 with
/// `Retry-After` when too much is in hand.
pub(super) async fn check(
    State(door): State<Door>,
    Office(owner): Office,
    headers: HeaderMap,
    body: Body,
) -> Result<Json<CheckedFile>, Problem> {
    let desk = &door.pages;
    desk.quota.take(&owner.office, door.app.clock.now()).map_err(busy)?;
    // Asked before the file crosses a bad line in vain; taken only behind it, since a slow line must not hold a place.
    drop(desk.place()?);
    let upload = receive(&headers, body, &Bounds::of_scan(&door.app.settings), &door.room).await?;
    let _place = desk.place()?;
    let file = desk.normalizer.open(upload.bytes.clone()).await.map_err(refused)?;
    let pages = 0..file.page_count();
    let pages = on_all_cores(file, pages, |file, index| look_at(desk, file, index)).await?;
    let verdict = pages.iter().map(|page| page.verdict).max().unwrap_or(Verdict::Unreadable);
    Ok(Json(CheckedFile { sha256: upload.sha256, verdict, pages }))
}

async fn look_at(
    desk: &PageDesk,
    mut file: OpenFile,
    index: u32,
) -> (OpenFile, Result<CheckedPage, Problem>) {
    let page = file.page(index).await;
    (file, told(desk, index, page).await)
}

async fn told(
    desk: &PageDesk,
    index: u32,
    page: Result<NormalizedPage, NormalizeError>,
) -> Result<CheckedPage, Problem> {
    match page {
        Ok(NormalizedPage { preview, report, .. }) => {
            let preview = fitting(preview, &desk.settings).await?;
            Ok(CheckedPage::of(&report, preview.as_deref()))
        }
        Err(NormalizeError::Image(error)) => Ok(CheckedPage::failed(index, error)),
        Err(error) => Err(machine(&error)),
    }
}

impl CheckedPage {
    fn of(report: &PageReport, preview: Option<&[u8]>) -> Self {
        Self {
            page: report.page,
            verdict: report.verdict,
            reasons: report.reasons.iter().map(Reason::code).map(said).collect(),
            blank: report.blank,
            width_px: Some(report.width_px),
            height_px: Some(report.height_px),
            dpi: Some(report.dpi),
            rotation_deg: Some(report.rotation_deg),
            skew_deg: Some(hundredths(report.skew_deg)),
            halves: report.halves.as_ref().map(CheckedHalves::of),
            preview: preview.map(|jpeg| format!("data:image/jpeg;base64,{}", BASE64.encode(jpeg))),
        }
    }

    fn failed(index: u32, error: ImageError) -> Self {
        Self {
            page: index + 1,
            verdict: Verdict::Unreadable,
            reasons: vec![said(error.code())],
            blank: false,
            width_px: None,
            height_px: None,
            dpi: None,
            rotation_deg: None,
            skew_deg: None,
            halves: None,
            preview: None,
        }
    }
}

fn said(code: &'static str) -> SaidReason {
    let (text_id, text_en) = words::of(code).map_or((code, code), |words| (&words.id, &words.en));
    SaidReason { code, text_id, text_en }
}

/// The preview within its bound; a page that is too busy for any has none.
pub(super) async fn fitting(
    preview: Vec<u8>,
    settings: &PageCheckSettings,
) -> Result<Option<Vec<u8>>, Problem> {
    let (longest, most) = (settings.preview_px, settings.preview_bytes);
    let fit = move || fitted(preview, longest, most);
    let fitted = tokio::task::spawn_blocking(fit).await.map_err(|_| Problem::internal())?;
    Ok(fitted.ok())
}

fn busy(seconds: u64) -> Problem {
    refusal(StatusCode::TOO_MANY_REQUESTS, RejectionCode::Busy).retry_after(seconds)
}

/// A file that cannot be opened, in the words of its page texts.
fn refused(error: NormalizeError) -> Problem {
    match error {
        NormalizeError::Image(error) => {
            let SaidReason { code, text_id, text_en } = said(error.code());
            Problem::new(StatusCode::UNPROCESSABLE_ENTITY, code, text_en).detail(text_id)
        }
        error => machine(&error),
    }
}

fn machine(error: &NormalizeError) -> Problem {
    tracing::warn!(error = error as &dyn std::error::Error, "a page could not be looked at");
    Problem::unavailable()
}
