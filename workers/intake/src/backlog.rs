//! Back-pressure: whether so much machine work is due that nothing more should come in.
//!
//! Only work rows count. A single office that does not fetch its answers must not close the doors of all others.

use std::time::Duration;

use berkas_runtime::App;
use tokio::sync::Mutex;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

/// How long one count of the work serves everybody.
pub(crate) const COUNT_EVERY: Duration = Duration::from_secs(1);

/// Tells when the doors are shut; they open again at nine tenths of the limit, so that they do not flutter.
#[derive(Debug, Default)]
pub(crate) struct Backlog {
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    full: bool,
    counted_at: Option<Instant>,
}

impl Backlog {
    /// Whether the doors are shut now. Counts at most once a second; while the database cannot say, it stays as it was.
    pub(crate) async fn is_full(&self, app: &App) -> bool {
        let mut state = self.state.lock().await;
        if state.counted_at.is_none_or(|counted_at| counted_at.elapsed() >= COUNT_EVERY) {
            match app.store.due_count().await {
                Ok(due) => state.full = shut(state.full, due, app.settings.intake.max_backlog),
                Err(error) => {
                    tracing::warn!(error = &error as &dyn std::error::Error, "could not count the backlog");
                }
            }
            state.counted_at = Some(Instant::now());
        }
        state.full
    }

    /// Waits until the doors are open; `false` when the process shall stop instead.
    pub(crate) async fn wait_until_open(&self, app: &App, shutdown: &CancellationToken) -> bool {
        while self.is_full(app).await {
            tokio::select! {
                () = shutdown.cancelled() => return false,
                () = tokio::time::sleep(COUNT_EVERY) => {}
            }
        }
        true
    }
}

fn shut(was_shut: bool, due: i64, limit: u64) -> bool {
    let due = u64::try_from(due).unwrap_or(0);
    let opens_at = limit - limit / 10;
    if was_shut { due > opens_at } else { due > limit }
}

#[cfg(test)]
mod tests {
    use super::shut;

    #[test]
    fn the_doors_shut_above_the_limit_and_open_at_nine_tenths() {
        assert!(!shut(false, 100, 100) && shut(false, 101, 100));
        assert!(shut(true, 91, 100) && !shut(true, 90, 100));
    }
}
