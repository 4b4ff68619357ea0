//! Removes uploads that no submission came to name: a form and scans of a case that was never handed in.

use std::time::Duration;

use berkas_blobs::ObjectKey;
use berkas_store::StoreError;
use chrono::TimeDelta;
use tokio_util::sync::CancellationToken;

use crate::app::App;

const EVERY: Duration = Duration::from_secs(3600);
/// Locked at a time: whoever uploads one of them again waits for the rest.
const BATCH: i64 = 20;

/// Removes what is old enough every hour until `shutdown`.
pub async fn remove_orphans(app: App, shutdown: CancellationToken) {
    let mut interval = tokio::time::interval(EVERY);
    interval.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    while shutdown.run_until_cancelled(interval.tick()).await.is_some() {
        match sweep_orphans(&app, &shutdown).await {
            Ok(0) => {}
            Ok(count) => tracing::info!(count, "removed uploads that no submission names"),
            Err(error) => {
                tracing::warn!(
                    error = &error as &dyn std::error::Error,
                    "could not look for unnamed uploads"
                );
            }
        }
    }
}

/// Removes what is old enough now; returns how many uploads. Stops when the object store fails: what is left is known
/// still and its turn comes again.
///
/// The object goes before its row. A process that dies between leaves a row without an object until the next sweep, which
/// is the first thing the next process does; the other way round a citizen's scan would stay for ever, known to nobody.
///
/// # Errors
/// [`StoreError`].
pub async fn sweep_orphans(app: &App, shutdown: &CancellationToken) -> Result<usize, StoreError> {
    // An upload needs the time to be named.
    let days = app.settings.blobs.orphan_days.max(1);
    let before = app.clock.now() - TimeDelta::days(i64::from(days));
    let mut removed = 0;
    loop {
        let orphans = app.store.take_orphans(before, BATCH).await?;
        let (wanted, mut gone) = (orphans.uploads().len(), 0);
        for (office, sha256) in orphans.uploads() {
            let key = ObjectKey::Original { office: office.clone(), sha256: *sha256 };
            if let Err(error) = app.blobs.delete(&key).await {
                tracing::warn!(error = &error as &dyn std::error::Error, "could not remove an upload");
                break;
            }
            gone += 1;
        }
        orphans.forget(gone).await?;
        removed += gone;
        if wanted == 0 || gone < wanted || shutdown.is_cancelled() {
            return Ok(removed);
        }
    }
}
