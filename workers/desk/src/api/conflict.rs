//! Having a stake in a task: somebody else decides it.

use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use berkas_domain::{ConflictReason, TaskId};
use berkas_store::UserAccount;
use berkas_web::{ApiJson, Problem, Verifier};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::fence::fence;
use super::problems::of_task;
use crate::DeskState;
use crate::decide::Held;

/// What `POST /api/v1/tasks/{id}/conflict` takes.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
pub struct ConflictRequest {
    /// Why the caller should not judge it.
    pub reason: ConflictReason,
    /// The token of the lease, unless `If-Match` has it.
    #[serde(default)]
    pub fence: Option<i64>,
}

/// `POST /api/v1/tasks/{id}/conflict`: the task goes back to the pool, and its submission never comes to the caller again.
pub(crate) async fn declare(
    State(state): State<DeskState>,
    Verifier(account): Verifier,
    Path(task): Path<TaskId>,
    headers: HeaderMap,
    ApiJson(request): ApiJson<ConflictRequest>,
) -> Result<StatusCode, Problem> {
    let fence = fence(&headers, request.fence)?;
    stand_back(&state, &account, Held { task, fence }, request.reason).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Declares it for `account`; the store writes it into the audit itself.
pub(crate) async fn stand_back(
    state: &DeskState,
    account: &UserAccount,
    held: Held,
    reason: ConflictReason,
) -> Result<(), Problem> {
    let store = &state.web.store;
    store.declare_conflict(held.task, account.id, held.fence, reason, state.now()).await.map_err(of_task)
}
