//! The runner: takes chunks of deliveries to a worker, settles them in one transaction, acks, relays what is due next.
//!
//! The order is the protocol: work, commit, ack, publish. A process that dies between any two of these loses nothing:
//! before the commit the delivery comes back, after it the delivery is stale and the sweeper publishes what is due.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;
use std::time::Duration;

use berkas_broker::{Broker, ConsumeOptions, Delivery, ack_all};
use berkas_contract::{WorkMessage, names};
use berkas_domain::Sha256Hash;
use berkas_store::{AttemptStart, DueWork, Settled, Settlement, UnreadableMessage, WorkRef};
use chrono::TimeDelta;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::app::App;
use crate::breaker::Breaker;
use crate::crash::crash_point;
use crate::handle::{self, Handled};
use crate::health::Pulse;
use crate::relay::Relay;
use crate::settler::{Settler, Written};
use crate::telemetry::TraceContext;
use crate::worker::{Job, Worker};

/// What the bodies of parked messages are sealed for.
pub const PARKED_SEAL: &str = "parked";
/// The code of work that was parked because it killed its workers.
pub(crate) const CRASHED: &str = "crashed";
/// What reading, settling and acking may take beside the work itself before the loop counts as dead.
const AROUND_THE_WORK: Duration = Duration::from_secs(60);
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
    /// Tells `/livez` that the loop turns.
    pulse: Arc<Pulse>,
    /// Deliveries that are kept for a while before they go back to the broker.
    held_back: TaskTracker,
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
        let longest = app.settings.worker.handle_timeout(W::STEP) + AROUND_THE_WORK;
        let pulse = Arc::new(app.health.pulse(W::STEP.as_str(), longest));
        let held_back = TaskTracker::new();
        Self { worker: Arc::new(worker), app, broker, relay, instance, pulse, held_back }
    }

    /// Works until `shutdown`; then finishes the chunk in hand, relays once and returns.
    pub async fn run(self, shutdown: CancellationToken) {
        let settings = &self.app.settings.worker;
        let chunk = settings.chunk_of(W::STEP);
        let mut options = ConsumeOptions::chunks_of(chunk, self.instance.clone());
        options.prefetch = options.prefetch.min(settings.prefetch).max(1);
        let queue = names::work_queue(W::STEP);
        let subscribing = self.pulse.idle(self.broker.consume(&queue, options));
        let Some(mut consumer) = shutdown.run_until_cancelled(subscribing).await else { return };
        // Publishing goes on while the next chunk is worked on.
        let mut relays = JoinSet::new();
        loop {
            let deliveries = tokio::select! {
                biased;
                () = shutdown.cancelled() => break,
                chunk = self.pulse.idle(consumer.next_chunk()) => chunk,
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
        self.held_back.close();
        self.held_back.wait().await;
    }

    /// Processes one chunk; returns the work that is due now.
    async fn process(&self, deliveries: Vec<Delivery>, shutdown: &CancellationToken) -> Vec<DueWork> {
        let items = self.read(deliveries).await;
        let (together, alone) = self.sort_out(items).await;
        let mut fresh = self.process_together(together, shutdown).await;
        for item in alone {
            self.pulse.beat();
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

    async fn process_together(&self, items: Vec<Item>, shutdown: &CancellationToken) -> Vec<DueWork> {
        if items.is_empty() {
            return Vec::new();
        }
        crash_point("runner.before_handle");
        let traces: Vec<_> =
            items.iter().map(|item| TraceContext::continue_from(item.job.trace.as_deref())).collect();
        let jobs = items.iter().map(|item| item.job.clone()).zip(traces.iter().copied()).collect();
        let handled = handle::handle_all(&self.worker, &self.app, jobs, &self.pulse, shutdown).await;
        let (mut deliveries, mut settlements) = (Vec::with_capacity(items.len()), Vec::new());
        let mut worked = HashMap::with_capacity(items.len());
        for ((item, trace), ended) in items.into_iter().zip(traces).zip(handled) {
            worked.insert(item.job.work, TimeDelta::from_std(ended.worked).unwrap_or_default());
            match ended.handled {
                Handled::Settle(settled) => {
                    let trace = Some(trace.to_string());
                    settlements.push(Settlement { work: item.job.work, settled, trace });
                    deliveries.push((item.job.work, item.delivery));
                }
                Handled::Stale => deliveries.push((item.job.work, item.delivery)),
                // Not acked: the broker keeps it for another worker.
                Handled::GiveBack => {
                    item.delivery.requeue().await;
                }
            }
        }
        let written = self.settler(worked, shutdown).settle(settlements).await;
        self.answer(deliveries, &written, shutdown).await;
        crash_point("runner.after_ack");
        written.fresh
    }

    /// Acks what is written, and gives back what is not.
    async fn answer(
        &self,
        deliveries: Vec<(WorkRef, Delivery)>,
        written: &Written,
        shutdown: &CancellationToken,
    ) {
        let mut done = Vec::with_capacity(deliveries.len());
        for (work, delivery) in deliveries {
            if written.refused.contains(&work) {
                self.hold_back(delivery, shutdown);
            } else if written.gave_up {
                delivery.requeue().await;
            } else {
                done.push(delivery);
            }
        }
        ack_all(done).await;
    }

    /// Keeps a delivery that the database would write nothing about before it goes back: given back at once it would
    /// come again at once, for ever. The others go on meanwhile.
    fn hold_back(&self, delivery: Delivery, shutdown: &CancellationToken) {
        let wait = Duration::from_millis(self.app.settings.worker.breaker_max_ms);
        let shutdown = shutdown.clone();
        self.held_back.spawn(async move {
            let _ = tokio::time::timeout(wait, shutdown.cancelled()).await;
            delivery.requeue().await;
        });
    }

    fn settler<'a>(
        &'a self,
        worked: HashMap<WorkRef, TimeDelta>,
        shutdown: &'a CancellationToken,
    ) -> Settler<'a> {
        Settler { app: &self.app, step: W::STEP, worked, pulse: &self.pulse, shutdown }
    }

    /// Runs one piece of work alone, under an attempt row; parks it after too many crashes.
    async fn process_alone(&self, item: Item, shutdown: &CancellationToken) -> Vec<DueWork> {
        let work = item.job.work;
        let guard = match self.start_attempt(work, shutdown).await {
            Some(AttemptStart::Started(guard)) => guard,
            Some(AttemptStart::Busy | AttemptStart::Stale) => {
                item.delivery.ack().await;
                return Vec::new();
            }
            Some(AttemptStart::TooManyCrashes(crashes)) => {
                let detail = format!("{crashes} attempts ended with the death of their worker");
                let settled = Settled::Park { code: CRASHED.to_owned(), detail };
                let settlement = Settlement { work, settled, trace: item.job.trace };
                let written = self.settler(HashMap::new(), shutdown).settle(vec![settlement]).await;
                self.answer(vec![(work, item.delivery)], &written, shutdown).await;
                return written.fresh;
            }
            None => {
                item.delivery.requeue().await;
                return Vec::new();
            }
        };
        let attempt = guard.id();
        self.app.attempts.opened(attempt);
        let fresh = self.process_together(vec![item], shutdown).await;
        if let Err(error) = self.app.store.close_attempt(guard).await {
            tracing::warn!(error = &error as &dyn std::error::Error, "could not close an attempt");
        }
        self.app.attempts.closed(attempt);
        fresh
    }

    /// Opens the attempt row; waits for the database, and is `None` when the process shall stop instead.
    async fn start_attempt(&self, work: WorkRef, shutdown: &CancellationToken) -> Option<AttemptStart> {
        let limit = i64::from(self.app.settings.worker.crash_limit);
        let mut breaker = Breaker::new(&self.app.settings.worker);
        loop {
            let now = self.app.clock.now();
            match self.app.store.start_attempt(work, &self.instance, limit, now).await {
                Ok(start) => return Some(start),
                Err(error) => {
                    tracing::warn!(error = &error as &dyn std::error::Error, "could not start an attempt");
                    if !self.pulse.idle(breaker.wait(shutdown)).await {
                        return None;
                    }
                }
            }
        }
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
