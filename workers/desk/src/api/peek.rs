//! What comes next, before it is pulled: so that its first page is there when the last verdict is given.

use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use berkas_blobs::ObjectKey;
use berkas_domain::TaskId;
use berkas_store::{Actor, AuditEntry};
use berkas_web::{Problem, Verifier};
use schemars::JsonSchema;
use serde::Serialize;

use super::problems::of_blob;
use super::scans::headers_of;
use crate::DeskState;

/// What `GET /api/v1/tasks/peek` answers.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Peeked {
    /// The task that the next pull would give now.
    pub id: TaskId,
    /// Where the small copy of its first page is.
    pub first_page: String,
}

/// `GET /api/v1/tasks/peek`: 200 with what the next pull would give, 204 when there is nothing. Nothing is leased: somebody
/// else may have it by then.
pub(crate) async fn next(
    State(state): State<DeskState>,
    Verifier(account): Verifier,
) -> Result<Response, Problem> {
    Ok(match state.web.store.peek_task(account.id, state.now()).await? {
        Some(id) => Json(Peeked { id, first_page: format!("/api/v1/tasks/{id}/first-page") }).into_response(),
        None => StatusCode::NO_CONTENT.into_response(),
    })
}

/// `GET /api/v1/tasks/{id}/first-page`: the small copy of the first page of what the caller would be given next; written down
/// as fetched beforehand. 404 for every other task.
pub(crate) async fn first_page(
    State(state): State<DeskState>,
    Verifier(account): Verifier,
    Path(task): Path<TaskId>,
) -> Result<Response, Problem> {
    let now = state.now();
    let page = state.web.store.peeked_page(task, account.id, now).await?.ok_or_else(Problem::not_found)?;
    let sha256 = page.preview.ok_or_else(Problem::not_found)?;
    let entry = AuditEntry {
        actor: Actor::User(account.id),
        action: "scan.prefetched",
        subject: page.submission.to_string(),
        detail: serde_json::json!({ "task": task, "page": 1, "variant": "preview" }),
    };
    // Written before the bytes leave, as with every view of a scan.
    state.web.store.audit(&entry, now).await?;
    let key = ObjectKey::Derived { office: page.office, sha256 };
    let bytes = state.blobs.get(&key).await.map_err(|error| of_blob(&error))?;
    Ok((headers_of("image/jpeg"), bytes).into_response())
}
