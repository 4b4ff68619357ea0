//! A desk of its own for each test, with verifiers and dossiers.

use std::sync::Arc;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{HeaderMap, Method, Request, StatusCode, header};
use berkas_blobs::{Blobs, SealKey};
use berkas_desk::{DeskSettings, DeskState, Originals, router};
use berkas_domain::{Clock, FixedClock, OfficeCode, OfficeMode, Service, Sha256Hash, SubmissionId, UserId};
use berkas_imaging::{Document, Limits, Options, normalize};
use berkas_notices::NoticeTexts;
use berkas_runtime::settings::Settings;
use berkas_store::{Eyes, NewUser, PoolEntry, Store, TestDatabase, UserRole};
use berkas_web::{WebSettings, WebState};
use chrono::{DateTime, Utc};
use serde_json::{Value, json};
use tower::ServiceExt;
use uuid::Uuid;

use crate::seed::{self, Dossier, Page, Scan};

pub(crate) const PASSWORD: &str = "kata sandi contoh";

pub(crate) struct Bench {
    pub(crate) app: Router,
    pub(crate) state: DeskState,
    pub(crate) store: Store,
    pub(crate) blobs: Blobs,
    pub(crate) clock: FixedClock,
    pub(crate) web: WebState,
    pub(crate) office: OfficeCode,
    directory: std::path::PathBuf,
    _database: TestDatabase,
}

impl Drop for Bench {
    fn drop(&mut self) {
        std::fs::remove_dir_all(&self.directory).ok();
    }
}

pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) bytes: Vec<u8>,
}

impl Answer {
    pub(crate) fn text(&self) -> String {
        String::from_utf8_lossy(&self.bytes).into_owned()
    }

    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.bytes).unwrap_or_else(|_| panic!("{} {}", self.status, self.text()))
    }

    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    #[track_caller]
    pub(crate) fn is(self, status: u16) -> Self {
        assert_eq!(self.status.as_u16(), status, "{}", self.text());
        self
    }

    /// The problem's code, for an answer that says no.
    #[track_caller]
    pub(crate) fn code(&self) -> String {
        self.json()["code"].as_str().unwrap().to_owned()
    }
}

/// Somebody who is signed in, and the desk they ask.
pub(crate) struct Person<'a> {
    bench: &'a Bench,
    pub(crate) cookie: String,
}

impl Bench {
    pub(crate) async fn new() -> Self {
        Self::with(DeskSettings::default()).await
    }

    /// One whose values are sealed at rest.
    pub(crate) async fn sealing() -> Self {
        Self::open(DeskSettings::default(), Some(SealKey::parse(&"a".repeat(64)).unwrap())).await
    }

    pub(crate) async fn with(settings: DeskSettings) -> Self {
        Self::open(settings, None).await
    }

    async fn open(settings: DeskSettings, key: Option<SealKey>) -> Self {
        let services = berkas_testkit::services().unwrap();
        let name = format!("desk_{}", Uuid::now_v7().simple());
        let database =
            TestDatabase::migrated(services.get("BERKAS_DATABASE_URL").unwrap(), &name).await.unwrap();
        let store = Store::connect(&database.url(), 8).await.unwrap();
        let directory = std::env::temp_dir().join(format!("berkas-{name}"));
        let blobs = Blobs::open(&format!("file://{}", directory.display()), key).unwrap();
        let start: DateTime<Utc> = "2026-11-24T01:00:00Z".parse().unwrap();
        let clock = FixedClock::at(start);
        let light = WebSettings {
            password_memory_kib: 64,
            password_passes: 1,
            secure_cookies: false,
            ..WebSettings::default()
        };
        let web = WebState::new(store.clone(), Arc::new(clock.clone()), light).unwrap();
        let texts = NoticeTexts::built_in();
        let mut knobs = Settings::load(None, []).unwrap();
        // A machine that compiles beside the tests draws slowly.
        knobs.scan.max_page_ms = 120_000;
        let originals = Originals::new(&knobs.scan, &knobs.desk);
        let state = DeskState { web: web.clone(), blobs: blobs.clone(), texts, originals, settings };
        let app = router(state.clone());
        let office = seed::office(&store, "351709", "Jombang", OfficeMode::Live).await;
        Self { app, state, store, blobs, clock, web, office, directory, _database: database }
    }

    /// Puts a birth of two papers into the pool; `number` makes its files differ.
    pub(crate) async fn dossier(&self, number: u8) -> SubmissionId {
        self.pooled(&self.office, number, ("image/jpeg", PoolEntry::default())).await
    }

