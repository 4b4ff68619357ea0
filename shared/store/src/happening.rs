//! What happens to tasks, as those who look at a queue are told: ids and times only.

use berkas_domain::{TaskId, UserId};
use chrono::{DateTime, Utc};
use uuid::Uuid;

use crate::look::LAST;
use crate::{Store, StoreError};

/// Tasks that came into the pool lately which are told of at most.
const MOST: i64 = 200;

/// A task that somebody holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct HeldTask {
    /// The task.
    pub id: TaskId,
    /// Who holds it.
    pub holder: UserId,
    /// The token of the lease.
    pub fence: i64,
    /// When the lease ends.
    pub lease_until: DateTime<Utc>,
    /// Whether a supervisor gave it to them.
    pub handed: bool,
}

/// A task that came into the pool, or came back to it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OpenedTask {
    /// The task.
    pub id: TaskId,
    /// When.
    pub opened_at: DateTime<Utc>,
    /// What is asked for.
    pub service: String,
    /// Whether of an office in training.
    pub training: bool,
    /// Whether only a supervisor is given it.
    pub for_supervisor: bool,
    /// Who is never given it.
    pub excluded: Vec<Uuid>,
}

/// Why somebody does not hold a task any more.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Parting {
    /// They decided, or said how they would.
    Decided,
    /// A supervisor took it from them.
    TakenBack,
    /// The lease ran out, or it was given back, or the office withdrew it.
    Ended,
}

impl Store {
    /// Every task that is held.
    ///
    /// # Errors
    /// As the database says.
    pub async fn held_tasks(&self) -> Result<Vec<HeldTask>, StoreError> {
        let rows = sqlx::query!(
            r#"select id, assignee as "assignee!", fence, lease_until as "lease_until!", handed_fence = fence as "handed!"
               from tasks where state = 'leased'"#,
        )
        .fetch_all(&self.pool)
        .await?;
        let read = rows.into_iter().map(|row| HeldTask {
            id: TaskId(row.id),
            holder: UserId(row.assignee),
            fence: row.fence,
            lease_until: row.lease_until,
            handed: row.handed,
        });
        Ok(read.collect())
    }

    /// The tasks that wait and came into the pool since `since`, the last ones when they are many.
    ///
    /// # Errors
    /// As the database says.
    pub async fn opened_tasks(&self, since: DateTime<Utc>) -> Result<Vec<OpenedTask>, StoreError> {
        let rows = sqlx::query!(
            r#"select id, opened_at as "opened_at!", service, training, look = $2 as "for_supervisor!",
                      array(select e.user_id from task_exclusions e
                            where e.submission_id = t.submission_id
                              and (e.revision is null or e.revision = t.revision)) as "excluded!"
               from tasks t where state = 'open' and opened_at > $1 order by opened_at desc limit $3"#,
            since,
            LAST,
            MOST,
        )
        .fetch_all(&self.pool)
        .await?;
        let read = rows.into_iter().map(|row| OpenedTask {
            id: TaskId(row.id),
            opened_at: row.opened_at,
            service: row.service,
            training: row.training,
            for_supervisor: row.for_supervisor,
            excluded: row.excluded,
        });
        Ok(read.collect())
    }

    /// Why `user` does not hold `task` under the token `fence` any more.
    ///
    /// # Errors
    /// As the database says.
    pub async fn parting(&self, task: TaskId, user: UserId, fence: i64) -> Result<Parting, StoreError> {
        let row = sqlx::query!(
            r#"select (t.state = 'decided' and t.fence = $3)
                      or exists (select from looks l where l.task_id = t.id and l.user_id = $2 and l.fence = $3) as "decided!",
                      t.handed_fence > $3 as "taken_back!"
               from tasks t where t.id = $1"#,
            task.0,
            user.0,
            fence,
        )
        .fetch_optional(&self.pool)
        .await?;
        Ok(match row {
            Some(row) if row.decided => Parting::Decided,
            Some(row) if row.taken_back => Parting::TakenBack,
            _ => Parting::Ended,
        })
    }
}
