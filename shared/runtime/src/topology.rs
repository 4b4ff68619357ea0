//! Keeps the broker as it must be: what is missing is made again, and what was in it is emitted again.

use std::time::Duration;

use berkas_broker::{Broker, BrokerError, Finding};
use berkas_contract::names;
use berkas_domain::Step;
use berkas_store::{Resend, Store, StoreError};
use chrono::TimeDelta;
use tokio_util::sync::CancellationToken;

use crate::app::App;

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
    if wiped || !returns.is_empty() {
        let offices = (!wiped).then_some(returns.as_slice());
        let days = TimeDelta::days(app.settings.notices.answers_again_days.into());
        let resend = Resend { channel: "amqp", offices, sent_before: now, answers_since: now - days };
        store.resend_lost(&resend, now).await?;
    }
    if !findings.is_empty() {
        broker.apply_topology(&topology).await?;
    }
    Ok(missing)
}

/// As [`restore_topology`], and makes every binding too.
pub(crate) async fn rebind(store: &Store, app: &App, broker: &Broker) -> Result<Vec<String>, TopologyError> {
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

/// Deletes the queue of `step`, which confirms nothing any more, makes it anew and emits its work again.
///
/// Should this process die in between, the queue is empty, and an empty queue's overdue work is emitted again anyway.
///
/// # Errors
/// [`TopologyError`].
pub(crate) async fn replace_wedged(app: &App, broker: &Broker, step: Step) -> Result<(), TopologyError> {
    let topology = app.topology(Vec::new());
    broker.recreate_queue(&topology, &names::work_queue(step)).await?;
    app.store.requeue(Some(step), app.clock.now()).await?;
    Ok(())
}
