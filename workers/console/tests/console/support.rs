//! A console of its own for each test, with submissions in the stages that a test asks for.

use std::sync::Arc;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{Method, Request, StatusCode, header};
use berkas_blobs::{Seal, SealKey};
use berkas_console::ConsoleState;
use berkas_domain::{
    Clock, DocumentKind, FixedClock, LookupKeys, OfficeCode, OfficeMode, Revision, Service, Sha256Hash,
    Stage, SubmissionId, UserId,
};
use berkas_store::{
    Arrival, ArrivalDocument, Door, NewUser, OfficeRecord, Settled, Settlement, Store, TestDatabase,
    UserRole, WorkRef,
};
use berkas_web::{WebSettings, WebState};
use chrono::{DateTime, TimeDelta, Utc};
use serde_json::{Value, json};
use tower::ServiceExt;
use uuid::Uuid;

pub(crate) const PASSWORD: &str = "kata sandi contoh";

pub(crate) struct Bench {
    app: Router,
    pub(crate) store: Store,
    pub(crate) clock: FixedClock,
    web: WebState,
    pub(crate) office: OfficeCode,
    pub(crate) seal: Seal,
    _database: TestDatabase,
}

pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) location: String,
    pub(crate) cookie: String,
    pub(crate) text: String,
}

impl Answer {
    #[track_caller]
    pub(crate) fn is(self, status: u16) -> Self {
        assert_eq!(self.status.as_u16(), status, "{}", self.text);
        self
    }

    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap()
    }
}

impl Bench {
    pub(crate) async fn new() -> Self {
        let services = berkas_testkit::services().unwrap();
        let name = format!("console_{}", Uuid::now_v7().simple());
        let database =
            TestDatabase::migrated(services.get("BERKAS_DATABASE_URL").unwrap(), &name).await.unwrap();
        let store = Store::connect(&database.url(), 4).await.unwrap();
        let start: DateTime<Utc> = "2026-11-24T01:00:00Z".parse().unwrap();
        let clock = FixedClock::at(start);
        let settings = WebSettings { password_memory_kib: 64, password_passes: 1, ..WebSettings::default() };
        let web = WebState::new(store.clone(), Arc::new(clock.clone()), settings).unwrap();
        let office: OfficeCode = "351709".parse().unwrap();
        let record = OfficeRecord {
            code: office.clone(),
            name: "Jombang".into(),
            parent: None,
            mode: OfficeMode::Live,
        };
        store.add_offices(&[record]).await.unwrap();
        let seal = Seal::new(Some(SealKey::parse(&"c0".repeat(32)).unwrap()));
        let state = ConsoleState { seal: seal.clone(), ..web.clone().into() };
        let app = berkas_console::router(state);
        Self { app, store, clock, web, office, seal, _database: database }
    }

    /// Makes another office known.
    pub(crate) async fn office_in(&self, code: &str, mode: OfficeMode) -> OfficeCode {
        let code: OfficeCode = code.parse().unwrap();
        let record = OfficeRecord { code: code.clone(), name: "Tembelang".into(), parent: None, mode };
        self.store.add_offices(&[record]).await.unwrap();
        code
    }

    /// Accepts a submission; its first step is due.
    pub(crate) async fn submission(&self) -> WorkRef {
        self.submission_of(&self.office, Vec::new()).await
    }

    /// The same of an office, with these papers.
    pub(crate) async fn submission_of(&self, office: &OfficeCode, papers: Vec<Sha256Hash>) -> WorkRef {
        let sender_id = Uuid::now_v7();
        let paper = |sha256| ArrivalDocument {
            kind: DocumentKind::Kk,
            of_role: None,
            sha256,
            size: 4,
            media_type: "image/png".into(),
            flagged: false,
        };
        let arrival = Arrival {
            office: office.clone(),
            sender_id,
            revision: Revision(1),
            manifest_hash: Sha256Hash::of(sender_id.as_bytes()),
            service: Service::KtpEl,
            case: "KTP-1".parse().unwrap(),
            form: Sha256Hash::of(sender_id.as_bytes()),
            lookup: LookupKeys::none(Service::KtpEl, "KTP-1".parse().unwrap()),
            sent_by: None,
            sms_to: None,
            documents: papers.into_iter().map(paper).collect(),
            door: Door::Amqp,
            trace: None,
        };
        let now = self.clock.now();
        let due_at = now + TimeDelta::hours(6);
        let mut answers =
            self.store.accept(&[arrival], &|_, _| json!({}), &|_, _| due_at, now).await.unwrap();
        answers.remove(0).unwrap().work.unwrap().work
    }

    pub(crate) async fn settle(&self, work: WorkRef, settled: Settled) -> Option<WorkRef> {
        let applied =
            self.store.settle(vec![Settlement { work, settled, trace: None }], self.clock.now()).await;
        applied.unwrap().fresh.first().map(|due| due.work)
    }

    pub(crate) async fn advance(&self, work: WorkRef, to: Stage) -> WorkRef {
        let settled = Settled::Advance { to, not_before: None, effects: Vec::new() };
        self.settle(work, settled).await.unwrap()
    }

    /// A submission that retries did not cure; its id and that of the parked row.
    pub(crate) async fn parked(&self) -> (SubmissionId, Uuid) {
        let work = self.submission().await;
        let park = Settled::Park { code: "file_corrupt".into(), detail: "page 2 cannot be decoded".into() };
        assert_eq!(self.settle(work, park).await, None);
        let rows = self.store.parked(100).await.unwrap();
        let row = rows.iter().find(|row| row.submission == Some(work.submission)).unwrap();
        (work.submission, row.id)
    }

    pub(crate) async fn signed_in(&self, login: &str, role: UserRole) -> String {
        let hash = self.web.passwords.hash(PASSWORD).unwrap();
        let user = NewUser {
            id: UserId(Uuid::now_v7()),
            login,
            display_name: "Pegawai Contoh",
            role,
            password_hash: &hash,
            services: &[],
            capacity: 1,
            training: false,
        };
        self.store.create_user(&user, self.clock.now()).await.unwrap();
        let body = json!({ "login": login, "password": PASSWORD });
        self.call(Method::POST, "/api/v1/login", "", &body.to_string()).await.is(200).cookie
    }

    pub(crate) async fn call(&self, method: Method, path: &str, cookie: &str, body: &str) -> Answer {
        let kind =
            if path.starts_with("/api/") { "application/json" } else { "application/x-www-form-urlencoded" };
        let request = Request::builder()
            .method(method)
            .uri(path)
            .header(header::COOKIE, cookie)
            .header(header::CONTENT_TYPE, kind)
            .body(Body::from(body.to_owned()));
        let response = self.app.clone().oneshot(request.unwrap()).await.unwrap();
        let (parts, body) = response.into_parts();
        let header = |name| {
            parts.headers.get(name).map(|value: &header::HeaderValue| value.to_str().unwrap().to_owned())
        };
        let cookie = header(header::SET_COOKIE).unwrap_or_default();
        Answer {
            status: parts.status,
            location: header(header::LOCATION).unwrap_or_default(),
            cookie: cookie.split(';').next().unwrap_or_default().to_owned(),
            text: String::from_utf8_lossy(&to_bytes(body, 1 << 22).await.unwrap()).into_owned(),
        }
    }
}
