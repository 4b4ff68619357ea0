//! Pulling the next task. The order is that of `berkas_assignment::policy::next`; here it is read off indexes: the first in
//! turn, in whose place the first to be due of the same office is taken.

use chrono::{DateTime, Utc};
use serde_json::json;
use sqlx::{Postgres, Transaction};

use berkas_domain::{Revision, Stage, SubmissionId, TaskId, UserId};

use crate::audit::{self, Actor};
use crate::task::{LeasedTask, move_stage};
use crate::{Store, StoreError, bundle};

/// How many of the first tasks of each service are looked at; again, when so many are just being pulled by others or kept
/// for somebody else.
pub(crate) const LOOKS: [i64; 2] = [16, 1_000];

impl Store {
    /// Gives `user` the next task under a lease until `lease_until`, in turns. `None` when the pool has nothing for them,
    /// they are off duty or at their capacity.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn pull_task(
        &self,
        user: UserId,
        lease_until: DateTime<Utc>,
        now: DateTime<Utc>,
    ) -> Result<Option<LeasedTask>, StoreError> {
        let mut transaction = self.pool.begin().await?;
        // By itself and first: two pulls of one verifier then count each other's, and none gets in after a break began.
        let present = sqlx::query_scalar!(
            "select id from users where id = $1 and on_duty and disabled_at is null for no key update",
            user.0,
        );
        if present.fetch_optional(&mut *transaction).await?.is_none() {
            return Ok(None);
        }
        let mut task = None;
        for look in LOOKS {
            task = pull_among(&mut transaction, user, look, lease_until, now).await?;
            if task.is_some() {
                break;
            }
        }
        let Some(task) = task else { return Ok(None) };
        // Its row is locked and waiting since the pick, so this moves it; if ever not, the lease goes with the transaction.
        let moved =
            move_stage(&mut transaction, task.submission, Stage::Waiting, Stage::Assigned, None, now).await?;
        let Some(moved) = moved else { return Ok(None) };
        bundle::keep_together(&mut transaction, &task, user, now).await?;
        let of = (task.id, json!({}));
        audit::note(&mut transaction, Actor::User(user), "task.pulled", of, now).await?;
        transaction.commit().await?;
        self.watcher.entered(Stage::Assigned, moved.counted());
        Ok(Some(task))
    }

    /// Who decided on the submission last, is on duty and may have it again. Behind a decision that took the place of another
    /// stands the verifier who took the first: the papers were theirs. Whoever had decided otherwise than it was decided in
    /// the end is not asked.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn knows_submission(&self, submission: SubmissionId) -> Result<Option<UserId>, StoreError> {
        let user = sqlx::query_scalar!(
            r#"select u.id as "user!" from decisions d
               cross join lateral (
                   with recursive chain as (
                       select d.decided_by, d.outcome, d.replaces
                       union all
                       select e.decided_by, e.outcome, e.replaces from decisions e join chain on e.id = chain.replaces)
                   select decided_by, outcome from chain where replaces is null) as first
               join users u on u.id = first.decided_by and first.outcome = d.outcome
               join submissions s on s.id = d.submission_id
               where d.submission_id = $1 and d.undone_at is null and u.on_duty and u.disabled_at is null
                 and u.training = s.training and s.service = any(u.services)
                 and not exists (select from task_exclusions e
                                 where e.submission_id = s.id and e.user_id = u.id
                                   and (e.revision is null or e.revision = s.revision))
               order by d.revision desc limit 1"#,
            submission.0,
        )
        .fetch_optional(&self.pool)
        .await?;
        Ok(user.map(UserId))
    }
}

/// Leases the first task among the first `look` of each service.
///
/// The state and the look are asked of a task again when it is locked: they may have changed since.
/// `offset 0` keeps the exclusions a look-up for each task that is looked at: as a join they could cost the order of the index.
async fn pull_among(
    transaction: &mut Transaction<'_, Postgres>,
    user: UserId,
    look: i64,
    lease_until: DateTime<Utc>,
    now: DateTime<Utc>,
) -> Result<Option<LeasedTask>, StoreError> {
    let row = sqlx::query_file!("queries/pull.sql", user.0, lease_until, now, look,)
        .fetch_optional(&mut **transaction)
        .await?;
    Ok(row.map(|row| LeasedTask {
        id: TaskId(row.id),
        submission: SubmissionId(row.submission_id),
        revision: Revision(row.revision),
        fence: row.fence,
        lease_until,
        due_at: row.due_at,
    }))
}
