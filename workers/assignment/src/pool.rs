//! What happens to the pool as time goes by: leases run out, tasks come near their due time.

use std::time::Duration;

use berkas_runtime::settings::SettingsError;
use berkas_runtime::{App, Breaker};
use berkas_store::StoreError;
use tokio_util::sync::CancellationToken;

use crate::settings::AssignmentSettings;

/// How often the pool is looked at. A lease lasts minutes, and its holder cannot write with it any more.
const INTERVAL: Duration = Duration::from_secs(2);

/// Keeps the pool in order. Any number of processes may do it.
pub struct PoolKeeper {
    app: App,
    settings: AssignmentSettings,
}

impl PoolKeeper {
    /// Makes a keeper of the pool of `app`.
    ///
    /// # Errors
    /// [`SettingsError`] when the section `[assignment]` does not fit.
    pub fn new(app: App) -> Result<Self, SettingsError> {
        let settings = AssignmentSettings::load(&app.settings)?;
        Ok(Self { app, settings })
    }

    /// Returns tasks whose lease ran out to the pool, and gives those that are due soon an earlier turn, until `shutdown`.
    pub async fn run(self, shutdown: CancellationToken) {
        let mut breaker = Breaker::new(&self.app.settings.worker);
        while !shutdown.is_cancelled() {
            if let Err(error) = self.keep().await {
                tracing::warn!(error = &error as &dyn std::error::Error, "could not keep the pool in order");
                breaker.wait(&shutdown).await;
                continue;
            }
            breaker = Breaker::new(&self.app.settings.worker);
            let _ = tokio::time::timeout(INTERVAL, shutdown.cancelled()).await;
        }
    }

    /// Does it once.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn keep(&self) -> Result<(), StoreError> {
        let now = self.app.clock.now();
        let expired = self.app.store.expire_leases(now).await?;
        self.app.store.clear_drafts().await?;
        let hurried = self.app.store.hurry_tasks(now + self.settings.urgent()).await?;
        if expired > 0 || hurried > 0 {
            tracing::info!(expired, hurried, "the pool of tasks has changed with time");
        }
        Ok(())
    }
}
