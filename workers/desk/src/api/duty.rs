//! Being there for tasks, or having a break.

use axum::Json;
use axum::body::Bytes;
use axum::extract::State;
use berkas_store::{Actor, AuditEntry, UserAccount};
use berkas_web::{Problem, Verifier};
use serde::{Deserialize, Serialize};

use crate::DeskState;

/// Whether somebody takes tasks.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Duty {
    on_duty: bool,
}

/// `GET /api/v1/duty`.
pub(crate) async fn show(
    State(state): State<DeskState>,
    Verifier(account): Verifier,
) -> Result<Json<Duty>, Problem> {
    Ok(Json(Duty { on_duty: state.web.store.on_duty(account.id).await? }))
}

/// `PUT /api/v1/duty`: off duty nobody is given a task, and what they hold goes back to the pool.
pub(crate) async fn set(
    State(state): State<DeskState>,
    Verifier(account): Verifier,
    body: Bytes,
) -> Result<Json<Duty>, Problem> {
    let duty: Duty = serde_json::from_slice(&body)
        .map_err(|_| Problem::malformed("the body is not `{\"on_duty\": true}` or `{\"on_duty\": false}`"))?;
    change(&state, &account, duty.on_duty).await?;
    Ok(Json(duty))
}

/// Puts `account` on or off duty and writes it down.
pub(crate) async fn change(state: &DeskState, account: &UserAccount, on_duty: bool) -> Result<(), Problem> {
    let now = state.now();
    if state.web.store.set_duty(account.id, on_duty, now).await? {
        let action = if on_duty { "duty.on" } else { "duty.off" };
        let actor = Actor::User(account.id);
        let entry =
            AuditEntry { actor, action, subject: account.id.to_string(), detail: serde_json::json!({}) };
        state.web.store.audit(&entry, now).await?;
    }
    Ok(())
}
