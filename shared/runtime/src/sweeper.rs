//! The sweeper: publishes due work whose time has come and that nobody published, and work whose message may be lost.
//!
//! This alone heals a wiped broker, a purged queue and a relay that died between commit and publish.

use std::sync::Arc;
use std::time::Duration;

use berkas_broker::{Broker, BrokerError, Finding};
use berkas_contract::names;
use berkas_domain::Step;
use berkas_store::{Store, StoreError};
use chrono::TimeDelta;
use tokio_util::sync::CancellationToken;

use crate::app::App;
use crate::relay::Relay;
use crate::settings::SweeperSettings;

/// Sweeps until it is told to stop. Any number may run: rows are claimed with `skip locked`.
pub struct Sweeper {
    app: App,
    broker: Broker,
    relay: Relay,
}

impl Sweeper {
    /// Publishes on a channel of its own.
    #[must_use]
    pub fn new(app: App, broker: Broker) -> Self {
        let relay = Relay::new(broker.publisher(), app.store.clone(), Arc::clone(&app.clock));
        Self { app, broker, relay }
    }

    /// Sweeps once every interval.
    pub async fn run(self, shutdown: CancellationToken) {
        let mut interval =
            tokio::time::interval(Duration::from_millis(self.app.settings.sweeper.interval_ms));
        interval.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        loop {
            tokio::select! {
                () = shutdown.cancelled() => return,
                _ = interval.tick() => {}
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
    pub async fn sweep(&self) -> Result<usize, StoreError> {
        let mut published = 0;
        loop {
            let now = self.app.clock.now();
            let (grace, after, cap, batch) = limits(&self.app.settings.sweeper);
            let due = self.app.store.claim_overdue(now, grace, after, cap, batch).await?;
            if due.is_empty() {
                return Ok(published);
            }
            let relayed = self.relay.publish(&due).await;
            published += relayed.confirmed.len();
            if !relayed.failed.is_empty() {
                self.app.store.unclaim(&relayed.failed).await?;
            }
            if relayed.unroutable {
                self.restore_topology().await;
            }
            if relayed.confirmed.is_empty() {
                return Ok(published);
            }
        }
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
}

/// Why the topology could not be restored.
#[derive(Debug, thiserror::Error)]
pub enum TopologyError {
    /// The broker.
    #[error(transparent)]
    Broker(#[from] BrokerError),
    /// The database.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Applies the topology and makes what missing queues held due again: work at once, notices to offices under their old
/// ids. A broker that was wiped is known by its missing epoch queue even when a definitions file gave it all others
/// back; then everything is due again. Returns the queues that were missing.
///
/// The database is told first: should this process die in between, the queue is still missing and the next one does it.
///
/// # Errors
/// [`TopologyError`]; with [`BrokerError::Different`] an operator must look.
pub async fn restore_topology(
    store: &Store,
    app: &App,
    broker: &Broker,
) -> Result<Vec<String>, TopologyError> {
    let offices: Vec<_> = store.offices().await?.into_iter().map(|office| office.code).collect();
    let topology = app.topology(offices);
    let findings = broker.verify_topology(&topology).await?;
    let missing: Vec<String> = findings.iter().filter_map(missing_queue).collect();
    let now = app.clock.now();
    let wiped = missing.iter().any(|queue| queue == names::EPOCH_QUEUE);
    for step in Step::ALL {
        if wiped || missing.contains(&names::work_queue(*step)) {
            store.requeue(Some(*step), now).await?;
        }
    }
    let of_offices = missing.iter().filter_map(|queue| names::office_of_return_queue(queue));
    let returns: Vec<String> = of_offices.map(|office| office.as_str().to_owned()).collect();
    if wiped {
        store.resend_unacknowledged("amqp", None, now, now).await?;
    } else if !returns.is_empty() {
        store.resend_unacknowledged("amqp", Some(&returns), now, now).await?;
    }
    if !findings.is_empty() {
        broker.apply_topology(&topology).await?;
    }
    Ok(missing)
}

/// As [`restore_topology`], and makes every binding too.
async fn rebind(store: &Store, app: &App, broker: &Broker) -> Result<Vec<String>, TopologyError> {
    let missing = restore_topology(store, app, broker).await?;
    let offices = store.offices().await?.into_iter().map(|office| office.code).collect();
    broker.apply_topology(&app.topology(offices)).await?;
    Ok(missing)
}

fn missing_queue(finding: &Finding) -> Option<String> {
    match finding {
        Finding::MissingQueue(name) => Some(name.clone()),
        Finding::MissingExchange(_) | Finding::Different(_) => None,
    }
}

/// Watches that the broker has what it must have: a wiped broker is made ready again without anybody's help.
pub async fn watch_topology(app: App, broker: Broker, every: Duration, shutdown: CancellationToken) {
    loop {
        tokio::select! {
            () = shutdown.cancelled() => return,
            () = tokio::time::sleep(every) => {}
        }
        match restore_topology(&app.store, &app, &broker).await {
            Ok(queues) if queues.is_empty() => {}
            Ok(queues) => tracing::warn!(count = queues.len(), "made missing queues at the broker"),
            Err(error) => {
                tracing::debug!(error = &error as &dyn std::error::Error, "could not look at the topology");
            }
        }
    }
}

fn limits(settings: &SweeperSettings) -> (TimeDelta, TimeDelta, TimeDelta, i64) {
    let milliseconds = |value: u64| TimeDelta::milliseconds(i64::try_from(value).unwrap_or(i64::MAX / 1000));
    let seconds = |value: u64| milliseconds(value.saturating_mul(1000));
    (
        milliseconds(settings.unpublished_after_ms),
        seconds(settings.republish_after_s),
        seconds(settings.republish_max_s),
        i64::from(settings.batch),
    )
}
