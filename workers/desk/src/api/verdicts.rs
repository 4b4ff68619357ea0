//! Verdicts on documents, the decision on the submission, and taking it back.

use axum::Json;
use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{AppendHeaders, IntoResponse, Response};
use berkas_domain::{DocumentVerdict, Outcome, ReasonCode, TaskId};
use berkas_web::{ApiJson, Problem, Verifier};
use chrono::{DateTime, Utc};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::fence::{etag, fence};
use super::tasks::fence_of;
use crate::{DeskState, decide};

/// What `PUT /api/v1/tasks/{id}/documents/{ordinal}` takes.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
pub struct VerdictRequest {
    /// The verdict.
    pub verdict: DocumentVerdict,
    /// Why, when it is not valid; at least one then, and none otherwise.
    #[serde(default)]
    pub codes: Vec<ReasonCode>,
    /// The page it is about, from 1.
    #[serde(default)]
    pub page: Option<i32>,
    /// The token of the lease, unless `If-Match` has it.
    #[serde(default)]
    pub fence: Option<i64>,
}

/// What `POST /api/v1/tasks/{id}/decision` takes.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
pub struct DecisionRequest {
    /// How the submission is decided.
    pub outcome: Outcome,
    /// Reasons beside the codes of documents that are not valid.
    #[serde(default)]
    pub reasons: Vec<ReasonRequest>,
    /// What the office is told beside them in the verifier's own words, with a return or refusal: no personal data, no
    /// sixteen digits in a row. It is kept sealed, and in no draft.
    #[serde(default)]
    #[schemars(length(max = 500))]
    pub note: Option<String>,
    /// Says with a pass, in one act, that every document that was not judged yet is valid.
    #[serde(default)]
    pub all_valid: bool,
    /// The token of the lease, unless `If-Match` has it.
    #[serde(default)]
    pub fence: Option<i64>,
}

/// One reason of a decision.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ReasonRequest {
    /// The code.
    pub code: ReasonCode,
    /// The document it is about, by its place in the form's list, from 0.
    #[serde(default)]
    pub document: Option<i16>,
    /// The page it is about, from 1.
    #[serde(default)]
    pub page: Option<i32>,
}

/// What a decision is answered with.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct DecisionTaken {
    /// How the submission is decided.
    pub outcome: Outcome,
    /// Until when it can be undone; absent when the notice has left already.
    pub undo_until: Option<DateTime<Utc>>,
}

/// `PUT /api/v1/tasks/{id}/documents/{ordinal}`.
pub(crate) async fn judge(
    State(state): State<DeskState>,
    Verifier(account): Verifier,
    Path((id, ordinal)): Path<(TaskId, i16)>,
    headers: HeaderMap,
    ApiJson(request): ApiJson<VerdictRequest>,
) -> Result<StatusCode, Problem> {
    let fence = fence(&headers, request.fence)?;
    decide::judge(&state, &account, decide::Held { task: id, fence }, ordinal, &request).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// `POST /api/v1/tasks/{id}/decision`. The same decision under the same token again changes nothing.
pub(crate) async fn decide(
    State(state): State<DeskState>,
    Verifier(account): Verifier,
    Path(id): Path<TaskId>,
    headers: HeaderMap,
    ApiJson(request): ApiJson<DecisionRequest>,
) -> Result<Json<DecisionTaken>, Problem> {
    let fence = fence(&headers, request.fence)?;
    let undo_until = decide::decide(&state, &account, decide::Held { task: id, fence }, &request).await?;
    Ok(Json(DecisionTaken { outcome: request.outcome, undo_until }))
}

/// `POST /api/v1/tasks/{id}/send`: the decision that was taken under the token leaves now, before its hold is over.
pub(crate) async fn send(
    State(state): State<DeskState>,
    Verifier(account): Verifier,
    Path(id): Path<TaskId>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<StatusCode, Problem> {
    let fence = fence(&headers, fence_of(&body)?)?;
    decide::send(&state, &account, decide::Held { task: id, fence }).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// `POST /api/v1/tasks/{id}/undo`: takes the decision back that was taken under the token, and leases the task again under a
/// new one: 200 with the lease. 204: the task went to the pool, since the caller is off duty or holds all they can.
pub(crate) async fn undo(
    State(state): State<DeskState>,
    Verifier(account): Verifier,
    Path(id): Path<TaskId>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Response, Problem> {
    let fence = fence(&headers, fence_of(&body)?)?;
    Ok(match decide::undo(&state, &account, decide::Held { task: id, fence }).await? {
        Some(task) => (AppendHeaders([etag(task.fence)]), Json(task)).into_response(),
        None => StatusCode::NO_CONTENT.into_response(),
    })
}
