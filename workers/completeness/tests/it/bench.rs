//! A database and an object store of one's own, with dossiers in them.

use std::sync::Arc;
use std::time::Duration;

use berkas_blobs::ObjectKey;
use berkas_completeness::Completeness;
use berkas_domain::form::Form;
use berkas_domain::{DocumentKind, LookupKeys, OfficeCode, OfficeMode, Revision, Service, Sha256Hash, Stage};
use berkas_rules::examples::complete_form;
use berkas_rules::{LiveRules, RuleSets};
use berkas_runtime::settings::Settings;
use berkas_runtime::{App, Failure, Job, Outcome, Worker};
use berkas_store::{
    AcceptedArrival, Arrival, ArrivalDocument, Door, OfficeRecord, Settled, Settlement, StoredPage,
    TestDatabase, WorkRef,
};
use berkas_testkit::services;
use chrono::TimeDelta;
use serde_json::{Value, json};
use uuid::Uuid;

/// Runs `test` on a fresh database and an empty object store.
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
    pub(crate) rules: Arc<LiveRules>,
    objects: tempfile::TempDir,
}

/// A dossier in the stage before the rules.
pub(crate) struct Dossier {
    pub(crate) work: WorkRef,
    pub(crate) form: ObjectKey,
    /// The office and its own id of the submission.
    pub(crate) sent: (OfficeCode, Uuid),
}

impl Bench {
    async fn new(database: &TestDatabase) -> Self {
        let objects = tempfile::tempdir().unwrap();
        let env = [
            ("BERKAS_DATABASE_URL", database.url()),
            ("BERKAS_BLOBS_URL", format!("file://{}", objects.path().join("objects").display())),
            ("BERKAS_SEAL_KEY", "5e".repeat(32)),
        ];
        let settings = Settings::load(None, env.map(|(name, value)| (name.to_owned(), value))).unwrap();
        let app = App::start(settings, "completeness").await.unwrap();
        let offices =
            [(HOME, OfficeMode::Live), (NEIGHBOUR, OfficeMode::Live), (CLASSROOM, OfficeMode::Training)];
        let offices = offices.map(|(code, mode)| OfficeRecord {
            code: code.parse().unwrap(),
            name: "Contoh".into(),
            parent: None,
            mode,
        });
        app.store.add_offices(&offices).await.unwrap();
        let rules = Arc::new(LiveRules::new(RuleSets::built_in()));
        Self { app, objects, rules }
    }

    /// The worker.
    pub(crate) fn worker(&self) -> Completeness {
        Completeness::new(self.app.clone(), Arc::clone(&self.rules))
    }

    /// Lets the worker judge.
    pub(crate) async fn judge(&self, dossier: &Dossier) -> Result<Outcome, Failure> {
        let worker = self.worker();
        worker.handle(&Job { work: dossier.work, trace: None }).await
    }

    /// Writes what the worker answered; returns what is due next.
    pub(crate) async fn write(&self, dossier: &Dossier, outcome: Outcome) -> WorkRef {
        let Outcome::Forward { to, not_before, effects } = outcome else { panic!("{outcome:?}") };
        self.settle(dossier.work, Settled::Advance { to, not_before, effects }).await
    }

    /// A dossier with `form`, every document of which has the pages that `pages` tells of its kind.
    pub(crate) async fn hand_in(&self, form: Form, pages: impl Fn(DocumentKind) -> Vec<Value>) -> Dossier {
        let bytes = serde_json::to_string(&form).unwrap();
        self.hand_in_raw(form, bytes, pages).await
    }

    /// A dossier of legible pages from another office.
    pub(crate) async fn hand_in_at(&self, office: &str, form: &Form) -> Dossier {
        let office: OfficeCode = office.parse().unwrap();
        self.scanned_all(&office, form, good_pages).await;
        let bytes = serde_json::to_string(form).unwrap();
        let (key, arrival) = self.filed(&office, form, bytes, false).await;
        self.take_in(&key, arrival).await
    }

    /// The hold of a decision is over and the office is told.
    pub(crate) async fn told(&self, decided: WorkRef) {
        let noticed = Settled::Advance { to: Stage::Noticed, not_before: None, effects: Vec::new() };
        let settlement = Settlement { work: decided, settled: noticed, trace: None };
        self.app.store.settle(vec![settlement], self.app.clock.now()).await.unwrap();
    }

    /// The office reads of the return and sends the dossier again with another form.
    pub(crate) async fn repair(&self, dossier: &Dossier, returned: WorkRef, form: &Form) -> Dossier {
        self.told(returned).await;
        let (office, sender_id) = dossier.sent.clone();
        self.scanned_all(&office, form, good_pages).await;
        let bytes = serde_json::to_string(form).unwrap();
        let (key, first) = self.filed(&office, form, bytes, false).await;
        self.take_in(&key, Arrival { sender_id, revision: Revision(2), ..first }).await
    }

    /// The same with other bytes in the place of the form.
    pub(crate) async fn hand_in_raw(
        &self,
        form: Form,
        bytes: String,
        pages: impl Fn(DocumentKind) -> Vec<Value>,
    ) -> Dossier {
        self.scanned_all(&home(), &form, pages).await;
        self.accept(&form, bytes, false).await
    }

