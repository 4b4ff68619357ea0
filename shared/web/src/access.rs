//! Who may call a handler: said in its signature, checked before it runs.

use axum::extract::{FromRef, FromRequestParts};
use axum::http::header;
use axum::http::request::Parts;
use berkas_domain::OfficeMode;
use berkas_store::{KeyOwner, SessionUser, UserAccount, UserRole};

use crate::{ApiKey, Problem, WebState, session};

/// Anybody who is signed in and whose session is not locked.
#[derive(Debug, Clone)]
pub struct User(pub UserAccount);

impl<S> FromRequestParts<S> for User
where
    WebState: FromRef<S>,
    S: Send + Sync,
{
    type Rejection = Problem;
    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let web = WebState::from_ref(state);
        let user = session::current(parts, &web).await?.ok_or_else(Problem::unauthenticated)?;
        if user.locked_at.is_some() { Err(Problem::locked()) } else { Ok(Self(user.account)) }
    }
}

/// Anybody who is signed in, also behind a locked screen: for what keeps work from being lost and shows nothing.
#[derive(Debug, Clone)]
pub struct EvenLocked(pub SessionUser);

impl<S> FromRequestParts<S> for EvenLocked
where
    WebState: FromRef<S>,
    S: Send + Sync,
{
    type Rejection = Problem;
    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let web = WebState::from_ref(state);
        session::current(parts, &web).await?.map(Self).ok_or_else(Problem::unauthenticated)
    }
}

/// Declares an extractor that lets in only some roles; everybody else gets 403, and 401 when nobody is signed in.
macro_rules! only {
    ($(#[$meta:meta])* $name:ident: $($role:ident)|+) => {
        $(#[$meta])*
        #[derive(Debug, Clone)]
        pub struct $name(pub UserAccount);

        impl<S> FromRequestParts<S> for $name
        where
            WebState: FromRef<S>,
            S: Send + Sync,
        {
            type Rejection = Problem;
            async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
                let User(account) = User::from_request_parts(parts, state).await?;
                if matches!(account.role, $(UserRole::$role)|+) { Ok(Self(account)) } else { Err(Problem::forbidden()) }
            }
        }
    };
}

only! {
    /// Who may hold tasks and decide: verifiers, and supervisors in their place.
    Verifier: Verifier | Supervisor
}
only! {
    /// Who looks after the verifiers' work.
    Supervisor: Supervisor
}
only! {
    /// Who may act on the queues.
    Operator: Operator
}
only! {
    /// Who may look at the queues.
    Watcher: Operator | Supervisor | Viewer
}

/// The office whose program calls, by `Authorization: Bearer bk_…`.
#[derive(Debug, Clone)]
pub struct Office(pub KeyOwner);

impl<S> FromRequestParts<S> for Office
where
    WebState: FromRef<S>,
    S: Send + Sync,
{
    type Rejection = Problem;
    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let line = parts.headers.get(header::AUTHORIZATION).and_then(|line| line.to_str().ok());
        let key = line.and_then(bearer).and_then(ApiKey::read).ok_or_else(Problem::keyless)?;
        let web = WebState::from_ref(state);
        let owner = web.store.api_key_owner(key.hash()).await?.ok_or_else(Problem::keyless)?;
        if owner.mode == OfficeMode::Stopped {
            return Err(Problem::forbidden().detail("this office is stopped"));
        }
        Ok(Self(owner))
    }
}

/// The token after `Bearer`; the scheme is case-insensitive (RFC 9110, 11.1).
fn bearer(line: &str) -> Option<&str> {
    let (scheme, token) = line.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
}
