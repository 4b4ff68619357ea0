//! The office's queue.

use std::sync::Arc;

use berkas_broker::{Broker, Health, Outgoing, PublishError, Publisher};
use berkas_contract::names;
use berkas_domain::OfficeCode;
use berkas_runtime::{App, Breaker, crash_point};
use berkas_store::{ClaimedDelivery, StoreError};
use tokio_util::sync::CancellationToken;

use crate::dispatcher::idle;
use crate::ledger::{Channel, Ledger};
use crate::message::encode;

/// Deliveries published in one batch.
const BATCH: i64 = 100;

/// Publishes notices to `return.<office>`.
pub(crate) struct AmqpChannel {
    app: App,
    broker: Broker,
    publisher: Publisher,
    ledger: Ledger,
}

impl AmqpChannel {
    pub(crate) fn new(app: App, broker: Broker) -> Self {
        let (publisher, ledger) = (broker.publisher(), Ledger::new(app.clone(), Channel::Amqp));
        Self { app, broker, publisher, ledger }
    }

    /// Delivers until `shutdown`.
    pub(crate) async fn run(self: Arc<Self>, shutdown: CancellationToken) {
        let mut breaker = Breaker::new(&self.app.settings.worker);
        while !shutdown.is_cancelled() {
            // A broker that takes nothing is no fault of any delivery: nothing is claimed and nothing is counted.
            if self.broker.health() != Health::Up {
                breaker.wait(&shutdown).await;
                continue;
            }
            match self.next().await {
                Ok(claimed) if claimed.is_empty() => idle(&shutdown).await,
                Ok(claimed) => self.deliver(claimed).await,
                Err(error) => {
                    tracing::warn!(
                        error = &error as &dyn std::error::Error,
                        "could not look for notices to send"
                    );
                    breaker.wait(&shutdown).await;
                    continue;
                }
            }
            breaker = Breaker::new(&self.app.settings.worker);
        }
    }

    /// Reminds when it is time to, and claims.
    async fn next(&self) -> Result<Vec<ClaimedDelivery>, StoreError> {
        if self.ledger.is_time_to_remind() {
            let silent = self.ledger.silent_offices().await?;
            self.ledger.remind(Some(&self.emptied(silent).await)).await?;
        }
        self.ledger.claim(BATCH).await
    }

    /// Those of `offices` whose queue holds nothing to be read. Another copy behind the first reminds nobody: an office
    /// that is away for a fortnight would come back to a queue of copies.
    async fn emptied(&self, offices: Vec<OfficeCode>) -> Vec<OfficeCode> {
        let queues: Vec<String> = offices.iter().map(names::return_queue).collect();
        let asked: Vec<&str> = queues.iter().map(String::as_str).collect();
        match self.broker.queue_depths(&asked).await {
            Ok(depths) => {
                let of_offices = offices.into_iter().zip(depths);
                of_offices.filter(|(_, depth)| depth.ready == Some(0)).map(|(office, _)| office).collect()
            }
            Err(error) => {
                tracing::debug!(
                    error = &error as &dyn std::error::Error,
                    "could not look at offices' queues"
                );
                Vec::new()
            }
        }
    }

    async fn deliver(&self, claimed: Vec<ClaimedDelivery>) {
        crash_point("notification.before_send");
        let outcomes = self.publisher.publish_batch(claimed.iter().map(outgoing).collect()).await;
        crash_point("notification.after_send");
        let mut sent = Vec::with_capacity(claimed.len());
        for (delivery, outcome) in claimed.iter().zip(outcomes) {
            match outcome {
                Ok(()) => sent.push(delivery.notice),
                Err(error) => self.ledger.failed(delivery, code(error)).await,
            }
        }
        self.ledger.sent(&sent).await;
    }
}

fn outgoing(delivery: &ClaimedDelivery) -> Outgoing {
    let key = names::return_key(&delivery.office);
    Outgoing::new(names::RETURNS_EXCHANGE, key, delivery.notice, encode(delivery))
        .traced(delivery.trace.clone())
}

const fn code(error: PublishError) -> &'static str {
    match error {
        PublishError::Unroutable => "unroutable",
        PublishError::Nacked => "nacked",
        PublishError::Timeout => "confirm_timed_out",
        PublishError::Disconnected => "disconnected",
        PublishError::Blocked => "blocked",
        PublishError::Refused { .. } => "refused",
        PublishError::TooLong { .. } => "name_too_long",
    }
}
