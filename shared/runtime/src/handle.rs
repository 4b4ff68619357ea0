//! Calls a worker: bounded in time, panics contained, failures turned into what happens next.

use std::sync::Arc;
use std::time::{Duration, Instant};

use berkas_domain::Step;
use berkas_store::{Settled, WorkRef};
use chrono::TimeDelta;
use tokio_util::sync::CancellationToken;
use tracing::Instrument;

use crate::app::App;
use crate::breaker::Breaker;
use crate::health::Pulse;
use crate::metrics::JobOutcome;
use crate::telemetry::TraceContext;
use crate::worker::{Job, Worker};
use crate::{Failure, Outcome};

/// What is to become of a delivery.
#[derive(Debug)]
pub(crate) enum Handled {
    /// Write this.
    Settle(Settled),
    /// Nothing is left to do.
    Stale,
    /// Somebody else must do it: this process is stopping.
    GiveBack,
}

/// What became of a job, and how long its worker was at it, the last time.
#[derive(Debug)]
pub(crate) struct Ended {
    pub(crate) handled: Handled,
    pub(crate) worked: Duration,
}

/// Handles every job at the same time; the answers come in the order of the jobs. Each job's trace goes on in a span of
/// its own, linked to the one that made it due; what it makes due is linked to that.
pub(crate) async fn handle_all<W: Worker>(
    worker: &Arc<W>,
    app: &App,
    jobs: Vec<(Job, TraceContext)>,
    pulse: &Arc<Pulse>,
    shutdown: &CancellationToken,
) -> Vec<Ended> {
    let tasks: Vec<_> = jobs
        .into_iter()
        .map(|(job, trace)| {
            let (worker, app, shutdown) = (Arc::clone(worker), app.clone(), shutdown.clone());
            let pulse = Arc::clone(pulse);
            let span = crate::job_span!(
                "job.step.handle",
                &trace,
                submission.id = %job.work.submission,
                submission.generation = job.work.generation.0,
                stage.step = %job.work.step,
            );
            let work = async move {
                let started = Instant::now();
                let (ended, outcome) = handle(&worker, &app, &job, &pulse, &shutdown).await;
                app.metrics.job_ended(W::STEP, outcome, started.elapsed());
                ended
            };
            tokio::spawn(work.instrument(span))
        })
        .collect();
    let mut all = Vec::with_capacity(tasks.len());
    for task in tasks {
        // The task itself contains the worker's panics; what is left is a runtime that shuts down.
        all.push(task.await.unwrap_or(Ended { handled: Handled::GiveBack, worked: Duration::ZERO }));
    }
    all
}

/// Handles one job; waits while a dependency is down.
async fn handle<W: Worker>(
    worker: &Arc<W>,
    app: &App,
    job: &Job,
    pulse: &Pulse,
    shutdown: &CancellationToken,
) -> (Ended, JobOutcome) {
    let mut breaker = Breaker::new(&app.settings.worker);
    loop {
        pulse.beat();
        let started = Instant::now();
        let result = call(worker, app, job).await;
        let worked = started.elapsed();
        let ended = |handled, outcome| (Ended { handled, worked }, outcome);
        let failure = match result.and_then(|outcome| allowed(W::STEP, outcome)) {
            Ok(Outcome::Forward { to, not_before, effects }) => {
                let settled = Settled::Advance { to, not_before, effects };
                return ended(Handled::Settle(settled), JobOutcome::Done);
            }
            Ok(Outcome::Snooze(wait)) => {
                let handled = snooze(app, job.work, wait, pulse, shutdown).await;
                return ended(handled, JobOutcome::Snoozed);
            }
            Ok(Outcome::Stale) => return ended(Handled::Stale, JobOutcome::Stale),
            Err(failure) => failure,
        };
        log(&failure);
        let outcome = outcome_of(&failure);
        match failure {
            Failure::DependencyDown { .. } => {
                if !pulse.idle(breaker.wait(shutdown)).await {
                    return ended(Handled::GiveBack, outcome);
                }
            }
            Failure::Transient { code, .. } => {
                return ended(after_failure(app, job.work, code, pulse, shutdown).await, outcome);
            }
            Failure::Permanent { code, detail } => {
                let settled = Settled::Park { code: code.to_owned(), detail };
                return ended(Handled::Settle(settled), outcome);
            }
        }
    }
}

