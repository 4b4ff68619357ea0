//! Keeping what is chosen and not sent yet.

use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use berkas_domain::TaskId;
use berkas_web::{ApiJson, Problem, Verifier};

use super::fence::fence;
use crate::decide::Held;
use crate::{DeskState, Draft, drafts};

/// `PUT /api/v1/tasks/{id}/draft`: keeps the draft under the token in `If-Match`, also after the lease ran out. It decides
/// nothing.
pub(crate) async fn keep(
    State(state): State<DeskState>,
    Verifier(account): Verifier,
    Path(task): Path<TaskId>,
    headers: HeaderMap,
    ApiJson(draft): ApiJson<Draft>,
) -> Result<StatusCode, Problem> {
    let fence = fence(&headers, None)?;
    drafts::keep(&state, &account, Held { task, fence }, &draft).await?;
    Ok(StatusCode::NO_CONTENT)
}
