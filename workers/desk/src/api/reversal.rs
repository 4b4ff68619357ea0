//! Reversing what an office was told, and the history that shows both decisions.

use axum::Json;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use berkas_contract::Reason;
use berkas_domain::{
    Generation, OfficeCode, Outcome, RegistrationNumber, ReversalReason, Revision, Service, Stage,
    SubmissionId,
};
use berkas_store::{Reversal, ReversalError, Submission, SubmittedDocument, Timeline, UserAccount};
use berkas_web::{ApiJson, Problem, Supervisor};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::fence::{etag, fence};
use crate::{DeskState, ReasonRequest};

/// What `POST /api/v1/submissions/{number}/reversal` takes.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
pub struct ReversalRequest {
    /// The revision whose decision is reversed: the latest that the supervisor knows.
    pub revision: Revision,
    /// Why.
    pub reason: ReversalReason,
    /// How the submission is decided instead.
    pub outcome: Outcome,
    /// Reasons of the new decision; none when it passes.
    #[serde(default)]
    pub reasons: Vec<ReasonRequest>,
    /// The token of the history that was seen, unless `If-Match` has it.
    #[serde(default)]
    pub fence: Option<i64>,
}

/// What `GET /api/v1/submissions/{number}/history` answers.
#[derive(Debug, Serialize, JsonSchema)]
pub struct History {
    /// The number on the receipt.
    pub registration_number: RegistrationNumber,
    /// The district's id.
    pub submission: SubmissionId,
    /// Where it came from.
    pub office: OfficeCode,
    /// What is asked for.
    pub service: Service,
    /// The latest revision.
    pub revision: Revision,
    /// The state it is in.
    pub stage: Stage,
    /// Whether it only counts as training.
    pub training: bool,
    /// The token of what is shown, which a reversal names.
    pub fence: i64,
    /// What happened.
    #[serde(flatten)]
    pub timeline: Timeline,
}

/// `GET /api/v1/submissions/{number}/history`.
pub(crate) async fn history(
    State(state): State<DeskState>,
    Supervisor(account): Supervisor,
    Path(number): Path<String>,
) -> Result<Response, Problem> {
    let history = read(&state, &account, &number).await?;
    Ok(([etag(history.fence)], Json(history)).into_response())
}

/// `POST /api/v1/submissions/{number}/reversal`: what its office was told does not count any more; a correction follows.
pub(crate) async fn reverse(
    State(state): State<DeskState>,
    Supervisor(account): Supervisor,
    Path(number): Path<String>,
    headers: HeaderMap,
    ApiJson(request): ApiJson<ReversalRequest>,
) -> Result<StatusCode, Problem> {
    let seen = fence(&headers, request.fence)?;
    act(&state, &account, (&number, seen), &request).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Reads the history of a submission that `account` may look into.
pub(crate) async fn read(state: &DeskState, account: &UserAccount, number: &str) -> Result<History, Problem> {
    let submission = find(state, account, number).await?;
    Ok(History {
        timeline: state.web.store.timeline(submission.id).await?,
        registration_number: submission.registration_number,
        submission: submission.id,
        office: submission.office,
        service: submission.service,
        revision: submission.revision,
        stage: submission.stage,
        training: submission.training,
        fence: submission.generation.0,
    })
}

/// Reverses a decision for `account`, who has seen its history under a token; the store writes it into the audit itself.
pub(crate) async fn act(
    state: &DeskState,
    account: &UserAccount,
    (number, seen): (&str, i64),
    request: &ReversalRequest,
) -> Result<(), Problem> {
    let submission = find(state, account, number).await?;
    // The papers of a revision that is not the latest are no use to the reasons; the store looks again under its lock.
    if submission.revision != request.revision {
        return Err(problem(ReversalError::RevisionUnexpected));
    }
    let documents = state.web.store.documents(submission.id, request.revision).await?;
    let reasons = reasons(&documents, request)?;
    let reversal = Reversal {
        submission: submission.id,
        revision: request.revision,
        generation: Generation(seen),
        by: account.id,
        reason: request.reason,
        outcome: request.outcome,
        reasons: serde_json::to_value(&reasons).map_err(|_| Problem::internal())?,
    };
    state.web.store.reverse_decision(&reversal, state.now()).await.map_err(problem)
}

/// The submission, unless it is practice and `account` is none of the trainers, or the other way round.
async fn find(state: &DeskState, account: &UserAccount, number: &str) -> Result<Submission, Problem> {
    let number: RegistrationNumber = number.parse().map_err(|_| Problem::not_found())?;
    let id = state.web.store.submission_numbered(&number).await?.ok_or_else(Problem::not_found)?;
    let submission = state.web.store.submission(id).await?;
    submission.filter(|found| found.training == account.training).ok_or_else(Problem::not_found)
}

fn reasons(documents: &[SubmittedDocument], request: &ReversalRequest) -> Result<Vec<Reason>, Problem> {
    let passes = request.outcome == Outcome::Passed;
    if passes != request.reasons.is_empty() {
        let told = "what passes has no reasons, and a return or refusal needs one";
        return Err(invalid().fault("/reasons", "reasons", told));
    }
    let told = |reason: &ReasonRequest| {
        let named = |ordinal| documents.iter().find(|document| document.ordinal == ordinal).ok_or(ordinal);
        let document = reason.document.map(named).transpose().map_err(|_| {
            invalid().fault(
                "/reasons",
                "document",
                "a reason names a document that the revision does not have",
            )
        })?;
        Ok(Reason {
            code: reason.code,
            document: document.and_then(|document| usize::try_from(document.ordinal).ok()),
            kind: document.map(|document| document.kind),
            page: reason.page.and_then(|page| u32::try_from(page).ok()),
            page_href: None,
            field: None,
            text_id: reason.code.text_id().to_owned(),
            text_en: reason.code.text_en().to_owned(),
        })
    };
    request.reasons.iter().map(told).collect()
}

fn invalid() -> Problem {
    Problem::new(StatusCode::UNPROCESSABLE_ENTITY, "invalid", "the request contradicts itself or the dossier")
}

fn problem(error: ReversalError) -> Problem {
    match error {
        ReversalError::Unknown => Problem::not_found(),
        ReversalError::RevisionUnexpected => {
            Problem::new(StatusCode::CONFLICT, "revision_unexpected", "another revision is the latest")
                .detail("the office has sent a repair meanwhile; it is judged anew")
        }
        ReversalError::NotTold => Problem::new(
            StatusCode::CONFLICT,
            "not_told",
            "the office was told no decision that stands",
        )
        .detail(
            "within the hold a decision is undone by who took it; what is under way or withdrawn has none",
        ),
        ReversalError::Conflicted => {
            Problem::new(StatusCode::FORBIDDEN, "conflict_of_interest", "you have a stake in this submission")
        }
        ReversalError::ClaimedElsewhere => Problem::new(
            StatusCode::CONFLICT,
            "claimed_elsewhere",
            "another submission is about the same child",
        )
        .detail("since the refusal another submission has taken its place; decide that one first"),
        ReversalError::DecisionChanged => {
            Problem::new(StatusCode::CONFLICT, "decision_changed", "it was decided anew meanwhile")
                .detail("somebody else has reversed it since; look at the history again")
        }
        ReversalError::NothingChanges => {
            invalid().fault("/outcome", "nothing_changes", "it is decided so already")
        }
        ReversalError::Store(error) => error.into(),
    }
}
