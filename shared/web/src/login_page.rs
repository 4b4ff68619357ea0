//! The page to sign in on.

use askama::Template;
use axum::Form;
use axum::extract::{OriginalUri, Query, Request, State};
use axum::http::{HeaderMap, StatusCode, Uri, header};
use axum::response::{AppendHeaders, IntoResponse, Redirect, Response};
use axum::{RequestExt, extract::FromRequestParts};
use serde::Deserialize;

use crate::login::{Denied, LoginRequest, check, end};
use crate::pages::home;
use crate::peer::peer;
use crate::{Frame, Lang, Problem, User, WebState, page, session};

#[derive(Template)]
#[template(path = "login.html")]
struct LoginPage {
    frame: Frame,
    login: String,
    next: String,
    error: Option<String>,
}

#[derive(Deserialize, Default)]
pub(crate) struct NextQuery {
    #[serde(default)]
    pub(crate) next: String,
}

#[derive(Deserialize)]
struct LoginForm {
    login: String,
    password: String,
    #[serde(default)]
    next: String,
}

/// `GET /login`.
pub(crate) async fn show(
    lang: Lang,
    OriginalUri(uri): OriginalUri,
    Query(query): Query<NextQuery>,
) -> Result<Response, Problem> {
    render(lang, &uri, String::new(), query.next, None)
}

fn render(
    lang: Lang,
    uri: &Uri,
    login: String,
    next: String,
    error: Option<String>,
) -> Result<Response, Problem> {
    let frame = Frame::new(lang, uri, lang.say("Masuk", "Sign in"), None);
    page(&LoginPage { frame, login, next, error })
}

/// `POST /login`.
pub(crate) async fn submit(State(web): State<WebState>, request: Request) -> Result<Response, Problem> {
    let (mut parts, body) = request.into_parts();
    let lang = Lang::of(&parts);
    let Ok(OriginalUri(uri)) = OriginalUri::from_request_parts(&mut parts, &()).await;
    let address = peer(&parts, web.settings.trust_forwarded_for);
    let headers = parts.headers.clone();
    let form: Result<Form<LoginForm>, _> = Request::from_parts(parts, body).extract().await;
    let Form(form) = form.map_err(|_| Problem::malformed("the form cannot be read"))?;
    let request = LoginRequest { login: form.login.clone(), password: form.password };
    match check(&web, request, address).await {
        Ok(account) => {
            let cookie = session::open(&web, &headers, &account).await?;
            let to = local(&form.next).unwrap_or_else(|| home(account.role));
            Ok((AppendHeaders([(header::SET_COOKIE, cookie)]), Redirect::to(to)).into_response())
        }
        Err(Denied::Failed(problem)) => Err(problem),
        Err(denied) => {
            let text = explain(&denied, lang);
            let problem = Problem::from(denied);
            let shown = render(lang, &uri, form.login, form.next, Some(text))?;
            let status = StatusCode::from_u16(problem.status).unwrap_or(StatusCode::UNAUTHORIZED);
            let retry = problem.retry_after.map(|seconds| [(header::RETRY_AFTER, seconds.to_string())]);
            Ok(match retry {
                Some(retry) => (status, AppendHeaders(retry), shown).into_response(),
                None => (status, shown).into_response(),
            })
        }
    }
}

pub(crate) fn explain(denied: &Denied, lang: Lang) -> String {
    match denied {
        Denied::Throttled(seconds) => {
            let minutes = seconds.div_ceil(60);
            match lang {
                Lang::Id => format!("Terlalu banyak percobaan. Coba lagi dalam {minutes} menit."),
                Lang::En => format!("Too many tries. Try again in {minutes} min."),
            }
        }
        Denied::Busy => lang.say("Sedang penuh. Coba lagi sebentar.", "Busy. Try again shortly.").to_owned(),
        Denied::Wrong | Denied::Failed(_) => {
            lang.say("Nama pengguna atau kata sandi salah.", "The login or the password is wrong.").to_owned()
        }
    }
}

/// Takes a path of this site and nothing that a browser could read as another site.
pub(crate) fn local(next: &str) -> Option<&str> {
    let plain = next.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'\\');
    (plain && next.starts_with('/') && !next.starts_with("//")).then_some(next)
}

/// `POST /logout`.
pub(crate) async fn leave(State(web): State<WebState>, headers: HeaderMap) -> Result<Response, Problem> {
    Ok((end(&web, &headers).await?, Redirect::to("/login")).into_response())
}

/// `GET /`: the page that the role starts from.
pub(crate) async fn start(User(account): User) -> Redirect {
    Redirect::to(home(account.role))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn after_login_nobody_is_sent_to_another_site() {
        assert_eq!(local("/desk/tasks/1?x=2"), Some("/desk/tasks/1?x=2"));
        for elsewhere in ["", "//evil.example", "https://evil.example", "/\\evil.example", "/\t/evil.example"]
        {
            assert_eq!(local(elsewhere), None, "{elsewhere}");
        }
    }
}
