//! What the router and its extractors refuse by themselves, told as a problem like everything else.

use axum::extract::Request;
use axum::http::{HeaderMap, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use crate::Problem;

/// Makes a [`Problem`] of an answer that says no in plain words or in none. Those words may quote what was sent, so that none of
/// them is passed on.
pub(crate) async fn tell_as_problems(request: Request, next: Next) -> Response {
    let response = next.run(request).await;
    let status = response.status();
    let says_no = status.is_client_error() || status.is_server_error();
    if !says_no || !is_plain(response.headers()) {
        return response;
    }
    let mut told = problem(status).into_response();
    // Which methods there are is told by the router alone.
    if let Some(allowed) = response.headers().get(header::ALLOW) {
        told.headers_mut().insert(header::ALLOW, allowed.clone());
    }
    told
}

/// Whether nobody here has written the answer: ours are JSON or pages.
fn is_plain(headers: &HeaderMap) -> bool {
    let kind = headers.get(header::CONTENT_TYPE).map(|kind| kind.to_str().unwrap_or_default());
    kind.is_none_or(|kind| kind.starts_with("text/plain"))
}

fn problem(status: StatusCode) -> Problem {
    match status {
        StatusCode::BAD_REQUEST | StatusCode::UNPROCESSABLE_ENTITY => {
            Problem::malformed("a part of the address or of the form is missing, or is not of its kind")
        }
        StatusCode::NOT_FOUND => Problem::not_found(),
        StatusCode::METHOD_NOT_ALLOWED => {
            Problem::new(status, "method_not_allowed", "this address does not take that method")
        }
        StatusCode::PAYLOAD_TOO_LARGE => Problem::new(status, "too_large", "the body is too large"),
        StatusCode::UNSUPPORTED_MEDIA_TYPE => {
            Problem::new(status, "media_type_not_allowed", "the body is of a type that is not taken here")
        }
        _ if status.is_client_error() => Problem::new(status, "malformed", "the request cannot be read"),
        _ => Problem::internal(),
    }
}
