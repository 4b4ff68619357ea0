//! A small copy of a page that a notice names: for its office alone, never stored there by this program, and every view is
//! written down.

use axum::extract::rejection::PathRejection;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use berkas_blobs::{BlobError, ObjectKey};
use berkas_contract::RejectionCode;
use berkas_domain::{OfficeCode, Revision, Sha256Hash, SubmissionId};
use berkas_store::{Actor, AuditEntry};
use berkas_web::{Office, Problem, scan_headers};

use super::Door;
use super::pages::fitting;
use super::problem::refusal;
use super::status::find;

/// Number, revision, document (from 0, as in a reason) and page (from 1).
type Place = (String, i32, usize, i32);

/// `GET /api/v1/submissions/{number}/revisions/{n}/documents/{i}/pages/{p}`: a JPEG of at most `intake.page_check.preview_px`.
/// 404 for what is another office's, not there, not made or removed; 429 with `Retry-After` beyond the quota.
pub(super) async fn page(
    State(door): State<Door>,
    Office(owner): Office,
    place: Result<Path<Place>, PathRejection>,
) -> Result<Response, Problem> {
    let Path((number, revision, document, page)) = place.map_err(|_| Problem::not_found())?;
    let submission = find(&door, &owner.office, None, Some(&number)).await?;
    let key = copy(&door, (submission.id, Revision(revision)), &owner.office, (document, page)).await?;
    let now = door.app.clock.now();
    door.views.take(&owner.office, now).map_err(|seconds| {
        refusal(StatusCode::TOO_MANY_REQUESTS, RejectionCode::Busy).retry_after(seconds)
    })?;
    let entry = AuditEntry {
        actor: Actor::Office(owner.office),
        action: "scan.thumbnail",
        subject: submission.id.to_string(),
        detail: serde_json::json!({ "revision": revision, "document": document, "page": page }),
    };
    // Written before the bytes leave: a view that nobody noted must not happen.
    door.app.store.audit(&entry, now).await?;
    let preview = door.app.blobs.get(&key).await.map_err(|error| unreadable(&error))?;
    let settings = &door.app.settings.intake.page_check;
    let small = fitting(preview.to_vec(), settings).await?.ok_or_else(Problem::not_found)?;
    Ok((scan_headers("image/jpeg", "inline; filename=\"page.jpg\""), small).into_response())
}

/// Where the copy is that the normalizer made.
async fn copy(
    door: &Door,
    (submission, revision): (SubmissionId, Revision),
    office: &OfficeCode,
    (document, page): (usize, i32),
) -> Result<ObjectKey, Problem> {
    let documents = door.app.store.documents(submission, revision).await?;
    let file = documents.get(document).ok_or_else(Problem::not_found)?.sha256;
    let scan = door.app.store.scan(office, file).await?.ok_or_else(Problem::not_found)?;
    let found = scan.pages.into_iter().find(|done| done.page == page);
    let sha256: Sha256Hash = found.and_then(|page| page.derived).ok_or_else(Problem::not_found)?.preview;
    Ok(ObjectKey::Derived { office: office.clone(), sha256 })
}

/// A copy that was removed is not there; everything else is a fault of ours.
fn unreadable(error: &BlobError) -> Problem {
    if let BlobError::NotFound { .. } = error {
        return Problem::not_found();
    }
    tracing::warn!(error = error as &dyn std::error::Error, "a small copy of a page cannot be read");
    if error.is_transient() { Problem::unavailable() } else { Problem::internal() }
}
