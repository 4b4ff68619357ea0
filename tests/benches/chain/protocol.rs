//! The whole protocol without image work: an office publishes to the queue `intake`, the real intake checks and accepts,
//! then three steps with their real transactions, acks and relays, until a submission waits for a verifier. Four hops,
//! as the bare chain has.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use anyhow::{Context as _, Result};
use berkas_blobs::ObjectKey;
use berkas_broker::{Broker, BrokerConfig, Outgoing, Publisher};
use berkas_contract::{Envelope, Source, Submission, names};
use berkas_domain::{Clock as _, OfficeCode, Service, Sha256Hash, Stage, Step, SystemClock};
use berkas_intake::AmqpIntake;
use berkas_runtime::{App, Failure, Job, Outcome, Runner, Sweeper, Worker};
use berkas_samples::{Generator, Plan};
use berkas_store::{BlobRecord, Effect, PoolEntry};
use berkas_testkit::Services;
use serde_json::{Value, json};
use tokio::sync::Notify;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use crate::cost::Meter;
use crate::deployment::{Deployment, OFFICE};
use crate::lap::{Lap, Stopwatch, WARM_UP};

/// Families whose dossiers come in turns: no two of one family are under way at the same time.
const FAMILIES: u16 = 1_000;

/// A step that writes what the real one writes and works on nothing.
macro_rules! step {
    ($name:ident, $step:ident, $outcome:expr) => {
        struct $name;
        impl Worker for $name {
            const STEP: Step = Step::$step;
            async fn handle(&self, _: &Job) -> Result<Outcome, Failure> {
                Ok($outcome)
            }
        }
    };
}

pub(crate) use step;

step!(Scan, Scan, Outcome::forward(Stage::Normalized));
step!(Completeness, Completeness, Outcome::forward(Stage::Checked).with(Effect::Judgement(json!({}))));

/// The last step; tells how many reached it.
struct Assignment {
    reached: Arc<Reached>,
}

/// How many submissions reached the last step.
#[derive(Default)]
pub struct Reached {
    count: AtomicUsize,
    changed: Notify,
}

impl Reached {
    pub fn count(&self) -> usize {
        self.count.load(Ordering::Acquire)
    }

    pub fn one_more(&self) {
        self.count.fetch_add(1, Ordering::AcqRel);
        self.changed.notify_one();
    }

    /// Waits until more than `count` have.
    pub async fn beyond(&self, count: usize) {
        loop {
            let changed = self.changed.notified();
            if self.count() > count {
                return;
            }
            changed.await;
        }
    }
}

impl Worker for Assignment {
    const STEP: Step = Step::Assignment;
    async fn handle(&self, _: &Job) -> Result<Outcome, Failure> {
        self.reached.one_more();
        Ok(Outcome::forward(Stage::Waiting).with(Effect::Task(PoolEntry::default())))
    }
}

/// The steps of a deployment at work.
pub struct Steps {
    shutdown: CancellationToken,
    tasks: JoinSet<()>,
    pub reached: Arc<Reached>,
}

impl Steps {
    pub async fn start(deployment: &Deployment<'_>) -> Result<Self> {
        let app = &deployment.app;
        let shutdown = CancellationToken::new();
        let broker = app.broker("bench-steps", CancellationToken::new())?;
        broker.ready().await?;
        let reached = Arc::<Reached>::default();
        let last = Assignment { reached: Arc::clone(&reached) };
        let mut tasks = JoinSet::new();
        tasks.spawn(AmqpIntake::new(app.clone(), broker.clone()).run(shutdown.clone()));
        tasks.spawn(Runner::new(Scan, app.clone(), broker.clone()).run(shutdown.clone()));
        tasks.spawn(Runner::new(Completeness, app.clone(), broker.clone()).run(shutdown.clone()));
        tasks.spawn(Runner::new(last, app.clone(), broker.clone()).run(shutdown.clone()));
        tasks.spawn(Sweeper::new(app.clone(), broker.clone()).run(shutdown.clone()));
        Ok(Self { shutdown, tasks, reached })
    }

    pub async fn stop(self) {
        self.shutdown.cancel();
        self.tasks.join_all().await;
    }
}

/// An office that publishes the dossiers of its families again and again under new ids; forms and page are uploaded once.
pub struct Sender {
    office: OfficeCode,
    service: Service,
    manifests: Vec<Value>,
    sent: AtomicUsize,
    broker: Broker,
    publisher: Publisher,
}

