//! Turns problems into pages where a browser asked for a page.

use std::sync::{Arc, OnceLock};

use askama::Template;
use axum::extract::{Request, State};
use axum::http::{Method, StatusCode, Uri, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Redirect, Response};
use berkas_store::UserAccount;

use crate::{Frame, Lang, Problem, WebState, page, problem_words, session};

#[derive(Template)]
#[template(path = "problem.html")]
struct ProblemPage<'a> {
    frame: Frame,
    problem: &'a Problem,
    heading: &'static str,
    advice: &'static str,
}

/// Who asked, for the head of a page that tells a problem; known as soon as the session was looked up, also when the request is
/// given up after that.
#[derive(Clone, Default)]
struct Asker(Arc<OnceLock<UserAccount>>);

/// Looks up who asks for a page; the handlers find it in the extensions. Within the time limit of requests, which a database that
/// answers nobody uses up here.
pub(crate) async fn know_asker(State(web): State<WebState>, request: Request, next: Next) -> Response {
    let Some(asker) = request.extensions().get::<Asker>().cloned() else { return next.run(request).await };
    let (mut parts, body) = request.into_parts();
    let user = session::current(&mut parts, &web).await.unwrap_or_default();
    if let Some(user) = user.filter(|user| user.locked_at.is_none()) {
        // Nobody else sets it.
        let _ = asker.0.set(user.account);
    }
    next.run(Request::from_parts(parts, body)).await
}

/// Outside `/api/`, shows a problem as a page, and sends whoever must sign in to the page for that.
pub(crate) async fn show_problems(mut request: Request, next: Next) -> Response {
    let uri = request.uri().clone();
    if uri.path().starts_with("/api/") {
        return next.run(request).await;
    }
    let reads = request.method() == Method::GET;
    // A script that sends a form reads the problem itself.
    let wants_json =
        request.headers().get(header::ACCEPT).is_some_and(|accepted| accepted == "application/json");
    let asker = Asker::default();
    request.extensions_mut().insert(asker.clone());
    let (parts, body) = request.into_parts();
    let lang = Lang::of(&parts);
    let mut response = next.run(Request::from_parts(parts, body)).await;
    let Some(problem) = response.extensions_mut().remove::<Problem>() else { return response };
    match problem.code.as_str() {
        "unauthenticated" => return Redirect::to(&door_address("/login", &uri, reads)).into_response(),
        "locked" => return Redirect::to(&door_address("/unlock", &uri, reads)).into_response(),
        _ => {}
    }
    if wants_json {
        return response;
    }
    let (heading, advice) = problem_words::of(&problem, lang);
    let frame = Frame::new(lang, &uri, heading, asker.0.get().cloned());
    let status = StatusCode::from_u16(problem.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    match page(&ProblemPage { frame, problem: &problem, heading, advice }) {
        Ok(shown) => {
            let mut shown = (status, shown).into_response();
            for name in [header::RETRY_AFTER, header::ALLOW] {
                if let Some(told) = response.headers_mut().remove(&name) {
                    shown.headers_mut().insert(name, told);
                }
            }
            shown
        }
        Err(problem) => problem.into_response(),
    }
}

/// Where to sign in or unlock (`door`), and come back from when the page was only being read.
fn door_address(door: &str, uri: &Uri, reads: bool) -> String {
    let back = uri.path_and_query().map(ToString::to_string).filter(|back| reads && back != "/");
    back.map_or_else(|| door.to_owned(), |back| format!("{door}?next={}", escape(&back)))
}

/// Escapes what would end a value in a query; the rest of an address is plain already.
fn escape(address: &str) -> String {
    let mut text = String::with_capacity(address.len());
    for character in address.chars() {
        match character {
            '%' => text.push_str("%25"),
            '&' => text.push_str("%26"),
            '+' => text.push_str("%2B"),
            '#' => text.push_str("%23"),
            other => text.push(other),
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whoever_must_sign_in_comes_back_to_the_page_that_was_asked_for() {
        let uri = Uri::from_static("/desk?view=done&day=1");
        assert_eq!(door_address("/login", &uri, true), "/login?next=/desk?view=done%26day=1");
        assert_eq!(door_address("/login", &uri, false), "/login");
        assert_eq!(door_address("/login", &Uri::from_static("/"), true), "/login");
    }
}
