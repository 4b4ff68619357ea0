//! The fencing token, which guards every write.

use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use berkas_web::Problem;
use schemars::JsonSchema;
use serde::Deserialize;

/// A body that holds nothing but the token; an empty body is one without.
#[derive(Debug, Default, Deserialize, JsonSchema)]
pub(crate) struct FenceBody {
    #[serde(default)]
    pub(crate) fence: Option<i64>,
}

/// Reads the token from `If-Match` or else from the body.
///
/// # Errors
/// 428 when there is none, 400 when `If-Match` cannot be one of ours or says another token than the body.
pub(crate) fn fence(headers: &HeaderMap, body: Option<i64>) -> Result<i64, Problem> {
    let Some(line) = headers.get(header::IF_MATCH) else {
        let missing =
            Problem::new(StatusCode::PRECONDITION_REQUIRED, "fence_missing", "the token is missing");
        return body.ok_or(missing);
    };
    let text = line.to_str().unwrap_or_default().trim().trim_matches('"');
    match (text.parse::<i64>(), body) {
        (Ok(fence), None) => Ok(fence),
        (Ok(fence), Some(same)) if fence == same => Ok(fence),
        _ => Err(Problem::malformed("`If-Match` is not a token of this desk")),
    }
}

/// The `ETag` of a task under this token.
pub(crate) fn etag(fence: i64) -> (header::HeaderName, HeaderValue) {
    let value = HeaderValue::from_str(&format!("\"{fence}\""));
    (header::ETAG, value.unwrap_or(HeaderValue::from_static("\"0\"")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_token_stands_in_the_header_or_in_the_body() {
        let mut headers = HeaderMap::new();
        assert_eq!(fence(&headers, None).unwrap_err().status, 428);
        assert_eq!(fence(&headers, Some(3)), Ok(3));
        headers.extend([(header::IF_MATCH, etag(7).1)]);
        assert_eq!(fence(&headers, None), Ok(7));
        assert_eq!(fence(&headers, Some(7)), Ok(7));
        assert_eq!(fence(&headers, Some(3)).unwrap_err().status, 400);
    }
}
