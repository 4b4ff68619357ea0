//! One file of a submission: from the object store, page by page, back to the object store.

use std::collections::BTreeSet;

use berkas_blobs::{BlobError, Blobs, ObjectKey};
use berkas_domain::{Clock, OfficeCode, Sha256Hash};
use berkas_imaging::{ImageError, NORMALIZER_VERSION, NormalizedPage};
use berkas_normalizer::{NormalizeError, Normalizer, OpenFile, on_all_cores};
use berkas_runtime::retry::{RetryPolicy, retry};
use berkas_runtime::{Failure, crash_point};
use berkas_store::{DerivedPage, Store, StoredPage};

use crate::record;

/// What a file is worked on with.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Desk<'a> {
    pub(crate) store: &'a Store,
    pub(crate) blobs: &'a Blobs,
    pub(crate) normalizer: &'a Normalizer,
    pub(crate) clock: &'a dyn Clock,
}

/// A file and whose it is.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Original<'a> {
    pub(crate) office: &'a OfficeCode,
    pub(crate) sha256: Sha256Hash,
}

impl Desk<'_> {
    /// Makes every page that is not made yet. A bad page or file is recorded with its code and is no failure.
    ///
    /// # Errors
    /// [`Failure`] when the database or the object store cannot be used, or the object is not there or damaged.
    pub(crate) async fn work_on(&self, original: Original<'_>) -> Result<(), Failure> {
        let made = self.store.pages_done(original.office, original.sha256, NORMALIZER_VERSION).await?;
        if self.is_done(original, &made).await? {
            return Ok(());
        }
        let key = ObjectKey::Original { office: original.office.clone(), sha256: original.sha256 };
        let bytes = retry(&RetryPolicy::default(), || self.blobs.get(&key)).await.map_err(object_failure)?;
        match self.normalizer.open(bytes).await {
            Ok(file) => {
                let made: BTreeSet<i32> = made.iter().map(|page| page.page).collect();
                let page_count = file.page_count();
                let missing = (0..page_count).filter(|index| !made.contains(&record::number(index + 1)));
                on_all_cores(file, missing, |file, index| self.make_page(original, file, index)).await?;
                self.finish(original, record::number(page_count), None).await
            }
            Err(NormalizeError::Image(error)) => {
                tracing::info!(object.sha256 = %original.sha256, error.code = error.code(), "file cannot be opened");
                self.finish(original, 0, Some(error)).await
            }
            Err(error) => Err(Failure::dependency_down("decoder", error)),
        }
    }

    /// Whether all pages are there in this normalizer's version. A file that could not be opened is tried again: it
    /// costs little, and a newer version may know its type.
    async fn is_done(&self, original: Original<'_>, made: &[StoredPage]) -> Result<bool, Failure> {
        if made.is_empty() {
            return Ok(false);
        }
        let scan = self.store.scan(original.office, original.sha256).await?;
        Ok(scan
            .is_some_and(|scan| scan.error.is_none() && usize::try_from(scan.page_count) == Ok(made.len())))
    }

    async fn make_page(
        &self,
        original: Original<'_>,
        mut file: OpenFile,
        index: u32,
    ) -> (OpenFile, Result<(), Failure>) {
        let page = file.page(index).await;
        let done = self.record(original, index, page).await;
        (file, done)
    }

    async fn record(
        &self,
        original: Original<'_>,
        index: u32,
        page: Result<NormalizedPage, NormalizeError>,
    ) -> Result<(), Failure> {
        let page = match page {
            Ok(page) => self.keep(original, page).await?,
            Err(NormalizeError::Image(error)) => self.bad_page(original, index, error)?,
            Err(error) => return Err(Failure::dependency_down("decoder", error)),
        };
        // Written at once: should this process be killed, the next one makes what is missing.
        let record = || self.store.page_done(original.office, original.sha256, NORMALIZER_VERSION, &page);
        retry(&RetryPolicy::default(), record).await?;
        crash_point("scan.after_page");
        Ok(())
    }

    /// Stores the page, its preview and the halves of a double page under the hashes of their content.
    async fn keep(&self, original: Original<'_>, page: NormalizedPage) -> Result<StoredPage, Failure> {
        let NormalizedPage { bytes, media_type, preview, halves, report } = page;
        tracing::debug!(
            object.sha256 = %original.sha256,
            page.number = report.page,
            page.verdict = ?report.verdict,
            elapsed_ms = report.elapsed_ms,
            "page normalized"
        );
        crash_point("scan.before_put");
        let halves = match halves {
            Some([left, right]) => {
                Some([self.put(original.office, left).await?, self.put(original.office, right).await?])
            }
            None => None,
        };
        let derived = DerivedPage {
            sha256: self.put(original.office, bytes).await?,
            media_type: media_type.mime().to_owned(),
            preview: self.put(original.office, preview).await?,
            halves,
        };
        crash_point("scan.after_put");
        record::good(&report, derived).map_err(|error| Failure::transient("report_unwritable", error))
    }

    fn bad_page(&self, original: Original<'_>, index: u32, error: ImageError) -> Result<StoredPage, Failure> {
        tracing::info!(
            object.sha256 = %original.sha256,
            page.number = index + 1,
            error.code = error.code(),
            "page cannot be normalized"
        );
        record::bad(index, error).map_err(|error| Failure::transient("report_unwritable", error))
    }

    async fn put(&self, office: &OfficeCode, bytes: Vec<u8>) -> Result<Sha256Hash, Failure> {
        let (key, bytes) = (ObjectKey::derived_of(office, &bytes), bytes::Bytes::from(bytes));
        let put = || self.blobs.put(&key, bytes.clone());
        retry(&RetryPolicy::default(), put).await.map_err(object_failure)?;
        Ok(key.sha256())
    }

    async fn finish(
        &self,
        original: Original<'_>,
        page_count: i32,
        error: Option<ImageError>,
    ) -> Result<(), Failure> {
        let (code, now) = (error.map(|error| error.code()), self.clock.now());
        let done =
            self.store.scan_done(original.office, original.sha256, NORMALIZER_VERSION, page_count, code, now);
        Ok(done.await?)
    }
}

/// An outage waits; an object that is not there or not what it says is for the operator.
fn object_failure(error: BlobError) -> Failure {
    if error.is_transient() {
        return Failure::dependency_down("object store", error);
    }
    let code = match &error {
        BlobError::NotFound { .. } => "object_missing",
        BlobError::Sealed { .. } => "object_sealed",
        _ => "object_damaged",
    };
    Failure::permanent(code, error.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_outage_of_the_object_store_parks_nothing_and_a_missing_object_does() {
        let down = object_failure(BlobError::Unavailable { reason: "refused".to_owned() });
        assert!(matches!(down, Failure::DependencyDown { what: "object store", .. }));
        let missing = object_failure(BlobError::NotFound { path: "v1/351709/original/ab".to_owned() });
        assert!(matches!(missing, Failure::Permanent { code: "object_missing", .. }));
        let damaged = object_failure(BlobError::Damaged { path: "v1/351709/original/ab".to_owned() });
        assert!(matches!(damaged, Failure::Permanent { code: "object_damaged", .. }));
    }
}
