//! Reversing a decision that an office has been told.
//!
//! The hold is over and the notice exists, so nothing is taken back: a new decision takes the place of the old one, and the
//! office gets a correction that names the notice which does not count any more.

use berkas_domain::{
    ConflictReason, Generation, OfficeCode, Outcome, ReversalReason, Revision, Stage, Step, SubmissionId,
    UserId,
};
use chrono::{DateTime, Utc};
use serde_json::{Value, json};
use sqlx::{Postgres, Transaction};
use uuid::Uuid;

use crate::audit::{self, Actor, AuditEntry};
use crate::claim::CHILD;
use crate::error::read_code;
use crate::standby::{self, EndReason};
use crate::task::move_stage;
use crate::{Store, StoreError};

/// A supervisor's decision in the place of one that was told.
#[derive(Debug, Clone)]
pub struct Reversal {
    /// The submission.
    pub submission: SubmissionId,
    /// The revision that was decided, which has to be the latest.
    pub revision: Revision,
    /// The submission's generation when it was looked at: whoever has not seen the decision that stands reverses none.
    pub generation: Generation,
    /// Who reverses.
    pub by: UserId,
    /// Why.
    pub reason: ReversalReason,
    /// How it is decided now.
    pub outcome: Outcome,
    /// Coded reasons of the new decision, as JSON.
    pub reasons: Value,
}

/// Why a decision was not reversed.
#[derive(Debug, thiserror::Error)]
pub enum ReversalError {
    /// There is no such submission.
    #[error("there is no such submission")]
    Unknown,
    /// Another revision is the latest: the office has sent a repair meanwhile.
    #[error("another revision is the latest")]
    RevisionUnexpected,
    /// No decision stands that the office was told of: it is under way, within its hold, withdrawn or parked.
    #[error("no decision stands that the office was told of")]
    NotTold,
    /// Who would reverse has a stake in it.
    #[error("who would reverse has a stake in it")]
    Conflicted,
    /// Another submission for the same child has the claim on its birth since the decision that would be reversed.
    #[error("another submission for the same child is under way or has passed")]
    ClaimedElsewhere,
    /// It was decided anew since who would reverse has looked.
    #[error("it was decided anew meanwhile")]
    DecisionChanged,
    /// It is decided like this already, for the same reasons.
    #[error("it is decided like this already")]
    NothingChanges,
    /// The database.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl From<sqlx::Error> for ReversalError {
    fn from(error: sqlx::Error) -> Self {
        Self::Store(error.into())
    }
}

/// A submission whose row, and whose task's, nobody else can touch.
struct Locked {
    stage: Stage,
    revision: Revision,
    generation: Generation,
    parked: bool,
    office: OfficeCode,
}

impl Store {
    /// Reverses the decision that stands on a submission and was told. The new one is due to be told at once. A repair that
    /// comes in at the same moment locks the same row, so that one of the two finds the other done.
    ///
    /// # Errors
    /// [`ReversalError`].
    pub async fn reverse_decision(
        &self,
        reversal: &Reversal,
        now: DateTime<Utc>,
    ) -> Result<(), ReversalError> {
        let mut transaction = self.pool.begin().await?;
        let locked = lock(&mut transaction, reversal).await?.ok_or(ReversalError::Unknown)?;
        if locked.revision != reversal.revision {
            return Err(ReversalError::RevisionUnexpected);
        }
        if locked.parked || locked.stage != Stage::Noticed {
            return Err(ReversalError::NotTold);
        }
        if is_conflicted(&mut transaction, reversal).await? {
            return Err(ReversalError::Conflicted);
        }
        if reversal.outcome == Outcome::Passed && is_claimed_elsewhere(&mut transaction, reversal).await? {
            return Err(ReversalError::ClaimedElsewhere);
        }
        let old = retire(&mut transaction, reversal, now).await?;
        if locked.generation != reversal.generation {
            return Err(ReversalError::DecisionChanged);
        }
        insert(&mut transaction, reversal, old, now).await?;
        // What it is told now is the correction.
        standby::end(&mut transaction, reversal.submission, EndReason::Reversed, Some(reversal.by), now)
            .await?;
        let outcome = Some(reversal.outcome);
        let moved =
            move_stage(&mut transaction, reversal.submission, Stage::Noticed, Stage::Decided, outcome, now)
                .await?
                .ok_or(ReversalError::NotTold)?;
        sqlx::query!(
            "insert into due (submission_id, generation, step, attempts, not_before, created_at)
             values ($1, $2, $3, 0, $4, $4)",
            reversal.submission.0,
            moved.generation,
            Step::Notification.as_str(),
            now,
        )
        .execute(&mut *transaction)
        .await?;
        let entry = AuditEntry {
            actor: Actor::User(reversal.by),
            action: "decision.reversed",
            subject: reversal.submission.to_string(),
            detail: json!({
                "revision": reversal.revision, "reversed": old, "reason": reversal.reason,
                "outcome": reversal.outcome, "office": locked.office.as_str(),
            }),
        };
        audit::insert(&mut *transaction, &entry, now).await?;
        transaction.commit().await?;
        self.watcher.entered(Stage::Decided, moved.counted());
        Ok(())
    }
}

