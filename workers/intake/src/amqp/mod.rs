//! The AMQP door: the consumer of the queue `intake`.

mod chunk;
mod incoming;
mod requests;

use std::pin::pin;
use std::time::Duration;

use berkas_broker::{Broker, ConsumeOptions, Consumer, Delivery};
use berkas_contract::names;
use berkas_runtime::health::Pulse;
use berkas_runtime::{App, Relay};
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use crate::backlog::{Backlog, COUNT_EVERY};

/// A chunk takes no longer than this, the waiting for something that is down left out.
const LONGEST_CHUNK: Duration = Duration::from_secs(300);

/// Consumes what offices publish, and answers all of it.
pub struct AmqpIntake {
    app: App,
    broker: Broker,
    relay: Relay,
    backlog: Backlog,
}

impl AmqpIntake {
    /// Prepares to consume from `broker`.
    #[must_use]
    pub fn new(app: App, broker: Broker) -> Self {
        let relay = Relay::new(broker.publisher(), &app);
        Self { app, broker, relay, backlog: Backlog::default() }
    }

    /// Works until `shutdown`; then finishes the chunk in hand, relays once and returns. While the backlog is too large
    /// it consumes nothing, so that the queue fills and the broker refuses what is published.
    pub async fn run(self, shutdown: CancellationToken) {
        let worker = &self.app.settings.worker;
        let mut options = ConsumeOptions::chunks_of(worker.chunk, "intake");
        options.prefetch = options.prefetch.min(worker.prefetch).max(1);
        let pulse = self.app.health.pulse("intake", LONGEST_CHUNK);
        let subscribing = pulse.idle(self.broker.consume(names::INTAKE_QUEUE, options));
        let Some(mut consumer) = shutdown.run_until_cancelled(subscribing).await else { return };
        // Publishing goes on while the next chunk is judged.
        let mut relays = JoinSet::new();
        while let Some(deliveries) = self.next(&mut consumer, &pulse, &shutdown).await {
            let fresh = chunk::process(&self.app, deliveries, &pulse, &shutdown).await;
            while relays.try_join_next().is_some() {}
            let relay = self.relay.clone();
            relays.spawn(async move { relay.relay(fresh).await });
        }
        pulse.idle(consumer.stop()).await;
        relays.join_all().await;
    }

    /// The next chunk, when the doors are open; `None` when the process shall stop.
    async fn next(
        &self,
        consumer: &mut Consumer,
        pulse: &Pulse,
        shutdown: &CancellationToken,
    ) -> Option<Vec<Delivery>> {
        loop {
            if self.backlog.is_full(&self.app).await {
                pulse.idle(consumer.pause()).await;
                tracing::warn!("too much work is due: taking nothing from the offices for now");
                if !pulse.idle(self.backlog.wait_until_open(&self.app, shutdown)).await {
                    return None;
                }
                tracing::info!("taking submissions again");
            }
            // One wait, however often the backlog is looked at: what it has begun (a subscription over a slow line, the
            // looks whether the broker has forgotten it) would never come to an end if each look began it anew.
            let mut chunk = pin!(consumer.next_chunk());
            loop {
                tokio::select! {
                    biased;
                    () = shutdown.cancelled() => return None,
                    chunk = &mut chunk => return chunk,
                    () = tokio::time::sleep(COUNT_EVERY) => {}
                }
                pulse.beat();
                if self.backlog.is_full(&self.app).await {
                    break;
                }
            }
        }
    }
}
