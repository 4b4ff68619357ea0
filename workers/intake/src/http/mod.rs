//! The HTTP door: uploads, submissions, their status, and the inbox of each office.
//!
//! Every route is for an office with its API key, and sees nothing of any other office: what is another's does not
//! exist.

mod blobs;
mod manifest;
mod notices;
mod pages;
mod papers;
mod problem;
mod quota;
mod requirements;
mod status;
mod submissions;
mod thumbnails;
mod upload;

use std::sync::Arc;

use axum::Router;
use axum::extract::FromRef;
use axum::http::Method;
use axum::routing::{MethodRouter, get, post, put};
use berkas_rules::LiveRules;
use berkas_runtime::{App, Relay};
use berkas_web::WebState;
use tokio::sync::Semaphore;

use self::pages::PageDesk;
use self::quota::Quota;
use crate::backlog::Backlog;

const PAGE_CHECK: &str = "/api/v1/pages/check";

/// `page_href` of a reason in a notice names it.
const THUMBNAIL: &str = "/api/v1/submissions/{number}/revisions/{revision}/documents/{document}/pages/{page}";

/// What every handler reaches; clones share it.
#[derive(Clone)]
struct Door {
    app: App,
    web: WebState,
    relay: Option<Relay>,
    backlog: Arc<Backlog>,
    /// Bytes of uploads that may be in memory at the same time.
    room: Arc<Semaphore>,
    rules: Arc<LiveRules>,
    /// Dry runs of each office.
    checks: Arc<Quota>,
    /// Small copies of pages for each office.
    views: Arc<Quota>,
    /// Looks at pages that are not handed in yet.
    pages: Arc<PageDesk>,
}

impl FromRef<Door> for WebState {
    fn from_ref(door: &Door) -> Self {
        door.web.clone()
    }
}

/// Whether a request brings a file, whose line may be slow: `http.upload_timeout_s` holds for it, or the limits of
/// `[intake.page_check]`, not the time limit of other requests.
pub fn is_upload(method: &Method, path: &str) -> bool {
    (method == Method::PUT && path.starts_with("/api/v1/blobs/")) || path == PAGE_CHECK
}

/// The routes of the HTTP door, to be wrapped in `berkas_web::surface`. The work of what is accepted is left
/// to the sweeper, which publishes it within two seconds. Requirements and dry runs go by `rules`.
pub fn router(app: App, web: WebState, rules: Arc<LiveRules>) -> Router {
    routes(app, web, rules, None)
}

/// The same for a process with a broker: the work of what is accepted is published at once.
pub fn relaying_router(app: App, web: WebState, rules: Arc<LiveRules>, relay: Relay) -> Router {
    routes(app, web, rules, Some(relay))
}

fn routes(app: App, web: WebState, rules: Arc<LiveRules>, relay: Option<Relay>) -> Router {
    let bytes = usize::try_from(app.settings.intake.max_total_bytes).unwrap_or(usize::MAX);
    let room = Arc::new(Semaphore::new(bytes.min(Semaphore::MAX_PERMITS)));
    let checks = Arc::new(Quota::per_minute(app.settings.intake.checks_per_minute));
    let views = Arc::new(Quota::per_minute(app.settings.intake.thumbnails_per_minute));
    let pages = Arc::new(PageDesk::new(&app.settings));
    let door = Door { app, web, relay, backlog: Arc::default(), room, rules, checks, views, pages };
    let mut router = Router::new();
    for (path, answers) in every_route() {
        router = router.route(path, answers);
    }
    router.with_state(door)
}

/// Every route, once: the router is made of this list, and a test walks it.
fn every_route() -> Vec<(&'static str, MethodRouter<Door>)> {
    vec![
        ("/api/v1/services", get(requirements::services)),
        ("/api/v1/services/{service}/cases/{case}", get(requirements::case)),
        ("/api/v1/submissions/check", post(requirements::check)),
        (PAGE_CHECK, post(pages::check)),
        ("/api/v1/blobs/{sha256}", put(blobs::upload).head(blobs::look_up)),
        ("/api/v1/submissions", post(submissions::submit).get(status::by_sender_id)),
        ("/api/v1/submissions/{number}", get(status::by_number).delete(submissions::remove)),
        ("/api/v1/submissions/{number}/withdrawal", post(submissions::withdraw)),
        ("/api/v1/submissions/{number}/receipt", get(papers::receipt)),
        (THUMBNAIL, get(thumbnails::page)),
        ("/api/v1/notices/{id}/letter", get(papers::letter)),
        ("/api/v1/notices", get(notices::inbox)),
        ("/api/v1/notices/{id}/acknowledgement", post(notices::acknowledge)),
    ]
}

/// The path of every route, as the router has it.
#[must_use]
pub fn paths() -> Vec<&'static str> {
    every_route().into_iter().map(|(path, _)| path).collect()
}
