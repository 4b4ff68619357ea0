//! Wraps routes into a surface that may be shown to the world.

use std::time::Duration;

use axum::Router;
use axum::extract::{Request, State};
use axum::http::{Extensions, HeaderMap, StatusCode, Version, header};
use axum::middleware::{Next, from_fn, from_fn_with_state};
use axum::response::Response;
use axum::routing::{get, post};
use tower_http::compression::CompressionLayer;

use crate::cookies::set_cookie;
use crate::lang::LANG_COOKIE;
use crate::limit::{IsUpload, timed};
use crate::pages::SHARED;
use crate::{Lang, Problem, WebState, headers, lock, login, login_page, origin, plain, problem_page};

/// How long a browser remembers the language, in seconds: a year.
const LANG_MAX_AGE: i64 = 365 * 24 * 3600;

/// Makes a whole surface of `routes`: adds signing in and out (pages and API), the shared assets and problems as pages;
/// what another site sends is refused, and every answer carries the security headers.
pub fn surface(routes: Router, web: WebState) -> Router {
    dressed(whole(routes, &web), web)
}

/// The same, of which everything, signing in and out too, is answered within `limit`, as [`timed`] does.
pub fn surface_within(routes: Router, web: WebState, (limit, is_upload): (Duration, IsUpload)) -> Router {
    dressed(timed(whole(routes, &web), limit, is_upload), web)
}

/// All routes of a surface, which know who asks.
fn whole(routes: Router, web: &WebState) -> Router {
    routes.merge(shared(web.clone())).layer(from_fn_with_state(web.clone(), problem_page::know_asker))
}

/// What every surface has.
fn shared(web: WebState) -> Router {
    Router::new()
        .route("/", get(login_page::start))
        .route("/login", get(login_page::show).post(login_page::submit))
        .route("/logout", post(login_page::leave))
        .route("/unlock", get(lock::show).post(lock::submit))
        .route("/api/v1/login", post(login::api_login))
        .route("/api/v1/logout", post(login::api_logout))
        .route("/api/v1/me", get(login::api_me))
        .route("/api/v1/lock", post(lock::lock))
        .route("/api/v1/unlock", post(lock::unlock))
        .fallback(|| async { Problem::not_found() })
        .with_state(web)
        .merge(SHARED.routes())
}

/// Guards that every surface has, and problems as pages.
fn dressed(routes: Router, web: WebState) -> Router {
    let whole = routes
        .layer(from_fn(plain::tell_as_problems))
        .layer(from_fn(origin::refuse_cross_site))
        .layer(from_fn(problem_page::show_problems))
        .layer(from_fn_with_state(web, remember_language));
    whole.layer(from_fn(headers::secure)).layer(CompressionLayer::new().gzip(true).compress_when(is_text))
}

/// Text shrinks to a fifth, which counts on a bad line; scans are compressed already. Nothing secret stands in a page
/// beside what the asker chose, so its length gives nothing away.
fn is_text(_: StatusCode, _: Version, headers: &HeaderMap, _: &Extensions) -> bool {
    let kind = headers.get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    // Events are told as they happen; a compressor would hold them back.
    let is_stream = kind.starts_with("text/event-stream");
    !is_stream
        && ["text/", "application/json", "application/problem+json", "image/svg+xml"]
            .iter()
            .any(|text| kind.starts_with(text))
}

/// Keeps the language that an address asked for.
async fn remember_language(State(web): State<WebState>, request: Request, next: Next) -> Response {
    let asked = Lang::asked(request.uri().query());
    let mut response = next.run(request).await;
    let secure = web.settings.secure_cookies;
    let line = asked.and_then(|lang| set_cookie(LANG_COOKIE, lang.tag(), LANG_MAX_AGE, secure));
    if let Some(line) = line {
        response.headers_mut().append(header::SET_COOKIE, line);
    }
    response
}
