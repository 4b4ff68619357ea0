//! Parked work: what retries did not cure, and messages that no worker can read. Never re-emitted by itself.

use chrono::{DateTime, Utc};
use sqlx::{Postgres, Transaction};
use uuid::Uuid;

use berkas_domain::{Generation, Outcome, Revision, Sha256Hash, Stage, Step, SubmissionId};

use crate::due::WorkRef;
use crate::error::read_code;
use crate::note::note_place;
use crate::{Store, StoreError};

/// A row to insert.
#[derive(Debug, Clone)]
pub(crate) struct NewParked {
    submission: Option<SubmissionId>,
    step: Option<Step>,
    source: String,
    code: String,
    detail: String,
    trace: Option<String>,
}

impl NewParked {
    pub(crate) fn of_work(work: WorkRef, code: String, detail: String, trace: Option<String>) -> Self {
        let source = format!("work.{}", work.step);
        Self { submission: Some(work.submission), step: Some(work.step), source, code, detail, trace }
    }
}

/// A message that cannot be read, to be parked with its cause.
#[derive(Debug, Clone)]
pub struct UnreadableMessage {
    /// The queue it came from.
    pub source: String,
    /// The coded cause.
    pub code: &'static str,
    /// For the operator; never a value from the message.
    pub detail: String,
    /// The body: truncated, sealed when a key is set.
    pub body: Vec<u8>,
    /// The hash of the whole body: the same message is parked once.
    pub hash: Sha256Hash,
}

/// What an operator sees of parked work.
#[derive(Debug, Clone, serde::Serialize)]
pub struct ParkedItem {
    /// Its id.
    pub id: Uuid,
    /// Whose work; absent for an unreadable message.
    pub submission: Option<SubmissionId>,
    /// The number on the receipt.
    pub registration_number: Option<String>,
    /// Whether it is practice.
    pub training: bool,
    /// The step that failed.
    pub step: Option<String>,
    /// The queue or step it came from.
    pub source: String,
    /// The coded cause.
    pub code: String,
    /// For the operator.
    pub detail: String,
    /// When it was parked.
    pub parked_at: DateTime<Utc>,
}

/// Seals something for a place, which it is given.
pub type SealFor<'a> = dyn Fn(&str) -> Vec<u8> + Sync + 'a;

/// What a parked submission goes back to its office with.
#[derive(Clone)]
pub struct ParkedReturn<'a> {
    /// Why, coded, as JSON.
    pub reasons: serde_json::Value,
    /// Seals what is added in one's own words for the place it is given ([`note_place`](crate::note_place)); absent where
    /// nothing is added.
    pub note: Option<&'a SealFor<'a>>,
}

/// Why parked work could not be replayed, returned or discarded.
#[derive(Debug, thiserror::Error)]
pub enum ResolveError {
    /// No open row has this id.
    #[error("nothing is parked under this id")]
    Unknown,
    /// The row is a message, not a submission: it can only be discarded.
    #[error("this is an unreadable message; it can be discarded, not replayed or returned")]
    NoSubmission,
    /// The row is a submission: nothing of it is thrown away.
    #[error("this is a submission; it can be replayed or returned, not discarded")]
    IsSubmission,
    /// The revision is decided and only its notice is missing: who decided shall not be overruled here.
    #[error("it is decided already as `{0}` and cannot be returned; replay it, so that its office is told")]
    Decided(Outcome),
    /// The database.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl ResolveError {
    /// The stable word of the cause.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Unknown => "not_found",
            Self::NoSubmission => "no_submission",
            Self::IsSubmission => "is_submission",
            Self::Decided(_) => "already_decided",
            Self::Store(_) => "store",
        }
    }
}

impl From<sqlx::Error> for ResolveError {
    fn from(error: sqlx::Error) -> Self {
        Self::Store(error.into())
    }
}

pub(crate) async fn insert(
    transaction: &mut Transaction<'_, Postgres>,
    parked: &NewParked,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    sqlx::query!(
        "insert into parked (id, submission_id, step, source, code, detail, trace, parked_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8)",
        Uuid::now_v7(),
        parked.submission.map(|submission| submission.0),
        parked.step.map(Step::as_str),
        parked.source,
        parked.code,
        parked.detail,
        parked.trace,
        now,
    )
    .execute(&mut **transaction)
    .await?;
    Ok(())
}

/// A parked submission, locked.
struct ParkedSubmission {
    submission: SubmissionId,
    stage: Stage,
    generation: Generation,
    revision: i32,
    training: bool,
    trace: Option<String>,
}

