//! The relay: publishes fresh due work at once, and notes what the broker has confirmed.
//!
//! It only makes the common case fast. What it fails to publish, or dies over, the sweeper publishes.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use berkas_broker::{Outgoing, PublishError, Publisher};
use berkas_contract::{WorkMessage, names};
use berkas_domain::{Clock, Step};
use berkas_store::{DueWork, Store, WorkRef};

use crate::app::App;
use crate::crash::crash_point;

/// Publishes due work; clones share the channel.
#[derive(Clone)]
pub struct Relay {
    publisher: Publisher,
    store: Store,
    clock: Arc<dyn Clock>,
    /// Confirmed, and not noted yet.
    confirmed: Arc<Mutex<Vec<WorkRef>>>,
    /// How long a confirm waits to be noted: a quarter of what the sweeper waits. By then most of the work is done, and
    /// what is done has no row any more that would have to be written.
    note_after: Duration,
}

/// What came of publishing a batch.
#[derive(Debug, Default)]
pub struct Relayed {
    /// What the broker has.
    pub confirmed: Vec<WorkRef>,
    /// What it has not, as far as anybody knows.
    pub failed: Vec<WorkRef>,
    /// Steps of which no message was confirmed in time, and none refused either.
    pub silent: BTreeSet<Step>,
    /// Whether a message found no queue: the topology is not what it must be.
    pub unroutable: bool,
}

impl Relay {
    /// Publishes with `publisher` what the ledger of `app` has due.
    #[must_use]
    pub fn new(publisher: Publisher, app: &App) -> Self {
        let (store, clock) = (app.store.clone(), Arc::clone(&app.clock));
        let note_after = Duration::from_millis(app.settings.sweeper.unpublished_after_ms / 4);
        Self { publisher, store, clock, confirmed: Arc::default(), note_after }
    }

    /// Publishes `due` in one batch; says what the broker has confirmed and not returned.
    pub async fn publish(&self, due: &[DueWork]) -> Relayed {
        let messages = due.iter().map(outgoing).collect();
        let mut relayed = Relayed::default();
        for (due, outcome) in due.iter().zip(self.publisher.publish_batch(messages).await) {
            match outcome {
                Ok(()) => relayed.confirmed.push(due.work),
                Err(error) => {
                    relayed.unroutable |= error == PublishError::Unroutable;
                    if error == PublishError::Timeout {
                        relayed.silent.insert(due.work.step);
                    }
                    relayed.failed.push(due.work);
                }
            }
        }
        for work in &relayed.confirmed {
            relayed.silent.remove(&work.step);
        }
        relayed
    }

    /// Publishes fresh work, and notes in the ledger what is still due a little later. Failures are left to the sweeper.
    ///
    /// A process that dies before the note makes the sweeper publish the same again, which the workers see through.
    pub async fn relay(&self, due: Vec<DueWork>) {
        if due.is_empty() {
            return;
        }
        let relayed = self.publish(&due).await;
        crash_point("relay.after_confirm");
        if !relayed.failed.is_empty() {
            tracing::warn!(count = relayed.failed.len(), "left due work to the sweeper");
        }
        if self.keep(relayed.confirmed) {
            tokio::time::sleep(self.note_after).await;
            self.note().await;
        }
    }

    /// Adds to what is to be noted; says whether the caller is the one to do so.
    fn keep(&self, work: Vec<WorkRef>) -> bool {
        let mut confirmed = self.confirmed.lock().unwrap_or_else(PoisonError::into_inner);
        let is_first = confirmed.is_empty() && !work.is_empty();
        confirmed.extend(work);
        is_first
    }

    async fn note(&self) {
        let work = std::mem::take(&mut *self.confirmed.lock().unwrap_or_else(PoisonError::into_inner));
        if let Err(error) = self.store.mark_published(&work, self.clock.now()).await {
            tracing::warn!(error = &error as &dyn std::error::Error, "could not note what was published");
        }
    }
}

fn outgoing(due: &DueWork) -> Outgoing {
    let WorkRef { submission, step, generation } = due.work;
    let message = WorkMessage::new(submission, generation, step);
    Outgoing::new(names::WORK_EXCHANGE, names::work_key(step), message.message_id(), message.encode())
        .traced(due.trace.clone())
}
