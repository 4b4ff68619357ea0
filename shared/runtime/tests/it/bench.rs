//! A database and a vhost of one's own, and a worker that does what a test tells it to.

use std::collections::BTreeMap;
use std::process::Command;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use berkas_broker::Broker;
use berkas_contract::{WorkMessage, names};
use berkas_domain::{
    DocumentKind, FixedClock, LookupKeys, OfficeMode, Revision, Sha256Hash, Stage, Step, SubmissionId,
};
use berkas_runtime::settings::Settings;
use berkas_runtime::{App, Failure, Job, Outcome, Runner, Sweeper, Worker};
use berkas_store::{
    AcceptedArrival, Arrival, ArrivalAnswer, ArrivalDocument, Door, OfficeRecord, Store, StoreError,
    TestDatabase, WorkRef,
};
use berkas_testkit::{Services, Vhost, services};
use chrono::TimeDelta;
use serde_json::json;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

/// Everything in these tests answers within this, or does not at all.
pub(crate) const PATIENCE: Duration = Duration::from_secs(60);

const OFFICE: &str = "351709";

/// Runs `test` with these settings over the defaults.
pub(crate) fn on_bench(settings: &[(&str, &str)], test: impl AsyncFnOnce(&Bench<'_>)) {
    let services = services().unwrap();
    let vhost = services.vhost().unwrap();
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    runtime.block_on(async {
        let name = format!("runtime_{}", Uuid::new_v4().simple());
        let database =
            TestDatabase::migrated(services.get("BERKAS_DATABASE_URL").unwrap(), &name).await.unwrap();
        let bench = Bench::new(&services, &vhost, &database, settings).await;
        tokio::time::timeout(PATIENCE * 2, test(&bench)).await.expect("the test hangs");
        bench.shutdown.cancel();
        bench.app.store.close().await;
    });
}

pub(crate) struct Bench<'a> {
    pub(crate) app: App,
    pub(crate) broker: Broker,
    pub(crate) services: &'a Services,
    pub(crate) vhost: &'a Vhost<'a>,
    /// Stands still until a test sets it forward.
    pub(crate) clock: FixedClock,
    pub(crate) shutdown: CancellationToken,
    database_url: String,
}

impl<'a> Bench<'a> {
    async fn new(
        services: &'a Services,
        vhost: &'a Vhost<'a>,
        database: &TestDatabase,
        settings: &[(&str, &str)],
    ) -> Self {
        let (database_url, amqp_url) = (database.url(), vhost.url().unwrap());
        let objects = format!("file://{}", std::env::temp_dir().display());
        let common = [
            ("BERKAS_DATABASE_URL", database_url.as_str()),
            ("BERKAS_AMQP_URL", amqp_url.as_str()),
            ("BERKAS_BLOBS_URL", objects.as_str()),
            ("BERKAS_WORKER__BREAKER_MIN_MS", "20"),
        ];
        let env =
            common.iter().chain(settings).map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
        let mut app = App::start(Settings::load(None, env).unwrap(), "scan").await.unwrap();
        let clock = FixedClock::at("2026-11-24T01:30:00Z".parse().unwrap());
        app.clock = Arc::new(clock.clone());
        let office = OfficeRecord {
            code: OFFICE.parse().unwrap(),
            name: "Contoh".to_owned(),
            parent: None,
            mode: OfficeMode::Live,
        };
        app.store.add_offices(&[office]).await.unwrap();
        let broker = app.broker("test", CancellationToken::new()).unwrap();
        broker.ready().await.unwrap();
        broker.apply_topology(&app.topology(Vec::new())).await.unwrap();
        let shutdown = CancellationToken::new();
        Self { app, broker, services, vhost, clock, shutdown, database_url }
    }

    /// Accepts `count` submissions; their scans are due and published by nobody yet.
    pub(crate) async fn submissions(&self, count: usize) -> Vec<WorkRef> {
        let arrivals: Vec<Arrival> = (0..count).map(|_| arrival()).collect();
        let data = |_: &Arrival, _: &AcceptedArrival| json!({});
        let now = self.app.clock.now();
        let answers =
            self.app.store.accept(&arrivals, &data, &|at, _| at + TimeDelta::days(1), now).await.unwrap();
        answers.into_iter().map(|answer| answer.unwrap().work.unwrap().work).collect()
    }

