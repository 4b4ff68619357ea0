//! Signing in and out, for programs; the pages use the same steps.

use std::net::IpAddr;

use axum::Json;
use axum::extract::{Request, State};
use axum::http::request::Parts;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{AppendHeaders, IntoResponse, Response};
use berkas_store::{Actor, AuditEntry, UserAccount, UserRole};
use serde::{Deserialize, Serialize};

use crate::body::json_body;
use crate::peer::peer;
use crate::throttle::Tries;
use crate::{Problem, User, WebState, session};

/// What `POST /api/v1/login` takes.
#[derive(Clone, Serialize, Deserialize)]
pub struct LoginRequest {
    /// The login; capitals do not matter.
    pub login: String,
    /// The password.
    pub password: String,
}

impl std::fmt::Debug for LoginRequest {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("LoginRequest(…)")
    }
}

/// What `POST /api/v1/login` and `GET /api/v1/me` answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Me {
    /// Who is signed in.
    pub id: berkas_domain::UserId,
    /// The name colleagues see.
    pub display_name: String,
    /// What the person may do.
    pub role: UserRole,
}

impl From<UserAccount> for Me {
    fn from(account: UserAccount) -> Self {
        Self { id: account.id, display_name: account.display_name, role: account.role }
    }
}

/// Why nobody was signed in.
pub(crate) enum Denied {
    /// Login or password are wrong; which of them is not told.
    Wrong,
    /// Too many tries; seconds to wait.
    Throttled(u64),
    /// Too many at this moment.
    Busy,
    /// The database said no.
    Failed(Problem),
}

impl From<berkas_store::StoreError> for Denied {
    fn from(error: berkas_store::StoreError) -> Self {
        Self::Failed(error.into())
    }
}

impl From<Denied> for Problem {
    fn from(denied: Denied) -> Self {
        match denied {
            Denied::Wrong => {
                Self::new(StatusCode::UNAUTHORIZED, "wrong_login", "the login or the password is wrong")
            }
            Denied::Throttled(seconds) => {
                Self::new(StatusCode::TOO_MANY_REQUESTS, "throttled", "too many tries").retry_after(seconds)
            }
            Denied::Busy => {
                Self::new(StatusCode::SERVICE_UNAVAILABLE, "busy", "too many are signing in").retry_after(2)
            }
            Denied::Failed(problem) => problem,
        }
    }
}

/// Checks a login. Counts the try first; an unknown login takes as long as a wrong password.
pub(crate) async fn check(
    web: &WebState,
    request: LoginRequest,
    peer: Option<IpAddr>,
) -> Result<UserAccount, Denied> {
    let account = match prove(web, request, peer).await? {
        Ok(account) => account,
        Err(account) => {
            note(web, "login.failed", account.as_ref()).await?;
            return Err(Denied::Wrong);
        }
    };
    web.store.sweep_sessions(web.clock.now(), web.settings.idle()).await?;
    web.store.sweep_tries(web.clock.now(), web.settings.try_window()).await?;
    note(web, "login", Some(&account)).await?;
    Ok(account)
}

/// Whose login and password these are; who was meant, when they do not fit. Every try is counted first, and forgotten when
/// it was right.
pub(crate) async fn prove(
    web: &WebState,
    request: LoginRequest,
    peer: Option<IpAddr>,
) -> Result<Result<UserAccount, Option<UserAccount>>, Denied> {
    let login = request.login.trim().to_lowercase();
    let tries = Tries::of(&login, peer);
    if let Some(seconds) = tries.count(web).await? {
        return Err(Denied::Throttled(seconds));
    }
    let (account, hash) = web.store.user_for_login(&login).await?.unzip();
    let right = web.passwords.verify(request.password, hash).await.map_err(|_| Denied::Busy)?;
    match (right, account) {
        (true, Some(account)) => {
            tries.forget(web).await?;
            Ok(Ok(account))
        }
        (_, account) => Ok(Err(account)),
    }
}

/// Writes the act down, when it is known whose account it was about.
pub(crate) async fn note(
    web: &WebState,
    action: &'static str,
    account: Option<&UserAccount>,
) -> Result<(), berkas_store::StoreError> {
    let Some(account) = account else { return Ok(()) };
    let actor = if action.ends_with(".failed") { Actor::System } else { Actor::User(account.id) };
    let entry = AuditEntry { actor, action, subject: account.id.to_string(), detail: serde_json::json!({}) };
    web.store.audit(&entry, web.clock.now()).await
}

/// Ends the session, writes it down, and returns the headers that make the browser forget.
pub(crate) async fn end(web: &WebState, headers: &HeaderMap) -> Result<HeaderMap, Problem> {
    if let Some(user) = session::close(web, headers).await? {
        let entry = AuditEntry {
            actor: Actor::User(user),
            action: "logout",
            subject: user.to_string(),
            detail: serde_json::json!({}),
        };
        web.store.audit(&entry, web.clock.now()).await?;
    }
    let mut forget = HeaderMap::new();
    if let Some(line) = session::forgetting(&web.settings) {
        forget.insert(header::SET_COOKIE, line);
    }
    Ok(forget)
}

/// `POST /api/v1/login`.
pub(crate) async fn api_login(State(web): State<WebState>, request: Request) -> Result<Response, Problem> {
    let (parts, body): (Parts, _) = request.into_parts();
    let login = json_body(body).await?;
    let account = check(&web, login, peer(&parts, web.settings.trust_forwarded_for)).await?;
    let cookie = session::open(&web, &parts.headers, &account).await?;
    Ok((AppendHeaders([(header::SET_COOKIE, cookie)]), Json(Me::from(account))).into_response())
}

/// `POST /api/v1/logout`.
pub(crate) async fn api_logout(State(web): State<WebState>, headers: HeaderMap) -> Result<Response, Problem> {
    Ok((StatusCode::NO_CONTENT, end(&web, &headers).await?).into_response())
}

/// `GET /api/v1/me`.
pub(crate) async fn api_me(User(account): User) -> Json<Me> {
    Json(account.into())
}
