//! Being there for tasks, or having a break.

use axum::Json;
use axum::extract::State;
use berkas_store::UserAccount;
use berkas_web::{ApiJson, Problem, Verifier};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::DeskState;

/// Whether somebody takes tasks.
#[derive(Debug, Clone, Copy, Serialize, Deserialize, JsonSchema)]
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
    ApiJson(duty): ApiJson<Duty>,
) -> Result<Json<Duty>, Problem> {
    change(&state, &account, duty.on_duty).await?;
    Ok(Json(duty))
}

/// Puts `account` on or off duty; the store writes it into the audit itself.
pub(crate) async fn change(state: &DeskState, account: &UserAccount, on_duty: bool) -> Result<(), Problem> {
    state.web.store.set_duty(account.id, on_duty, state.now()).await?;
    Ok(())
}
