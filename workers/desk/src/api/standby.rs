//! Setting tasks aside for the central register, and marking what passed as waiting for blanks.

use axum::Json;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use berkas_domain::{OfficeCode, RegistrationNumber, Revision, Service, StandbyKind, TaskId};
use berkas_store::{
    Aside, BlanksMissing, StandbyError, StandbyLine, Submission, ToldStandby, UserAccount, UserRole,
};
use berkas_web::{ApiJson, Problem, Verifier};
use chrono::{DateTime, NaiveDate, Utc};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::fence::fence;
use super::problems::of_task;
use crate::DeskState;
use crate::decide::Held;
use crate::standby::{in_office_time, message, named_day};

/// Standbys that are shown at most.
pub(crate) const SHOWN: i64 = 200;

/// What `POST /api/v1/tasks/{id}/set-aside` takes.
#[derive(Debug, Clone, Default, Serialize, Deserialize, JsonSchema)]
pub struct SetAsideRequest {
    /// The day on which it comes back; absent: after the usual time.
    #[serde(default)]
    pub back_on: Option<NaiveDate>,
    /// The token of the lease, unless `If-Match` has it.
    #[serde(default)]
    pub fence: Option<i64>,
}

/// What `PUT /api/v1/submissions/{number}/standby` takes.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
pub struct BlanksRequest {
    /// The latest revision, which passed.
    pub revision: Revision,
    /// The day on which somebody looks again; absent: after the usual time.
    #[serde(default)]
    pub back_on: Option<NaiveDate>,
}

/// What `GET /api/v1/standbys` answers.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Standbys {
    standbys: Vec<StandbyView>,
}

/// One standby.
#[derive(Debug, Serialize, JsonSchema)]
pub struct StandbyView {
    /// Its id.
    pub id: Uuid,
    /// What it waits for.
    pub kind: StandbyKind,
    /// The number on the receipt.
    pub registration_number: RegistrationNumber,
    /// The latest revision.
    pub revision: Revision,
    /// Code of the office it came from.
    pub office: OfficeCode,
    /// Name of that office.
    pub office_name: String,
    /// What is asked for.
    pub service: Service,
    /// Whether it only counts as training.
    pub training: bool,
    /// Since when it waits.
    pub since: DateTime<Utc>,
    /// When it is in view again.
    pub back_at: DateTime<Utc>,
    /// Whether that time has come.
    pub due: bool,
    /// When verification is due, which goes on while a task is set aside; absent once it is decided.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub verification_due_at: Option<DateTime<Utc>>,
    /// The name of who began it.
    pub set_by: String,
    /// Whether the caller may end it.
    pub may_end: bool,
}

impl StandbyView {
    fn of(line: StandbyLine, account: &UserAccount, now: DateTime<Utc>) -> Self {
        let for_register = line.standby.kind == StandbyKind::Register;
        Self {
            id: line.id,
            kind: line.standby.kind,
            registration_number: line.registration_number,
            revision: line.revision,
            office: line.office,
            office_name: line.office_name,
            service: line.service,
            training: line.training,
            since: line.standby.since,
            back_at: line.standby.back_at,
            due: line.standby.back_at <= now,
            verification_due_at: for_register.then_some(line.due_at),
            may_end: !for_register || line.set_by == account.id || is_supervisor(account),
            set_by: line.set_by_name,
        }
    }
}

fn is_supervisor(account: &UserAccount) -> bool {
    account.role == UserRole::Supervisor
}

/// `GET /api/v1/standbys`: what waits of what the caller is competent for, what is due for another look first.
pub(crate) async fn list(
    State(state): State<DeskState>,
    Verifier(account): Verifier,
) -> Result<Json<Standbys>, Problem> {
    Ok(Json(Standbys { standbys: read(&state, &account).await? }))
}

/// Reads what waits.
pub(crate) async fn read(state: &DeskState, account: &UserAccount) -> Result<Vec<StandbyView>, Problem> {
    let lines = state.web.store.standbys(account.id, SHOWN).await?;
    Ok(lines.into_iter().map(|line| StandbyView::of(line, account, state.now())).collect())
}

