//! Withdrawal by the office.

use berkas_domain::{OfficeCode, Outcome, Revision, Stage, SubmissionId};
use chrono::{DateTime, Utc};
use serde_json::json;
use sqlx::{Postgres, Transaction};

use crate::audit::{self, Actor, AuditEntry};
use crate::error::read_code;
use crate::intake::acknowledge_return;
use crate::standby::{self, EndReason};
use crate::task::move_stage;
use crate::{Store, StoreError};

/// A task comes in once for each revision; more tries than this would hide a fault.
const MOST_TRIES: u32 = 3;

/// An office takes a submission back.
#[derive(Debug, Clone)]
pub struct Withdrawing<'a> {
    /// The office.
    pub office: &'a OfficeCode,
    /// The submission.
    pub submission: SubmissionId,
    /// The latest revision that the office knows; absent when it is to be taken back whatever its revision.
    pub revision: Option<Revision>,
    /// Why, as the audit shows it: a code.
    pub reason: &'a str,
}

impl<'a> Withdrawing<'a> {
    /// Takes it back whatever its revision, without a reason.
    #[must_use]
    pub const fn latest(office: &'a OfficeCode, submission: SubmissionId) -> Self {
        Self { office, submission, revision: None, reason: "other" }
    }
}

/// What came of a withdrawal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Withdrawn {
    /// It is withdrawn now.
    Now,
    /// It was withdrawn before.
    Before,
    /// It is decided, and was not returned: too late.
    TooLate,
    /// It has another revision than the office knows: whoever does not know the latest does not know what is withdrawn.
    RevisionUnexpected,
    /// The office has no such submission.
    Unknown,
}

/// A submission whose row, and whose task's, nobody else can touch.
struct Locked {
    transaction: Transaction<'static, Postgres>,
    stage: Stage,
    revision: Revision,
    outcome: Option<Outcome>,
}

impl Store {
    /// Takes a submission back, as long as nothing was decided or it was returned, and writes down that its office did.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn withdraw(
        &self,
        withdrawing: &Withdrawing<'_>,
        now: DateTime<Utc>,
    ) -> Result<Withdrawn, StoreError> {
        let Withdrawing { office, submission, revision, reason } = *withdrawing;
        let Some(locked) = self.lock_to_withdraw(office, submission).await? else {
            return Ok(Withdrawn::Unknown);
        };
        let Locked { mut transaction, stage, revision: latest, outcome } = locked;
        if revision.is_some_and(|revision| revision != latest) {
            return Ok(Withdrawn::RevisionUnexpected);
        }
        if stage == Stage::Withdrawn {
            return Ok(Withdrawn::Before);
        }
        // Of what its office was told only a return can be given up.
        let is_open = stage != Stage::Noticed || outcome == Some(Outcome::Returned);
        if stage.go(Stage::Withdrawn).is_err() || !is_open {
            return Ok(Withdrawn::TooLate);
        }
        if stage == Stage::Noticed {
            acknowledge_return(&mut transaction, now, submission, latest.0).await?;
        }
        sqlx::query!(
            "update parked set resolved_at = $2, resolution = 'withdrawn', resolved_by = $3
             where submission_id = $1 and resolved_at is null",
            submission.0,
            now,
            format!("office:{office}"),
        )
        .execute(&mut *transaction)
        .await?;
        sqlx::query!("update submissions set parked = false where id = $1", submission.0)
            .execute(&mut *transaction)
            .await?;
        let moved = move_stage(&mut transaction, submission, stage, Stage::Withdrawn, None, now).await?;
        sqlx::query!("delete from due where submission_id = $1", submission.0)
            .execute(&mut *transaction)
            .await?;
        // Work that nobody does is not charged to the office.
        sqlx::query!(
            "update pool_accounts a set finish = greatest(a.finish - t.effort_s, 0)
             from tasks t
             where t.submission_id = $1 and t.state = 'open' and not t.urgent
               and (t.reserved_until is null or t.revision = 1)
               and a.training = t.training and a.share = t.share",
            submission.0,
        )
        .execute(&mut *transaction)
        .await?;
        sqlx::query!(
            "update tasks set state = 'closed', lease_until = null
             where submission_id = $1 and state in ('open', 'leased', 'aside')",
            submission.0,
        )
        .execute(&mut *transaction)
        .await?;
        standby::end(&mut transaction, submission, EndReason::Withdrawn, None, now).await?;
        let entry = AuditEntry {
            actor: Actor::Office(office.clone()),
            action: "submission.withdrawn",
            subject: submission.to_string(),
            detail: json!({ "reason": reason }),
        };
        audit::insert(&mut *transaction, &entry, now).await?;
        transaction.commit().await?;
        self.watcher.entered(Stage::Withdrawn, moved.map_or(0, |moved| moved.counted()));
        Ok(Withdrawn::Now)
    }

    /// Locks the task, where there is one, and then the submission, in everybody's order; `None` when the office has no such
    /// submission.
    async fn lock_to_withdraw(
        &self,
        office: &OfficeCode,
        submission: SubmissionId,
    ) -> Result<Option<Locked>, StoreError> {
        let mut tries = 0;
        loop {
            let mut transaction = self.pool.begin().await?;
            let task = sqlx::query_scalar!(
                "select id from tasks where submission_id = $1 and state in ('open', 'leased', 'aside') for update",
                submission.0,
            )
            .fetch_optional(&mut *transaction)
            .await?;
            let row = sqlx::query!(
                "select stage, revision, outcome from submissions where id = $1 and office = $2 for update",
                submission.0,
                office.as_str(),
            )
            .fetch_optional(&mut *transaction)
            .await?;
            let Some(row) = row else { return Ok(None) };
            let stage: Stage = read_code(&row.stage, "submissions", "stage")?;
            // A task that came in between is held by who pulls or decides, and they wait for the submission.
            let is_with_people = matches!(stage, Stage::Waiting | Stage::Assigned);
            if task.is_some() || !is_with_people || tries == MOST_TRIES {
                let outcome = row.outcome.as_deref();
                let outcome = outcome.map(|word| read_code(word, "submissions", "outcome")).transpose()?;
                return Ok(Some(Locked { transaction, stage, revision: Revision(row.revision), outcome }));
            }
            tries += 1;
        }
    }
}