/// Refuses a move that the stage machine does not have: a worker that asks for one is at fault, and asks for it again.
fn allowed(step: Step, outcome: Outcome) -> Result<Outcome, Failure> {
    match &outcome {
        Outcome::Forward { to, .. } => match step.works_on().go(*to) {
            Ok(_) => Ok(outcome),
            Err(illegal) => Err(Failure::permanent("illegal_move", illegal.to_string())),
        },
        Outcome::Snooze(_) | Outcome::Stale => Ok(outcome),
    }
}

fn outcome_of(failure: &Failure) -> JobOutcome {
    match failure {
        Failure::DependencyDown { .. } => JobOutcome::DependencyDown,
        Failure::Permanent { .. } => JobOutcome::Permanent,
        Failure::Transient { code: "panicked", .. } => JobOutcome::Panicked,
        Failure::Transient { code: "timed_out", .. } => JobOutcome::TimedOut,
        Failure::Transient { .. } => JobOutcome::Transient,
    }
}

/// Calls the worker on a task of its own, so that a panic ends the task and nothing else.
async fn call<W: Worker>(worker: &Arc<W>, app: &App, job: &Job) -> Result<Outcome, Failure> {
    let limit = app.settings.worker.handle_timeout(W::STEP);
    let (worker, job) = (Arc::clone(worker), job.clone());
    let task = tokio::spawn(async move { worker.handle(&job).await }.in_current_span());
    let abort = task.abort_handle();
    match tokio::time::timeout(limit, task).await {
        Ok(Ok(result)) => result,
        Ok(Err(error)) => Err(Failure::transient("panicked", error)),
        Err(elapsed) => {
            abort.abort();
            Err(Failure::transient("timed_out", elapsed))
        }
    }
}

/// What follows a failure that may pass: the next rung of the ladder, or parking.
pub(crate) async fn after_failure(
    app: &App,
    work: WorkRef,
    code: &'static str,
    pulse: &Pulse,
    shutdown: &CancellationToken,
) -> Handled {
    let attempts = match attempts(app, work, pulse, shutdown).await {
        Ok(attempts) => attempts,
        Err(handled) => return handled,
    };
    let failed = attempts + 1;
    let Some(wait) = app.settings.worker.retry_after(u32::try_from(failed).unwrap_or(u32::MAX)) else {
        let detail = format!("failed {failed} times, the last time with `{code}`");
        return Handled::Settle(Settled::Park { code: code.to_owned(), detail });
    };
    let not_before = app.clock.now() + jittered(wait, app.settings.worker.retry_jitter);
    Handled::Settle(Settled::Later { not_before, counted: true, attempts })
}

async fn snooze(
    app: &App,
    work: WorkRef,
    wait: Duration,
    pulse: &Pulse,
    shutdown: &CancellationToken,
) -> Handled {
    let attempts = match attempts(app, work, pulse, shutdown).await {
        Ok(attempts) => attempts,
        Err(handled) => return handled,
    };
    let not_before = app.clock.now() + TimeDelta::from_std(wait).unwrap_or(TimeDelta::MAX);
    Handled::Settle(Settled::Later { not_before, counted: false, attempts })
}

/// How often `work` failed before; waits for the database, for without its answer nobody knows whether the work is stale.
async fn attempts(
    app: &App,
    work: WorkRef,
    pulse: &Pulse,
    shutdown: &CancellationToken,
) -> Result<i32, Handled> {
    let mut breaker = Breaker::new(&app.settings.worker);
    loop {
        match app.store.attempts(work).await {
            Ok(attempts) => return attempts.ok_or(Handled::Stale),
            Err(error) => {
                tracing::warn!(error = &error as &dyn std::error::Error, "waiting for the ledger");
                if !pulse.idle(breaker.wait(shutdown)).await {
                    return Err(Handled::GiveBack);
                }
            }
        }
    }
}

/// Makes a wait up to `jitter` longer or shorter, so that retries do not come in waves.
fn jittered(wait: Duration, jitter: f64) -> TimeDelta {
    let factor = 1.0 + jitter * (rand::random::<f64>() * 2.0 - 1.0);
    TimeDelta::from_std(wait.mul_f64(factor.max(0.0))).unwrap_or(TimeDelta::MAX)
}

/// The span around it names the work.
fn log(failure: &Failure) {
    tracing::warn!(error.code = failure.code(), error = failure as &dyn std::error::Error, "a step failed");
}
