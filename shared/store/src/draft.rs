//! Drafts: what a verifier has chosen on a task and not sent. They outlive the lease and never count by themselves.

use berkas_domain::{TaskId, UserId};
use chrono::{DateTime, Utc};
use serde_json::Value;
use sqlx::{Postgres, Transaction};
use uuid::Uuid;

use crate::task::TaskError;
use crate::{Store, StoreError};

/// What somebody has chosen on a task and not sent.
#[derive(Debug, Clone, PartialEq)]
pub struct StoredDraft {
    /// The token of the lease under which it was written.
    pub fence: i64,
    /// What was chosen, as the desk writes it.
    pub body: Value,
    /// When.
    pub saved_at: DateTime<Utc>,
}

impl Store {
    /// Keeps a draft in the place of an earlier one of the same verifier. It is taken from who holds the task under `fence`
    /// and from who held it until the lease ran out: a draft decides nothing, and it is for what comes too late.
    ///
    /// # Errors
    /// [`TaskError::LeaseLost`] for anybody else.
    pub async fn keep_draft(
        &self,
        task: TaskId,
        user: UserId,
        fence: i64,
        body: &Value,
        now: DateTime<Utc>,
    ) -> Result<(), TaskError> {
        let done = sqlx::query!(
            "insert into drafts (task_id, user_id, fence, body, saved_at)
             select $1, $2, $3, $4, $5
             where exists (select from tasks where id = $1 and assignee = $2 and fence = $3 and state = 'leased')
                or exists (select from drafts where task_id = $1 and user_id = $2 and fence = $3)
             on conflict (task_id, user_id) do update
             set fence = excluded.fence, body = excluded.body, saved_at = excluded.saved_at",
            task.0,
            user.0,
            fence,
            body,
            now,
        )
        .execute(&self.pool)
        .await?;
        if done.rows_affected() == 1 { Ok(()) } else { Err(TaskError::LeaseLost) }
    }

    /// The draft that `user` has of `task`.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn draft(&self, task: TaskId, user: UserId) -> Result<Option<StoredDraft>, StoreError> {
        let draft = sqlx::query_as!(
            StoredDraft,
            "select fence, body, saved_at from drafts where task_id = $1 and user_id = $2",
            task.0,
            user.0,
        )
        .fetch_optional(&self.pool)
        .await?;
        Ok(draft)
    }

    /// Removes the drafts of tasks on which nobody will decide any more: the notice has left, or the request was withdrawn.
    /// Until then an undo brings the task back, and the draft with it. Returns how many.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn clear_drafts(&self) -> Result<u64, StoreError> {
        let cleared = sqlx::query!(
            "delete from drafts d using tasks t join submissions s on s.id = t.submission_id
             where t.id = d.task_id
               and (t.state = 'closed' or (t.state = 'decided' and (s.stage <> 'decided' or s.revision <> t.revision)))",
        )
        .execute(&self.pool)
        .await?;
        Ok(cleared.rows_affected())
    }
}

/// Keeps a place in the drafts for who holds each of `tasks` and is about to lose it, so that what comes late is kept, and
/// puts what they said of the documents into it, in the desk's words (`documents`, by place); what they had drafted themselves
/// since goes before it.
pub(crate) async fn keep_places(
    transaction: &mut Transaction<'_, Postgres>,
    tasks: &[Uuid],
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    sqlx::query!(
        "insert into drafts as d (task_id, user_id, fence, body, saved_at)
         select t.id, t.assignee, t.fence, case when said.documents is null then '{}' else jsonb_build_object('documents', said.documents) end, $2
         from tasks t cross join lateral (
             select jsonb_object_agg(v.ordinal::text, jsonb_strip_nulls(jsonb_build_object(
                        'verdict', v.verdict, 'codes', to_jsonb(v.codes), 'page', v.page))) as documents
             from document_verdicts v
             where v.task_id = t.id and v.judged_by = t.assignee and v.judged_at >= t.entered_at) said
         where t.id = any($1) and t.assignee is not null
         on conflict (task_id, user_id) do update
         set fence = excluded.fence,
             saved_at = case when excluded.body = '{}' then d.saved_at else excluded.saved_at end,
             body = case when excluded.body = '{}' then d.body else d.body || jsonb_build_object('documents', (
                 select jsonb_object_agg(coalesce(s.key, c.key), coalesce(s.value, '{}') || coalesce(c.value, '{}'))
                 from jsonb_each(excluded.body -> 'documents') s
                 full join jsonb_each(coalesce(d.body -> 'documents', '{}')) c on c.key = s.key)) end",
        tasks,
        now,
    )
    .execute(&mut **transaction)
    .await?;
    Ok(())
}

/// Forgets what `user` drafted on `task`.
pub(crate) async fn forget(
    transaction: &mut Transaction<'_, Postgres>,
    task: TaskId,
    user: UserId,
) -> Result<(), StoreError> {
    sqlx::query!("delete from drafts where task_id = $1 and user_id = $2", task.0, user.0)
        .execute(&mut **transaction)
        .await?;
    Ok(())
}
