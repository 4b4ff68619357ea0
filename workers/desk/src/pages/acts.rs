//! What the forms of the pages do.

use axum::extract::{Path, State};
use axum::http::{HeaderMap, header};
use axum::response::{IntoResponse, Redirect, Response};
use axum::{Form, Json};
use berkas_domain::{DocumentVerdict, Outcome, ReasonCode, Revision, TaskId};
use berkas_web::{Problem, Supervisor, Verifier};

use super::undoable::Undoable;
use crate::api::conflict::stand_back;
use crate::api::duty::change;
use crate::api::reversal;
use crate::api::tasks::{give_back, pull};
use crate::{DecisionRequest, DeskState, ReasonRequest, ReversalRequest, VerdictRequest, decide};

/// The fields of a form, names repeated.
pub(crate) type Fields = Form<Vec<(String, String)>>;

fn field<T: std::str::FromStr>(fields: &Fields, name: &str) -> Option<T> {
    fields.iter().find(|(key, _)| key == name).and_then(|(_, value)| value.parse().ok())
}

pub(crate) fn needed<T: std::str::FromStr>(fields: &Fields, name: &str) -> Result<T, Problem> {
    field(fields, name).ok_or_else(|| Problem::malformed(format!("the field `{name}` is missing or wrong")))
}

/// The field `name`, which may be missing or empty.
pub(crate) fn optional<T: std::str::FromStr>(fields: &Fields, name: &str) -> Result<Option<T>, Problem> {
    let given = fields.iter().find(|(key, value)| key == name && !value.is_empty());
    let read = given.map(|(_, value)| value.parse()).transpose();
    read.map_err(|_| Problem::malformed(format!("the field `{name}` is wrong")))
}

fn codes(fields: &Fields) -> Result<Vec<ReasonCode>, Problem> {
    let chosen = fields.iter().filter(|(key, _)| key == "codes");
    let codes = chosen.map(|(_, value)| value.parse()).collect::<Result<_, _>>();
    codes.map_err(|_| Problem::malformed("the field `codes` is wrong"))
}

/// Where to go on: a redirect for a form, the address for a script that sent the form so that the page is not lost when the
/// line is down.
pub(crate) fn onward(headers: &HeaderMap, to: &str) -> Response {
    let accepted = headers.get(header::ACCEPT).and_then(|line| line.to_str().ok());
    if accepted == Some("application/json") {
        return Json(serde_json::json!({ "next": to })).into_response();
    }
    Redirect::to(to).into_response()
}

/// `POST /desk/duty`: on duty or on a break.
pub(crate) async fn duty(
    State(state): State<DeskState>,
    Verifier(account): Verifier,
    fields: Fields,
) -> Result<Response, Problem> {
    change(&state, &account, needed(&fields, "on_duty")?).await?;
    Ok(Redirect::to("/desk").into_response())
}

/// `POST /desk/tasks/{id}/documents/{ordinal}`: a verdict, then the same document again; the desk never turns to another one
/// by itself.
pub(crate) async fn judge(
    State(state): State<DeskState>,
    Verifier(account): Verifier,
    Path((task, ordinal)): Path<(TaskId, i16)>,
    fields: Fields,
) -> Result<Response, Problem> {
    let held = decide::Held { task, fence: needed(&fields, "fence")? };
    let verdict: DocumentVerdict = needed(&fields, "verdict")?;
    // The codes stay ticked in the form when another verdict is pressed; they belong to `not_valid` alone.
    let codes = if verdict == DocumentVerdict::NotValid { codes(&fields)? } else { Vec::new() };
    let request = VerdictRequest { verdict, codes, page: field(&fields, "page"), fence: None };
    decide::judge(&state, &account, held, ordinal, &request).await?;
    Ok(Redirect::to(&format!("/desk/tasks/{task}?doc={ordinal}")).into_response())
}

