//! A surface with one route for each extractor, and a browser to ask it.

use std::sync::Arc;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::Path;
use axum::http::{HeaderMap, Method, Request, StatusCode, header};
use axum::routing::{get, post};
use berkas_domain::{FixedClock, OfficeMode, Service, UserId};
use berkas_store::{NewUser, OfficeRecord, Store, TestDatabase, UserRole};
use berkas_web::{Office, Operator, Supervisor, User, Verifier, Watcher, WebSettings, WebState, surface};
use chrono::{DateTime, Utc};
use tower::ServiceExt;
use uuid::Uuid;

pub(crate) const PASSWORD: &str = "kata sandi contoh";

/// One deployment of its own: database, clock, surface.
pub(crate) struct Bench {
    pub(crate) app: Router,
    pub(crate) web: WebState,
    pub(crate) clock: FixedClock,
    _database: TestDatabase,
}

/// What came back.
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) text: String,
    /// Bytes of the body as it was sent.
    pub(crate) size: usize,
}

impl Answer {
    pub(crate) fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.text).unwrap()
    }

    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    /// The cookie to send from now on.
    pub(crate) fn cookie(&self) -> String {
        self.header("set-cookie").split(';').next().unwrap_or_default().to_owned()
    }
}

fn test_routes(web: WebState) -> Router {
    Router::new()
        .route("/api/v1/user", get(|_: User| async { "user" }))
        .route("/api/v1/verifier", post(|_: Verifier| async { "verifier" }))
        .route("/api/v1/supervisor", post(|_: Supervisor| async { "supervisor" }))
        .route("/api/v1/operator", post(|_: Operator| async { "operator" }))
        .route("/api/v1/watcher", get(|_: Watcher| async { "watcher" }))
        .route("/api/v1/office", get(|Office(owner): Office| async move { owner.office.to_string() }))
        .route("/page", get(|_: Operator| async { "page" }))
        .route("/api/v1/number/{number}", get(|Path(number): Path<u32>| async move { number.to_string() }))
        .route("/number/{number}", get(|Path(number): Path<u32>| async move { number.to_string() }))
        .with_state(web)
}

impl Bench {
    pub(crate) async fn new() -> Self {
        let settings = WebSettings { password_memory_kib: 64, password_passes: 1, ..WebSettings::default() };
        Self::with(settings).await
    }

    pub(crate) async fn with(settings: WebSettings) -> Self {
        let services = berkas_testkit::services().unwrap();
        let name = format!("web_{}", Uuid::now_v7().simple());
        let database =
            TestDatabase::migrated(services.get("BERKAS_DATABASE_URL").unwrap(), &name).await.unwrap();
        let store = Store::connect(&database.url(), 4).await.unwrap();
        let start: DateTime<Utc> = "2026-11-24T01:00:00Z".parse().unwrap();
        let clock = FixedClock::at(start);
        let web = WebState::new(store, Arc::new(clock.clone()), settings).unwrap();
        let app = surface(test_routes(web.clone()), web.clone());
        let bench = Self { app, web, clock, _database: database };
        bench.add_office("351709", OfficeMode::Live).await;
        bench
    }

    pub(crate) async fn add_office(&self, code: &str, mode: OfficeMode) {
        let office = OfficeRecord { code: code.parse().unwrap(), name: "Contoh".into(), parent: None, mode };
        self.web.store.add_offices(&[office]).await.unwrap();
    }

    pub(crate) async fn add_user(&self, login: &str, role: UserRole) -> UserId {
        let id = UserId(Uuid::now_v7());
        let hash = self.web.passwords.hash(PASSWORD).unwrap();
        let user = NewUser {
            id,
            login,
            display_name: "Pegawai Contoh",
            role,
            password_hash: &hash,
            services: Service::ALL,
            capacity: 5,
            training: false,
        };
        self.web.store.create_user(&user, start_of(&self.clock)).await.unwrap();
        id
    }

    pub(crate) async fn ask(&self, request: Request<Body>) -> Answer {
        let response = self.app.clone().oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        let bytes = to_bytes(body, 1 << 20).await.unwrap();
        Answer {
            status: parts.status,
            headers: parts.headers,
            text: String::from_utf8_lossy(&bytes).into_owned(),
            size: bytes.len(),
        }
    }

    pub(crate) async fn call(&self, method: Method, path: &str, cookie: &str) -> Answer {
        let request = Request::builder().method(method).uri(path).header(header::COOKIE, cookie);
        self.ask(request.body(Body::empty()).unwrap()).await
    }

    pub(crate) async fn login(&self, login: &str, password: &str) -> Answer {
        let body = serde_json::json!({ "login": login, "password": password }).to_string();
        self.ask(Request::post("/api/v1/login").body(body.into()).unwrap()).await
    }

    /// Signs in and returns the cookie.
    pub(crate) async fn signed_in(&self, login: &str) -> String {
        let answer = self.login(login, PASSWORD).await;
        assert_eq!(answer.status, StatusCode::OK, "{}", answer.text);
        answer.cookie()
    }
}

fn start_of(clock: &FixedClock) -> DateTime<Utc> {
    berkas_domain::Clock::now(clock)
}
