//! What a supervisor does with a task that somebody else holds, or that waits.

use axum::Json;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{AppendHeaders, IntoResponse, Response};
use berkas_domain::{HandReason, TaskId, UserId};
use berkas_store::{Colleague, LeasedTask, SuperviseError, SupervisorAct};
use berkas_web::{ApiJson, Problem, Supervisor};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::fence::{etag, fence};
use crate::DeskState;

/// What `POST /api/v1/tasks/{id}/take-back` takes.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
pub struct TakeBackRequest {
    /// Why.
    pub reason: HandReason,
    /// The token of the task, unless `If-Match` has it.
    #[serde(default)]
    pub fence: Option<i64>,
}

/// What `POST /api/v1/tasks/{id}/reassign` takes.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
pub struct ReassignRequest {
    /// Who gets it.
    pub to: UserId,
    /// Why.
    pub reason: HandReason,
    /// The token of the task, unless `If-Match` has it.
    #[serde(default)]
    pub fence: Option<i64>,
}

/// What `GET /api/v1/verifiers` answers.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Verifiers {
    verifiers: Vec<ColleagueView>,
}

/// A verifier as a supervisor sees them.
#[derive(Debug, Serialize, JsonSchema)]
pub struct ColleagueView {
    /// Who.
    pub id: UserId,
    /// The name colleagues see.
    pub name: String,
    /// Whether they take tasks now.
    pub on_duty: bool,
    /// Whether of the trainers' pool.
    pub training: bool,
    /// Tasks they hold, and may hold at once.
    pub held: i64,
    /// Tasks they may hold at once.
    pub capacity: i32,
}

impl From<Colleague> for ColleagueView {
    fn from(colleague: Colleague) -> Self {
        let Colleague { user, display_name, on_duty, training, held, capacity, .. } = colleague;
        Self { id: user, name: display_name, on_duty, training, held, capacity }
    }
}

/// `GET /api/v1/verifiers`: whom a task can be handed to.
pub(crate) async fn verifiers(
    State(state): State<DeskState>,
    Supervisor(_): Supervisor,
) -> Result<Json<Verifiers>, Problem> {
    let colleagues = state.web.store.colleagues().await?;
    Ok(Json(Verifiers { verifiers: colleagues.into_iter().map(ColleagueView::from).collect() }))
}

/// `POST /api/v1/tasks/{id}/take-back`: whoever holds the task loses it to the pool, and keeps what they had chosen as a draft.
pub(crate) async fn take_back(
    State(state): State<DeskState>,
    Supervisor(account): Supervisor,
    Path(task): Path<TaskId>,
    headers: HeaderMap,
    ApiJson(request): ApiJson<TakeBackRequest>,
) -> Result<StatusCode, Problem> {
    let fence = fence(&headers, request.fence)?;
    let act = SupervisorAct { task, fence, by: account.id, reason: request.reason };
    take(&state, act).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// `POST /api/v1/tasks/{id}/reassign`: gives the task to somebody under a new lease; 200 with the lease.
pub(crate) async fn reassign(
    State(state): State<DeskState>,
    Supervisor(account): Supervisor,
    Path(task): Path<TaskId>,
    headers: HeaderMap,
    ApiJson(request): ApiJson<ReassignRequest>,
) -> Result<Response, Problem> {
    let fence = fence(&headers, request.fence)?;
    let act = SupervisorAct { task, fence, by: account.id, reason: request.reason };
    let task = hand(&state, act, request.to).await?;
    Ok((AppendHeaders([etag(task.fence)]), Json(task)).into_response())
}

/// Takes the task back.
pub(crate) async fn take(state: &DeskState, act: SupervisorAct) -> Result<(), Problem> {
    state.web.store.take_task_back(act, state.now()).await.map_err(of_act)
}

/// Hands the task to `to`.
pub(crate) async fn hand(state: &DeskState, act: SupervisorAct, to: UserId) -> Result<LeasedTask, Problem> {
    state.web.store.hand_task(act, to, state.lease_end(), state.now()).await.map_err(of_act)
}

fn of_act(error: SuperviseError) -> Problem {
    match error {
        SuperviseError::Changed => {
            Problem::new(StatusCode::CONFLICT, "task_changed", "the task has changed meanwhile")
                .detail("it was pulled, given back, decided or withdrawn; look at it again")
        }
        SuperviseError::Unfit(unfit) => Problem::new(
            StatusCode::CONFLICT,
            "unfit",
            "the task cannot be handed to that person",
        )
        .fault("/to", unfit.as_str(), "they could not pull it themselves"),
        SuperviseError::Store(error) => error.into(),
    }
}
