//! Handing a submission in, and taking it back.

use axum::Json;
use axum::body::Body;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use berkas_contract::{DossierRef, RejectionCode, WithdrawalReason};
use berkas_domain::{OfficeCode, RegistrationNumber, Revision};
use berkas_runtime::telemetry::TraceContext;
use berkas_store::{AcceptedArrival, Door as Entrance, Submission};
use berkas_web::{ApiJson, Office, Problem};
use serde::Deserialize;

use super::Door;
use super::manifest::{self, Manifest};
use super::problem::{failed, refusal, rejected};
use super::status::{Status, find, read};
use super::upload::too_large;
use crate::judge::{Candidate, Verdict, judge, receipt};
use crate::withdraw;

/// `POST /api/v1/submissions`: 202 when it is accepted, 200 when it had been accepted before; the body is the data of
/// the `accepted` message, which also goes to the office's queue.
pub(super) async fn submit(
    State(door): State<Door>,
    Office(owner): Office,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Problem> {
    let intake = &door.app.settings.intake;
    if door.backlog.is_full(&door.app).await {
        return Err(
            refusal(StatusCode::TOO_MANY_REQUESTS, RejectionCode::Busy).retry_after(intake.retry_after_s)
        );
    }
    let most = intake.max_message_bytes;
    let bytes = axum::body::to_bytes(body, most).await;
    let bytes = bytes.map_err(|_| too_large(u64::try_from(most).unwrap_or(u64::MAX)))?;
    let Manifest { submission, base } = manifest::read(&bytes, &owner.office)?;
    let traceparent = headers.get("traceparent").and_then(|value| value.to_str().ok());
    let trace = TraceContext::continue_from(traceparent);
    let candidate = Candidate { submission, door: Entrance::Http, trace };
    let verdicts = judge(&door.app, std::slice::from_ref(&candidate)).await;
    match verdicts.map_err(|failure| failed(&failure))?.pop() {
        Some(Verdict::Accepted(accepted)) => Ok(accept(&door, &candidate, accepted)),
        Some(Verdict::Rejected(problems)) => Err(rejected(&problems, base)),
        Some(Verdict::Failed(error)) => Err(error.into()),
        None => Err(Problem::internal()),
    }
}

/// Has the work published meanwhile: the caller need not wait for the broker.
fn accept(door: &Door, candidate: &Candidate, accepted: AcceptedArrival) -> Response {
    let data = receipt(candidate.submission.sender_id, candidate.submission.revision, &accepted);
    let status = if accepted.repeated { StatusCode::OK } else { StatusCode::ACCEPTED };
    let location = format!("/api/v1/submissions/{}", accepted.registration_number);
    if let (Some(work), Some(relay)) = (accepted.work, door.relay.clone()) {
        tokio::spawn(async move { relay.relay(vec![work]).await });
    }
    (status, [(header::LOCATION, location)], Json(data)).into_response()
}

/// What a withdrawal over HTTP says.
#[derive(Deserialize)]
pub(super) struct WithdrawalRequest {
    /// The latest revision the office has sent.
    revision: Revision,
    /// Why.
    reason: WithdrawalReason,
}

/// `POST /api/v1/submissions/{number}/withdrawal`: takes the submission back unless it is decided.
pub(super) async fn withdraw(
    State(door): State<Door>,
    Office(owner): Office,
    Path(number): Path<String>,
    ApiJson(request): ApiJson<WithdrawalRequest>,
) -> Result<Json<Status>, Problem> {
    take_back(&door, &owner.office, &number, Some(request.revision), request.reason).await
}

/// `DELETE /api/v1/submissions/{number}`: the same, whatever its revision and without a reason.
pub(super) async fn remove(
    State(door): State<Door>,
    Office(owner): Office,
    Path(number): Path<String>,
) -> Result<Json<Status>, Problem> {
    take_back(&door, &owner.office, &number, None, WithdrawalReason::Other).await
}

async fn take_back(
    door: &Door,
    office: &OfficeCode,
    number: &str,
    revision: Option<Revision>,
    reason: WithdrawalReason,
) -> Result<Json<Status>, Problem> {
    let number: RegistrationNumber = number.parse().map_err(|_| Problem::not_found())?;
    let dossier = DossierRef::RegistrationNumber(number);
    let outcome = withdraw::withdraw(&door.app, office, &dossier, revision, reason).await?;
    let submission: Submission = outcome.map_err(|problem| match problem.code {
        RejectionCode::NotFound => Problem::not_found(),
        _ => rejected(&[problem], ""),
    })?;
    let number = submission.registration_number.as_str();
    let submission = find(door, office, None, Some(number)).await?;
    read(door, submission).await.map(Json)
}