    /// Accepts one submission of the office through another handle on the database, calling `meanwhile` in the middle of
    /// the transaction.
    pub(crate) async fn accept_through(
        &self,
        store: &Store,
        sender_id: Uuid,
        meanwhile: impl Fn() + Sync,
    ) -> Result<Vec<ArrivalAnswer>, StoreError> {
        let arrival = Arrival { sender_id, manifest_hash: Sha256Hash::of(sender_id.as_bytes()), ..arrival() };
        let data = |_: &Arrival, _: &AcceptedArrival| {
            meanwhile();
            json!({})
        };
        store.accept(&[arrival], &data, &|at, _| at + TimeDelta::days(1), self.app.clock.now()).await
    }

    /// Another handle on the database, whose transactions may stand still for this long.
    pub(crate) async fn store_for(&self, standstill: Duration) -> Store {
        Store::connect_for(&self.database_url, 4, standstill).await.unwrap()
    }

    /// Accepts one submission.
    pub(crate) async fn submission(&self) -> WorkRef {
        self.submissions(1).await.remove(0)
    }

    /// Runs `worker` until the test or the returned token ends.
    pub(crate) fn run(&self, worker: Scripted) -> (JoinHandle<()>, CancellationToken) {
        let stop = self.shutdown.child_token();
        let runner = Runner::new(worker, self.app.clone(), self.broker.clone());
        (tokio::spawn(runner.run(stop.clone())), stop)
    }

    /// Lets `seconds` pass and publishes what is due then, as the sweeper of a process does.
    pub(crate) async fn sweep_after(&self, seconds: i64) {
        self.clock.advance(TimeDelta::seconds(seconds));
        Sweeper::new(self.app.clone(), self.broker.clone()).sweep().await.unwrap();
    }

    /// Publishes the message of `work` once more.
    pub(crate) async fn publish(&self, work: WorkRef) {
        let message = WorkMessage::new(work.submission, work.generation, work.step);
        let outgoing = berkas_broker::Outgoing::new(
            names::WORK_EXCHANGE,
            names::work_key(work.step),
            message.message_id(),
            message.encode(),
        );
        self.broker.publisher().publish(outgoing).await.unwrap();
    }

    /// Waits until a submission is in `stage`.
    pub(crate) async fn reaches(&self, submission: SubmissionId, stage: Stage) {
        wait_until(async || {
            self.app.store.submission(submission).await.unwrap().is_some_and(|found| found.stage == stage)
        })
        .await;
    }

    /// Runs a statement; returns what it prints, columns divided by `|`.
    pub(crate) fn sql(&self, statement: &str) -> String {
        let output = Command::new("psql")
            .args([
                "--quiet",
                "--no-psqlrc",
                "-v",
                "ON_ERROR_STOP=1",
                "-At",
                "-c",
                statement,
                &self.database_url,
            ])
            .output()
            .unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8_lossy(&output.stdout).trim().to_owned()
    }

    /// Of the due row of a submission: the failures counted, and the seconds until its time comes.
    pub(crate) fn due(&self, submission: SubmissionId) -> Option<(i32, i64)> {
        let now = self.app.clock.now().to_rfc3339();
        let row = self.sql(&format!(
            "select attempts, ceil(extract(epoch from not_before - '{now}'::timestamptz))::bigint from due
             where submission_id = '{}'",
            submission.0
        ));
        let (attempts, seconds) = row.split_once('|')?;
        Some((attempts.parse().unwrap(), seconds.parse().unwrap()))
    }

    /// Waits until the due row of a submission counts `attempts` failures; returns the seconds until its time comes.
    pub(crate) async fn wait_for_failures(&self, submission: SubmissionId, attempts: i32) -> i64 {
        wait_until(async || self.due(submission).is_some_and(|(counted, _)| counted == attempts)).await;
        self.due(submission).unwrap().1
    }

    /// Waits until `count` pieces of work are parked; returns each one's submission and code.
    pub(crate) async fn wait_for_parked(&self, count: usize) -> BTreeMap<SubmissionId, String> {
        wait_until(async || self.app.store.parked(100).await.unwrap().len() == count).await;
        let parked = self.app.store.parked(100).await.unwrap();
        parked.into_iter().filter_map(|item| Some((item.submission?, item.code))).collect()
    }

