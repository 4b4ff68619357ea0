//! The time limit of requests.

use std::time::Duration;

use axum::Router;
use axum::extract::{Request, State};
use axum::http::{Method, StatusCode};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse, Response};

use crate::Problem;

/// Seconds after which a request that took too long may be tried again.
const RETRY_AFTER_S: u64 = 5;

/// Which requests bring a file, over a line that may be bad. They have a time limit of their own.
pub type IsUpload = fn(&Method, &str) -> bool;

/// Answers with 503 what `routes` have not begun to answer within `limit`; what they were at is given up. Uploads are left
/// alone.
pub fn timed(routes: Router, limit: Duration, is_upload: IsUpload) -> Router {
    routes.layer(from_fn_with_state((limit, is_upload), answer_in_time))
}

async fn answer_in_time(
    State((limit, is_upload)): State<(Duration, IsUpload)>,
    request: Request,
    next: Next,
) -> Response {
    if is_upload(request.method(), request.uri().path()) {
        return next.run(request).await;
    }
    match tokio::time::timeout(limit, next.run(request)).await {
        Ok(response) => response,
        Err(_) => {
            tracing::warn!(elapsed_ms = limit.as_millis(), "gave up a request that took too long");
            Problem::new(StatusCode::SERVICE_UNAVAILABLE, "took_too_long", "the request took too long")
                .retry_after(RETRY_AFTER_S)
                .into_response()
        }
    }
}

#[cfg(test)]
mod tests {
    use axum::body::Body;
    use axum::http::header;
    use axum::routing::put;
    use tower::ServiceExt;

    use super::*;

    #[tokio::test(start_paused = true)]
    async fn a_request_that_takes_too_long_is_answered_and_an_upload_may_take_its_time() {
        let slow = || async {
            tokio::time::sleep(Duration::from_secs(40)).await;
            "done"
        };
        let routes = Router::new().route("/", put(slow).get(slow).post(|| async { "at once" }));
        let routes = timed(routes, Duration::from_secs(30), |method, _| method == Method::PUT);
        let ask = async |method| {
            let request = Request::builder().method(method).uri("/").body(Body::empty()).unwrap();
            routes.clone().oneshot(request).await.unwrap()
        };
        let late = ask(Method::GET).await;
        assert_eq!(late.status(), StatusCode::SERVICE_UNAVAILABLE);
        assert_eq!(late.headers()[header::RETRY_AFTER], "5");
        assert_eq!(ask(Method::PUT).await.status(), StatusCode::OK);
        assert_eq!(ask(Method::POST).await.status(), StatusCode::OK);
    }
}
