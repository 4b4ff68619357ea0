//! What a supervisor's forms do: take a task back, or hand it to somebody.

use axum::extract::{Path, State};
use axum::response::{IntoResponse, Redirect, Response};
use berkas_domain::{TaskId, UserId};
use berkas_store::SupervisorAct;
use berkas_web::{Problem, Supervisor};

use super::acts::{Fields, needed};
use crate::DeskState;
use crate::api::supervise::{hand, take};

/// `POST /desk/tasks/{id}/take-back`.
pub(crate) async fn take_back(
    State(state): State<DeskState>,
    Supervisor(account): Supervisor,
    Path(task): Path<TaskId>,
    fields: Fields,
) -> Result<Response, Problem> {
    let (fence, reason) = (needed(&fields, "fence")?, needed(&fields, "reason")?);
    take(&state, SupervisorAct { task, fence, by: account.id, reason }).await?;
    Ok(Redirect::to("/desk?view=held").into_response())
}

/// `POST /desk/tasks/{id}/reassign`.
pub(crate) async fn reassign(
    State(state): State<DeskState>,
    Supervisor(account): Supervisor,
    Path(task): Path<TaskId>,
    fields: Fields,
) -> Result<Response, Problem> {
    let to: UserId = needed(&fields, "to")?;
    let (fence, reason) = (needed(&fields, "fence")?, needed(&fields, "reason")?);
    hand(&state, SupervisorAct { task, fence, by: account.id, reason }, to).await?;
    Ok(Redirect::to("/desk?view=held").into_response())
}
