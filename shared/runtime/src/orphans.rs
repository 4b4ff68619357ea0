//! Removes uploads that no submission came to name: a form and scans of a case that was never handed in.

use std::time::Duration;

use berkas_blobs::ObjectKey;
use berkas_store::StoreError;
use chrono::TimeDelta;
use tokio_util::sync::CancellationToken;

use crate::app::App;

const EVERY: Duration = Duration::from_secs(3600);
/// Uploads are looked at for as many days once they are old enough; whatever is named by then is never looked at again.
const DAYS_LOOKED_AT: i64 = 7;
/// Removed by one statement.
const BATCH: i64 = 500;

/// Removes what is old enough every hour until `shutdown`.
pub async fn remove_orphans(app: App, shutdown: CancellationToken) {
    let mut interval = tokio::time::interval(EVERY);
    interval.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    while shutdown.run_until_cancelled(interval.tick()).await.is_some() {
        match sweep_orphans(&app).await {
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

/// Removes what is old enough now; returns how many uploads.
///
/// The row goes before its object. A process that dies between leaves an object that nobody knows, which costs room; the
/// other way round it would leave an upload that is said to be there and is not.
///
/// # Errors
/// [`StoreError`].
pub async fn sweep_orphans(app: &App) -> Result<usize, StoreError> {
    let before = app.clock.now() - TimeDelta::days(i64::from(app.settings.blobs.orphan_days));
    let mut removed = 0;
    loop {
        let orphans =
            app.store.forget_orphans(before - TimeDelta::days(DAYS_LOOKED_AT), before, BATCH).await?;
        if orphans.is_empty() {
            return Ok(removed);
        }
        removed += orphans.len();
        for (office, sha256) in orphans {
            if let Err(error) = app.blobs.delete(&ObjectKey::Original { office, sha256 }).await {
                tracing::warn!(
                    error = &error as &dyn std::error::Error,
                    "left the object of a removed upload"
                );
            }
        }
    }
}
