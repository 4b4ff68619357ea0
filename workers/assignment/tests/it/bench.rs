//! A database with offices and verifiers.

use std::time::Duration;

use berkas_assignment::Assignment;
use berkas_domain::{LookupKeys, OfficeCode, OfficeMode, Revision, Service, Sha256Hash, Stage, UserId};
use berkas_runtime::settings::Settings;
use berkas_runtime::{App, Job, Outcome, Worker};
use berkas_store::{
    AcceptedArrival, Arrival, Door, Effect, LeasedTask, NewUser, OfficeRecord, Settled, Settlement,
    TestDatabase, UserRole, WorkRef,
};
use berkas_testkit::services;
use chrono::{DateTime, TimeDelta, Utc};
use serde_json::json;
use uuid::Uuid;

/// Live kecamatan, and a desa below the first.
pub(crate) const LIVE: &str = "351709";
pub(crate) const NEIGHBOUR: &str = "351702";
pub(crate) const THIRD: &str = "351713";
pub(crate) const VILLAGE: &str = "3517092001";
/// A kecamatan in training.
pub(crate) const TRAINING: &str = "351710";

/// Runs `test` on a fresh database with live offices and one in training.
pub(crate) fn on_bench(test: impl AsyncFnOnce(Bench)) {
    let services = services().unwrap();
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    runtime.block_on(async {
        let name = format!("berkas_{}", Uuid::new_v4().simple());
        let database =
            TestDatabase::migrated(services.get("BERKAS_DATABASE_URL").unwrap(), &name).await.unwrap();
        let bench = Bench::new(&database).await;
        tokio::time::timeout(Duration::from_secs(60), test(bench)).await.expect("the test hangs");
    });
}

pub(crate) struct Bench {
    pub(crate) app: App,
    pub(crate) worker: Assignment,
    _objects: tempfile::TempDir,
}

impl Bench {
    async fn new(database: &TestDatabase) -> Self {
        let objects = tempfile::tempdir().unwrap();
        let env = [
            ("BERKAS_DATABASE_URL", database.url()),
            ("BERKAS_BLOBS_URL", format!("file://{}", objects.path().display())),
            // What needs a second look here needs it by rule.
            ("BERKAS_ASSIGNMENT__SECOND_LOOK_PERCENT", "0".to_owned()),
        ];
        let settings = Settings::load(None, env.map(|(name, value)| (name.to_owned(), value))).unwrap();
        let app = App::start(settings, "assignment").await.unwrap();
        let offices = [
            (LIVE, None, OfficeMode::Live),
            (NEIGHBOUR, None, OfficeMode::Live),
            (THIRD, None, OfficeMode::Live),
            (VILLAGE, Some(LIVE), OfficeMode::Live),
            (TRAINING, None, OfficeMode::Training),
        ];
        let offices = offices.map(|(code, parent, mode)| OfficeRecord {
            code: code.parse().unwrap(),
            name: "Contoh".into(),
            parent: parent.map(|parent: &str| parent.parse().unwrap()),
            mode,
        });
        app.store.add_offices(&offices).await.unwrap();
        Self { worker: Assignment::new(app.clone()).unwrap(), app, _objects: objects }
    }

    pub(crate) async fn verifier(&self, login: &str, services: &[Service], training: bool) -> UserId {
        self.verifier_with(login, services, training, 100).await
    }

    /// A verifier who holds so many tasks at most.
    pub(crate) async fn verifier_with(
        &self,
        login: &str,
        services: &[Service],
        training: bool,
        capacity: i32,
    ) -> UserId {
        self.user(login, UserRole::Verifier, services, training, capacity).await
    }

    pub(crate) async fn supervisor(&self, login: &str) -> UserId {
        self.user(login, UserRole::Supervisor, Service::ALL, false, 100).await
    }

    async fn user(
        &self,
        login: &str,
        role: UserRole,
        services: &[Service],
        training: bool,
        capacity: i32,
    ) -> UserId {
        let id = UserId(Uuid::new_v4());
        let user = NewUser {
            id,
            login,
            display_name: "Verifikator Contoh",
            role,
            password_hash: "",
            services,
            capacity,
            training,
        };
        self.app.store.create_user(&user, self.now()).await.unwrap();
        self.app.store.set_duty(id, true, self.now()).await.unwrap();
        id
    }

    /// A submission of today that the rules have nothing against.
    pub(crate) async fn checked(&self, office: &str) -> WorkRef {
        self.checked_for(office, Service::KtpEl, self.now() + TimeDelta::days(1)).await
    }

    /// The same for another service or due time.
    pub(crate) async fn checked_for(&self, office: &str, service: Service, due: DateTime<Utc>) -> WorkRef {
        let arrival = Arrival { service, ..arrival(office.parse().unwrap()) };
        self.accepted(arrival, due).await
    }

    /// Takes an arrival to where the worker takes it up.
    pub(crate) async fn accepted(&self, arrival: Arrival, due: DateTime<Utc>) -> WorkRef {
        let data = |_: &Arrival, _: &AcceptedArrival| json!({});
        let answers = self.app.store.accept(&[arrival], &data, &|_, _| due, self.now()).await.unwrap();
        let mut work = answers.into_iter().next().unwrap().unwrap().work.unwrap().work;
        for to in [Stage::Normalized, Stage::Checked] {
            let settled = Settled::Advance { to, not_before: None, effects: Vec::new() };
            work = self.settle(work, settled).await.unwrap();
        }
        work
    }

    pub(crate) fn now(&self) -> DateTime<Utc> {
        self.app.clock.now()
    }

    /// What `user` gets next.
    pub(crate) async fn pull(&self, user: UserId) -> Option<LeasedTask> {
        let now = self.now();
        self.app.store.pull_task(user, now + TimeDelta::minutes(15), now).await.unwrap()
    }

    /// Lets the worker choose; returns whom the task is meant for, and writes it.
    pub(crate) async fn assign(&self, work: WorkRef) -> Option<UserId> {
        let outcome = self.worker.handle(&Job { work, trace: None }).await.unwrap();
        let Outcome::Forward { to, not_before, effects } = outcome else { panic!("{outcome:?}") };
        assert_eq!(to, Stage::Waiting);
        let [Effect::Task(entry)] = effects.as_slice() else { panic!("{effects:?}") };
        let preferred = entry.preferred;
        self.settle(work, Settled::Advance { to, not_before, effects }).await;
        preferred
    }

    pub(crate) async fn settle(&self, work: WorkRef, settled: Settled) -> Option<WorkRef> {
        let settlement = Settlement { work, settled, trace: None };
        let applied = self.app.store.settle(vec![settlement], self.now()).await.unwrap();
        assert!(applied.stale.is_empty());
        applied.fresh.first().map(|due| due.work)
    }
}

pub(crate) fn arrival(office: OfficeCode) -> Arrival {
    let sender_id = Uuid::new_v4();
    Arrival {
        office,
        sender_id,
        revision: Revision(1),
        manifest_hash: Sha256Hash::of(sender_id.as_bytes()),
        service: Service::KtpEl,
        case: "KTP-1".parse().unwrap(),
        form: Sha256Hash::of(b"form"),
        lookup: LookupKeys::none(Service::KtpEl, "KTP-1".parse().unwrap()),
        sent_by: None,
        sms_to: None,
        documents: Vec::new(),
        door: Door::Http,
        trace: None,
    }
}
