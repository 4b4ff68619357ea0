//! The delivery protocol alone: chunks, compare-and-set on the generation, the log of stages, due work, relay, confirm and ack,
//! as every step has them, and nothing of what a dossier writes (documents, look-ups, answers, findings, tasks). Three hops,
//! because three steps follow acceptance.

use std::sync::Arc;

use anyhow::{Context as _, Result};
use berkas_broker::{Broker, BrokerConfig, Outgoing};
use berkas_contract::{WorkMessage, names};
use berkas_domain::{Generation, Stage, Step, SubmissionId};
use berkas_runtime::{Failure, Job, Outcome, Runner, Worker};
use berkas_testkit::Services;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use crate::cost::Meter;
use crate::deployment::{Deployment, OFFICE};
use crate::lap::{Lap, Stopwatch, WARM_UP};
use crate::protocol::{Reached, step};

/// The queues of the hops.
pub const HOPS: [Step; 3] = [Step::Scan, Step::Completeness, Step::Assignment];

step!(Scan, Scan, Outcome::forward(Stage::Normalized));
step!(Completeness, Completeness, Outcome::forward(Stage::Checked));

/// The last step; tells how many reached it.
struct Assignment(Arc<Reached>);

impl Worker for Assignment {
    const STEP: Step = Step::Assignment;
    async fn handle(&self, _: &Job) -> Result<Outcome, Failure> {
        self.0.one_more();
        Ok(Outcome::forward(Stage::Waiting))
    }
}

/// What `count` submissions that were accepted before take through the three steps once it is warm, with at most `window` under way.
pub async fn lap(services: &Services, count: usize, window: usize, meter: Option<&Meter>) -> Result<Lap> {
    let count = count + WARM_UP;
    let deployment = Deployment::start(services).await?;
    let ids = accepted(&deployment, count)?;
    let shutdown = CancellationToken::new();
    let broker = deployment.app.broker("bench-steps", CancellationToken::new())?;
    broker.ready().await?;
    let reached = Arc::<Reached>::default();
    let mut tasks = JoinSet::new();
    tasks.spawn(Runner::new(Scan, deployment.app.clone(), broker.clone()).run(shutdown.clone()));
    tasks.spawn(Runner::new(Completeness, deployment.app.clone(), broker.clone()).run(shutdown.clone()));
    let last = Assignment(Arc::clone(&reached));
    tasks.spawn(Runner::new(last, deployment.app.clone(), broker.clone()).run(shutdown.clone()));

    let feeding =
        Broker::start(BrokerConfig::new(vec![deployment.amqp()?], "bench-feed"), CancellationToken::new())?;
    feeding.ready().await?;
    let publisher = feeding.publisher();
    let mut watch = Stopwatch::new(meter);
    let mut sent = 0;
    loop {
        let done = reached.count();
        watch.see(done)?;
        if done >= count {
            break;
        }
        let room = window.saturating_sub(sent - done).min(count - sent).min(50);
        if room == 0 {
            reached.beyond(done).await;
            continue;
        }
        let messages = ids[sent..sent + room].iter().map(|id| message(*id)).collect();
        for outcome in publisher.publish_batch(messages).await {
            outcome.context("the broker did not take a message")?;
        }
        sent += room;
    }
    // The last ones are counted before they are committed.
    while deployment.app.store.due_count().await? > 0 {
        tokio::task::yield_now().await;
    }
    let lap = watch.stop(count)?;
    feeding.close().await;
    shutdown.cancel();
    tasks.join_all().await;
    Ok(lap)
}

fn message(submission: SubmissionId) -> Outgoing {
    let work = WorkMessage::new(submission, Generation(1), Step::Scan);
    Outgoing::new(names::WORK_EXCHANGE, names::work_key(Step::Scan), work.message_id(), work.encode())
}

/// Writes `count` accepted submissions whose scan is due and published. Their ids rise, as those of real ones do.
fn accepted(deployment: &Deployment<'_>, count: usize) -> Result<Vec<SubmissionId>> {
    deployment.sql(&format!(
        "create temporary table fresh as
             select ('01900000-0000-7000-8000-' || lpad(to_hex(n), 12, '0'))::uuid as id, n, clock_timestamp() as at
             from generate_series(1, {count}) as n;
         insert into submissions (id, office, sender_id, registration_number, service, case_code, training, stage, generation,
                                  revision, received_at, stage_since, due_at)
         select id, '{OFFICE}', gen_random_uuid(), 'bench-' || n, 'kartu_keluarga', 'KK-9', false, 'received', 1, 1, at, at, at
         from fresh;
         insert into due (submission_id, generation, step, attempts, not_before, published_at, created_at)
         select id, 1, 'scan', 0, at, at, at from fresh"
    ))?;
    let first = 0x0190_0000_0000_7000_8000_0000_0000_0000;
    Ok((1..=count).map(|n| SubmissionId(Uuid::from_u128(first + n as u128))).collect())
}
