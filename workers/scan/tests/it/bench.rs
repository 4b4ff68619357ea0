//! A database and an object store of one test, with what an office sent.

use std::path::Path;
use std::sync::Arc;

use berkas_blobs::{Blobs, ObjectKey};
use berkas_domain::{
    Clock, DocumentKind, FixedClock, Generation, LookupKeys, OfficeCode, OfficeMode, Revision, Service,
    Sha256Hash, Step, SubmissionId,
};
use berkas_runtime::settings::Settings;
use berkas_runtime::{Failure, Job, Outcome, Worker};
use berkas_scan::ScanWorker;
use berkas_store::{
    Arrival, ArrivalDocument, Door, OfficeRecord, Store, StoredPage, StoredScan, TestDatabase, WorkRef,
};
use berkas_testkit::services;
use chrono::{DateTime, TimeDelta};
use serde_json::Value;
use tempfile::TempDir;
use uuid::Uuid;

pub(crate) struct Bench {
    pub(crate) store: Store,
    pub(crate) blobs: Blobs,
    pub(crate) office: OfficeCode,
    pub(crate) clock: FixedClock,
    pub(crate) objects: TempDir,
    worker: ScanWorker,
    // Goes last: nobody may be connected any more.
    _database: TestDatabase,
}

impl Bench {
    pub(crate) async fn new() -> Self {
        let services = services().unwrap();
        let name = format!("scan_{}", Uuid::new_v4().simple());
        let database =
            TestDatabase::migrated(services.get("BERKAS_DATABASE_URL").unwrap(), &name).await.unwrap();
        let store = Store::connect(&database.url(), 5).await.unwrap();
        let office: OfficeCode = "351709".parse().unwrap();
        let record = OfficeRecord {
            code: office.clone(),
            name: "Jombang".to_owned(),
            parent: None,
            mode: OfficeMode::Live,
        };
        store.add_offices(&[record]).await.unwrap();
        let objects = TempDir::new().unwrap();
        let blobs = open(objects.path());
        let clock = FixedClock::at(DateTime::from_timestamp(1_790_000_000, 0).unwrap());
        let mut settings = Settings::load(None, []).unwrap().scan;
        settings.child = berkas_normalizer::fixtures::child_program();
        let worker = ScanWorker::new(store.clone(), blobs.clone(), &settings, Arc::new(clock.clone()));
        Self { store, blobs, office, clock, objects, worker, _database: database }
    }

    /// Stores a file as the office's.
    pub(crate) async fn upload(&self, file: &[u8]) -> Sha256Hash {
        let key = ObjectKey::original_of(&self.office, file);
        self.blobs.put(&key, file.to_vec()).await.unwrap();
        key.sha256()
    }

    /// A submission with these files as its documents, and the work that is due for it.
    pub(crate) async fn submit(&self, files: &[Sha256Hash]) -> Job {
        let document = |sha256: &Sha256Hash| ArrivalDocument {
            kind: DocumentKind::Kk,
            of_role: None,
            sha256: *sha256,
            size: 1,
            media_type: "image/tiff".to_owned(),
            flagged: false,
        };
        let sender_id = Uuid::new_v4();
        let arrival = Arrival {
            office: self.office.clone(),
            sender_id,
            revision: Revision(1),
            manifest_hash: Sha256Hash::of(sender_id.as_bytes()),
            service: Service::AktaKelahiran,
            case: "LHR-1".parse().unwrap(),
            form: Sha256Hash::of(b"form"),
            lookup: LookupKeys::none(Service::AktaKelahiran, "LHR-1".parse().unwrap()),
            sent_by: None,
            sms_to: None,
            documents: files.iter().map(document).collect(),
            door: Door::Http,
            trace: None,
        };
        let now = self.clock.now();
        let due_at = now + TimeDelta::days(1);
        let answers = self.store.accept(&[arrival], &|_, _| Value::Null, &|_, _| due_at, now).await.unwrap();
        let accepted = answers.into_iter().next().unwrap().unwrap();
        Job { work: accepted.work.unwrap().work, trace: None }
    }

    pub(crate) async fn handle(&self, job: &Job) -> Result<Outcome, Failure> {
        self.worker.handle(job).await
    }

    pub(crate) async fn scan(&self, file: Sha256Hash) -> StoredScan {
        self.store.scan(&self.office, file).await.unwrap().unwrap()
    }

    pub(crate) async fn pages(&self, file: Sha256Hash) -> Vec<StoredPage> {
        self.store.pages_done(&self.office, file, berkas_imaging::NORMALIZER_VERSION).await.unwrap()
    }
}

pub(crate) fn open(directory: &Path) -> Blobs {
    Blobs::open(&format!("file://{}", directory.display()), None).unwrap()
}

/// Work for a submission that does not exist.
pub(crate) fn nobodys_work() -> Job {
    let submission = SubmissionId(Uuid::new_v4());
    Job { work: WorkRef { submission, step: Step::Scan, generation: Generation(1) }, trace: None }
}