/// Locks the task and then the submission, in everybody's order. The task is closed: with it, whoever decided could undo
/// what takes the place of their decision.
async fn lock(
    transaction: &mut Transaction<'_, Postgres>,
    reversal: &Reversal,
) -> Result<Option<Locked>, StoreError> {
    sqlx::query!(
        "update tasks set state = 'closed' where submission_id = $1 and revision = $2 and state = 'decided'",
        reversal.submission.0,
        reversal.revision.0,
    )
    .execute(&mut **transaction)
    .await?;
    let row = sqlx::query!(
        "select stage, revision, generation, parked, office from submissions where id = $1 for update",
        reversal.submission.0,
    )
    .fetch_optional(&mut **transaction)
    .await?;
    let Some(row) = row else { return Ok(None) };
    Ok(Some(Locked {
        stage: read_code(&row.stage, "submissions", "stage")?,
        revision: Revision(row.revision),
        generation: Generation(row.generation),
        parked: row.parked,
        office: read_code(&row.office, "submissions", "office")?,
    }))
}

/// Whether who would reverse said, or is known, to have a stake in the submission, or a rule keeps them from it.
async fn is_conflicted(
    transaction: &mut Transaction<'_, Postgres>,
    reversal: &Reversal,
) -> Result<bool, StoreError> {
    let stakes: Vec<String> = ConflictReason::ALL.iter().map(|reason| reason.as_str().to_owned()).collect();
    let conflicted = sqlx::query_scalar!(
        r#"select exists (select from task_exclusions
                          where submission_id = $1 and user_id = $2 and (by_rule or reason = any($3))) as "conflicted!""#,
        reversal.submission.0,
        reversal.by.0,
        &stakes,
    )
    .fetch_one(&mut **transaction)
    .await?;
    Ok(conflicted)
}

/// Whether the birth that it asks to record is claimed by another submission: a refusal hands the claim on, and a birth is
/// recorded once.
async fn is_claimed_elsewhere(
    transaction: &mut Transaction<'_, Postgres>,
    reversal: &Reversal,
) -> Result<bool, StoreError> {
    let claimed = sqlx::query_scalar!(
        r#"select exists (select from lookups l join submissions s on s.id = l.submission_id
                          join claims c on c.kind = l.kind and c.hash = l.hash and c.training = s.training
                          where l.submission_id = $1 and l.kind = $2 and c.submission_id <> $1) as "claimed!""#,
        reversal.submission.0,
        CHILD,
    )
    .fetch_one(&mut **transaction)
    .await?;
    Ok(claimed)
}

/// Ends the decision that stands; its id.
async fn retire(
    transaction: &mut Transaction<'_, Postgres>,
    reversal: &Reversal,
    now: DateTime<Utc>,
) -> Result<Uuid, ReversalError> {
    let old = sqlx::query!(
        "update decisions set undone_at = $3, undone_by = $4, reversed_at = $3, reversed_by = $4, reversal_reason = $5
         where submission_id = $1 and revision = $2 and undone_at is null
         returning id, outcome, reasons",
        reversal.submission.0,
        reversal.revision.0,
        now,
        reversal.by.0,
        reversal.reason.as_str(),
    )
    .fetch_optional(&mut **transaction)
    .await?
    .ok_or(ReversalError::NotTold)?;
    if old.outcome == reversal.outcome.as_str() && old.reasons == reversal.reasons {
        return Err(ReversalError::NothingChanges);
    }
    Ok(old.id)
}

async fn insert(
    transaction: &mut Transaction<'_, Postgres>,
    reversal: &Reversal,
    replaces: Uuid,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    sqlx::query!(
        "insert into decisions (id, submission_id, revision, outcome, reasons, decided_by, decided_at, replaces)
         values ($1, $2, $3, $4, $5, $6, $7, $8)",
        Uuid::now_v7(),
        reversal.submission.0,
        reversal.revision.0,
        reversal.outcome.as_str(),
        reversal.reasons,
        reversal.by.0,
        now,
        replaces,
    )
    .execute(&mut **transaction)
    .await?;
    Ok(())
}