async fn lock(
    transaction: &mut Transaction<'_, Postgres>,
    id: Uuid,
) -> Result<ParkedSubmission, ResolveError> {
    let found =
        sqlx::query_scalar!("select submission_id from parked where id = $1 and resolved_at is null", id);
    let submission = found.fetch_optional(&mut **transaction).await?.ok_or(ResolveError::Unknown)?;
    let submission = submission.ok_or(ResolveError::NoSubmission)?;
    // The submission before what is parked of it, in everybody's order: a withdrawal has it locked when it resolves the row.
    let row = sqlx::query!(
        "select stage, generation, revision, training from submissions where id = $1 for update",
        submission
    )
    .fetch_one(&mut **transaction)
    .await?;
    let parked =
        sqlx::query!("select trace from parked where id = $1 and resolved_at is null for update", id);
    let parked = parked.fetch_optional(&mut **transaction).await?.ok_or(ResolveError::Unknown)?;
    Ok(ParkedSubmission {
        submission: SubmissionId(submission),
        stage: read_code(&row.stage, "submissions", "stage")?,
        generation: Generation(row.generation),
        revision: row.revision,
        training: row.training,
        trace: parked.trace,
    })
}

/// How the revision of a parked submission is decided, if it is.
async fn decided_as(
    transaction: &mut Transaction<'_, Postgres>,
    parked: &ParkedSubmission,
) -> Result<Option<Outcome>, ResolveError> {
    let outcome = sqlx::query_scalar!(
        "select outcome from decisions where submission_id = $1 and revision = $2 and undone_at is null",
        parked.submission.0,
        parked.revision,
    )
    .fetch_optional(&mut **transaction)
    .await?;
    Ok(outcome.map(|outcome| read_code(&outcome, "decisions", "outcome")).transpose()?)
}

async fn resolve(
    transaction: &mut Transaction<'_, Postgres>,
    id: Uuid,
    resolution: &str,
    actor: &str,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    sqlx::query!(
        "update parked set resolved_at = $2, resolution = $3, resolved_by = $4 where id = $1",
        id,
        now,
        resolution,
        actor,
    )
    .execute(&mut **transaction)
    .await?;
    sqlx::query!(
        "insert into audit (id, at, actor, action, subject) values ($1, $2, $3, $4, $5)",
        Uuid::now_v7(),
        now,
        actor,
        format!("parked.{resolution}"),
        id.to_string(),
    )
    .execute(&mut **transaction)
    .await?;
    Ok(())
}

