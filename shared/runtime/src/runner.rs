//! The runner: takes chunks of deliveries to a worker, settles them in one transaction, acks, relays what is due next.
//!
//! The order is the protocol: work, commit, ack, publish. A process that dies between any two of these loses nothing:
//! before the commit the delivery comes back, after it the delivery is stale and the sweeper publishes what is due.

use std::collections::HashSet;
use std::sync::Arc;
use std::time::Duration;

use berkas_broker::{Broker, ConsumeOptions, Delivery, ack_all};
use berkas_contract::{WorkMessage, names};
use berkas_domain::Sha256Hash;
use berkas_store::{AttemptStart, Settled, Settlement, StoreError, UnreadableMessage, WorkRef};
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use crate::app::App;
use crate::breaker::Breaker;
use crate::crash::crash_point;
use crate::handle;
use crate::relay::Relay;
use crate::telemetry::TraceContext;
use crate::worker::{Job, Worker};

/// What the bodies of parked messages are sealed for.
pub const PARKED_SEAL: &str = "parked";
/// The code of work that was parked because it killed its workers.
pub(crate) const CRASHED: &str = "crashed";
/// How much of an unreadable message is kept for the operator.
const PARKED_BODY_LIMIT: usize = 4096;

/// Runs one worker on one queue.
pub struct Runner<W> {
    worker: Arc<W>,
    app: App,
    broker: Broker,
    relay: Relay,
    /// Names this process in attempt rows.
    instance: String,
}

/// A delivery and the work it carries.
struct Item {
    delivery: Delivery,
    job: Job,
}

impl<W: Worker> Runner<W> {
    /// Prepares to run `worker`.
    #[must_use]
    pub fn new(worker: W, app: App, broker: Broker) -> Self {
        let relay = Relay::new(broker.publisher(), &app);
        let instance = format!("{}-{}", W::STEP, uuid::Uuid::now_v7());
        Self { worker: Arc::new(worker), app, broker, relay, instance }
    }

    /// Works until `shutdown`; then finishes the chunk in hand, relays once and returns.
    pub async fn run(self, shutdown: CancellationToken) {
        let settings = &self.app.settings.worker;
        let chunk = settings.chunk_of(W::STEP);
        let mut options = ConsumeOptions::chunks_of(chunk, self.instance.clone());
        options.prefetch = options.prefetch.min(settings.prefetch).max(1);
        let mut consumer = self.broker.consume(&names::work_queue(W::STEP), options).await;
        // Publishing goes on while the next chunk is worked on.
        let mut relays = JoinSet::new();
        loop {
            let deliveries = tokio::select! {
                biased;
                () = shutdown.cancelled() => break,
                chunk = consumer.next_chunk() => chunk,
            };
            let Some(deliveries) = deliveries else { break };
            let fresh = self.process(deliveries, &shutdown).await;
            while relays.try_join_next().is_some() {}
            if !fresh.is_empty() {
                let relay = self.relay.clone();
                relays.spawn(async move { relay.relay(fresh).await });
            }
        }
        consumer.stop().await;
        relays.join_all().await;
    }

    /// Processes one chunk; returns the work that is due now.
    async fn process(
        &self,
        deliveries: Vec<Delivery>,
        shutdown: &CancellationToken,
    ) -> Vec<berkas_store::DueWork> {
        let items = self.read(deliveries).await;
        let (together, alone) = self.sort_out(items).await;
        let mut fresh = self.process_together(together, shutdown).await;
        for item in alone {
            fresh.extend(self.process_alone(item, shutdown).await);
        }
        fresh
    }

    /// Reads the messages; what cannot be read is parked and acked, superfluous copies are acked.
    async fn read(&self, deliveries: Vec<Delivery>) -> Vec<Item> {
        let mut items = Vec::with_capacity(deliveries.len());
        let mut seen = HashSet::new();
        for delivery in deliveries {
            match WorkMessage::decode(&delivery.body) {
                Ok(message) if message.step == W::STEP => {
                    let work = WorkRef {
                        submission: message.submission,
                        step: message.step,
                        generation: message.generation,
                    };
                    if seen.insert(work) {
                        let trace = delivery.traceparent.clone();
                        items.push(Item { delivery, job: Job { work, trace } });
                    } else {
                        delivery.ack().await;
                    }
                }
                Ok(message) => {
                    self.park(delivery, "wrong_queue", format!("work of step `{}`", message.step)).await
                }
                Err(error) => self.park(delivery, "undecodable", error.to_string()).await,
            }
        }
        items
    }

    /// Parks an unreadable message, then acks it; while the database is down it stays with the broker.
    async fn park(&self, delivery: Delivery, code: &'static str, detail: String) {
        let source = names::work_queue(W::STEP);
        park_unreadable(&self.app, delivery, source, code, detail).await;
    }

    /// Tells apart what may go together and what must run alone: work that was delivered or published before may be
    /// what killed its worker.
    async fn sort_out(&self, items: Vec<Item>) -> (Vec<Item>, Vec<Item>) {
        let works: Vec<WorkRef> = items.iter().map(|item| item.job.work).collect();
        let suspects = self.app.store.suspects(&works).await.unwrap_or_default();
        items.into_iter().partition(|item| !item.delivery.redelivered && !suspects.contains(&item.job.work))
    }

