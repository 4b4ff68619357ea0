//! The queues: mine, the pool, waiting for the kecamatan, overdue, done. Each is read off an index and has a length at most.
//!
//! They repeat their columns: a view would hold them once, but the columns of a view have lost that they are not null, and every
//! query would have to say so of each again, unchecked.

use berkas_domain::{OfficeCode, Service, UserId};
use chrono::{DateTime, Utc};

use super::{LineRow, TaskLine};
use crate::{Store, StoreError};

/// Which lines of a queue are asked for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct QueueFilter {
    /// Of this service only.
    pub service: Option<Service>,
    /// Of this office only; of a kecamatan with the desa below it.
    pub office: Option<OfficeCode>,
}

impl QueueFilter {
    fn service(&self) -> Option<&str> {
        self.service.map(Service::as_str)
    }

    fn office(&self) -> Option<&str> {
        self.office.as_ref().map(OfficeCode::as_str)
    }
}

impl Store {
    /// The tasks that `user` holds, the first to be due first.
    ///
    /// # Errors
    /// As the database says.
    pub async fn tasks_held(
        &self,
        user: UserId,
        filter: &QueueFilter,
        now: DateTime<Utc>,
    ) -> Result<Vec<TaskLine>, StoreError> {
        let rows = sqlx::query_as!(
            LineRow,
            r#"select t.id, t.submission_id, s.registration_number, t.office, o.name as office_name, t.service,
                      s.case_code, t.revision, t.training, t.fence, t.lease_until, t.due_at, t.entered_at, t.look, t.looks,
                      null::text as outcome, null::timestamptz as decided_at, null::timestamptz as undo_until,
                      null::text as holder, true as "opens!"
               from tasks t join submissions s on s.id = t.submission_id join offices o on o.code = t.office
               where t.assignee = $1 and t.state = 'leased' and t.lease_until > $2
                 and ($3::text is null or t.service = $3) and ($4::text is null or $4 in (t.office, t.share))
               order by t.due_at, t.entered_at"#,
            user.0,
            now,
            filter.service(),
            filter.office(),
        )
        .fetch_all(&self.pool)
        .await?;
        lines(rows)
    }

