//! Listening without being there: a stream that a page holds open is no sign that anybody sits before it.

use axum::extract::{FromRef, FromRequestParts};
use axum::http::request::Parts;
use berkas_domain::Sha256Hash;
use berkas_store::{SessionUser, StoreError, UserAccount, UserRole};

use crate::session::presented;
use crate::{Problem, WebState};

/// A verifier or supervisor who listens. Neither this nor [`Listening::lives`] touches the session's idle clock. Also behind a
/// lock: what is heard names nobody, and a page that is opened again has missed nothing.
#[derive(Debug, Clone)]
pub struct Listening {
    /// Who.
    pub account: UserAccount,
    session: Sha256Hash,
}

impl Listening {
    /// Whether the session still lives; what listens ends with it.
    ///
    /// # Errors
    /// As the database says.
    pub async fn lives(&self, web: &WebState) -> Result<bool, StoreError> {
        let (now, idle) = (web.clock.now(), web.settings.idle());
        Ok(web.store.session_account(self.session, now, idle).await?.is_some())
    }
}

impl<S> FromRequestParts<S> for Listening
where
    WebState: FromRef<S>,
    S: Send + Sync,
{
    type Rejection = Problem;
    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let web = WebState::from_ref(state);
        let session = presented(&parts.headers, &web.settings).ok_or_else(Problem::unauthenticated)?.hash();
        let found = web.store.session_account(session, web.clock.now(), web.settings.idle()).await?;
        let (SessionUser { account, .. }, _) = found.ok_or_else(Problem::unauthenticated)?;
        match account.role {
            UserRole::Verifier | UserRole::Supervisor => Ok(Self { account, session }),
            UserRole::Operator | UserRole::Viewer => Err(Problem::forbidden()),
        }
    }
}