    async fn process_together(
        &self,
        items: Vec<Item>,
        shutdown: &CancellationToken,
    ) -> Vec<berkas_store::DueWork> {
        if items.is_empty() {
            return Vec::new();
        }
        crash_point("runner.before_handle");
        let traces: Vec<_> =
            items.iter().map(|item| TraceContext::continue_from(item.job.trace.as_deref())).collect();
        let jobs = items.iter().map(|item| item.job.clone()).zip(traces.iter().copied()).collect();
        let handled = handle::handle_all(&self.worker, &self.app, jobs, shutdown).await;
        let mut deliveries = Vec::with_capacity(items.len());
        let mut settlements = Vec::with_capacity(items.len());
        for ((item, trace), settled) in items.into_iter().zip(traces).zip(handled) {
            match settled {
                handle::Handled::Settle(settled) => {
                    let trace = Some(trace.to_string());
                    settlements.push(Settlement { work: item.job.work, settled, trace });
                    deliveries.push(item.delivery);
                }
                handle::Handled::Stale => deliveries.push(item.delivery),
                // Not acked: the broker keeps it for another worker.
                handle::Handled::GiveBack => {
                    item.delivery.requeue().await;
                }
            }
        }
        let Some(fresh) = self.settle(settlements, shutdown).await else {
            for delivery in deliveries {
                delivery.requeue().await;
            }
            return Vec::new();
        };
        ack_all(deliveries).await;
        crash_point("runner.after_ack");
        fresh
    }

    /// Runs one piece of work alone, under an attempt row; parks it after too many crashes.
    async fn process_alone(&self, item: Item, shutdown: &CancellationToken) -> Vec<berkas_store::DueWork> {
        let work = item.job.work;
        let limit = i64::from(self.app.settings.worker.crash_limit);
        let started = self.app.store.start_attempt(work, &self.instance, limit, self.app.clock.now()).await;
        let guard = match started {
            Ok(AttemptStart::Started(guard)) => guard,
            Ok(AttemptStart::Busy | AttemptStart::Stale) => {
                item.delivery.ack().await;
                return Vec::new();
            }
            Ok(AttemptStart::TooManyCrashes(crashes)) => {
                let detail = format!("{crashes} attempts ended with the death of their worker");
                let settled = Settled::Park { code: CRASHED.to_owned(), detail };
                let settlement = Settlement { work, settled, trace: item.job.trace };
                if self.settle(vec![settlement], shutdown).await.is_some() {
                    item.delivery.ack().await;
                }
                return Vec::new();
            }
            Err(error) => {
                tracing::warn!(error = &error as &dyn std::error::Error, "could not start an attempt");
                item.delivery.requeue().await;
                return Vec::new();
            }
        };
        let fresh = self.process_together(vec![item], shutdown).await;
        if let Err(error) = self.app.store.close_attempt(guard).await {
            tracing::warn!(error = &error as &dyn std::error::Error, "could not close an attempt");
        }
        fresh
    }

    /// Settles a chunk; one by one when it cannot be written as a whole. `None` when the database stayed away until the
    /// drain ended.
    async fn settle(
        &self,
        settlements: Vec<Settlement>,
        shutdown: &CancellationToken,
    ) -> Option<Vec<berkas_store::DueWork>> {
        if settlements.is_empty() {
            return Some(Vec::new());
        }
        crash_point("runner.before_settle");
        let mut breaker = Breaker::new(&self.app.settings.worker);
        loop {
            let now = self.app.clock.now();
            match self.app.store.settle(settlements.clone(), now).await {
                Ok(applied) => {
                    crash_point("runner.after_settle");
                    return Some(applied.fresh);
                }
                Err(error) if error.is_passing() => {
                    tracing::warn!(error = &error as &dyn std::error::Error, "waiting for the database");
                    if !breaker.wait(shutdown).await {
                        return None;
                    }
                }
                Err(error) => return self.settle_one_by_one(settlements, &error, shutdown).await,
            }
        }
    }

    /// A chunk that cannot be written is taken apart; what cannot be written alone fails as a transient failure does.
    async fn settle_one_by_one(
        &self,
        mut settlements: Vec<Settlement>,
        error: &StoreError,
        shutdown: &CancellationToken,
    ) -> Option<Vec<berkas_store::DueWork>> {
        if settlements.len() == 1 {
            let settlement = settlements.pop()?;
            tracing::error!(error = error as &dyn std::error::Error, submission.id = %settlement.work.submission,
                "could not write the result");
            let settled =
                match handle::after_failure(&self.app, settlement.work, "store_refused", shutdown).await {
                    handle::Handled::Settle(settled) => settled,
                    handle::Handled::Stale => return Some(Vec::new()),
                    handle::Handled::GiveBack => return None,
                };
            let now = self.app.clock.now();
            let settlement = Settlement { settled, ..settlement };
            return self.app.store.settle(vec![settlement], now).await.ok().map(|applied| applied.fresh);
        }
        let mut fresh = Vec::new();
        for settlement in settlements {
            fresh.extend(Box::pin(self.settle(vec![settlement], shutdown)).await?);
        }
        Some(fresh)
    }
}

/// Parks a message that nobody can read and acks it. While the database is down it goes back to the broker.
pub async fn park_unreadable(
    app: &App,
    delivery: Delivery,
    source: String,
    code: &'static str,
    detail: String,
) {
    let hash = Sha256Hash::of(&delivery.body);
    let mut body = delivery.body.clone();
    body.truncate(PARKED_BODY_LIMIT);
    let body = app.seal.seal(PARKED_SEAL, &body);
    let message = UnreadableMessage { source, code, detail, body, hash };
    match app.store.park_message(&message, app.clock.now()).await {
        Ok(()) => {
            tracing::warn!(
                message.source = message.source,
                error.code = code,
                "parked a message that cannot be read"
            );
            delivery.ack().await;
        }
        Err(error) => {
            tracing::warn!(error = &error as &dyn std::error::Error, "could not park a message");
            tokio::time::sleep(Duration::from_millis(app.settings.worker.breaker_min_ms)).await;
            delivery.requeue().await;
        }
    }
}
