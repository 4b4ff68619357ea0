//! Pulling, looking, renewing, giving back.

use axum::Json;
use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{AppendHeaders, IntoResponse, Response};
use berkas_domain::TaskId;
use berkas_store::{LeasedTask, UserAccount};
use berkas_web::{EvenLocked, Problem, Verifier};
use chrono::{DateTime, Utc};
use schemars::JsonSchema;
use serde::Serialize;

use super::fence::{FenceBody, etag, fence};
use super::problems::of_task;
use crate::DeskState;
use crate::view::task_view;

/// What a renewed lease is answered with.
#[derive(Debug, Clone, Copy, Serialize, JsonSchema)]
pub struct Renewed {
    /// The token, as before.
    pub fence: i64,
    /// When the lease ends.
    pub lease_until: DateTime<Utc>,
    /// The same in milliseconds from now, for a caller whose clock is wrong.
    pub lease_left_ms: i64,
}

/// `POST /api/v1/tasks/next`: 200 with the lease, 204 when there is nothing.
pub(crate) async fn next(
    State(state): State<DeskState>,
    Verifier(account): Verifier,
) -> Result<Response, Problem> {
    Ok(match pull(&state, &account).await? {
        Some(task) => (AppendHeaders([etag(task.fence)]), Json(task)).into_response(),
        None => StatusCode::NO_CONTENT.into_response(),
    })
}

/// Takes the next task for `account`.
pub(crate) async fn pull(state: &DeskState, account: &UserAccount) -> Result<Option<LeasedTask>, Problem> {
    Ok(state.web.store.pull_task(account.id, state.lease_end(), state.now()).await?)
}

/// `GET /api/v1/tasks/{id}`.
pub(crate) async fn show(
    State(state): State<DeskState>,
    Verifier(account): Verifier,
    Path(id): Path<TaskId>,
) -> Result<Response, Problem> {
    let task =
        state.web.store.desk_task(id, account.id, state.now()).await?.ok_or_else(Problem::not_found)?;
    let view = task_view(&state.blobs, task).await?;
    Ok((AppendHeaders([etag(view.line.fence)]), Json(view)).into_response())
}

/// `POST /api/v1/tasks/{id}/renew`: prolongs the lease from now. Behind a lock it does so for a while, so that whoever comes
/// back finds their task, and not for ever.
pub(crate) async fn renew(
    State(state): State<DeskState>,
    EvenLocked(user): EvenLocked,
    Path(id): Path<TaskId>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Json<Renewed>, Problem> {
    let account = user.account;
    if !account.role.takes_tasks() {
        return Err(Problem::forbidden());
    }
    if user.locked_at.is_some_and(|since| state.now() >= since + state.settings.locked_lease) {
        return Err(Problem::locked());
    }
    let fence = fence(&headers, fence_of(&body)?)?;
    let until = state.lease_end();
    let renewed = state.web.store.renew_task(id, account.id, fence, until, state.now()).await;
    renewed.map_err(of_task)?;
    let left_ms = (until - state.now()).num_milliseconds();
    Ok(Json(Renewed { fence, lease_until: until, lease_left_ms: left_ms }))
}

/// `POST /api/v1/tasks/{id}/release`: gives the task back to the pool.
pub(crate) async fn release(
    State(state): State<DeskState>,
    Verifier(account): Verifier,
    Path(id): Path<TaskId>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<StatusCode, Problem> {
    let fence = fence(&headers, fence_of(&body)?)?;
    give_back(&state, &account, id, fence).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Gives a task back.
pub(crate) async fn give_back(
    state: &DeskState,
    account: &UserAccount,
    task: TaskId,
    fence: i64,
) -> Result<(), Problem> {
    state.web.store.release_task(task, account.id, fence, state.now()).await.map_err(of_task)
}

/// The token in a body that may be empty.
pub(crate) fn fence_of(body: &Bytes) -> Result<Option<i64>, Problem> {
    if body.is_empty() {
        return Ok(None);
    }
    let read: Result<FenceBody, _> = serde_json::from_slice(body);
    read.map(|body| body.fence).map_err(|_| Problem::malformed("the body is not `{\"fence\": number}`"))
}