impl Store {
    /// Parks a message that cannot be read; the same message again changes nothing.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub async fn park_message(
        &self,
        message: &UnreadableMessage,
        now: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        sqlx::query!(
            "insert into parked (id, source, code, detail, body, body_hash, parked_at)
             values ($1, $2, $3, $4, $5, $6, $7) on conflict (body_hash) where resolved_at is null and body_hash is not null do nothing",
            Uuid::now_v7(),
            message.source,
            message.code,
            message.detail,
            message.body,
            message.hash.as_bytes().as_slice(),
            now,
        )
        .execute(&self.pool)
        .await?;
        Ok(())
    }

    /// The body of an unreadable message as it was parked: truncated, sealed when a key is set.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub async fn parked_body(&self, id: Uuid) -> Result<Option<Vec<u8>>, StoreError> {
        let body = sqlx::query_scalar!("select body from parked where id = $1 and resolved_at is null", id);
        Ok(body.fetch_optional(&self.pool).await?.flatten())
    }

    /// Lists what is parked and open, oldest first, at most `limit` rows.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub async fn parked(&self, limit: i64) -> Result<Vec<ParkedItem>, StoreError> {
        let rows = sqlx::query!(
            r#"select p.id, p.submission_id, s.registration_number as "registration_number?", p.step, p.source, p.code,
                      p.detail, p.parked_at, coalesce(s.training, false) as "training!"
               from parked p left join submissions s on s.id = p.submission_id
               where p.resolved_at is null order by p.parked_at limit $1"#,
            limit,
        )
        .fetch_all(&self.pool)
        .await?;
        Ok(rows
            .into_iter()
            .map(|row| ParkedItem {
                id: row.id,
                submission: row.submission_id.map(SubmissionId),
                registration_number: row.registration_number,
                training: row.training,
                step: row.step,
                source: row.source,
                code: row.code,
                detail: row.detail,
                parked_at: row.parked_at,
            })
            .collect())
    }

    /// Makes the step of a parked submission due again, with a fresh count of attempts.
    ///
    /// # Errors
    /// [`ResolveError`].
    pub async fn replay_parked(&self, id: Uuid, actor: &str, now: DateTime<Utc>) -> Result<(), ResolveError> {
        let mut transaction = self.pool.begin().await?;
        let parked = lock(&mut transaction, id).await?;
        let generation = parked.generation.next();
        sqlx::query!(
            "update submissions set parked = false, generation = $2 where id = $1",
            parked.submission.0,
            generation.0,
        )
        .execute(&mut *transaction)
        .await?;
        if let Some(step) = parked.stage.due_step() {
            sqlx::query!(
                "insert into due (submission_id, generation, step, attempts, not_before, trace, created_at)
                 values ($1, $2, $3, 0, $4, $5, $4)",
                parked.submission.0,
                generation.0,
                step.as_str(),
                now,
                parked.trace,
            )
            .execute(&mut *transaction)
            .await?;
        }
        resolve(&mut transaction, id, "replayed", actor, now).await?;
        transaction.commit().await?;
        Ok(())
    }

    /// Answers the office of a parked submission with a return.
    ///
    /// # Errors
    /// [`ResolveError`]; [`ResolveError::Decided`] when the revision is decided already. Nothing is changed then.
    pub async fn return_parked(
        &self,
        id: Uuid,
        told: ParkedReturn<'_>,
        actor: &str,
        now: DateTime<Utc>,
    ) -> Result<(), ResolveError> {
        let mut transaction = self.pool.begin().await?;
        let parked = lock(&mut transaction, id).await?;
        if let Some(outcome) = decided_as(&mut transaction, &parked).await? {
            return Err(ResolveError::Decided(outcome));
        }
        let generation = parked.generation.next();
        let place = note_place(parked.submission, Revision(parked.revision));
        sqlx::query!(
            "insert into decisions (id, submission_id, revision, outcome, reasons, decided_at, note)
             values ($1, $2, $3, $4, $5, $6, $7)",
            Uuid::now_v7(),
            parked.submission.0,
            parked.revision,
            Outcome::Returned.as_str(),
            told.reasons,
            now,
            told.note.map(|seal| seal(&place)),
        )
        .execute(&mut *transaction)
        .await?;
        sqlx::query!(
            "update submissions set parked = false, generation = $2, stage = $3, outcome = $4, stage_since = $5
             where id = $1",
            parked.submission.0,
            generation.0,
            Stage::Decided.as_str(),
            Outcome::Returned.as_str(),
            now,
        )
        .execute(&mut *transaction)
        .await?;
        sqlx::query!(
            "insert into due (submission_id, generation, step, attempts, not_before, trace, created_at)
             values ($1, $2, $3, 0, $4, $5, $4)",
            parked.submission.0,
            generation.0,
            Step::Notification.as_str(),
            now,
            parked.trace,
        )
        .execute(&mut *transaction)
        .await?;
        sqlx::query!(
            "insert into stage_log (submission_id, generation, revision, from_stage, stage, waited_ms, at)
             values ($1, $2, $3, $4, $5, 0, $6)",
            parked.submission.0,
            generation.0,
            parked.revision,
            parked.stage.as_str(),
            Stage::Decided.as_str(),
            now,
        )
        .execute(&mut *transaction)
        .await?;
        resolve(&mut transaction, id, "returned", actor, now).await?;
        transaction.commit().await?;
        self.watcher.entered(Stage::Decided, usize::from(!parked.training));
        Ok(())
    }

    /// Closes the row of an unreadable message; its body is erased.
    ///
    /// # Errors
    /// [`ResolveError::Unknown`] when nothing open has this id, [`ResolveError::IsSubmission`] when it is no message.
    pub async fn discard_parked(
        &self,
        id: Uuid,
        actor: &str,
        now: DateTime<Utc>,
    ) -> Result<(), ResolveError> {
        let mut transaction = self.pool.begin().await?;
        let erased = sqlx::query!(
            "update parked set body = null where id = $1 and resolved_at is null and submission_id is null",
            id,
        )
        .execute(&mut *transaction)
        .await?;
        if erased.rows_affected() == 0 {
            let open = sqlx::query_scalar!(
                "select submission_id from parked where id = $1 and resolved_at is null",
                id
            );
            let is_open = open.fetch_optional(&mut *transaction).await?.is_some();
            return Err(if is_open { ResolveError::IsSubmission } else { ResolveError::Unknown });
        }
        resolve(&mut transaction, id, "discarded", actor, now).await?;
        transaction.commit().await?;
        Ok(())
    }
}
