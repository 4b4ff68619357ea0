//! Problem details, RFC 9457: how every API here says no.

use axum::Json;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use berkas_store::StoreError;
use serde::{Deserialize, Serialize};

/// The word of a [`Fault`] that says: what was sent came too late, and is kept as a draft.
pub const KEPT_AS_DRAFT: &str = "kept_as_draft";

/// Everything that went wrong with a request, as `application/problem+json`.
///
/// `code` is the stable word that programs branch on; `type` is the same word as a URN.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Problem {
    /// `urn:berkas:problem:<code>`.
    #[serde(rename = "type")]
    pub kind: String,
    /// What the code means, in a few words.
    pub title: String,
    /// The HTTP status.
    pub status: u16,
    /// What was wrong this time; never a value that was sent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub detail: Option<String>,
    /// The stable word.
    pub code: String,
    /// What was wrong with each part of the request.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub errors: Vec<Fault>,
    /// Seconds after which the request may succeed; sent as `Retry-After`.
    #[serde(skip)]
    pub retry_after: Option<u64>,
}

/// What is wrong with one part of a request.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Fault {
    /// Where, as a JSON pointer into the body, for example `/documents/0/sha256`.
    pub pointer: String,
    /// The stable word.
    pub code: String,
    /// What was wrong, for a person.
    pub detail: String,
    /// The revision that would be taken, where another was sent and one is expected.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expected_revision: Option<i32>,
}

impl Problem {
    /// Starts a problem with its status, its stable word and what that means.
    #[must_use]
    pub fn new(status: StatusCode, code: &str, title: &str) -> Self {
        Self {
            kind: format!("urn:berkas:problem:{code}"),
            title: title.to_owned(),
            status: status.as_u16(),
            detail: None,
            code: code.to_owned(),
            errors: Vec::new(),
            retry_after: None,
        }
    }

    /// Says what was wrong this time.
    #[must_use]
    pub fn detail(mut self, detail: impl Into<String>) -> Self {
        self.detail = Some(detail.into());
        self
    }

    /// Adds what was wrong with one part.
    #[must_use]
    pub fn fault(mut self, pointer: impl Into<String>, code: &str, detail: impl Into<String>) -> Self {
        let (pointer, detail) = (pointer.into(), detail.into());
        self.errors.push(Fault { pointer, code: code.to_owned(), detail, expected_revision: None });
        self
    }

    /// Says which revision would be taken, beside the fault that was added last.
    #[must_use]
    pub fn expecting(mut self, revision: Option<i32>) -> Self {
        if let Some(fault) = self.errors.last_mut() {
            fault.expected_revision = revision;
        }
        self
    }

    /// Says after how many seconds to try again.
    #[must_use]
    pub const fn retry_after(mut self, seconds: u64) -> Self {
        self.retry_after = Some(seconds);
        self
    }

    /// 401: nobody is signed in.
    #[must_use]
    pub fn unauthenticated() -> Self {
        Self::new(StatusCode::UNAUTHORIZED, "unauthenticated", "sign in first")
    }

    /// 401 for a program of an office: it sent no API key, or one that opens nothing.
    pub(crate) fn keyless() -> Self {
        Self::new(StatusCode::UNAUTHORIZED, "unauthenticated", "a valid API key is needed")
            .detail("send it as `Authorization: Bearer bk_…`; it may have been revoked")
    }

    /// 423: the session is locked; the password opens it.
    #[must_use]
    pub fn locked() -> Self {
        Self::new(StatusCode::LOCKED, "locked", "the session is locked")
    }

    /// 403: whoever is signed in may not do this.
    #[must_use]
    pub fn forbidden() -> Self {
        Self::new(StatusCode::FORBIDDEN, "forbidden", "this account may not do that")
    }

    /// 404: there is no such thing, or it is none of the caller's business.
    #[must_use]
    pub fn not_found() -> Self {
        Self::new(StatusCode::NOT_FOUND, "not_found", "there is nothing here")
    }

    /// 400: the request cannot be read.
    #[must_use]
    pub fn malformed(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "malformed", "the request cannot be read").detail(detail)
    }

    /// 500: our fault; the cause is in the log and not here.
    #[must_use]
    pub fn internal() -> Self {
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, "internal", "something went wrong here")
    }

    /// 503: a part this needs is down.
    #[must_use]
    pub fn unavailable() -> Self {
        Self::new(StatusCode::SERVICE_UNAVAILABLE, "unavailable", "a part this needs is down").retry_after(5)
    }
}

impl From<StoreError> for Problem {
    fn from(error: StoreError) -> Self {
        if error.is_passing() {
            tracing::warn!(error = &error as &dyn std::error::Error, "the database is not available");
            return Self::unavailable();
        }
        tracing::error!(error = &error as &dyn std::error::Error, "a request failed in the database");
        Self::internal()
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let status = StatusCode::from_u16(self.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let retry_after = self.retry_after;
        let mut response = (status, Json(&self)).into_response();
        // For the surface, which shows it as a page to whoever asked for a page.
        response.extensions_mut().insert(self);
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        if let Some(seconds) = retry_after {
            headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        if status == StatusCode::UNAUTHORIZED {
            headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        response
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_problem_is_written_as_the_rfc_says_and_tells_when_to_come_back() {
        let problem = Problem::unavailable().fault("/documents/0", "missing", "no such blob");
        let json = serde_json::to_value(&problem).unwrap();
        assert_eq!(json["type"], "urn:berkas:problem:unavailable");
        assert_eq!((&json["status"], &json["code"]), (&503.into(), &"unavailable".into()));
        assert_eq!(json["errors"][0]["pointer"], "/documents/0");
        let response = problem.into_response();
        assert_eq!(response.headers()[header::CONTENT_TYPE], "application/problem+json");
        assert_eq!(response.headers()[header::RETRY_AFTER], "5");
    }
}