    /// The same as [`Bench::hand_in`], every document of which the counter has flagged.
    pub(crate) async fn hand_in_flagged(
        &self,
        form: Form,
        pages: impl Fn(DocumentKind) -> Vec<Value>,
    ) -> Dossier {
        self.scanned_all(&home(), &form, pages).await;
        let bytes = serde_json::to_string(&form).unwrap();
        self.accept(&form, bytes, true).await
    }

    /// A dossier whose documents nobody looked at.
    pub(crate) async fn hand_in_unscanned(&self, form: Form) -> Dossier {
        let bytes = serde_json::to_string(&form).unwrap();
        self.accept(&form, bytes, false).await
    }

    /// Takes the whole object store away.
    pub(crate) fn unmount_objects(&self) {
        std::fs::remove_dir_all(self.objects.path().join("objects")).unwrap();
    }

    async fn scanned_all(
        &self,
        office: &OfficeCode,
        form: &Form,
        pages: impl Fn(DocumentKind) -> Vec<Value>,
    ) {
        for document in &form.documents {
            self.scanned(office, document.sha256, pages(document.kind)).await;
        }
    }

    async fn scanned(&self, office: &OfficeCode, sha256: Sha256Hash, reports: Vec<Value>) {
        let count = i32::try_from(reports.len()).unwrap();
        for (page, report) in (1..).zip(reports) {
            let page = StoredPage { page, derived: None, report };
            self.app.store.page_done(office, sha256, "test", &page).await.unwrap();
        }
        let now = self.app.clock.now();
        self.app.store.scan_done(office, sha256, "test", count, None, now).await.unwrap();
    }

    async fn accept(&self, form: &Form, bytes: String, flagged: bool) -> Dossier {
        let (key, arrival) = self.filed(&home(), form, bytes, flagged).await;
        self.take_in(&key, arrival).await
    }

    /// Puts `bytes` into the object store as the form, and what the intake makes of it.
    async fn filed(
        &self,
        office: &OfficeCode,
        form: &Form,
        bytes: String,
        flagged: bool,
    ) -> (ObjectKey, Arrival) {
        let key = ObjectKey::original_of(office, bytes.as_bytes());
        self.app.blobs.put(&key, bytes.into_bytes()).await.unwrap();
        let lookup = LookupKeys::of(form, |text| self.app.seal.lookup_hash(text));
        let arrival = arrival(office, form, key.sha256(), lookup, flagged);
        (key, arrival)
    }

    /// Accepts it and lets its pages be done.
    async fn take_in(&self, key: &ObjectKey, arrival: Arrival) -> Dossier {
        let data = |_: &Arrival, _: &AcceptedArrival| json!({});
        let now = self.app.clock.now();
        let sent = (arrival.office.clone(), arrival.sender_id);
        let answers =
            self.app.store.accept(&[arrival], &data, &|at, _| at + TimeDelta::days(1), now).await.unwrap();
        let work = answers.into_iter().next().unwrap().unwrap().work.unwrap().work;
        let normalized = Settled::Advance { to: Stage::Normalized, not_before: None, effects: Vec::new() };
        Dossier { work: self.settle(work, normalized).await, form: key.clone(), sent }
    }

    async fn settle(&self, work: WorkRef, settled: Settled) -> WorkRef {
        let settlement = Settlement { work, settled, trace: None };
        let applied = self.app.store.settle(vec![settlement], self.app.clock.now()).await.unwrap();
        applied.fresh.first().unwrap().work
    }
}

/// A complete form for a lost card, without the papers of `kinds`.
pub(crate) fn form_without(kinds: &[DocumentKind]) -> Form {
    let mut form = complete_form(Service::KtpEl, &"KTP-2".parse().unwrap(), 0).unwrap();
    form.documents.retain(|document| !kinds.contains(&document.kind));
    form
}

/// One legible page.
pub(crate) fn good_pages(_: DocumentKind) -> Vec<Value> {
    vec![json!({ "verdict": "ok", "blank": false, "reasons": [] })]
}

/// The kecamatan of most tests, its neighbour, and one in training.
pub(crate) const HOME: &str = "351709";
pub(crate) const NEIGHBOUR: &str = "351713";
pub(crate) const CLASSROOM: &str = "351701";

fn home() -> OfficeCode {
    HOME.parse().unwrap()
}

fn arrival(
    office: &OfficeCode,
    form: &Form,
    form_sha256: Sha256Hash,
    lookup: LookupKeys,
    flagged: bool,
) -> Arrival {
    let documents = form.documents.iter().map(|document| ArrivalDocument {
        kind: document.kind,
        of_role: document.of.map(|role| role.to_string()),
        sha256: document.sha256,
        size: 1,
        media_type: "image/png".to_owned(),
        flagged,
    });
    Arrival {
        office: office.clone(),
        sender_id: Uuid::new_v4(),
        revision: Revision(1),
        manifest_hash: form_sha256,
        service: form.service,
        case: form.case.clone(),
        form: form_sha256,
        lookup,
        sent_by: None,
        sms_to: None,
        documents: documents.collect(),
        door: Door::Http,
        trace: None,
    }
}
