//! Locking a session and opening it again: whoever steps away stays signed in and holds their work, and nothing is shown
//! until the password was typed again.

use askama::Template;
use axum::extract::{FromRequestParts, OriginalUri, Query, Request, State};
use axum::http::request::Parts;
use axum::http::{HeaderMap, StatusCode, Uri, header};
use axum::response::{AppendHeaders, IntoResponse, Redirect, Response};
use axum::{Form, RequestExt};
use berkas_store::UserAccount;
use serde::Deserialize;

use crate::access::EvenLocked;
use crate::body::json_body;
use crate::login::{Denied, LoginRequest, note, prove};
use crate::login_page::{NextQuery, explain, local};
use crate::pages::home;
use crate::peer::peer;
use crate::{Frame, Lang, Problem, WebState, page, session};

/// What `POST /api/v1/unlock` takes.
#[derive(Deserialize)]
struct Password {
    password: String,
}

#[derive(Deserialize)]
struct UnlockForm {
    password: String,
    #[serde(default)]
    next: String,
}

#[derive(Template)]
#[template(path = "unlock.html")]
struct UnlockPage {
    frame: Frame,
    name: String,
    next: String,
    error: Option<String>,
}

/// `POST /api/v1/lock`: from now on the session opens nothing but the lock.
pub(crate) async fn lock(
    State(web): State<WebState>,
    EvenLocked(user): EvenLocked,
    headers: HeaderMap,
) -> Result<StatusCode, Problem> {
    if session::lock(&web, &headers).await? {
        note(&web, "session.locked", Some(&user.account)).await?;
    }
    Ok(StatusCode::NO_CONTENT)
}

/// `POST /api/v1/unlock`: 403 for a wrong password, 429 after too many.
pub(crate) async fn unlock(State(web): State<WebState>, request: Request) -> Result<StatusCode, Problem> {
    let (mut parts, body) = request.into_parts();
    let EvenLocked(user) = EvenLocked::from_request_parts(&mut parts, &web).await?;
    let Password { password } = json_body(body).await?;
    open(&web, &parts, &user.account, password).await.map_err(problem)?;
    Ok(StatusCode::NO_CONTENT)
}

/// Opens the session when the password is right. A try counts as one to sign in.
async fn open(web: &WebState, parts: &Parts, account: &UserAccount, password: String) -> Result<(), Denied> {
    let request = LoginRequest { login: account.login.clone(), password };
    let proved = prove(web, request, peer(parts, web.settings.trust_forwarded_for)).await?;
    if proved.is_err() {
        note(web, "unlock.failed", Some(account)).await?;
        return Err(Denied::Wrong);
    }
    session::unlock(web, &parts.headers).await?;
    note(web, "session.unlocked", Some(account)).await?;
    Ok(())
}

/// A wrong password is no missing session, which 401 would say.
fn problem(denied: Denied) -> Problem {
    match denied {
        Denied::Wrong => Problem::new(StatusCode::FORBIDDEN, "wrong_password", "the password is wrong"),
        denied => denied.into(),
    }
}

/// `GET /unlock`: the page of a locked session, for who comes back by a reload or without scripts.
pub(crate) async fn show(
    EvenLocked(user): EvenLocked,
    lang: Lang,
    OriginalUri(uri): OriginalUri,
    Query(query): Query<NextQuery>,
) -> Result<Response, Problem> {
    if user.locked_at.is_none() {
        return Ok(
            Redirect::to(local(&query.next).unwrap_or_else(|| home(user.account.role))).into_response()
        );
    }
    render(lang, &uri, user.account, query.next, None)
}

fn render(
    lang: Lang,
    uri: &Uri,
    account: UserAccount,
    next: String,
    error: Option<String>,
) -> Result<Response, Problem> {
    let name = account.display_name.clone();
    let frame = Frame::new(lang, uri, lang.say("Terkunci", "Locked"), Some(account)).behind_a_lock();
    page(&UnlockPage { frame, name, next, error })
}

/// `POST /unlock`.
pub(crate) async fn submit(State(web): State<WebState>, request: Request) -> Result<Response, Problem> {
    let (mut parts, body) = request.into_parts();
    let EvenLocked(user) = EvenLocked::from_request_parts(&mut parts, &web).await?;
    let lang = Lang::of(&parts);
    let Ok(OriginalUri(uri)) = OriginalUri::from_request_parts(&mut parts, &()).await;
    let form: Result<Form<UnlockForm>, _> = Request::from_parts(parts.clone(), body).extract().await;
    let Form(form) = form.map_err(|_| Problem::malformed("the form cannot be read"))?;
    match open(&web, &parts, &user.account, form.password).await {
        Ok(()) => {
            let to = local(&form.next).unwrap_or_else(|| home(user.account.role));
            Ok(Redirect::to(to).into_response())
        }
        Err(Denied::Failed(problem)) => Err(problem),
        Err(denied) => {
            let text = match denied {
                Denied::Wrong => lang.say("Kata sandi salah.", "The password is wrong.").to_owned(),
                ref denied => explain(denied, lang),
            };
            let problem = problem(denied);
            let shown = render(lang, &uri, user.account, form.next, Some(text))?;
            let status = StatusCode::from_u16(problem.status).unwrap_or(StatusCode::FORBIDDEN);
            let retry = problem.retry_after.map(|seconds| [(header::RETRY_AFTER, seconds.to_string())]);
            Ok(match retry {
                Some(retry) => (status, AppendHeaders(retry), shown).into_response(),
                None => (status, shown).into_response(),
            })
        }
    }
}
