//! Feeds the gauges that tell of the office as a whole: stages, queues, what is parked, what nobody has read.
//!
//! Every process with a broker looks, so that no single one is missed; boards take the maximum over processes.

use std::time::Duration;

use berkas_broker::Broker;
use berkas_contract::names;
use berkas_domain::Step;
use berkas_store::{ParkedCount, StoreError};
use tokio_util::sync::CancellationToken;

use crate::app::App;
use crate::dead::DEAD_LETTERED;
use crate::metrics::{Channel, ParkedCause, QueueName};
use crate::runner::CRASHED;

/// Looks every so often until `shutdown`.
pub async fn observe(app: App, broker: Broker, every: Duration, shutdown: CancellationToken) {
    let mut interval = tokio::time::interval(every);
    interval.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    let mut reconnects = 0;
    while shutdown.run_until_cancelled(interval.tick()).await.is_some() {
        for _ in reconnects..broker.reconnects() {
            app.metrics.broker_reconnected();
        }
        reconnects = broker.reconnects();
        if let Err(error) = look_at_store(&app).await {
            tracing::debug!(error = &error as &dyn std::error::Error, "could not look at the database");
        }
        if let Err(error) = look_at_queues(&app, &broker).await {
            tracing::debug!(error = error.as_ref() as &dyn std::error::Error, "could not look at the queues");
        }
    }
}

async fn look_at_store(app: &App) -> Result<(), StoreError> {
    let (store, metrics, now) = (&app.store, &app.metrics, app.clock.now());
    for status in store.stage_status(now).await? {
        let oldest = status.oldest_since.and_then(|since| (now - since).to_std().ok()).unwrap_or_default();
        metrics.set_stage(status.stage, status.depth, oldest);
    }
    metrics.set_due_unpublished(store.unpublished_count(now).await?);
    let parked = store.parked_counts().await?;
    for &cause in ParkedCause::ALL {
        let count = parked.iter().filter(|parked| cause_of(parked) == cause).map(|parked| parked.count).sum();
        metrics.set_parked(cause, count);
    }
    let pending = store.pending_deliveries().await?;
    metrics.set_deliveries_pending(Channel::Amqp, pending.amqp);
    metrics.set_deliveries_pending(Channel::Webhook, pending.webhook);
    metrics.set_deliveries_pending(Channel::Mail, pending.mail);
    metrics.set_deliveries_pending(Channel::Sms, pending.sms);
    let failed = store.failed_deliveries().await?;
    metrics.set_deliveries_failed(Channel::Amqp, failed.amqp);
    metrics.set_deliveries_failed(Channel::Webhook, failed.webhook);
    metrics.set_deliveries_failed(Channel::Mail, failed.mail);
    metrics.set_deliveries_failed(Channel::Sms, failed.sms);
    metrics.set_notice_unacknowledged(store.silent_notices(app.settings.silent_since(now)).await?);
    metrics.set_tasks_overdue(store.overdue_tasks(now).await?);
    for standby in store.standby_counts(now).await? {
        metrics.set_standby(standby.kind, standby.count);
    }
    Ok(())
}

fn cause_of(parked: &ParkedCount) -> ParkedCause {
    match parked.code.as_str() {
        DEAD_LETTERED => ParkedCause::DeadLettered,
        CRASHED => ParkedCause::Crashed,
        _ if parked.message => ParkedCause::Unreadable,
        _ => ParkedCause::Failed,
    }
}

async fn look_at_queues(app: &App, broker: &Broker) -> anyhow::Result<()> {
    let offices = app.store.offices().await?;
    let mut queues = vec![(QueueName::Intake, names::INTAKE_QUEUE.to_owned())];
    queues.push((QueueName::Dead, names::DEAD_QUEUE.to_owned()));
    queues.extend(Step::ALL.iter().map(|step| (QueueName::Work(*step), names::work_queue(*step))));
    let asked: Vec<&str> = queues.iter().map(|(_, queue)| queue.as_str()).collect();
    for ((name, _), depth) in queues.iter().zip(broker.queue_depths(&asked).await?) {
        app.metrics.set_queue_depth(*name, depth.ready.map_or(0, i64::from));
    }
    let returns: Vec<String> = offices.iter().map(|office| names::return_queue(&office.code)).collect();
    let returns: Vec<&str> = returns.iter().map(String::as_str).collect();
    let depths = broker.queue_depths(&returns).await?;
    let waiting = depths.iter().filter_map(|depth| depth.ready).map(i64::from).sum();
    app.metrics.set_queue_depth(QueueName::Returns, waiting);
    Ok(())
}