/// `POST /api/v1/tasks/{id}/set-aside`: off the desk and out of the pool until the central register has had time to answer.
pub(crate) async fn set_aside(
    State(state): State<DeskState>,
    Verifier(account): Verifier,
    Path(task): Path<TaskId>,
    headers: HeaderMap,
    ApiJson(request): ApiJson<SetAsideRequest>,
) -> Result<StatusCode, Problem> {
    let fence = fence(&headers, request.fence)?;
    aside(&state, &account, Held { task, fence }, request.back_on).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Sets a task aside for `account`; the store writes it into the audit itself.
pub(crate) async fn aside(
    state: &DeskState,
    account: &UserAccount,
    held: Held,
    back_on: Option<NaiveDate>,
) -> Result<(), Problem> {
    let (terms, now) = (&state.settings.standby, state.now());
    let named = back_on.map(|day| named_day(terms, day, now)).transpose()?;
    let back_at = named.unwrap_or_else(|| in_office_time(terms, StandbyKind::Register, now));
    let aside = Aside { task: held.task, fence: held.fence, user: account.id, back_at };
    state.web.store.set_task_aside(&aside, now).await.map_err(of_task)
}

/// `PUT /api/v1/submissions/{number}/standby`: there are no blanks for what passed; its office is told.
pub(crate) async fn mark(
    State(state): State<DeskState>,
    Verifier(account): Verifier,
    Path(number): Path<String>,
    ApiJson(request): ApiJson<BlanksRequest>,
) -> Result<StatusCode, Problem> {
    let submission = find(&state, &account, &number).await?;
    missing(&state, &account, &submission, &request).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Marks a submission for `account`.
pub(crate) async fn missing(
    state: &DeskState,
    account: &UserAccount,
    submission: &Submission,
    request: &BlanksRequest,
) -> Result<(), Problem> {
    let (terms, now) = (&state.settings.standby, state.now());
    let missing = BlanksMissing {
        submission: submission.id,
        revision: request.revision,
        by: account.id,
        named: request.back_on.map(|day| named_day(terms, day, now)).transpose()?,
        otherwise: in_office_time(terms, StandbyKind::KtpBlanks, now),
    };
    let told = |told: &ToldStandby| message(&state.texts.standby, told);
    state.web.store.blanks_missing(&missing, &told, now).await.map_err(problem)
}

/// `POST /api/v1/standbys/{id}/end`: the blanks are here, which its office is told; or a task goes back into the pool.
pub(crate) async fn end(
    State(state): State<DeskState>,
    Verifier(account): Verifier,
    Path(id): Path<Uuid>,
) -> Result<StatusCode, Problem> {
    finish(&state, &account, id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Ends a standby for `account`.
pub(crate) async fn finish(state: &DeskState, account: &UserAccount, id: Uuid) -> Result<(), Problem> {
    let (store, now) = (&state.web.store, state.now());
    let about = store.standby_about(id).await?.filter(|(_, training, _)| *training == account.training);
    let (_, _, kind) = about.ok_or_else(Problem::not_found)?;
    let ended = if kind == StandbyKind::Register {
        let reserved_until = now + state.settings.standby.reserve;
        store.recall_task(id, (account.id, is_supervisor(account)), reserved_until, now).await
    } else {
        store
            .blanks_here(id, account.id, &|told: &ToldStandby| message(&state.texts.standby, told), now)
            .await
    };
    ended.map_err(problem)
}

/// The submission, unless it is practice and `account` is none of the trainers, or the other way round.
pub(crate) async fn find(
    state: &DeskState,
    account: &UserAccount,
    number: &str,
) -> Result<Submission, Problem> {
    let number: RegistrationNumber = number.parse().map_err(|_| Problem::not_found())?;
    let id = state.web.store.submission_numbered(&number).await?.ok_or_else(Problem::not_found)?;
    let submission = state.web.store.submission(id).await?;
    submission.filter(|found| found.training == account.training).ok_or_else(Problem::not_found)
}

fn problem(error: StandbyError) -> Problem {
    let conflict = |code, title| Problem::new(StatusCode::CONFLICT, code, title);
    match error {
        StandbyError::Unknown => Problem::not_found(),
        StandbyError::RevisionUnexpected => conflict("revision_unexpected", "another revision is the latest"),
        StandbyError::NotPassed => {
            conflict("not_passed", "it has not passed, or its office was not told yet")
                .detail("only what passed and was told can wait for blanks")
        }
        StandbyError::NoBlanks => conflict("no_blanks", "what it asks for is not printed on blanks"),
        StandbyError::NotTheirs => Problem::forbidden()
            .detail("whoever set the task aside, or a supervisor, puts it back into the pool"),
        StandbyError::Store(error) => error.into(),
    }
}
