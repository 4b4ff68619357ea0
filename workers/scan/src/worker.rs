//! The step *scan*: every document of the revision becomes normalized pages.

use std::collections::BTreeSet;
use std::sync::Arc;

use berkas_blobs::Blobs;
use berkas_domain::{Clock, Sha256Hash, Stage, Step};
use berkas_normalizer::Normalizer;
use berkas_runtime::settings::ScanSettings;
use berkas_runtime::{Failure, Job, Outcome, Worker};
use berkas_store::Store;
use futures::StreamExt;

use crate::file::{Desk, Original};

/// Normalizes the pages of a submission.
#[derive(Debug)]
pub struct ScanWorker {
    store: Store,
    blobs: Blobs,
    normalizer: Normalizer,
    clock: Arc<dyn Clock>,
}

impl ScanWorker {
    /// Takes what it works with; `settings` is the section `[scan]`.
    #[must_use]
    pub fn new(store: Store, blobs: Blobs, settings: &ScanSettings, clock: Arc<dyn Clock>) -> Self {
        Self { store, blobs, normalizer: Normalizer::new(settings), clock }
    }

    fn desk(&self) -> Desk<'_> {
        Desk { store: &self.store, blobs: &self.blobs, normalizer: &self.normalizer, clock: &*self.clock }
    }
}

impl Worker for ScanWorker {
    const STEP: Step = Step::Scan;

    async fn handle(&self, job: &Job) -> Result<Outcome, Failure> {
        let Some(dossier) = self.store.dossier(job.work.submission).await? else { return Ok(Outcome::Stale) };
        if dossier.submission.generation != job.work.generation {
            return Ok(Outcome::Stale);
        }
        // The same paper may stand in two places of the form; it is one file.
        let files: BTreeSet<Sha256Hash> = dossier.documents.iter().map(|document| document.sha256).collect();
        let (desk, office) = (self.desk(), &dossier.submission.office);
        let work = futures::stream::iter(files).map(|sha256| desk.work_on(Original { office, sha256 }));
        // All files are worked on before a failure is told: the others' pages are not lost with one.
        let done: Vec<_> = work.buffer_unordered(self.normalizer.parallelism()).collect().await;
        done.into_iter().collect::<Result<(), _>>()?;
        Ok(Outcome::forward(Stage::Normalized))
    }
}
