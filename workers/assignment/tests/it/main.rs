//! Putting submissions before verifiers, on a real database.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test or measurement that fails says where; its helpers are not test functions"
)]

use std::collections::BTreeMap;
use std::time::Duration;

use berkas_assignment::Assignment;
use berkas_domain::{OfficeCode, OfficeMode, Revision, Service, Sha256Hash, Stage, UserId};
use berkas_runtime::settings::Settings;
use berkas_runtime::{App, Job, Outcome, Worker};
use berkas_store::{
    AcceptedArrival, Arrival, Door, Effect, NewUser, OfficeRecord, Settled, Settlement, TestDatabase,
    UserRole, WorkRef,
};
use berkas_testkit::services;
use chrono::TimeDelta;
use serde_json::json;
use uuid::Uuid;

const LIVE: &str = "351709";
const TRAINING: &str = "351710";

/// Runs `test` on a fresh database with a live office and one in training.
fn on_bench(test: impl AsyncFnOnce(Bench)) {
    let services = services().unwrap();
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    runtime.block_on(async {
        let name = format!("berkas_{}", Uuid::new_v4().simple());
        let database =
            TestDatabase::create(services.get("BERKAS_DATABASE_URL").unwrap(), &name).await.unwrap();
        let bench = Bench::new(&database).await;
        tokio::time::timeout(Duration::from_secs(60), test(bench)).await.expect("the test hangs");
    });
}

struct Bench {
    app: App,
    worker: Assignment,
    _objects: tempfile::TempDir,
}

impl Bench {
    async fn new(database: &TestDatabase) -> Self {
        let objects = tempfile::tempdir().unwrap();
        let env = [
            ("BERKAS_DATABASE_URL", database.url()),
            ("BERKAS_BLOBS_URL", format!("file://{}", objects.path().display())),
        ];
        let settings = Settings::load(None, env.map(|(name, value)| (name.to_owned(), value))).unwrap();
        let app = App::start(settings, "assignment").await.unwrap();
        app.store.migrate().await.unwrap();
        let offices = [(LIVE, OfficeMode::Live), (TRAINING, OfficeMode::Training)].map(|(code, mode)| {
            OfficeRecord { code: code.parse().unwrap(), name: "Contoh".into(), parent: None, mode }
        });
        app.store.add_offices(&offices).await.unwrap();
        Self { worker: Assignment::new(app.clone()), app, _objects: objects }
    }

    async fn verifier(&self, login: &str, services: &[Service], training: bool) -> UserId {
        let id = UserId(Uuid::new_v4());
        let user = NewUser {
            id,
            login,
            display_name: "Verifikator Contoh",
            role: UserRole::Verifier,
            password_hash: "",
            services,
            capacity: 100,
            training,
        };
        self.app.store.create_user(&user, self.app.clock.now()).await.unwrap();
        id
    }

    /// A submission that the rules have nothing against.
    async fn checked(&self, office: &str) -> WorkRef {
        let data = |_: &Arrival, _: &AcceptedArrival| json!({});
        let now = self.app.clock.now();
        let arrivals = [arrival(office.parse().unwrap())];
        let answers = self.app.store.accept(&arrivals, &data, now + TimeDelta::days(1), now).await.unwrap();
        let mut work = answers.into_iter().next().unwrap().unwrap().work.unwrap().work;
        for to in [Stage::Normalized, Stage::Checked] {
            let settled = Settled::Advance { to, not_before: None, effects: Vec::new() };
            work = self.settle(work, settled).await.unwrap();
        }
        work
    }

    /// Lets the worker choose; returns whom the task is meant for, and writes it.
    async fn assign(&self, work: WorkRef) -> Option<UserId> {
        let outcome = self.worker.handle(&Job { work, trace: None }).await.unwrap();
        let Outcome::Forward { to, not_before, effects } = outcome else { panic!("{outcome:?}") };
        assert_eq!(to, Stage::Waiting);
        let [Effect::Task { preferred }] = effects.as_slice() else { panic!("{effects:?}") };
        let preferred = *preferred;
        self.settle(work, Settled::Advance { to, not_before, effects }).await;
        preferred
    }

    async fn settle(&self, work: WorkRef, settled: Settled) -> Option<WorkRef> {
        let settlement = Settlement { work, settled, trace: None };
        let applied = self.app.store.settle(vec![settlement], self.app.clock.now()).await.unwrap();
        assert!(applied.stale.is_empty());
        applied.fresh.first().map(|due| due.work)
    }
}

fn arrival(office: OfficeCode) -> Arrival {
    let sender_id = Uuid::new_v4();
    Arrival {
        office,
        sender_id,
        revision: Revision(1),
        manifest_hash: Sha256Hash::of(sender_id.as_bytes()),
        service: Service::KtpEl,
        case: "KTP-1".parse().unwrap(),
        form: Sha256Hash::of(b"form"),
        facts: None,
        sent_by: None,
        documents: Vec::new(),
        door: Door::Http,
        trace: None,
    }
}

#[test]
fn a_chunk_spreads_over_the_competent_verifiers_of_the_right_pool() {
    on_bench(async |bench| {
        let one = bench.verifier("wati", &[Service::KtpEl], false).await;
        let two = bench.verifier("budi", Service::ALL, false).await;
        bench.verifier("sari", &[Service::AktaKelahiran], false).await;
        let trainer = bench.verifier("joko", Service::ALL, true).await;

        let mut given: BTreeMap<Option<UserId>, u32> = BTreeMap::new();
        for _ in 0..6 {
            let work = bench.checked(LIVE).await;
            *given.entry(bench.assign(work).await).or_default() += 1;
        }
        assert_eq!(given, BTreeMap::from([(Some(one), 3), (Some(two), 3)]));

        let practice = bench.checked(TRAINING).await;
        assert_eq!(bench.assign(practice).await, Some(trainer));
        let now = bench.app.clock.now();
        let lease = now + TimeDelta::minutes(15);
        let task = bench.app.store.pull_task(trainer, lease, now).await.unwrap().unwrap();
        assert_eq!(task.submission, practice.submission);
        assert_eq!(
            bench.app.store.pull_task(trainer, lease, now).await.unwrap(),
            None,
            "live work is not for trainers"
        );
    });
}

#[test]
fn with_nobody_on_duty_the_task_waits_for_anybody() {
    on_bench(async |bench| {
        let work = bench.checked(LIVE).await;
        assert_eq!(bench.assign(work).await, None);
        let late = bench.verifier("wati", &[Service::KtpEl], false).await;
        let now = bench.app.clock.now();
        let task = bench.app.store.pull_task(late, now + TimeDelta::minutes(15), now).await.unwrap().unwrap();
        assert_eq!(task.submission, work.submission);
    });
}

#[test]
fn work_that_somebody_else_has_done_is_left_alone() {
    on_bench(async |bench| {
        let work = bench.checked(LIVE).await;
        bench.assign(work).await;
        let again = bench.worker.handle(&Job { work, trace: None }).await.unwrap();
        assert!(matches!(again, Outcome::Stale), "{again:?}");
    });
}
