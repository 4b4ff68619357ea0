//! What the broker gave up: every message in `dead` becomes a parked row, for nothing may end where nobody looks.

use std::time::Duration;

use berkas_broker::{Broker, ConsumeOptions, Delivery};
use berkas_contract::{WorkMessage, names};
use berkas_store::{Settled, Settlement, WorkRef};
use tokio_util::sync::CancellationToken;

use crate::app::App;
use crate::breaker::Breaker;
use crate::crash::crash_point;
use crate::health::Pulse;
use crate::runner::park_unreadable;

/// The code of what is parked here.
pub(crate) const DEAD_LETTERED: &str = "dead_lettered";
/// Deliveries in hand at most; there should be none.
const CHUNK: usize = 10;
/// What parking one may take before the loop counts as dead.
const LONGEST_SILENCE: Duration = Duration::from_secs(60);

/// Parks dead letters until `shutdown`. Any number may run.
pub async fn park_dead_letters(app: App, broker: Broker, shutdown: CancellationToken) {
    let options = ConsumeOptions::chunks_of(CHUNK, format!("dead-{}", uuid::Uuid::now_v7()));
    let pulse = app.health.pulse("dead_letters", LONGEST_SILENCE);
    let subscribing = pulse.idle(broker.consume(names::DEAD_QUEUE, options));
    let Some(mut consumer) = shutdown.run_until_cancelled(subscribing).await else { return };
    while let Some(Some(deliveries)) = shutdown.run_until_cancelled(pulse.idle(consumer.next_chunk())).await {
        for delivery in deliveries {
            pulse.beat();
            park(&app, delivery, &pulse, &shutdown).await;
        }
    }
    consumer.stop().await;
}

/// Due work is parked as its submission, so that an operator can replay or return it; anything else as a message.
async fn park(app: &App, delivery: Delivery, pulse: &Pulse, shutdown: &CancellationToken) {
    let (source, reason) = match &delivery.death {
        Some(death) => (death.queue.clone(), death.reason.clone()),
        None => (names::DEAD_QUEUE.to_owned(), "unknown".to_owned()),
    };
    let detail = format!("the broker gave the message up: {reason}");
    let Ok(message) = WorkMessage::decode(&delivery.body) else {
        return park_unreadable(app, delivery, source, DEAD_LETTERED, detail).await;
    };
    let work = WorkRef { submission: message.submission, step: message.step, generation: message.generation };
    let settled = Settled::Park { code: DEAD_LETTERED.to_owned(), detail: detail.clone() };
    let settlement = Settlement { work, settled, trace: delivery.traceparent.clone() };
    let mut breaker = Breaker::new(&app.settings.worker);
    loop {
        match app.store.settle(vec![settlement.clone()], app.clock.now()).await {
            Ok(applied) => {
                if applied.stale.is_empty() {
                    tracing::warn!(submission.id = %work.submission, stage.step = %work.step, error.code = DEAD_LETTERED,
                        "parked work that the broker gave up");
                }
                crash_point("dead.after_park");
                delivery.ack().await;
                return;
            }
            Err(error) if error.is_passing() => {
                tracing::warn!(error = &error as &dyn std::error::Error, "waiting for the database");
                if !pulse.idle(breaker.wait(shutdown)).await {
                    delivery.requeue().await;
                    return;
                }
            }
            // A fault of ours. It shall not hold up the others, so the message is kept as one that nobody can read.
            Err(error) => {
                tracing::error!(
                    error = &error as &dyn std::error::Error,
                    "the database refused to park work"
                );
                return park_unreadable(app, delivery, source, DEAD_LETTERED, detail).await;
            }
        }
    }
}
