//! Tasks whose lease ran out go back to the pool.

use std::time::Duration;

use berkas_runtime::{App, Breaker};
use tokio_util::sync::CancellationToken;

/// How often expired leases are looked for. A lease lasts minutes, and its holder cannot write with it any more.
const INTERVAL: Duration = Duration::from_secs(2);

/// Returns tasks whose lease ran out to the pool, until `shutdown`. Any number of processes may do it.
pub async fn expire_leases(app: App, shutdown: CancellationToken) {
    let mut breaker = Breaker::new(&app.settings.worker);
    while !shutdown.is_cancelled() {
        match app.store.expire_leases(app.clock.now()).await {
            Ok(0) => {}
            Ok(count) => tracing::info!(count, "returned tasks with an expired lease to the pool"),
            Err(error) => {
                tracing::warn!(error = &error as &dyn std::error::Error, "could not expire leases");
                breaker.wait(&shutdown).await;
                continue;
            }
        }
        breaker = Breaker::new(&app.settings.worker);
        let _ = tokio::time::timeout(INTERVAL, shutdown.cancelled()).await;
    }
}
