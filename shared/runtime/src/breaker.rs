//! Waits while something a worker needs is down: doubling, with an end only when the process shall stop.

use std::time::Duration;

use tokio_util::sync::CancellationToken;

use crate::settings::WorkerSettings;

/// The waits of one outage.
#[derive(Debug)]
pub struct Breaker {
    next: Duration,
    longest: Duration,
}

impl Breaker {
    /// Starts with the shortest wait.
    #[must_use]
    pub const fn new(settings: &WorkerSettings) -> Self {
        Self {
            next: Duration::from_millis(settings.breaker_min_ms),
            longest: Duration::from_millis(settings.breaker_max_ms),
        }
    }

    /// Waits; `false` when the process shall stop instead.
    pub async fn wait(&mut self, shutdown: &CancellationToken) -> bool {
        let wait = self.next;
        self.next = (self.next * 2).min(self.longest);
        tokio::select! {
            () = shutdown.cancelled() => false,
            () = tokio::time::sleep(wait) => true,
        }
    }
}