    /// How many tasks of the pool `user` might be given, counted to `most`. It reads the few rows of the table that it counts: the
    /// pool changes so often that an index with all columns would be larger and still have to look there.
    ///
    /// # Errors
    /// As the database says.
    pub async fn task_pool_size(&self, user: UserId, most: i64) -> Result<i64, StoreError> {
        let size = sqlx::query_scalar!(
            r#"select count(*) as "count!" from (
                   select from users u cross join lateral unnest(u.services) as c (service) cross join lateral (
                       select from tasks t
                       where t.state = 'open' and t.training = u.training and t.service = c.service
                         and (t.look < 3 or u.role = 'supervisor')
                         and not exists (select from task_exclusions e
                                         where e.submission_id = t.submission_id and e.user_id = u.id
                                           and (e.revision is null or e.revision = t.revision) offset 0)
                       limit $2) as t
                   where u.id = $1 limit $2) as counted"#,
            user.0,
            most,
        )
        .fetch_one(&self.pool)
        .await?;
        Ok(size)
    }

    /// The first `limit` tasks of the pool that `user` might be given, in turns.
    ///
    /// # Errors
    /// As the database says.
    pub async fn task_pool(
        &self,
        user: UserId,
        filter: &QueueFilter,
        limit: i64,
    ) -> Result<Vec<TaskLine>, StoreError> {
        if let Some(office) = &filter.office {
            return self.task_pool_of(user, office, filter.service, limit).await;
        }
        let rows = sqlx::query_as!(
            LineRow,
            r#"select t.id, t.submission_id, s.registration_number, t.office, o.name as office_name, t.service,
                      s.case_code, t.revision, t.training, t.fence, t.lease_until, t.due_at, t.entered_at, t.look, t.looks,
                      null::text as outcome, null::timestamptz as decided_at, null::timestamptz as undo_until,
                      null::text as holder, false as "opens!"
               from users u cross join lateral unnest(u.services) as c (service) cross join lateral (
                   select * from tasks t
                   where t.state = 'open' and t.training = u.training and t.service = c.service
                     and (t.look < 3 or u.role = 'supervisor')
                     and not exists (select from task_exclusions e
                                     where e.submission_id = t.submission_id and e.user_id = u.id
                                       and (e.revision is null or e.revision = t.revision) offset 0)
                   order by t.rank, t.id limit $2) as t
               join submissions s on s.id = t.submission_id join offices o on o.code = t.office
               where u.id = $1 and ($3::text is null or c.service = $3)
               order by t.rank, t.due_at limit $2"#,
            user.0,
            limit,
            filter.service(),
        )
        .fetch_all(&self.pool)
        .await?;
        lines(rows)
    }

    /// The same of one office, off the index of offices: what few it has may be far behind in the pool.
    async fn task_pool_of(
        &self,
        user: UserId,
        office: &OfficeCode,
        service: Option<Service>,
        limit: i64,
    ) -> Result<Vec<TaskLine>, StoreError> {
        let rows = sqlx::query_as!(
            LineRow,
            r#"select t.id, t.submission_id, s.registration_number, t.office, o.name as office_name, t.service,
                      s.case_code, t.revision, t.training, t.fence, t.lease_until, t.due_at, t.entered_at, t.look, t.looks,
                      null::text as outcome, null::timestamptz as decided_at, null::timestamptz as undo_until,
                      null::text as holder, false as "opens!"
               from users u cross join lateral (
                   select * from tasks t
                   where t.state = 'open' and t.share = (select coalesce(f.parent, f.code) from offices f where f.code = $3)
                     and $3 in (t.share, t.office)
                     and t.training = u.training and t.service = any(u.services) and ($4::text is null or t.service = $4)
                     and (t.look < 3 or u.role = 'supervisor')
                     and not exists (select from task_exclusions e
                                     where e.submission_id = t.submission_id and e.user_id = u.id
                                       and (e.revision is null or e.revision = t.revision) offset 0)
                   order by t.rank, t.id limit $2) as t
               join submissions s on s.id = t.submission_id join offices o on o.code = t.office
               where u.id = $1 order by t.rank, t.due_at"#,
            user.0,
            limit,
            office.as_str(),
            service.map(Service::as_str),
        )
        .fetch_all(&self.pool)
        .await?;
        lines(rows)
    }

    /// What is overdue and waits or is held, the longest first, at most `limit`: of what `user` holds or might be given; all of
    /// it, with who holds it, for a supervisor.
    ///
    /// # Errors
    /// As the database says.
    pub async fn tasks_overdue(
        &self,
        user: UserId,
        filter: &QueueFilter,
        limit: i64,
        now: DateTime<Utc>,
    ) -> Result<Vec<TaskLine>, StoreError> {
        let rows = sqlx::query_as!(
            LineRow,
            r#"select t.id, t.submission_id, s.registration_number, t.office, o.name as office_name, t.service,
                      s.case_code, t.revision, t.training, t.fence, t.lease_until, t.due_at, t.entered_at, t.look, t.looks,
                      null::text as outcome, null::timestamptz as decided_at, null::timestamptz as undo_until,
                      case when u.role = 'supervisor' then h.display_name end as holder,
                      (t.state = 'leased' and t.assignee = u.id) as "opens!"
               from users u
               join tasks t on t.state in ('open', 'leased') and t.due_at < $3
               join submissions s on s.id = t.submission_id join offices o on o.code = t.office
               left join users h on h.id = t.assignee
               where u.id = $1
                 and (u.role = 'supervisor' or (t.state = 'leased' and t.assignee = u.id)
                      or (t.state = 'open' and t.look < 3 and t.training = u.training and t.service = any(u.services)
                          and not exists (select from task_exclusions e
                                          where e.submission_id = t.submission_id and e.user_id = u.id
                                            and (e.revision is null or e.revision = t.revision) offset 0)))
                 and ($4::text is null or t.service = $4) and ($5::text is null or $5 in (t.office, t.share))
               order by t.due_at limit $2"#,
            user.0,
            limit,
            now,
            filter.service(),
            filter.office(),
        )
        .fetch_all(&self.pool)
        .await?;
        lines(rows)
    }

    /// What every verifier holds, with who holds it, the first lease to end first: for a supervisor.
    ///
    /// # Errors
    /// As the database says.
    pub async fn tasks_of_all(
        &self,
        filter: &QueueFilter,
        limit: i64,
        now: DateTime<Utc>,
    ) -> Result<Vec<TaskLine>, StoreError> {
        let rows = sqlx::query_as!(
            LineRow,
            r#"select t.id, t.submission_id, s.registration_number, t.office, o.name as office_name, t.service,
                      s.case_code, t.revision, t.training, t.fence, t.lease_until, t.due_at, t.entered_at, t.look, t.looks,
                      null::text as outcome, null::timestamptz as decided_at, null::timestamptz as undo_until,
                      h.display_name as "holder?", false as "opens!"
               from tasks t join users h on h.id = t.assignee
               join submissions s on s.id = t.submission_id join offices o on o.code = t.office
               where t.state = 'leased' and t.lease_until > $1
                 and ($3::text is null or t.service = $3) and ($4::text is null or $4 in (t.office, t.share))
               order by t.lease_until limit $2"#,
            now,
            limit,
            filter.service(),
            filter.office(),
        )
        .fetch_all(&self.pool)
        .await?;
        lines(rows)
    }

    /// What was returned and the kecamatan has not sent again, the longest away first, at most `limit`: what `user` returned, or
    /// any verifier when they are a supervisor.
    ///
    /// # Errors
    /// As the database says.
    pub async fn tasks_away(
        &self,
        user: UserId,
        filter: &QueueFilter,
        limit: i64,
    ) -> Result<Vec<TaskLine>, StoreError> {
        let rows = sqlx::query_as!(
            LineRow,
            r#"select t.id, t.submission_id, s.registration_number, t.office, o.name as office_name, t.service,
                      s.case_code, t.revision, t.training, t.fence, t.lease_until, t.due_at, t.entered_at, t.look, t.looks,
                      d.outcome as "outcome?", s.stage_since as "decided_at?", null::timestamptz as undo_until,
                      case when u.role = 'supervisor' then h.display_name end as holder,
                      (d.decided_by = u.id and (t.looks = 1 or t.look = 3)) as "opens!"
               from users u
               join submissions s on s.away_since is not null
               join tasks t on t.submission_id = s.id and t.revision = s.revision
               join decisions d on d.submission_id = s.id and d.revision = s.revision and d.undone_at is null
               join offices o on o.code = t.office
               left join users h on h.id = d.decided_by
               where u.id = $1 and (d.decided_by = u.id or u.role = 'supervisor')
                 and ($3::text is null or t.service = $3) and ($4::text is null or $4 in (t.office, t.share))
               order by s.away_since limit $2"#,
            user.0,
            limit,
            filter.service(),
            filter.office(),
        )
        .fetch_all(&self.pool)
        .await?;
        lines(rows)
    }

    /// What `user` has decided since `since`, the last one first, at most `limit`; undone decisions are left out. Where two
    /// have to agree, the line says what `user` said under which token, and does not tell whether the other said the same.
    ///
    /// # Errors
    /// As the database says.
    pub async fn tasks_decided(
        &self,
        user: UserId,
        filter: &QueueFilter,
        since: DateTime<Utc>,
        limit: i64,
    ) -> Result<Vec<TaskLine>, StoreError> {
        let rows = sqlx::query_as!(
            LineRow,
            r#"select t.id, t.submission_id, s.registration_number, t.office, o.name as office_name, t.service,
                      s.case_code, t.revision, t.training, d.fence as "fence!", t.lease_until, t.due_at, t.entered_at, t.look, t.looks,
                      d.outcome as "outcome?", d.decided_at as "decided_at?", d.undo_until as "undo_until?",
                      null::text as holder, d.opens as "opens!"
               from (
                   select t.id, t.fence, d.outcome, d.decided_at, w.not_before as undo_until, t.looks = 1 or t.look = 3 as opens
                   from decisions d
                   join tasks t on t.submission_id = d.submission_id and t.revision = d.revision
                   join submissions s on s.id = t.submission_id
                   left join due w on w.submission_id = t.submission_id and w.step = 'notification'
                       and t.state = 'decided' and s.stage = 'decided'
                   where d.decided_by = $1 and d.decided_at >= $2 and d.undone_at is null
                   union all
                   select t.id, l.fence, l.outcome, l.decided_at,
                          case when t.state = 'open' and t.look = l.look + 1 then l.undo_until end, false
                   from looks l join tasks t on t.id = l.task_id
                   where l.user_id = $1 and l.decided_at >= $2 and l.undone_at is null and not exists (
                       select from decisions d where d.submission_id = t.submission_id and d.revision = t.revision
                         and d.undone_at is null and d.decided_by = l.user_id)
               ) d
               join tasks t on t.id = d.id
               join submissions s on s.id = t.submission_id join offices o on o.code = t.office
               where ($4::text is null or t.service = $4) and ($5::text is null or $5 in (t.office, t.share))
               order by d.decided_at desc limit $3"#,
            user.0,
            since,
            limit,
            filter.service(),
            filter.office(),
        )
        .fetch_all(&self.pool)
        .await?;
        lines(rows)
    }

    /// How many tasks [`Store::tasks_decided`] has, counted to `most`.
    ///
    /// # Errors
    /// As the database says.
    pub async fn decided_count(
        &self,
        user: UserId,
        since: DateTime<Utc>,
        most: i64,
    ) -> Result<i64, StoreError> {
        let count = sqlx::query_scalar!(
            r#"select count(*) as "count!" from (
                   select from decisions where decided_by = $1 and decided_at >= $2 and undone_at is null
                   union all
                   select from looks l join tasks t on t.id = l.task_id
                   where l.user_id = $1 and l.decided_at >= $2 and l.undone_at is null and not exists (
                       select from decisions d where d.submission_id = t.submission_id and d.revision = t.revision
                         and d.undone_at is null and d.decided_by = l.user_id)
                   limit $3) as counted"#,
            user.0,
            since,
            most,
        )
        .fetch_one(&self.pool)
        .await?;
        Ok(count)
    }
}

fn lines(rows: Vec<LineRow>) -> Result<Vec<TaskLine>, StoreError> {
    rows.into_iter().map(TaskLine::try_from).collect()
}
