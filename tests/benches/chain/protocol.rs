//! The whole protocol without image work: accept, then three steps with their real transactions, acks and relays, until
//! a submission waits for a verifier. Four hops, as the bare chain has.

use std::sync::Arc;
use std::time::Instant;

use anyhow::Result;
use berkas_domain::{DocumentKind, Revision, Sha256Hash, Stage, Step};
use berkas_runtime::{Failure, Job, Outcome, Relay, Runner, Sweeper, Worker};
use berkas_store::{Arrival, ArrivalDocument, Door, Effect, Store};
use berkas_testkit::Services;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use crate::deployment::{Deployment, OFFICE};

/// A step that writes what the real one writes and works on nothing.
macro_rules! step {
    ($name:ident, $step:ident, $outcome:expr) => {
        pub struct $name;
        impl Worker for $name {
            const STEP: Step = Step::$step;
            async fn handle(&self, _: &Job) -> Result<Outcome, Failure> {
                Ok($outcome)
            }
        }
    };
}

step!(Scan, Scan, Outcome::forward(Stage::Normalized));
step!(
    Completeness,
    Completeness,
    Outcome::forward(Stage::Checked).with(Effect::Judgement(serde_json::json!({})))
);
step!(Assignment, Assignment, Outcome::forward(Stage::Waiting).with(Effect::Task { preferred: None }));

/// The steps of a deployment at work.
pub struct Steps {
    shutdown: CancellationToken,
    tasks: tokio::task::JoinSet<()>,
    pub relay: Relay,
}

impl Steps {
    pub async fn start(deployment: &Deployment<'_>) -> Result<Self> {
        let app = &deployment.app;
        let shutdown = CancellationToken::new();
        let broker = app.broker("bench-steps", CancellationToken::new())?;
        broker.ready().await?;
        let mut tasks = tokio::task::JoinSet::new();
        tasks.spawn(Runner::new(Scan, app.clone(), broker.clone()).run(shutdown.clone()));
        tasks.spawn(Runner::new(Completeness, app.clone(), broker.clone()).run(shutdown.clone()));
        tasks.spawn(Runner::new(Assignment, app.clone(), broker.clone()).run(shutdown.clone()));
        tasks.spawn(Sweeper::new(app.clone(), broker.clone()).run(shutdown.clone()));
        let relay = Relay::new(broker.publisher(), app.store.clone(), Arc::clone(&app.clock));
        Ok(Self { shutdown, tasks, relay })
    }

    pub async fn stop(self) {
        self.shutdown.cancel();
        self.tasks.join_all().await;
    }
}

/// A submission of one tiny page.
pub fn arrival() -> Result<Arrival> {
    let sender_id = Uuid::new_v4();
    let page = Sha256Hash::of(sender_id.as_bytes());
    Ok(Arrival {
        office: OFFICE.parse()?,
        sender_id,
        revision: Revision(1),
        manifest_hash: page,
        service: "ktp_el".parse()?,
        case: "KTP-1".parse()?,
        form: page,
        facts: None,
        sent_by: None,
        documents: vec![ArrivalDocument {
            kind: DocumentKind::Kk,
            of_role: None,
            sha256: page,
            size: 1024,
            media_type: "image/jpeg".to_owned(),
        }],
        door: Door::Amqp,
        trace: None,
    })
}

/// Submissions a second from acceptance to `waiting`, with at most `window` under way.
pub async fn rate(services: &Services, count: usize, window: usize) -> Result<f64> {
    let deployment = Deployment::start(services).await?;
    let steps = Steps::start(&deployment).await?;
    let app = &deployment.app;
    let started = Instant::now();
    let mut sent = 0;
    loop {
        let waiting = waiting(&app.store).await?;
        if waiting >= count {
            break;
        }
        let room = window.saturating_sub(sent - waiting).min(count - sent);
        if room == 0 {
            tokio::task::yield_now().await;
            continue;
        }
        let batch: Vec<Arrival> = (0..room.min(50)).map(|_| arrival()).collect::<Result<_>>()?;
        sent += batch.len();
        let now = app.clock.now();
        let data = |_: &Arrival, _: &berkas_store::AcceptedArrival| serde_json::json!({});
        let answers = app.store.accept(&batch, &data, now, now).await?;
        let fresh = answers.into_iter().filter_map(|answer| answer.ok()?.work).collect();
        let relay = steps.relay.clone();
        tokio::spawn(async move { relay.relay(fresh).await });
    }
    let rate = count as f64 / started.elapsed().as_secs_f64();
    steps.stop().await;
    Ok(rate)
}

async fn waiting(store: &Store) -> Result<usize> {
    Ok(usize::try_from(store.stage_entries(Stage::Waiting).await?)?)
}
