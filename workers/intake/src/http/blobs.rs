//! Uploads: files named by the hash of their content, for the office that uploads them.

use axum::Json;
use axum::body::Body;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use berkas_blobs::{BlobError, ObjectKey};
use berkas_contract::RejectionCode;
use berkas_domain::{OfficeCode, Sha256Hash};
use berkas_runtime::crash_point;
use berkas_store::{BlobRecord, StoreError};
use berkas_web::{Office, Problem};
use serde::Serialize;

use super::Door;
use super::problem::refusal;
use super::upload::{Bounds, Upload, receive, too_large};
use crate::validate::{FORM_MEDIA_TYPE, sniff};

/// What an upload is known as.
#[derive(Serialize)]
struct Uploaded {
    sha256: Sha256Hash,
    size: i64,
    media_type: String,
}

/// `PUT /api/v1/blobs/{sha256}`: 201 when it is new, 200 when the office had uploaded it before.
pub(super) async fn upload(
    State(door): State<Door>,
    Office(owner): Office,
    Path(sha256): Path<String>,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Problem> {
    let sha256 = read_hash(&sha256)?;
    let upload = receive(&headers, body, &Bounds::of_scan(&door.app.settings), &door.room).await?;
    let media_type = examine(&upload, sha256, door.app.settings.intake.max_form_bytes)?;
    let status = store(&door, &owner.office, upload, media_type).await?;
    Ok(status.into_response())
}

/// `HEAD /api/v1/blobs/{sha256}`: whether this office has uploaded it, its size and type.
pub(super) async fn look_up(
    State(door): State<Door>,
    Office(owner): Office,
    Path(sha256): Path<String>,
) -> Result<Response, Problem> {
    let sha256 = read_hash(&sha256)?;
    let record = known(&door, &owner.office, sha256).await?.ok_or_else(Problem::not_found)?;
    let headers =
        [(header::CONTENT_TYPE, record.media_type), (header::CONTENT_LENGTH, record.size.to_string())];
    Ok(headers.into_response())
}

fn read_hash(text: &str) -> Result<Sha256Hash, Problem> {
    text.parse().map_err(|_| Problem::malformed("a blob is named by 64 lower-case hexadecimal digits"))
}

/// Checks that the content is what it is named after and something that may be uploaded.
fn examine(upload: &Upload<'_>, named: Sha256Hash, most_form_bytes: u64) -> Result<&'static str, Problem> {
    if upload.sha256 != named {
        return Err(refusal(StatusCode::CONFLICT, RejectionCode::BlobHashMismatch));
    }
    let not_allowed = || refusal(StatusCode::UNSUPPORTED_MEDIA_TYPE, RejectionCode::MediaTypeNotAllowed);
    let media_type = sniff(&upload.bytes).ok_or_else(not_allowed)?;
    let is_too_large = u64::try_from(upload.bytes.len()).map_or(true, |length| length > most_form_bytes);
    if media_type == FORM_MEDIA_TYPE && is_too_large {
        return Err(too_large(most_form_bytes));
    }
    Ok(media_type)
}

/// Puts the content away, then notes it: what the table names is there.
async fn store(
    door: &Door,
    office: &OfficeCode,
    upload: Upload<'_>,
    media_type: &str,
) -> Result<(StatusCode, Json<Uploaded>), Problem> {
    let sha256 = upload.sha256;
    let before = known(door, office, sha256).await?;
    let size = i64::try_from(upload.bytes.len()).unwrap_or(i64::MAX);
    let record = BlobRecord { size, media_type: media_type.to_owned() };
    let key = ObjectKey::Original { office: office.clone(), sha256 };
    door.app.blobs.put(&key, upload.bytes.clone()).await.map_err(|error| unavailable(&error))?;
    crash_point("upload.after_put");
    door.app.store.blob_uploaded(office, sha256, &record, door.app.clock.now()).await?;
    // The old upload may have been removed as unnamed meanwhile. From the note on it is a new one and stays.
    if before.is_some() && !door.app.blobs.exists(&key).await.map_err(|error| unavailable(&error))? {
        door.app.blobs.put(&key, upload.bytes.clone()).await.map_err(|error| unavailable(&error))?;
    }
    let status = if before.is_some() { StatusCode::OK } else { StatusCode::CREATED };
    Ok((status, Json(Uploaded { sha256, size, media_type: record.media_type })))
}

async fn known(
    door: &Door,
    office: &OfficeCode,
    sha256: Sha256Hash,
) -> Result<Option<BlobRecord>, StoreError> {
    let key = (office.clone(), sha256);
    Ok(door.app.store.blobs(std::slice::from_ref(&key)).await?.remove(&key))
}

fn unavailable(error: &BlobError) -> Problem {
    tracing::warn!(error = error as &dyn std::error::Error, "an upload could not be stored");
    if error.is_transient() { Problem::unavailable() } else { Problem::internal() }
}
