//! One chunk of deliveries: judged, written, then acknowledged.
//!
//! Everything here may run twice for the same delivery, after a crash or while the database comes and goes: what was
//! accepted stays accepted, what was answered is answered under the same id.

use berkas_broker::{Delivery, ack_all};
use berkas_contract::names;
use berkas_runtime::health::Pulse;
use berkas_runtime::{App, Breaker, Failure, crash_point, park_unreadable};
use berkas_store::DueWork;
use tokio_util::sync::CancellationToken;

use super::incoming::{self, Incoming, Unacceptable};
use super::requests;

/// What is to become of a delivery once everything about it is written.
#[derive(Debug)]
pub(super) enum Settle {
    /// Done.
    Ack,
    /// For an operator, with its coded cause.
    Park(&'static str, String),
}

/// What a chunk came to; one settlement for each of its deliveries.
#[derive(Debug, Default)]
pub(super) struct Done {
    pub(super) settlements: Vec<Settle>,
    /// Work that is due now.
    pub(super) fresh: Vec<DueWork>,
}

/// A delivery as it was read.
pub(super) type Reading = Result<Incoming, Box<Unacceptable>>;

/// Processes a chunk; returns the work that is due now. While the database or the object store is down it waits, and
/// gives everything back when the process shall stop.
pub(super) async fn process(
    app: &App,
    deliveries: Vec<Delivery>,
    pulse: &Pulse,
    shutdown: &CancellationToken,
) -> Vec<DueWork> {
    let limit = app.settings.intake.max_message_bytes;
    let readings: Vec<Reading> = deliveries.iter().map(|delivery| incoming::read(delivery, limit)).collect();
    let Some(done) = persist(app, &readings, pulse, shutdown).await else {
        for delivery in deliveries {
            delivery.requeue().await;
        }
        return Vec::new();
    };
    settle(app, deliveries, done.settlements).await;
    crash_point("intake.after_ack");
    done.fresh
}

/// Tries until everything is written; `None` when the process shall stop instead.
async fn persist(
    app: &App,
    readings: &[Reading],
    pulse: &Pulse,
    shutdown: &CancellationToken,
) -> Option<Done> {
    let mut breaker = Breaker::new(&app.settings.worker);
    loop {
        match requests::answer(app, readings).await {
            Ok(done) => return Some(done),
            Err(failure) => log(&failure),
        }
        if !pulse.idle(breaker.wait(shutdown)).await {
            return None;
        }
    }
}

async fn settle(app: &App, deliveries: Vec<Delivery>, settlements: Vec<Settle>) {
    debug_assert_eq!(deliveries.len(), settlements.len());
    let mut done = Vec::with_capacity(deliveries.len());
    for (delivery, settlement) in deliveries.into_iter().zip(settlements) {
        match settlement {
            Settle::Ack => done.push(delivery),
            Settle::Park(code, detail) => {
                park_unreadable(app, delivery, names::INTAKE_QUEUE.to_owned(), code, detail).await;
            }
        }
    }
    // A lost connection is no error: what comes back gets the same answer again.
    ack_all(done).await;
}

fn log(failure: &Failure) {
    tracing::warn!(
        error.code = failure.code(),
        error = failure as &dyn std::error::Error,
        "the intake waits for something it needs"
    );
}
