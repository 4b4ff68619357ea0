//! Acting on what is parked: run it again, answer the office, or throw an unreadable message away.

use axum::Form;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Redirect;
use berkas_contract::Reason;
use berkas_domain::{ReasonCode, VerifierNote};
use berkas_store::{Actor, ParkedReturn, ResolveError, SealFor, UserAccount};
use berkas_web::{ApiJson, Operator, Problem, WebState};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::ConsoleState;

/// Why a parked submission goes back to its office.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct ReturnRequest {
    /// The coded reason.
    pub code: ReasonCode,
    /// What the office reads beside it, in the operator's own words; `LAINNYA` needs it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
}

const BACK: &str = "/console#parked";

async fn replay(web: &WebState, account: &UserAccount, id: Uuid) -> Result<(), Problem> {
    let actor = Actor::User(account.id).to_string();
    web.store.replay_parked(id, &actor, web.clock.now()).await.map_err(problem)
}

async fn send_back(
    state: &ConsoleState,
    account: &UserAccount,
    id: Uuid,
    request: &ReturnRequest,
) -> Result<(), Problem> {
    let note = read_note(request)?;
    let reason = Reason {
        code: request.code,
        document: None,
        kind: None,
        page: None,
        page_href: None,
        field: None,
        text_id: request.code.text_id().to_owned(),
        text_en: request.code.text_en().to_owned(),
    };
    let reasons = serde_json::to_value([reason]).map_err(|_| Problem::internal())?;
    let words = note.as_ref().map_or("", VerifierNote::as_str).as_bytes();
    let seal = |place: &str| state.seal.seal(place, words);
    let told = ParkedReturn { reasons, note: note.is_some().then_some(&seal as &SealFor<'_>) };
    let (web, actor) = (&state.web, Actor::User(account.id).to_string());
    web.store.return_parked(id, told, &actor, web.clock.now()).await.map_err(problem)
}

/// What the operator adds. It is never quoted in an answer.
fn read_note(request: &ReturnRequest) -> Result<Option<VerifierNote>, Problem> {
    let refused = |code: &str, detail: String| {
        let title = "the note cannot be sent";
        Problem::new(StatusCode::UNPROCESSABLE_ENTITY, "invalid", title).fault("/note", code, detail)
    };
    let typed = request.note.as_deref().unwrap_or_default();
    let note = VerifierNote::read(typed).map_err(|flaw| refused(flaw.as_str(), flaw.to_string()))?;
    if note.is_none() && request.code == ReasonCode::Lainnya {
        let detail = format!("{} says nothing by itself: the note tells the office what it is", request.code);
        return Err(refused("note_needed", detail));
    }
    Ok(note)
}

async fn discard(web: &WebState, account: &UserAccount, id: Uuid) -> Result<(), Problem> {
    let actor = Actor::User(account.id).to_string();
    web.store.discard_parked(id, &actor, web.clock.now()).await.map_err(problem)
}

fn problem(error: ResolveError) -> Problem {
    match error {
        ResolveError::Unknown => Problem::not_found().detail("nothing is parked under this id"),
        ResolveError::NoSubmission => {
            Problem::new(StatusCode::CONFLICT, "no_submission", "an unreadable message can only be discarded")
        }
        ResolveError::IsSubmission => Problem::new(
            StatusCode::CONFLICT,
            error.code(),
            "a submission can be replayed or returned, not discarded",
        ),
        ResolveError::Decided(_) => Problem::new(
            StatusCode::CONFLICT,
            error.code(),
            "it is decided already and only its notice is missing",
        )
        .detail("replay it, so that its office is told"),
        ResolveError::Store(error) => error.into(),
    }
}

/// `POST /api/v1/parked/{id}/replay`.
pub(crate) async fn replay_api(
    State(web): State<WebState>,
    Operator(account): Operator,
    Path(id): Path<Uuid>,
) -> Result<StatusCode, Problem> {
    replay(&web, &account, id).await.map(|()| StatusCode::NO_CONTENT)
}

/// `POST /api/v1/parked/{id}/return`.
pub(crate) async fn return_api(
    State(state): State<ConsoleState>,
    Operator(account): Operator,
    Path(id): Path<Uuid>,
    ApiJson(request): ApiJson<ReturnRequest>,
) -> Result<StatusCode, Problem> {
    send_back(&state, &account, id, &request).await.map(|()| StatusCode::NO_CONTENT)
}

/// `POST /api/v1/parked/{id}/discard`.
pub(crate) async fn discard_api(
    State(web): State<WebState>,
    Operator(account): Operator,
    Path(id): Path<Uuid>,
) -> Result<StatusCode, Problem> {
    discard(&web, &account, id).await.map(|()| StatusCode::NO_CONTENT)
}

/// `POST /console/parked/{id}/replay`.
pub(crate) async fn replay_form(
    State(web): State<WebState>,
    Operator(account): Operator,
    Path(id): Path<Uuid>,
) -> Result<Redirect, Problem> {
    replay(&web, &account, id).await.map(|()| Redirect::to(BACK))
}

/// `POST /console/parked/{id}/return`.
pub(crate) async fn return_form(
    State(state): State<ConsoleState>,
    Operator(account): Operator,
    Path(id): Path<Uuid>,
    Form(request): Form<ReturnRequest>,
) -> Result<Redirect, Problem> {
    send_back(&state, &account, id, &request).await.map(|()| Redirect::to(BACK))
}

/// `POST /console/parked/{id}/discard`.
pub(crate) async fn discard_form(
    State(web): State<WebState>,
    Operator(account): Operator,
    Path(id): Path<Uuid>,
) -> Result<Redirect, Problem> {
    discard(&web, &account, id).await.map(|()| Redirect::to(BACK))
}