    /// The same, of an office in training.
    pub(crate) async fn practice(&self, number: u8) -> SubmissionId {
        let office = seed::office(&self.store, "351710", "Jogoroto", OfficeMode::Training).await;
        self.pooled(&office, number, ("image/jpeg", PoolEntry::default())).await
    }

    /// The same, whose files are said to be of another type.
    pub(crate) async fn dossier_of(&self, media_type: &'static str) -> SubmissionId {
        self.pooled(&self.office, 1, (media_type, PoolEntry::default())).await
    }

    /// The same, on which two have to agree.
    pub(crate) async fn dossier_for_two(&self, number: u8) -> SubmissionId {
        let entry = PoolEntry { eyes: Eyes::Two, ..PoolEntry::default() };
        self.pooled(&self.office, number, ("image/jpeg", entry)).await
    }

    /// The same with these two files, normalized where they can be.
    pub(crate) async fn dossier_of_files(&self, files: [(&'static str, Vec<u8>); 2]) -> SubmissionId {
        let scans = files.map(|(media_type, bytes)| Scan { pages: normalized(&bytes), media_type, bytes });
        self.in_pool(&self.office, scans.to_vec(), PoolEntry::default()).await
    }

    async fn pooled(
        &self,
        office: &OfficeCode,
        number: u8,
        (media_type, entry): (&'static str, PoolEntry),
    ) -> SubmissionId {
        let scans = [1, 2].map(|document| Scan { media_type, ..scan(number, document) }).to_vec();
        self.in_pool(office, scans, entry).await
    }

    async fn in_pool(&self, office: &OfficeCode, scans: Vec<Scan>, entry: PoolEntry) -> SubmissionId {
        let form = form(&scans);
        let judgement = json!({
            "outcome": "passes",
            "findings": [{
                "level": "person", "code": "NAMA_BERBEDA", "check": "X07", "rule": "X07.nama", "document": 1,
                "text_id": "Nama ibu berbeda.", "text_en": "The mother's name differs.", "regulation": "-"
            }],
            "checklist": [{
                "check": "X04", "rule": "X04.asli", "document": 0, "text_id": "Pindaian dari asli?",
                "text_en": "Scan of the original?", "unknown": false
            }]
        });
        let dossier = Dossier { office: office.clone(), form, scans, judgement };
        seed::into_pool(&self.store, &self.blobs, dossier, entry, self.clock.now()).await
    }

    pub(crate) async fn person(&self, login: &str, role: UserRole) -> Person<'_> {
        self.employ(login, role).await;
        self.sign_in(login).await
    }

    /// Makes somebody known who is not signed in.
    pub(crate) async fn employ(&self, login: &str, role: UserRole) {
        self.employ_in((login, role), false).await;
    }

    /// The same, of the trainers' pool.
    pub(crate) async fn trainer(&self, login: &str) -> Person<'_> {
        self.employ_in((login, UserRole::Verifier), true).await;
        self.sign_in(login).await
    }

    async fn employ_in(&self, (login, role): (&str, UserRole), training: bool) {
        let id = UserId(Uuid::now_v7());
        let hash = self.web.passwords.hash(PASSWORD).unwrap();
        let user = NewUser {
            id,
            login,
            display_name: "Pegawai Contoh",
            role,
            password_hash: &hash,
            services: Service::ALL,
            capacity: 3,
            training,
        };
        self.store.create_user(&user, self.clock.now()).await.unwrap();
    }

    /// Signs somebody in who exists.
    pub(crate) async fn sign_in(&self, login: &str) -> Person<'_> {
        let body = json!({ "login": login, "password": PASSWORD }).to_string();
        let answer = self.ask(Request::post("/api/v1/login").body(Body::from(body)).unwrap()).await.is(200);
        let cookie = answer.header("set-cookie").split(';').next().unwrap().to_owned();
        Person { bench: self, cookie }
    }

    pub(crate) async fn verifier(&self, login: &str) -> Person<'_> {
        self.person(login, UserRole::Verifier).await
    }

    pub(crate) async fn ask(&self, request: Request<Body>) -> Answer {
        let (parts, body) = request.into_parts();
        let (method, path) = (parts.method.clone(), parts.uri.to_string());
        let sent = to_bytes(body, 1 << 22).await.unwrap();
        let request = Request::from_parts(parts, Body::from(sent.clone()));
        let response = self.app.clone().oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        let bytes = to_bytes(body, 1 << 22).await.unwrap().to_vec();
        let answer = Answer { status: parts.status, headers: parts.headers, bytes };
        crate::openapi::check(&method, &path, &sent, &answer);
        answer
    }
}

