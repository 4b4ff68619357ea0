//! The queues: mine, the pool, done.

use berkas_domain::UserId;
use chrono::{DateTime, Utc};

use super::{LineRow, TaskLine};
use crate::{Store, StoreError};

impl Store {
    /// The tasks that `user` holds, the first to be due first.
    ///
    /// # Errors
    /// As the database says.
    pub async fn tasks_held(&self, user: UserId, now: DateTime<Utc>) -> Result<Vec<TaskLine>, StoreError> {
        let rows = sqlx::query_as!(
            LineRow,
            r#"select t.id, t.submission_id, s.registration_number, t.office, o.name as office_name, t.service,
                      s.case_code, t.revision, t.training, t.fence, t.lease_until, t.due_at, t.entered_at, t.look,
                      null::text as outcome, null::timestamptz as decided_at, null::timestamptz as undo_until, true as "opens!"
               from tasks t join submissions s on s.id = t.submission_id join offices o on o.code = t.office
               where t.assignee = $1 and t.state = 'leased' and t.lease_until > $2
               order by t.due_at, t.entered_at"#,
            user.0,
            now
        )
        .fetch_all(&self.pool)
        .await?;
        rows.into_iter().map(TaskLine::try_from).collect()
    }

    /// How many tasks of the pool `user` might be given, and the first `limit` of them, in turns.
    ///
    /// # Errors
    /// As the database says.
    pub async fn task_pool(&self, user: UserId, limit: i64) -> Result<(i64, Vec<TaskLine>), StoreError> {
        let total = sqlx::query_scalar!(
            r#"select count(*) as "count!" from tasks t join users u on u.id = $1
               where t.state = 'open' and t.training = u.training and t.service = any(u.services)
                 and (t.look < 3 or u.role = 'supervisor')
                 and not exists (select from task_exclusions e
                                 where e.submission_id = t.submission_id and e.user_id = u.id
                                   and (e.revision is null or e.revision = t.revision))"#,
            user.0
        )
        .fetch_one(&self.pool)
        .await?;
        let rows = sqlx::query_as!(
            LineRow,
            r#"select t.id, t.submission_id, s.registration_number, t.office, o.name as office_name, t.service,
                      s.case_code, t.revision, t.training, t.fence, t.lease_until, t.due_at, t.entered_at, t.look,
                      null::text as outcome, null::timestamptz as decided_at, null::timestamptz as undo_until, false as "opens!"
               from users u cross join lateral unnest(u.services) as c (service) cross join lateral (
                   select * from tasks t
                   where t.state = 'open' and t.training = u.training and t.service = c.service
                     and (t.look < 3 or u.role = 'supervisor')
                     and not exists (select from task_exclusions e
                                     where e.submission_id = t.submission_id and e.user_id = u.id
                                       and (e.revision is null or e.revision = t.revision) offset 0)
                   order by t.rank, t.id limit $2) as t
               join submissions s on s.id = t.submission_id join offices o on o.code = t.office
               where u.id = $1 order by t.rank, t.due_at limit $2"#,
            user.0,
            limit
        )
        .fetch_all(&self.pool)
        .await?;
        Ok((total, rows.into_iter().map(TaskLine::try_from).collect::<Result<_, _>>()?))
    }

    /// What `user` has decided since `since`, the last one first, at most `limit`; undone decisions are left out. Where two
    /// have to agree, the line says what `user` said, and does not tell whether the other said the same.
    ///
    /// # Errors
    /// As the database says.
    pub async fn tasks_decided(
        &self,
        user: UserId,
        since: DateTime<Utc>,
        limit: i64,
    ) -> Result<Vec<TaskLine>, StoreError> {
        let rows = sqlx::query_as!(
            LineRow,
            r#"select t.id, t.submission_id, s.registration_number, t.office, o.name as office_name, t.service,
                      s.case_code, t.revision, t.training, t.fence, t.lease_until, t.due_at, t.entered_at, t.look,
                      d.outcome as "outcome?", d.decided_at as "decided_at?", d.undo_until as "undo_until?", d.opens as "opens!"
               from (
                   select t.id, d.outcome, d.decided_at, w.not_before as undo_until, t.looks = 1 or t.look = 3 as opens
                   from decisions d
                   join tasks t on t.submission_id = d.submission_id and t.revision = d.revision
                   join submissions s on s.id = t.submission_id
                   left join due w on w.submission_id = t.submission_id and w.step = 'notification'
                       and t.state = 'decided' and s.stage = 'decided'
                   where d.decided_by = $1 and d.decided_at >= $2 and d.undone_at is null
                   union all
                   select t.id, l.outcome, l.decided_at,
                          case when t.state = 'open' and t.look = l.look + 1 then l.undo_until end, false
                   from looks l join tasks t on t.id = l.task_id
                   where l.user_id = $1 and l.decided_at >= $2 and l.undone_at is null and not exists (
                       select from decisions d where d.submission_id = t.submission_id and d.revision = t.revision
                         and d.undone_at is null and d.decided_by = l.user_id)
               ) d
               join tasks t on t.id = d.id
               join submissions s on s.id = t.submission_id join offices o on o.code = t.office
               order by d.decided_at desc limit $3"#,
            user.0,
            since,
            limit
        )
        .fetch_all(&self.pool)
        .await?;
        rows.into_iter().map(TaskLine::try_from).collect()
    }
}