impl Sender {
    pub async fn start(deployment: &Deployment<'_>) -> Result<Self> {
        let office: OfficeCode = OFFICE.parse()?;
        let service: Service = "kartu_keluarga".parse()?;
        let plan = Plan { service, case: "KK-9".parse()?, office: office.clone(), defects: Vec::new() };
        let today = berkas_domain::wib(SystemClock.now()).date_naive();
        let page = berkas_samples::tiny_page(1);
        let page_hash = upload(&deployment.app, &office, &page, "image/jpeg").await?;
        let mut form = Generator::new(1, today).dossier(&plan).form;
        for entry in &mut form.documents {
            entry.sha256 = page_hash;
        }
        let document = |kind| json!({ "kind": kind, "sha256": page_hash, "size": page.len(), "media_type": "image/jpeg" });
        let documents: Vec<Value> = form.documents.iter().map(|entry| document(entry.kind)).collect();
        let written = serde_json::to_string(&form)?;
        let mut manifests = Vec::new();
        for family in 0..FAMILIES {
            let form_of_family = of_family(&written, family);
            let hash =
                upload(&deployment.app, &office, form_of_family.as_bytes(), "application/json").await?;
            manifests.push(json!({
                "sender_id": Uuid::nil(), "office": office, "service": service, "case": form.case, "revision": 1,
                "form": { "sha256": hash, "size": form_of_family.len() }, "documents": documents,
            }));
        }
        let config = BrokerConfig::new(vec![deployment.amqp_of_office()?], "bench-office");
        let broker = Broker::start(config, CancellationToken::new())?;
        broker.ready().await?;
        let publisher = broker.publisher();
        Ok(Self { office, service, manifests, sent: AtomicUsize::new(0), broker, publisher })
    }

    /// Publishes `count` submissions in one batch.
    pub async fn publish(&self, count: usize) -> Result<()> {
        let messages = (0..count).map(|_| self.message()).collect::<Result<_>>()?;
        for outcome in self.publisher.publish_batch(messages).await {
            outcome.context("the broker did not take a submission")?;
        }
        Ok(())
    }

    fn message(&self) -> Result<Outgoing> {
        let turn = self.sent.fetch_add(1, Ordering::Relaxed) % self.manifests.len();
        let mut submission: Submission = serde_json::from_value(self.manifests[turn].clone())?;
        submission.sender_id = Uuid::new_v4();
        let id = Uuid::now_v7();
        let envelope = Envelope::new(id, Source::Office(self.office.clone()), SystemClock.now(), submission);
        let key = names::submission_key(&self.office, self.service);
        let message = Outgoing::new(names::INTAKE_EXCHANGE, key, id, envelope.encode());
        Ok(message.as_user(self.office.as_str()))
    }

    pub async fn stop(self) {
        self.broker.close().await;
    }
}

/// The form as another family would have written it: every number of sixteen digits ends otherwise.
fn of_family(form: &str, family: u16) -> String {
    let number = |text: &str| text.len() == 16 && text.bytes().all(|byte| byte.is_ascii_digit());
    let texts = form.split('"').map(|text| {
        if number(text) { format!("{}{}", &text[..12], 9_000 + family) } else { text.to_owned() }
    });
    texts.collect::<Vec<_>>().join("\"")
}

async fn upload(app: &App, office: &OfficeCode, bytes: &[u8], media_type: &str) -> Result<Sha256Hash> {
    let hash = Sha256Hash::of(bytes);
    app.blobs.put(&ObjectKey::original_of(office, bytes), bytes.to_vec()).await?;
    let record = BlobRecord { size: i64::try_from(bytes.len())?, media_type: media_type.to_owned() };
    app.store.blob_uploaded(office, hash, &record, app.clock.now()).await?;
    Ok(hash)
}

/// What `count` submissions take from the publish to `waiting` once it is warm, with at most `window` under way.
pub async fn lap(services: &Services, count: usize, window: usize, meter: Option<&Meter>) -> Result<Lap> {
    let deployment = Deployment::start(services).await?;
    lap_on(&deployment, count, window, meter).await
}

/// The same on a deployment that has a past.
pub async fn lap_on(
    deployment: &Deployment<'_>,
    count: usize,
    window: usize,
    meter: Option<&Meter>,
) -> Result<Lap> {
    let count = count + WARM_UP;
    let sender = Sender::start(deployment).await?;
    let steps = Steps::start(deployment).await?;
    let mut watch = Stopwatch::new(meter);
    let mut sent = 0;
    loop {
        let reached = steps.reached.count();
        watch.see(reached)?;
        if reached >= count {
            break;
        }
        let room = window.saturating_sub(sent - reached).min(count - sent);
        if room == 0 {
            steps.reached.beyond(reached).await;
            continue;
        }
        let batch = room.min(50);
        sender.publish(batch).await?;
        sent += batch;
    }
    // The last ones are counted before they are committed.
    while deployment.app.store.due_count().await? > 0 {
        tokio::task::yield_now().await;
    }
    let lap = watch.stop(count)?;
    sender.stop().await;
    steps.stop().await;
    Ok(lap)
}
