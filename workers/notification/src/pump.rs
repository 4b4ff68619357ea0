//! Claiming and sending, several deliveries of a channel at the same time.

use std::future::Future;

use berkas_runtime::{App, Breaker};
use berkas_store::{ClaimedDelivery, StoreError};
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use crate::dispatcher::idle;
use crate::ledger::Ledger;

/// Hands what `ledger` claims to `deliver`, at most `concurrency` at the same time, until `shutdown`; then waits for what
/// is under way.
pub(crate) async fn pump<F>(
    app: &App,
    ledger: &Ledger,
    concurrency: usize,
    shutdown: &CancellationToken,
    deliver: impl Fn(ClaimedDelivery) -> F,
) where
    F: Future<Output = ()> + Send + 'static,
{
    let concurrency = concurrency.max(1);
    let mut breaker = Breaker::new(&app.settings.worker);
    let mut under_way = JoinSet::new();
    while !shutdown.is_cancelled() {
        while under_way.try_join_next().is_some() {}
        let free = concurrency.saturating_sub(under_way.len());
        if free == 0 {
            under_way.join_next().await;
            continue;
        }
        match next(ledger, free).await {
            Ok(claimed) => {
                breaker = Breaker::new(&app.settings.worker);
                let all = claimed.len() < free;
                for delivery in claimed {
                    under_way.spawn(deliver(delivery));
                }
                if all {
                    idle(shutdown).await;
                }
            }
            Err(error) => {
                tracing::warn!(
                    delivery.channel = ledger.channel().as_str(),
                    error = &error as &dyn std::error::Error,
                    "could not look for notices to send"
                );
                breaker.wait(shutdown).await;
            }
        }
    }
    while under_way.join_next().await.is_some() {}
}

/// Reminds when it is time to, and claims.
async fn next(ledger: &Ledger, free: usize) -> Result<Vec<ClaimedDelivery>, StoreError> {
    if ledger.is_time_to_remind() {
        ledger.remind(None).await?;
    }
    ledger.claim(i64::try_from(free).unwrap_or(i64::MAX)).await
}
