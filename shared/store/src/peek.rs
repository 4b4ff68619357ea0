//! Looking at what the next pull would give, without leasing it: so that its first page can be fetched beforehand.

use berkas_domain::{OfficeCode, Sha256Hash, SubmissionId, TaskId, UserId};
use chrono::{DateTime, Utc};

use crate::error::{read_code, read_hash};
use crate::{Store, StoreError};

/// How many of the first tasks of each service are looked at.
const LOOKS: i64 = 16;

/// The small copy of a task's first page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FirstPage {
    /// The submission it belongs to.
    pub submission: SubmissionId,
    /// The office whose object it is.
    pub office: OfficeCode,
    /// The small copy, a JPEG; absent when the page could not be normalized.
    pub preview: Option<Sha256Hash>,
}

impl Store {
    /// The task that [`Store::pull_task`] would give `user` once they are done with one of those they hold. Nothing is locked
    /// or written, so that somebody else may have it by then. `None` when there is none, or they are off duty.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn peek_task(&self, user: UserId, now: DateTime<Utc>) -> Result<Option<TaskId>, StoreError> {
        // The order is that of `pull_among`; a test compares the two. One more than the capacity: the one at hand is as good
        // as decided.
        let id = sqlx::query_scalar!(
            r#"with who as (
                 select id, services, training, role from users
                 where id = $1 and on_duty and disabled_at is null
                   and (select count(*) from tasks h where h.assignee = $1 and h.state = 'leased') <= capacity),
             first as (
                 select t.id from who cross join lateral unnest(who.services) as s (service) cross join lateral (
                     select t.id from tasks t
                     where t.state = 'open' and t.training = who.training and t.service = s.service
                       and (t.look < 3 or who.role = 'supervisor')
                       and not exists (select from task_exclusions e
                                       where e.submission_id = t.submission_id and e.user_id = $1
                                         and (e.revision is null or e.revision = t.revision) offset 0)
                       and (t.urgent or t.preferred = $1 or t.reserved_until is null or t.reserved_until <= $2
                            or not exists (select from users p
                                           where p.id = t.preferred and p.on_duty and p.disabled_at is null
                                             and p.training = t.training and t.service = any(p.services)))
                     order by t.rank, t.id limit $3) as t),
             pick as (
                 select t.id, t.training, t.share, t.due_at, not t.urgent and t.reserved_until is null as plain
                 from tasks t join submissions s on s.id = t.submission_id and s.stage = 'waiting' and not s.parked
                 where t.id = any(array(select id from first)) and t.state = 'open'
                 order by t.rank, t.preferred is distinct from $1, t.due_at, t.id limit 1),
             older as (
                 select o.id from tasks o
                 join submissions s on s.id = o.submission_id and s.stage = 'waiting' and not s.parked
                 where o.state = 'open' and not o.urgent and o.reserved_until is null
                   and o.training = (select training from pick where plain)
                   and o.share = (select share from pick where plain)
                   and o.due_at < (select due_at from pick where plain)
                   and o.service = any((select services from who)::text[])
                   and (o.look < 3 or (select role from who) = 'supervisor')
                   and not exists (select from task_exclusions e
                                   where e.submission_id = o.submission_id and e.user_id = $1
                                     and (e.revision is null or e.revision = o.revision) offset 0)
                 order by o.due_at, o.id limit 1)
             select coalesce(older.id, pick.id) as "id!" from pick left join older on true"#,
            user.0,
            now,
            LOOKS,
        )
        .fetch_optional(&self.pool)
        .await?;
        Ok(id.map(TaskId))
    }

    /// The first page of the task that `user` would be given next; `None` when `task` is another one.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn peeked_page(
        &self,
        task: TaskId,
        user: UserId,
        now: DateTime<Utc>,
    ) -> Result<Option<FirstPage>, StoreError> {
        if self.peek_task(user, now).await? != Some(task) {
            return Ok(None);
        }
        let row = sqlx::query!(
            r#"select t.submission_id, t.office, p.preview_sha256 as "preview_sha256?"
               from tasks t
               join documents d on d.submission_id = t.submission_id and d.revision = t.revision
               left join lateral (select s.normalizer from scans s where s.office = t.office and s.sha256 = d.sha256
                                  order by s.scanned_at desc limit 1) n on true
               left join pages p on p.office = t.office and p.sha256 = d.sha256 and p.normalizer = n.normalizer and p.page = 1
               where t.id = $1 order by d.ordinal limit 1"#,
            task.0,
        )
        .fetch_optional(&self.pool)
        .await?;
        let Some(row) = row else { return Ok(None) };
        let preview = row.preview_sha256.map(|hash| read_hash(&hash, "pages", "preview_sha256"));
        Ok(Some(FirstPage {
            submission: SubmissionId(row.submission_id),
            office: read_code(&row.office, "tasks", "office")?,
            preview: preview.transpose()?,
        }))
    }
}
