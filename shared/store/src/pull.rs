//! Pulling the next task. The order is that of `berkas_assignment::policy::next`; here it is read off indexes.

use chrono::{DateTime, Utc};

use berkas_domain::{Revision, Stage, SubmissionId, TaskId, UserId};

use crate::task::{LeasedTask, move_stage};
use crate::{Store, StoreError};

/// How many of the first tasks of each service are looked at. The second time is for the case that so many are just being
/// pulled by others, or kept for somebody else.
const LOOKS: [i64; 2] = [16, 1_000];

impl Store {
    /// Gives `user` the next task under a lease until `lease_until`: what is urgent, then what is kept for them, then in
    /// turns. `None` when the pool has nothing for them, they are off duty or at their capacity.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn pull_task(
        &self,
        user: UserId,
        lease_until: DateTime<Utc>,
        now: DateTime<Utc>,
    ) -> Result<Option<LeasedTask>, StoreError> {
        for look in LOOKS {
            if let Some(task) = self.pull_among(user, look, lease_until, now).await? {
                return Ok(Some(task));
            }
        }
        Ok(None)
    }

    async fn pull_among(
        &self,
        user: UserId,
        look: i64,
        lease_until: DateTime<Utc>,
        now: DateTime<Utc>,
    ) -> Result<Option<LeasedTask>, StoreError> {
        let mut transaction = self.pool.begin().await?;
        let row = sqlx::query!(
            "with who as (
                 select id, services, training from users
                 where id = $1 and on_duty and disabled_at is null
                   and (select count(*) from tasks h where h.assignee = $1 and h.state = 'leased') < capacity),
             first as (
                 select t.id from who cross join lateral (
                     select t.id from tasks t
                     where t.state = 'open' and t.reserved_until is not null and t.preferred = who.id
                       and t.training = who.training and t.service = any(who.services)
                     order by t.urgent desc, t.rank, t.id limit $4) as t
                 union
                 select t.id from who cross join lateral unnest(who.services) as s (service) cross join lateral (
                     select t.id from tasks t
                     where t.state = 'open' and t.training = who.training and t.service = s.service
                     order by t.urgent desc, t.rank, t.id limit $4) as t),
             pick as (
                 select t.id from tasks t
                 join submissions s on s.id = t.submission_id and s.stage = 'waiting' and not s.parked
                 where t.id = any(array(select id from first)) and t.state = 'open'
                   and (t.urgent or t.preferred = $1 or t.reserved_until is null or t.reserved_until <= $3
                        or not exists (select from users p where p.id = t.preferred and p.on_duty and p.disabled_at is null))
                 order by t.urgent desc, (t.preferred = $1 and t.reserved_until is not null) is not true, t.rank,
                          t.preferred is distinct from $1, t.due_at, t.id
                 limit 1 for update of t, s skip locked)
             update tasks t set state = 'leased', assignee = $1, fence = t.fence + 1, lease_until = $2
             from pick where t.id = pick.id
             returning t.id, t.submission_id, t.revision, t.fence, t.due_at",
            user.0,
            lease_until,
            now,
            look,
        )
        .fetch_optional(&mut *transaction)
        .await?;
        let Some(row) = row else { return Ok(None) };
        let submission = SubmissionId(row.submission_id);
        // The submission moved on between the two statements: the lease is not given, and the next pull finds another.
        let moved =
            move_stage(&mut transaction, submission, Stage::Waiting, Stage::Assigned, None, now).await?;
        if moved.is_none() {
            return Ok(None);
        }
        transaction.commit().await?;
        self.watcher.entered(Stage::Assigned, 1);
        Ok(Some(LeasedTask {
            id: TaskId(row.id),
            submission,
            revision: Revision(row.revision),
            fence: row.fence,
            lease_until,
            due_at: row.due_at,
        }))
    }

    /// Puts waiting tasks that are due by `soon` before all turns; returns how many were not there yet.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn hurry_tasks(&self, soon: DateTime<Utc>) -> Result<u64, StoreError> {
        let done = sqlx::query!(
            "update tasks set urgent = true
             where id in (select id from tasks where state = 'open' and not urgent and due_at <= $1
                          order by due_at limit 1000 for update skip locked)",
            soon,
        )
        .execute(&self.pool)
        .await?;
        Ok(done.rows_affected())
    }

    /// Who decided on the submission last and is on duty.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn knows_submission(&self, submission: SubmissionId) -> Result<Option<UserId>, StoreError> {
        let user = sqlx::query_scalar!(
            r#"select d.decided_by as "user!" from decisions d join users u on u.id = d.decided_by
               join submissions s on s.id = d.submission_id
               where d.submission_id = $1 and d.undone_at is null and u.on_duty and u.disabled_at is null
                 and u.training = s.training and s.service = any(u.services)
               order by d.revision desc limit 1"#,
            submission.0,
        )
        .fetch_optional(&self.pool)
        .await?;
        Ok(user.map(UserId))
    }
}
