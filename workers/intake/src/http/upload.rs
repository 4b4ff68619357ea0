//! Receiving the bytes of one upload, bounded in size, memory and time.

use std::time::Duration;

use axum::body::Body;
use axum::http::{HeaderMap, StatusCode, header};
use berkas_contract::RejectionCode;
use berkas_domain::Sha256Hash;
use berkas_runtime::settings::Settings;
use berkas_web::Problem;
use bytes::{Bytes, BytesMut};
use futures::StreamExt;
use sha2::{Digest, Sha256};
use tokio::sync::{Semaphore, SemaphorePermit};

use super::problem::refusal;

/// An upload in memory; its room is free again when it is dropped.
pub(super) struct Upload<'a> {
    pub(super) bytes: Bytes,
    pub(super) sha256: Sha256Hash,
    _room: Option<SemaphorePermit<'a>>,
}

/// How much one upload may take.
pub(super) struct Bounds {
    /// Bytes.
    pub(super) most: u64,
    /// From the first byte to the last.
    pub(super) within: Duration,
    /// Seconds after which to come back when there is no room.
    pub(super) retry_after_s: u64,
}

impl Bounds {
    /// What one scan may take.
    pub(super) fn of_scan(settings: &Settings) -> Self {
        Self {
            most: settings.intake.max_file_bytes,
            within: Duration::from_secs(settings.http.upload_timeout_s),
            retry_after_s: settings.intake.retry_after_s,
        }
    }
}

/// Reads `body` and hashes it on the way. Room is taken as bytes arrive, so that slow lines hold only what they sent.
///
/// # Errors
/// 413 when it is too large or announced to be, 408 when it takes too long, 429 when there is no room at present, 400 when it breaks off.
pub(super) async fn receive<'a>(
    headers: &HeaderMap,
    body: Body,
    bounds: &Bounds,
    room: &'a Semaphore,
) -> Result<Upload<'a>, Problem> {
    if announced(headers).is_some_and(|length| length > bounds.most) {
        return Err(too_large(bounds.most));
    }
    let late = || Problem::new(StatusCode::REQUEST_TIMEOUT, "upload_timeout", "the upload took too long");
    tokio::time::timeout(bounds.within, collect(body, bounds, room)).await.map_err(|_| late())?
}

/// How large the sender says the body is.
fn announced(headers: &HeaderMap) -> Option<u64> {
    headers.get(header::CONTENT_LENGTH)?.to_str().ok()?.parse().ok()
}

async fn collect<'a>(body: Body, bounds: &Bounds, room: &'a Semaphore) -> Result<Upload<'a>, Problem> {
    let mut chunks = body.into_data_stream();
    let (mut bytes, mut hasher, mut taken) = (BytesMut::new(), Sha256::new(), None::<SemaphorePermit<'a>>);
    while let Some(chunk) = chunks.next().await {
        let chunk = chunk.map_err(|_| Problem::malformed("the upload broke off"))?;
        if exceeds(bytes.len().saturating_add(chunk.len()), bounds.most) {
            return Err(too_large(bounds.most));
        }
        // Waiting here could wait for ever: everybody may be holding what the others need.
        let permits = u32::try_from(chunk.len()).unwrap_or(u32::MAX);
        let more = room.try_acquire_many(permits).map_err(|_| no_room(bounds.retry_after_s))?;
        match &mut taken {
            Some(taken) => taken.merge(more),
            None => taken = Some(more),
        }
        hasher.update(&chunk);
        bytes.extend_from_slice(&chunk);
    }
    let sha256 = Sha256Hash::from_bytes(hasher.finalize().into());
    Ok(Upload { bytes: bytes.freeze(), sha256, _room: taken })
}

fn exceeds(length: usize, most: u64) -> bool {
    u64::try_from(length).map_or(true, |length| length > most)
}

/// 413, naming the limit.
pub(super) fn too_large(most: u64) -> Problem {
    refusal(StatusCode::PAYLOAD_TOO_LARGE, RejectionCode::TooLarge).detail(format!("at most {most} bytes"))
}

fn no_room(retry_after_s: u64) -> Problem {
    refusal(StatusCode::TOO_MANY_REQUESTS, RejectionCode::Busy).retry_after(retry_after_s)
}
