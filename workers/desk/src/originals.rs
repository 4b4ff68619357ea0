//! Pages as they were sent, drawn for a browser that cannot show their file: PDF, TIFF, HEIC.

use std::sync::Arc;

use axum::http::StatusCode;
use berkas_imaging::ImageError;
use berkas_normalizer::{NormalizeError, Normalizer};
use berkas_runtime::settings::{DeskSettings, ScanSettings};
use berkas_web::Problem;
use bytes::Bytes;
use tokio::sync::{Semaphore, SemaphorePermit};

/// Draws pages of originals, a few at the same time; whoever comes then waits. Clones share the places.
///
/// Nothing is kept: it is asked for by who compares, and the file may be purged meanwhile.
#[derive(Debug, Clone)]
pub struct Originals {
    normalizer: Normalizer,
    places: Arc<Semaphore>,
    longest_px: u32,
    max_bytes: usize,
}

impl Originals {
    /// Draws within `desk`, and within the limits that files have in `scan`.
    #[must_use]
    pub fn new(scan: &ScanSettings, desk: &DeskSettings) -> Self {
        let at_once = desk.originals_at_once.clamp(1, Semaphore::MAX_PERMITS);
        Self {
            normalizer: Normalizer::new(&ScanSettings { threads: at_once, ..scan.clone() }),
            places: Arc::new(Semaphore::new(at_once)),
            longest_px: desk.original_px,
            max_bytes: desk.original_bytes,
        }
    }

    /// Waits for a place; taken before the file is fetched, so that few files are in memory.
    pub(crate) async fn place(&self) -> Result<SemaphorePermit<'_>, Problem> {
        self.places.acquire().await.map_err(|_| Problem::unavailable())
    }

    /// Draws one page, from 1, with none of the normalizer's steps: a JPEG.
    ///
    /// # Errors
    /// 422 with the code of the file or page that cannot be drawn, 503 when no decoder can be started.
    pub(crate) async fn draw(&self, file: Bytes, page: u32) -> Result<Vec<u8>, Problem> {
        let drawn = async {
            let mut file = self.normalizer.open(file).await?;
            let index = page.checked_sub(1).ok_or(ImageError::NoSuchPage)?;
            file.original(index, self.longest_px, self.max_bytes).await
        };
        drawn.await.map_err(|error| match error {
            NormalizeError::Image(error) => {
                Problem::new(StatusCode::UNPROCESSABLE_ENTITY, error.code(), "this page cannot be drawn")
            }
            NormalizeError::Machine(_) => {
                tracing::warn!(error = &error as &dyn std::error::Error, "an original cannot be drawn");
                Problem::unavailable()
            }
        })
    }
}