    /// Waits until the queue of scans is empty and nothing of it under way.
    pub(crate) async fn wait_for_no_message(&self) {
        wait_until(async || {
            let listing = self
                .services
                .rabbitmqctl(&[
                    "list_queues",
                    "-p",
                    self.vhost.name(),
                    "--no-table-headers",
                    "name",
                    "messages",
                ])
                .unwrap();
            listing.lines().any(|line| line.trim() == "work.scan\t0")
        })
        .await;
    }
}

fn arrival() -> Arrival {
    let sha256 = Sha256Hash::of(Uuid::new_v4().as_bytes());
    let form = serde_json::from_value(json!({
        "salt": Uuid::new_v4().simple().to_string(), "service": "akta_kematian", "case": "MTI-1",
        "handed_in": "2026-11-24", "persons": {}, "documents": [],
    }));
    let lookup = LookupKeys::of(&form.unwrap(), |_| [0; 32]);
    let document = ArrivalDocument {
        kind: DocumentKind::Kk,
        of_role: None,
        sha256,
        size: 1,
        media_type: "image/png".to_owned(),
        flagged: false,
    };
    Arrival {
        office: OFFICE.parse().unwrap(),
        sender_id: Uuid::new_v4(),
        revision: Revision(1),
        manifest_hash: sha256,
        service: "akta_kematian".parse().unwrap(),
        case: "MTI-1".parse().unwrap(),
        form: sha256,
        lookup,
        sent_by: None,
        sms_to: None,
        documents: vec![document],
        door: Door::Http,
        trace: None,
    }
}

/// What the worker does when it is called.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Act {
    Forward,
    ForwardTo(Stage),
    Panic,
    Hang,
    Snooze(Duration),
    Transient,
    Permanent,
}

/// Answers a call, given whose work it is and how many calls for it there were before.
type Script = Box<dyn Fn(SubmissionId, usize) -> Act + Send + Sync>;

/// A worker of the step `scan` that does as it is told.
pub(crate) struct Scripted {
    script: Script,
    calls: Calls,
}

/// The submissions a worker was called for, in this order. Clones share it.
#[derive(Debug, Clone, Default)]
pub(crate) struct Calls(Arc<Mutex<Vec<SubmissionId>>>);

impl Calls {
    pub(crate) fn count(&self) -> usize {
        self.0.lock().unwrap().len()
    }
}

impl Scripted {
    pub(crate) fn new(script: impl Fn(SubmissionId, usize) -> Act + Send + Sync + 'static) -> Self {
        Self { script: Box::new(script), calls: Calls::default() }
    }

    /// Does the same whenever it is called.
    pub(crate) fn always(act: Act) -> Self {
        Self::new(move |_, _| act)
    }

    /// Fails in one way when it is first called for a submission, and succeeds after that.
    pub(crate) fn first(act: Act) -> Self {
        Self::new(move |_, before| if before == 0 { act } else { Act::Forward })
    }

    pub(crate) fn calls(&self) -> Calls {
        self.calls.clone()
    }
}

impl Worker for Scripted {
    const STEP: Step = Step::Scan;

    async fn handle(&self, job: &Job) -> Result<Outcome, Failure> {
        let submission = job.work.submission;
        let before = {
            let mut calls = self.calls.0.lock().unwrap();
            let before = calls.iter().filter(|called| **called == submission).count();
            calls.push(submission);
            before
        };
        match (self.script)(submission, before) {
            Act::Forward => Ok(Outcome::forward(Stage::Normalized)),
            Act::ForwardTo(stage) => Ok(Outcome::forward(stage)),
            Act::Panic => panic!("as the script says"),
            Act::Hang => std::future::pending().await,
            Act::Snooze(wait) => Ok(Outcome::Snooze(wait)),
            Act::Transient => Err(Failure::transient("flaky", std::io::Error::other("as the script says"))),
            Act::Permanent => Err(Failure::permanent("hopeless", "as the script says")),
        }
    }
}

/// Asks again and again until `condition` holds.
pub(crate) async fn wait_until(mut condition: impl AsyncFnMut() -> bool) {
    let waiting = async {
        while !condition().await {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    tokio::time::timeout(PATIENCE, waiting).await.expect("it never holds");
}
