//! The AMQP door: the consumer of the queue `intake`.

mod chunk;
mod incoming;
mod requests;

use berkas_broker::{Broker, ConsumeOptions, Consumer};
use berkas_contract::names;
use berkas_runtime::{App, Relay};
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use crate::backlog::{Backlog, COUNT_EVERY};

/// Consumes what offices publish, and answers all of it.
pub struct AmqpIntake {
    app: App,
    broker: Broker,
    relay: Relay,
    backlog: Backlog,
}

/// What the consumer is to do next.
enum Next {
    Chunk(Vec<berkas_broker::Delivery>),
    LookAtTheBacklog,
    Stop,
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
        let mut consumer = self.broker.consume(names::INTAKE_QUEUE, options).await;
        // Publishing goes on while the next chunk is judged.
        let mut relays = JoinSet::new();
        loop {
            match self.next(&mut consumer, &shutdown).await {
                Next::Stop => break,
                Next::LookAtTheBacklog => {}
                Next::Chunk(deliveries) => {
                    let fresh = chunk::process(&self.app, deliveries, &shutdown).await;
                    while relays.try_join_next().is_some() {}
                    let relay = self.relay.clone();
                    relays.spawn(async move { relay.relay(fresh).await });
                }
            }
        }
        consumer.stop().await;
        relays.join_all().await;
    }

    async fn next(&self, consumer: &mut Consumer, shutdown: &CancellationToken) -> Next {
        if self.backlog.is_full(&self.app).await {
            consumer.pause().await;
            tracing::warn!("too much work is due: taking nothing from the offices for now");
            if !self.backlog.wait_until_open(&self.app, shutdown).await {
                return Next::Stop;
            }
            tracing::info!("taking submissions again");
        }
        tokio::select! {
            biased;
            () = shutdown.cancelled() => Next::Stop,
            chunk = consumer.next_chunk() => chunk.map_or(Next::Stop, Next::Chunk),
            () = tokio::time::sleep(COUNT_EVERY) => Next::LookAtTheBacklog,
        }
    }
}
