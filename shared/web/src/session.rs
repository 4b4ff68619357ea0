//! Sessions: a secret in a cookie, its hash in the database.

use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue};
use berkas_store::{SessionUser, StoreError, UserAccount};

use crate::cookies::{cookie, set_cookie};
use crate::{Problem, Secret, WebSettings, WebState};

/// With `Secure` the name takes a prefix that browsers hold to: no domain, the whole site, HTTPS only.
const fn cookie_name(settings: &WebSettings) -> &'static str {
    if settings.secure_cookies { "__Host-berkas" } else { "berkas" }
}

/// Sent by a page that refreshes itself: nobody need sit before it, so the session's idle clock goes on.
const UNATTENDED: &str = "x-unattended";

/// Who is signed in, looked up once for each request.
#[derive(Clone)]
struct Seen(Option<SessionUser>);

pub(crate) fn presented(headers: &HeaderMap, settings: &WebSettings) -> Option<Secret> {
    cookie(headers, cookie_name(settings)).and_then(Secret::read)
}

/// Finds who is signed in, also when the session is locked.
pub(crate) async fn current(parts: &mut Parts, web: &WebState) -> Result<Option<SessionUser>, Problem> {
    if let Some(Seen(user)) = parts.extensions.get() {
        return Ok(user.clone());
    }
    let user = match presented(&parts.headers, &web.settings) {
        Some(secret) if parts.headers.contains_key(UNATTENDED) => {
            let found =
                web.store.session_account(secret.hash(), web.clock.now(), web.settings.idle()).await?;
            found.map(|(user, _)| user)
        }
        Some(secret) => web.store.session_user(secret.hash(), web.clock.now(), web.settings.idle()).await?,
        None => None,
    };
    parts.extensions.insert(Seen(user.clone()));
    Ok(user)
}

/// Locks the session that the browser presents. Says whether it was open.
pub(crate) async fn lock(web: &WebState, headers: &HeaderMap) -> Result<bool, StoreError> {
    match presented(headers, &web.settings) {
        Some(secret) => web.store.lock_session(secret.hash(), web.clock.now()).await,
        None => Ok(false),
    }
}

/// Opens the locked session that the browser presents.
pub(crate) async fn unlock(web: &WebState, headers: &HeaderMap) -> Result<(), StoreError> {
    match presented(headers, &web.settings) {
        Some(secret) => web.store.unlock_session(secret.hash()).await,
        None => Ok(()),
    }
}

/// Opens a new session for `account`, ends the one the browser had, and returns the cookie to set.
pub(crate) async fn open(
    web: &WebState,
    headers: &HeaderMap,
    account: &UserAccount,
) -> Result<HeaderValue, Problem> {
    close(web, headers).await?;
    let secret = Secret::draw().map_err(|_| Problem::internal())?;
    let (now, max) = (web.clock.now(), web.settings.session_max());
    web.store.open_session(secret.hash(), account.id, now, now + max).await?;
    let secure = web.settings.secure_cookies;
    set_cookie(cookie_name(&web.settings), secret.reveal(), max.num_seconds(), secure)
        .ok_or_else(Problem::internal)
}

/// Ends the session that the browser presents, if any. Returns whose it was.
pub(crate) async fn close(
    web: &WebState,
    headers: &HeaderMap,
) -> Result<Option<berkas_domain::UserId>, StoreError> {
    match presented(headers, &web.settings) {
        Some(secret) => web.store.close_session(secret.hash(), web.clock.now(), web.settings.idle()).await,
        None => Ok(None),
    }
}

/// The cookie that makes the browser forget its session.
pub(crate) fn forgetting(settings: &WebSettings) -> Option<HeaderValue> {
    set_cookie(cookie_name(settings), "", 0, settings.secure_cookies)
}
