//! Setting a task aside until the central register has answered. Nothing is decided by it: the submission waits, its clock
//! goes on, and when the time has come the task is in the pool again, at its old turn and kept for who knows it.

use berkas_domain::{Stage, StandbyKind, SubmissionId, TaskId, UserId};
use chrono::{DateTime, Utc};
use serde_json::json;
use sqlx::{Postgres, Transaction};
use uuid::Uuid;

use super::{EndReason, StandbyError, end};
use crate::audit::{self, Actor};
use crate::task::give_up;
use crate::{Store, StoreError, TaskError};

/// Tasks that come back together at most.
const MOST: i64 = 200;

/// A verifier sets aside what they hold.
#[derive(Debug, Clone, Copy)]
pub struct Aside {
    /// The task.
    pub task: TaskId,
    /// The token of the lease.
    pub fence: i64,
    /// Who holds it.
    pub user: UserId,
    /// When it comes back.
    pub back_at: DateTime<Utc>,
}

impl Store {
    /// Takes a task off the desk and out of the pool until `back_at`. What its verifier had said of the documents is kept
    /// for them as a draft. The same again under the same token changes nothing and is no error.
    ///
    /// # Errors
    /// [`TaskError::LeaseLost`].
    pub async fn set_task_aside(&self, aside: &Aside, now: DateTime<Utc>) -> Result<(), TaskError> {
        let Aside { task, fence, user, back_at } = *aside;
        let mut transaction = self.pool.begin().await?;
        let (submission, waiting) = match give_up(&mut transaction, task, user, fence, now).await {
            Ok(given) => given,
            Err(TaskError::LeaseLost) => {
                transaction.rollback().await?;
                return self.was_set_aside(aside).await;
            }
            Err(error) => return Err(error),
        };
        sqlx::query!(
            "with task as (
                 update tasks set state = 'aside', fence = fence + 1, preferred = $2 where id = $1
                 returning submission_id, revision)
             insert into standbys (id, submission_id, revision, kind, since, back_at, set_by, fence)
             select $3, submission_id, revision, $4, $5, $6, $2, $7 from task",
            task.0,
            user.0,
            Uuid::now_v7(),
            StandbyKind::Register.as_str(),
            now,
            back_at,
            fence,
        )
        .execute(&mut *transaction)
        .await?;
        let detail = json!({ "submission": submission, "back_at": back_at });
        audit::note(&mut transaction, Actor::User(user), "task.set_aside", (task, detail), now).await?;
        transaction.commit().await?;
        self.watcher.entered(Stage::Waiting, waiting);
        Ok(())
    }

    /// Whether exactly this was done before.
    async fn was_set_aside(&self, aside: &Aside) -> Result<(), TaskError> {
        let done = sqlx::query_scalar!(
            r#"select exists (select from standbys b join tasks t on t.submission_id = b.submission_id and t.revision = b.revision
                              where t.id = $1 and b.set_by = $2 and b.fence = $3) as "done!""#,
            aside.task.0,
            aside.user.0,
            aside.fence,
        )
        .fetch_one(&self.pool)
        .await?;
        if done { Ok(()) } else { Err(TaskError::LeaseLost) }
    }

    /// Puts tasks whose time has come back into the pool, the longest due first, kept until `reserved_until` for who set them
    /// aside; returns how many.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn bring_back_tasks(
        &self,
        reserved_until: DateTime<Utc>,
        now: DateTime<Utc>,
    ) -> Result<usize, StoreError> {
        let mut transaction = self.pool.begin().await?;
        let due = sqlx::query_scalar!(
            "select t.submission_id from standbys b
             join tasks t on t.submission_id = b.submission_id and t.revision = b.revision
             where b.kind = $1 and b.back_at <= $2 and b.ended_at is null and t.state = 'aside'
             order by b.back_at limit $3 for update of t skip locked",
            StandbyKind::Register.as_str(),
            now,
            MOST,
        )
        .fetch_all(&mut *transaction)
        .await?;
        for submission in &due {
            let submission = SubmissionId(*submission);
            reopen(&mut transaction, submission, reserved_until, now).await?;
            end(&mut transaction, submission, EndReason::Due, None, now).await?;
            let of = (submission, json!({ "kind": StandbyKind::Register }));
            audit::note(&mut transaction, Actor::System, "standby.ended", of, now).await?;
        }
        transaction.commit().await?;
        Ok(due.len())
    }

    /// Puts a task back into the pool before its time: by who set it aside, or by a supervisor (`any`). When it is back
    /// already nothing changes, and that is no error.
    ///
    /// # Errors
    /// [`StandbyError::Unknown`], [`StandbyError::NotTheirs`].
    pub async fn recall_task(
        &self,
        standby: Uuid,
        (by, any): (UserId, bool),
        reserved_until: DateTime<Utc>,
        now: DateTime<Utc>,
    ) -> Result<(), StandbyError> {
        let mut transaction = self.pool.begin().await?;
        let row = sqlx::query!(
            r#"select b.set_by, b.submission_id, t.state from standbys b
               join tasks t on t.submission_id = b.submission_id and t.revision = b.revision
               where b.id = $1 and b.kind = $2 for update of t"#,
            standby,
            StandbyKind::Register.as_str(),
        )
        .fetch_optional(&mut *transaction)
        .await?
        .ok_or(StandbyError::Unknown)?;
        if !any && row.set_by != by.0 {
            return Err(StandbyError::NotTheirs);
        }
        // Another standby of the same task may be open by now: only the one that is named is ended.
        let open =
            sqlx::query_scalar!(r#"select ended_at is null as "open!" from standbys where id = $1"#, standby)
                .fetch_one(&mut *transaction)
                .await?;
        if !open || row.state != "aside" {
            return Ok(());
        }
        let submission = SubmissionId(row.submission_id);
        reopen(&mut transaction, submission, reserved_until, now).await?;
        end(&mut transaction, submission, EndReason::Recalled, Some(by), now).await?;
        let of = (submission, json!({ "kind": StandbyKind::Register }));
        audit::note(&mut transaction, Actor::User(by), "standby.ended", of, now).await?;
        transaction.commit().await?;
        Ok(())
    }
}

/// Opens the task that was set aside, kept for who did unless they may not have it any more.
async fn reopen(
    transaction: &mut Transaction<'_, Postgres>,
    submission: SubmissionId,
    reserved_until: DateTime<Utc>,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    sqlx::query!(
        "update tasks t
         set state = 'open', opened_at = $3, preferred = case when may then t.preferred end,
             reserved_until = case when may then $2::timestamptz end
         from tasks a cross join lateral (select not exists (
             select from task_exclusions e where e.submission_id = a.submission_id and e.user_id = a.preferred
                and (e.revision is null or e.revision = a.revision)) as may) m
         where a.id = t.id and t.submission_id = $1 and t.state = 'aside'",
        submission.0,
        reserved_until,
        now,
    )
    .execute(&mut **transaction)
    .await?;
    Ok(())
}
