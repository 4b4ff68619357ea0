//! Conflict of interest: who is never given a submission. A row stands from the moment the cause arises, and pulling looks
//! for it.

use berkas_domain::{ConflictReason, OfficeCode, Stage, SubmissionId, TaskId, UserId};
use chrono::{DateTime, Utc};
use serde_json::json;
use sqlx::{Postgres, Transaction};
use uuid::Uuid;

use crate::audit::{self, Actor, AuditEntry};
use crate::task::{clear_verdicts, give_up, wait_again};
use crate::{Store, StoreError, TaskError, draft};

/// Why somebody is not given a submission.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ExclusionReason {
    /// They say so, or are known to have sent it.
    Conflict(ConflictReason),
    /// They decided and took it back; others see to the revision, unless they decide under the lease of the undo.
    Undone,
    /// They gave a verdict on which others have to agree.
    UnderReview,
}

impl ExclusionReason {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Conflict(reason) => reason.as_str(),
            Self::Undone => "undone",
            Self::UnderReview => "under_review",
        }
    }
}

/// Somebody who is not given a submission.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Exclusion {
    pub submission: SubmissionId,
    /// Absent: all of them.
    pub revision: Option<i32>,
    pub user: UserId,
    pub reason: ExclusionReason,
}

/// Writes an exclusion; one that stands already is left as it is.
pub(crate) async fn insert(
    transaction: &mut Transaction<'_, Postgres>,
    exclusion: &Exclusion,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    sqlx::query!(
        "insert into task_exclusions (submission_id, revision, user_id, reason, at) values ($1, $2, $3, $4, $5)
         on conflict do nothing",
        exclusion.submission.0,
        exclusion.revision,
        exclusion.user.0,
        exclusion.reason.as_str(),
        now,
    )
    .execute(&mut **transaction)
    .await?;
    Ok(())
}

/// Writes what is known of `submissions` when they enter the pool: who sent a revision of them, who decided one otherwise than
/// it was decided in the end, and whom a rule keeps from them.
pub(crate) async fn insert_known(
    transaction: &mut Transaction<'_, Postgres>,
    submissions: &[Uuid],
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    sqlx::query!(
        "insert into task_exclusions (submission_id, user_id, reason, at, by_rule)
         select r.submission_id, c.user_id, 'sent', $2::timestamptz, false
         from revisions r join submissions s on s.id = r.submission_id
         join user_clerks c on c.office = s.office and c.clerk = r.sent_by
         where r.submission_id = any($1)
         union
         select e.submission_id, e.decided_by, 'overruled', $2, false
         from decisions e join decisions d on d.submission_id = e.submission_id and d.revision = e.revision
         where e.submission_id = any($1) and e.undone_at is not null and d.undone_at is null
           and d.outcome <> e.outcome and d.decided_by <> e.decided_by
         union
         select t.submission_id, l.user_id, 'overruled', $2, false
         from tasks t join looks l on l.task_id = t.id and l.undone_at is null
         join decisions d on d.submission_id = t.submission_id and d.revision = t.revision and d.undone_at is null
         where t.submission_id = any($1) and t.looks > 1 and d.outcome <> l.outcome
         union
         select submission_id, user_id, min(reason), $2, true from ruled_out
         where submission_id = any($1) group by submission_id, user_id
         on conflict do nothing",
        submissions,
        now,
    )
    .execute(&mut **transaction)
    .await?;
    Ok(())
}

impl Store {
    /// Takes note that `user`, who holds `task`, has a stake in its submission: the task goes back to the pool without
    /// their verdicts, they are never given the submission again, and the audit says why.
    ///
    /// # Errors
    /// [`TaskError::LeaseLost`].
    pub async fn declare_conflict(
        &self,
        task: TaskId,
        user: UserId,
        fence: i64,
        reason: ConflictReason,
        now: DateTime<Utc>,
    ) -> Result<(), TaskError> {
        let mut transaction = self.pool.begin().await?;
        let (submission, waiting) = give_up(&mut transaction, task, user, fence, now).await?;
        // The verdict of somebody with a stake is not handed on to who comes next.
        sqlx::query!("delete from document_verdicts where task_id = $1 and judged_by = $2", task.0, user.0)
            .execute(&mut *transaction)
            .await?;
        draft::forget(&mut transaction, task, user).await?;
        let reason_code = reason.as_str();
        let reason = ExclusionReason::Conflict(reason);
        let exclusion = Exclusion { submission: SubmissionId(submission), revision: None, user, reason };
        insert(&mut transaction, &exclusion, now).await?;
        let entry = AuditEntry {
            actor: Actor::User(user),
            action: "task.conflict_declared",
            subject: task.to_string(),
            detail: json!({ "reason": reason_code }),
        };
        audit::insert(&mut *transaction, &entry, now).await?;
        transaction.commit().await?;
        self.watcher.entered(Stage::Waiting, waiting);
        Ok(())
    }

    /// Takes note that `user` is `clerk` to an office (the `sent_by` of its messages): what was sent under that id is never
    /// given to them, and what they hold of it goes back to the pool. Returns whether that was new.
    ///
    /// # Errors
    /// [`StoreError::Constraint`] `user_clerks_office_fkey` when the office is unknown; otherwise as the database says.
    pub async fn add_clerk_id(
        &self,
        user: UserId,
        office: &OfficeCode,
        clerk: &str,
        now: DateTime<Utc>,
    ) -> Result<bool, StoreError> {
        let mut transaction = self.pool.begin().await?;
        // Pulling takes the same lock: whatever the user pulls next already knows of it.
        sqlx::query!("select id from users where id = $1 for no key update", user.0)
            .fetch_optional(&mut *transaction)
            .await?;
        let added = sqlx::query!(
            "insert into user_clerks (office, clerk, user_id) values ($1, $2, $3) on conflict do nothing",
            office.as_str(),
            clerk,
            user.0,
        )
        .execute(&mut *transaction)
        .await?;
        let returned = sqlx::query!(
            "with sent as (
                 select distinct s.id from submissions s join revisions r on r.submission_id = s.id
                 where s.live and s.office = $1 and r.sent_by = $2),
             excluded as (
                 insert into task_exclusions (submission_id, user_id, reason, at)
                 select id, $3, 'sent', $4 from sent on conflict do nothing)
             update tasks t
             set state = 'open', assignee = null, lease_until = null, preferred = null, reserved_until = null, opened_at = $4
             from sent where t.submission_id = sent.id
               and ((t.state = 'leased' and t.assignee = $3) or (t.state = 'open' and t.preferred = $3))
             returning t.id, t.submission_id",
            office.as_str(),
            clerk,
            user.0,
            now,
        )
        .fetch_all(&mut *transaction)
        .await?;
        // The verdicts of somebody with a stake are not handed on to who comes next.
        let tasks: Vec<Uuid> = returned.iter().map(|row| row.id).collect();
        clear_verdicts(&mut transaction, &tasks).await?;
        let submissions = returned.iter().map(|row| row.submission_id).collect();
        let waiting = wait_again(&mut transaction, submissions, now).await?;
        let is_new = added.rows_affected() == 1;
        if is_new {
            let entry = AuditEntry {
                actor: Actor::Operator,
                action: "user.clerk_added",
                subject: user.to_string(),
                detail: json!({ "office": office, "clerk": clerk }),
            };
            audit::insert(&mut *transaction, &entry, now).await?;
        }
        transaction.commit().await?;
        self.watcher.entered(Stage::Waiting, waiting);
        Ok(is_new)
    }
}
