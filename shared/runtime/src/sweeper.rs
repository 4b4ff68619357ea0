//! The sweeper: publishes due work whose time has come and that nobody published, and work whose message may be lost.
//!
//! This alone heals a wiped broker, a purged queue and a relay that died between commit and publish.

use std::time::Duration;

use berkas_broker::Broker;
use berkas_contract::names;
use berkas_domain::Step;
use berkas_store::{DueWork, StoreError};
use chrono::TimeDelta;
use tokio_util::sync::CancellationToken;

use crate::app::App;
use crate::crash::crash_point;
use crate::health::Pulse;
use crate::relay::{Relay, Relayed};
use crate::settings::SweeperSettings;
use crate::silence::Silence;
use crate::topology::{rebind, replace_wedged};

/// One round (a claim, a batch of publishing, a look at the queues, each with its own time limit) takes no longer.
const LONGEST_ROUND: Duration = Duration::from_secs(180);

/// Sweeps until it is told to stop. Any number may run: rows are claimed with `skip locked`.
pub struct Sweeper {
    app: App,
    broker: Broker,
    relay: Relay,
    silence: Silence,
    /// Tells `/livez` that the loop turns.
    pulse: Pulse,
}

impl Sweeper {
    /// Publishes on a channel of its own.
    #[must_use]
    pub fn new(app: App, broker: Broker) -> Self {
        let relay = Relay::new(broker.publisher(), &app);
        let pulse = app.health.pulse("sweeper", LONGEST_ROUND);
        Self { app, broker, relay, silence: Silence::default(), pulse }
    }

    /// Sweeps once every interval.
    pub async fn run(mut self, shutdown: CancellationToken) {
        let mut interval =
            tokio::time::interval(Duration::from_millis(self.app.settings.sweeper.interval_ms));
        interval.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        loop {
            tokio::select! {
                () = shutdown.cancelled() => return,
                _ = self.pulse.idle(interval.tick()) => {}
            }
            if let Err(error) = self.sweep().await {
                tracing::warn!(error = &error as &dyn std::error::Error, "could not sweep");
            }
        }
    }

    /// Sweeps until nothing is overdue; returns how many messages were published.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn sweep(&mut self) -> Result<usize, StoreError> {
        let mut published = 0;
        loop {
            self.pulse.beat();
            let due = self.claim().await?;
            if due.is_empty() {
                return Ok(published);
            }
            crash_point("sweeper.after_claim");
            let relayed = self.relay.publish(&due).await;
            published += relayed.confirmed.len();
            if !relayed.failed.is_empty() {
                self.app.store.unclaim(&relayed.failed).await?;
            }
            if relayed.unroutable {
                self.restore_topology().await;
            }
            self.look_for_wedged(&relayed).await;
            if relayed.confirmed.is_empty() {
                return Ok(published);
            }
        }
    }

    /// Claims what nobody has published, and what was published long ago and is not done.
    async fn claim(&self) -> Result<Vec<DueWork>, StoreError> {
        let (store, now) = (&self.app.store, self.app.clock.now());
        let Limits { grace, after, cap, batch } = Limits::of(&self.app.settings.sweeper);
        let mut due = store.claim_unpublished(now, grace, batch).await?;
        let overdue = store.overdue_steps(now, after).await?;
        if !overdue.is_empty() {
            let idle = self.idle(overdue).await;
            due.extend(store.claim_lost(now, after, cap, &idle, batch).await?);
        }
        Ok(due)
    }

    /// Those of `steps` whose queue holds nothing that waits: their overdue messages are lost or with a worker. A backlog
    /// is no loss, and a copy of it would double it.
    async fn idle(&self, mut steps: Vec<Step>) -> Vec<Step> {
        let queues: Vec<String> = steps.iter().map(|step| names::work_queue(*step)).collect();
        let queues: Vec<&str> = queues.iter().map(String::as_str).collect();
        let Ok(depths) = self.broker.queue_depths(&queues).await else { return Vec::new() };
        let mut empty = depths.into_iter().map(|depth| depth.ready == Some(0));
        steps.retain(|_| empty.next().unwrap_or(false));
        steps
    }

    /// Makes what is missing at the broker and emits its work again. A binding cannot be asked for, so all are made.
    async fn restore_topology(&self) {
        match rebind(&self.app.store, &self.app, &self.broker).await {
            Ok(queues) if queues.is_empty() => {}
            Ok(queues) => tracing::warn!(count = queues.len(), "made missing queues at the broker"),
            Err(error) => {
                tracing::error!(error = &error as &dyn std::error::Error, "could not restore the topology")
            }
        }
    }

    /// A work queue that confirms nothing, several times, while the broker confirms to others, is replaced.
    async fn look_for_wedged(&mut self, relayed: &Relayed) {
        if relayed.silent.is_empty() && self.silence.is_quiet() {
            return;
        }
        let others_confirm = !relayed.silent.is_empty() && self.broker.confirms().await;
        for step in self.silence.note(relayed, others_confirm) {
            match replace_wedged(&self.app, &self.broker, step).await {
                Ok(()) => tracing::warn!(stage.step = %step, "replaced a queue that confirmed nothing"),
                Err(error) => {
                    tracing::error!(error = &error as &dyn std::error::Error, stage.step = %step,
                        "could not replace a queue that confirms nothing");
                }
            }
        }
    }
}

/// The sweeper's settings as spans of time.
struct Limits {
    grace: TimeDelta,
    after: TimeDelta,
    cap: TimeDelta,
    batch: i64,
}

impl Limits {
    fn of(settings: &SweeperSettings) -> Self {
        let milliseconds =
            |value: u64| TimeDelta::milliseconds(i64::try_from(value).unwrap_or(i64::MAX / 1000));
        let seconds = |value: u64| milliseconds(value.saturating_mul(1000));
        Self {
            grace: milliseconds(settings.unpublished_after_ms),
            after: seconds(settings.republish_after_s),
            cap: seconds(settings.republish_max_s),
            batch: i64::from(settings.batch),
        }
    }
}
