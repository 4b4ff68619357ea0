//! The office's queue.

use std::sync::Arc;

use berkas_broker::{Broker, Health, Outgoing, PublishError, Publisher};
use berkas_contract::names;
use berkas_runtime::{App, Breaker, crash_point};
use berkas_store::ClaimedDelivery;
use tokio_util::sync::CancellationToken;

use crate::dispatcher::{LONGEST_ROUND, idle};
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
        let pulse = self.app.health.pulse(Channel::Amqp.pulse(), LONGEST_ROUND);
        let mut breaker = Breaker::new(&self.app.settings.worker);
        while !shutdown.is_cancelled() {
            pulse.beat();
            // A broker that takes nothing is no fault of any delivery: nothing is claimed and nothing is counted.
            if self.broker.health() != Health::Up {
                pulse.idle(breaker.wait(&shutdown)).await;
                continue;
            }
            match self.ledger.claim(BATCH).await {
                Ok(claimed) if claimed.is_empty() => idle(&shutdown).await,
                Ok(claimed) => self.deliver(claimed).await,
                Err(error) => {
                    tracing::warn!(
                        error = &error as &dyn std::error::Error,
                        "could not look for notices to send"
                    );
                    pulse.idle(breaker.wait(&shutdown)).await;
                    continue;
                }
            }
            breaker = Breaker::new(&self.app.settings.worker);
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