impl Person<'_> {
    pub(crate) async fn get(&self, path: &str) -> Answer {
        self.send(Method::GET, path, None, None).await
    }

    pub(crate) async fn post(&self, path: &str, body: Value) -> Answer {
        self.send(Method::POST, path, None, Some(body)).await
    }

    pub(crate) async fn put(&self, path: &str, body: Value) -> Answer {
        self.send(Method::PUT, path, None, Some(body)).await
    }

    pub(crate) async fn send(
        &self,
        method: Method,
        path: &str,
        fence: Option<i64>,
        body: Option<Value>,
    ) -> Answer {
        let mut request = Request::builder().method(method).uri(path).header(header::COOKIE, &self.cookie);
        if let Some(fence) = fence {
            request = request.header(header::IF_MATCH, format!("\"{fence}\""));
        }
        let body = body.map_or_else(Body::empty, |body| Body::from(body.to_string()));
        self.bench.ask(request.body(body).unwrap()).await
    }

    /// Sends a form of a page.
    pub(crate) async fn form(&self, path: &str, fields: &str) -> Answer {
        let request = Request::post(path)
            .header(header::COOKIE, &self.cookie)
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .header("sec-fetch-site", "same-origin");
        self.bench.ask(request.body(Body::from(fields.to_owned())).unwrap()).await
    }

    /// Who they are.
    pub(crate) async fn id(&self) -> UserId {
        self.get("/api/v1/me").await.is(200).json()["id"].as_str().unwrap().parse().unwrap()
    }

    /// Pulls a task: its path in the API, and its token.
    pub(crate) async fn pull(&self) -> (String, i64) {
        let task = self.post("/api/v1/tasks/next", json!({})).await.is(200).json();
        (format!("/api/v1/tasks/{}", task["id"].as_str().unwrap()), task["fence"].as_i64().unwrap())
    }
}

fn scan(number: u8, document: u8) -> Scan {
    let page = |page: u8| Page {
        normalized: Some(format!("normalized {number}/{document}/{page}").into_bytes()),
        preview: None,
        halves: None,
        report: json!({"page": page, "width_px": 1240, "height_px": 1754, "blank": false, "verdict": "ok", "reasons": []}),
    };
    let bytes = format!("original {number}/{document}").into_bytes();
    Scan { bytes, media_type: "image/jpeg", pages: (1..=document).map(page).collect() }
}

/// The small copies of a file's pages; at least one page, as a file that cannot be opened has.
fn normalized(file: &[u8]) -> Vec<Page> {
    let limits = Limits { max_page_ms: 120_000, ..Limits::default() };
    let document = Document::open(file, &limits).ok();
    let count = document.as_ref().map_or(1, Document::page_count);
    let page = |index| {
        let document = document.as_ref()?;
        normalize(document, index, &Options::default(), &limits).ok()
    };
    let pages = (0..count).map(|index| {
        let made = page(index);
        let halves = made.as_ref().and_then(|made| made.report.halves);
        let mut report = json!({"page": index + 1, "blank": false, "verdict": "ok", "reasons": []});
        if let (Some(halves), Some(made)) = (halves, &made) {
            report["halves"] = json!(halves);
            (report["width_px"], report["height_px"]) =
                (made.report.width_px.into(), made.report.height_px.into());
        }
        Page {
            normalized: made.as_ref().map(|made| made.preview.clone()),
            preview: None,
            halves: made.and_then(|made| made.halves),
            report,
        }
    });
    pages.collect()
}

fn form(scans: &[Scan]) -> berkas_domain::form::Form {
    let hash = |index: usize| Sha256Hash::of(&scans[index].bytes);
    serde_json::from_value(json!({
        "salt": "00112233445566778899aabbccddeeff", "service": "akta_kelahiran", "case": "LHR-1",
        "handed_in": "2026-11-24",
        "persons": {
            "mother": {"name": "SITI CONTOH", "nik": "3517094104909001"}, "reporter": {"same_as": "mother"}
        },
        "event": {"date": "2026-11-20", "birth_order": 1},
        "documents": [
            {"kind": "surat_ket_lahir", "of": "mother", "sha256": hash(0), "attrs": {"names": {"mother": "Siti Chontoh"}}},
            {"kind": "kk", "sha256": hash(1)}
        ]
    }))
    .unwrap()
}
