//! Refuses what another site makes a browser send.

use axum::extract::Request;
use axum::http::{HeaderMap, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use crate::Problem;

/// Lets a writing request through when the browser says that it comes from our own pages, or when it is no browser.
///
/// Every present browser sends `Sec-Fetch-Site`; older ones send `Origin`, which must name the host that was asked.
pub(crate) async fn refuse_cross_site(request: Request, next: Next) -> Response {
    let reads = matches!(*request.method(), Method::GET | Method::HEAD | Method::OPTIONS);
    if reads || is_own(request.headers()) {
        return next.run(request).await;
    }
    Problem::new(StatusCode::FORBIDDEN, "cross_site", "this request comes from another site").into_response()
}

fn is_own(headers: &HeaderMap) -> bool {
    let text = |name| headers.get(name).map(|value: &header::HeaderValue| value.to_str().unwrap_or("?"));
    match (text(header::HeaderName::from_static("sec-fetch-site")), text(header::ORIGIN)) {
        (Some(site), _) => matches!(site, "same-origin" | "none"),
        (None, Some(origin)) => {
            let asked = origin.split_once("://").map(|(_, authority)| authority);
            asked.is_some() && asked == text(header::HOST)
        }
        (None, None) => true,
    }
}

#[cfg(test)]
mod tests {
    use axum::http::Request;
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case(&[], true)]
    #[case(&[("sec-fetch-site", "same-origin")], true)]
    #[case(&[("sec-fetch-site", "none")], true)]
    #[case(&[("sec-fetch-site", "same-site")], false)]
    #[case(&[("sec-fetch-site", "cross-site"), ("origin", "https://desk.example")], false)]
    #[case(&[("origin", "https://desk.example")], true)]
    #[case(&[("origin", "https://evil.example")], false)]
    #[case(&[("origin", "null")], false)]
    fn only_our_own_pages_may_write(#[case] sent: &[(&str, &str)], #[case] own: bool) {
        let mut request = Request::post("/").header("host", "desk.example");
        for (name, value) in sent {
            request = request.header(*name, *value);
        }
        assert_eq!(is_own(request.body(()).unwrap().headers()), own);
    }
}
