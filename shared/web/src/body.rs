//! Reads JSON bodies; what cannot be read is a problem with details, never an echo of what was sent.

use axum::body::Body;
use axum::extract::{FromRequest, Request};
use axum::http::StatusCode;
use serde::de::DeserializeOwned;

use crate::Problem;

/// Bytes that a JSON request may have.
const MOST: usize = 256 * 1024;

/// A JSON body; the rejection is a [`Problem`].
#[derive(Debug, Clone)]
pub struct ApiJson<T>(pub T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequest<S> for ApiJson<T> {
    type Rejection = Problem;
    async fn from_request(request: Request, _: &S) -> Result<Self, Problem> {
        json_body(request.into_body()).await.map(Self)
    }
}

/// Reads a JSON body of at most 256 KiB.
pub(crate) async fn json_body<T: DeserializeOwned>(body: Body) -> Result<T, Problem> {
    let bytes = axum::body::to_bytes(body, MOST).await.map_err(|_| {
        Problem::new(StatusCode::PAYLOAD_TOO_LARGE, "too_large", "the body is larger than 256 KiB")
    })?;
    // Serde's own message may quote the value, so only the place is told.
    serde_json::from_slice(&bytes).map_err(|error| {
        let place = format!("not the expected JSON at line {}, column {}", error.line(), error.column());
        Problem::malformed(place)
    })
}