/// `POST /desk/tasks/{id}/decision`: the decision, then at once the next task.
pub(crate) async fn decide(
    State(state): State<DeskState>,
    Verifier(account): Verifier,
    Path(task): Path<TaskId>,
    headers: HeaderMap,
    fields: Fields,
) -> Result<Response, Problem> {
    let held = decide::Held { task, fence: needed(&fields, "fence")? };
    let outcome: Outcome = needed(&fields, "outcome")?;
    let codes = if outcome == Outcome::Passed { Vec::new() } else { codes(&fields)? };
    let reasons = codes.into_iter().map(|code| ReasonRequest { code, document: None, page: None }).collect();
    let all_valid = fields.iter().any(|(key, _)| key == "all_valid");
    let note = field(&fields, "note");
    let request = DecisionRequest { outcome, reasons, note, all_valid, fence: None };
    decide::decide(&state, &account, held, &request).await?;
    let undo = Undoable { task, fence: held.fence };
    let to = match pull(&state, &account).await {
        Ok(Some(next)) => format!("/desk/tasks/{}?undo={undo}", next.id),
        Ok(None) => format!("/desk?nothing=true&undo={undo}"),
        // The decision stands, and must not look as if it did not: the next task is asked for again from the queue.
        Err(_) => format!("/desk?undo={undo}"),
    };
    Ok(onward(&headers, &to))
}

/// `POST /desk/tasks/{id}/release`.
pub(crate) async fn release(
    State(state): State<DeskState>,
    Verifier(account): Verifier,
    Path(task): Path<TaskId>,
    headers: HeaderMap,
    fields: Fields,
) -> Result<Response, Problem> {
    give_back(&state, &account, task, needed(&fields, "fence")?).await?;
    Ok(onward(&headers, "/desk"))
}

/// `POST /desk/tasks/{id}/conflict`: the verifier has a stake in it, then the queue.
pub(crate) async fn conflict(
    State(state): State<DeskState>,
    Verifier(account): Verifier,
    Path(task): Path<TaskId>,
    headers: HeaderMap,
    fields: Fields,
) -> Result<Response, Problem> {
    let held = decide::Held { task, fence: needed(&fields, "fence")? };
    stand_back(&state, &account, held, needed(&fields, "reason")?).await?;
    Ok(onward(&headers, "/desk"))
}

/// `POST /desk/submissions/{number}/reversal`, then the history that shows it.
pub(crate) async fn reverse(
    State(state): State<DeskState>,
    Supervisor(account): Supervisor,
    Path(number): Path<String>,
    fields: Fields,
) -> Result<Response, Problem> {
    let outcome: Outcome = needed(&fields, "outcome")?;
    let codes = if outcome == Outcome::Passed { Vec::new() } else { codes(&fields)? };
    let reasons = codes.into_iter().map(|code| ReasonRequest { code, document: None, page: None }).collect();
    let revision = Revision(needed(&fields, "revision")?);
    let seen = needed(&fields, "fence")?;
    let request =
        ReversalRequest { revision, reason: needed(&fields, "reason")?, outcome, reasons, fence: None };
    reversal::act(&state, &account, (&number, seen), &request).await?;
    Ok(Redirect::to(&format!("/desk/submissions/{number}")).into_response())
}

/// `POST /desk/tasks/{id}/send`: the decision leaves now.
pub(crate) async fn send(
    State(state): State<DeskState>,
    Verifier(account): Verifier,
    Path(task): Path<TaskId>,
    fields: Fields,
) -> Result<Response, Problem> {
    let held = decide::Held { task, fence: needed(&fields, "fence")? };
    decide::send(&state, &account, held).await?;
    Ok(Redirect::to("/desk?view=done").into_response())
}

/// `POST /desk/tasks/{id}/undo`: the task again, or the queue when it went to the pool.
pub(crate) async fn undo(
    State(state): State<DeskState>,
    Verifier(account): Verifier,
    Path(task): Path<TaskId>,
    fields: Fields,
) -> Result<Response, Problem> {
    let held = decide::Held { task, fence: needed(&fields, "fence")? };
    let to = match decide::undo(&state, &account, held).await? {
        Some(task) => format!("/desk/tasks/{}", task.id),
        None => "/desk?pooled=true".to_owned(),
    };
    Ok(Redirect::to(&to).into_response())
}
