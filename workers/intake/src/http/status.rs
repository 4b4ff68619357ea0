//! What became of a submission.

use axum::Json;
use axum::extract::{Path, Query, State};
use berkas_domain::{
    CaseCode, OfficeCode, Outcome, RegistrationNumber, Revision, Service, Stage, SubmissionId,
};
use berkas_store::{Standby, Submission};
use berkas_web::{Office, Problem};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::Door;

/// What an office is told of its own submission.
#[derive(Debug, Serialize)]
pub(super) struct Status {
    registration_number: RegistrationNumber,
    submission: SubmissionId,
    sender_id: Uuid,
    service: Service,
    case: CaseCode,
    revision: Revision,
    stage: Stage,
    #[serde(skip_serializing_if = "Option::is_none")]
    outcome: Option<Outcome>,
    /// Whether it waits for an operator.
    parked: bool,
    training: bool,
    received_at: DateTime<Utc>,
    due_at: DateTime<Utc>,
    /// What it waits for that nobody here can hurry.
    #[serde(skip_serializing_if = "Option::is_none")]
    standby: Option<Standby>,
}

impl Status {
    /// The outcome is told once its notice exists: until then the decision can be undone.
    pub(super) fn of(submission: Submission, standby: Option<Standby>) -> Self {
        let outcome = submission.outcome.filter(|_| submission.stage == Stage::Noticed);
        Self {
            registration_number: submission.registration_number,
            submission: submission.id,
            sender_id: submission.sender_id,
            service: submission.service,
            case: submission.case,
            revision: submission.revision,
            stage: submission.stage,
            outcome,
            parked: submission.parked,
            training: submission.training,
            received_at: submission.received_at,
            due_at: submission.due_at,
            standby,
        }
    }
}

/// Which submission is asked for.
#[derive(Deserialize)]
pub(super) struct BySender {
    sender_id: Uuid,
}

/// `GET /api/v1/submissions/{number}`.
pub(super) async fn by_number(
    State(door): State<Door>,
    Office(owner): Office,
    Path(number): Path<String>,
) -> Result<Json<Status>, Problem> {
    let submission = find(&door, &owner.office, None, Some(&number)).await?;
    read(&door, submission).await.map(Json)
}

/// `GET /api/v1/submissions?sender_id=…`: "did it arrive?", for whoever has no number yet.
pub(super) async fn by_sender_id(
    State(door): State<Door>,
    Office(owner): Office,
    query: Result<Query<BySender>, axum::extract::rejection::QueryRejection>,
) -> Result<Json<Status>, Problem> {
    let Query(query) = query.map_err(|_| Problem::malformed("`sender_id` must be a UUID"))?;
    let submission = find(&door, &owner.office, Some(query.sender_id), None).await?;
    read(&door, submission).await.map(Json)
}

/// Reads what else an office is told of `submission`.
pub(super) async fn read(door: &Door, submission: Submission) -> Result<Status, Problem> {
    let standby = door.app.store.standby_of(submission.id).await?;
    Ok(Status::of(submission, standby))
}

/// Finds a submission of `office`; another office's does not exist.
pub(super) async fn find(
    door: &Door,
    office: &OfficeCode,
    sender_id: Option<Uuid>,
    number: Option<&str>,
) -> Result<Submission, Problem> {
    let found = door.app.store.find_submission(office, sender_id, number).await?;
    found.ok_or_else(Problem::not_found)
}
