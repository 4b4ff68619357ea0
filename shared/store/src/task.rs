//! Human work: tasks with a lease and a fencing token. A person never holds a message.
//!
//! Check and act are one statement: whoever writes must still hold the lease under the token it was given.

use chrono::{DateTime, Utc};
use serde_json::json;
use sqlx::{Postgres, Transaction};
use uuid::Uuid;

use berkas_domain::{DocumentVerdict, Outcome, Revision, Stage, SubmissionId, TaskId, UserId};

use crate::audit::{self, Actor};
use crate::error::read_code;
use crate::{Store, StoreError, carry, draft};

/// A task under a lease.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct LeasedTask {
    /// Its id.
    pub id: TaskId,
    /// The submission it is about.
    pub submission: SubmissionId,
    /// The revision it is about.
    pub revision: Revision,
    /// The fencing token of this lease: every write must carry it.
    pub fence: i64,
    /// When the lease ends.
    pub lease_until: DateTime<Utc>,
    /// When the verification is due.
    pub due_at: DateTime<Utc>,
}

/// Why a verifier's write was not taken.
#[derive(Debug, thiserror::Error)]
pub enum TaskError {
    /// The lease ran out, was given back or went to somebody else: the token is old.
    #[error("the lease is lost")]
    LeaseLost,
    /// Something else was decided under this token before: another outcome, or the same with other reasons.
    #[error("another decision was taken under this token")]
    DecidedOtherwise,
    /// The hold is over, or there is no decision of this verifier under this token to undo.
    #[error("there is nothing to undo any more")]
    NothingToUndo,
    /// There is no decision of this verifier under this token whose notice could leave earlier.
    #[error("there is nothing to send earlier")]
    NothingToSend,
    /// The database.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl From<sqlx::Error> for TaskError {
    fn from(error: sqlx::Error) -> Self {
        Self::Store(error.into())
    }
}

/// A verdict on one document.
#[derive(Debug, Clone)]
pub struct VerdictOnDocument {
    /// The document's place in the form's list.
    pub ordinal: i16,
    /// The verdict.
    pub verdict: DocumentVerdict,
    /// Reason codes, when it is not valid.
    pub codes: Vec<String>,
    /// The page it is about.
    pub page: Option<i32>,
}

/// How much work a verifier has before them, for choosing the least loaded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VerifierLoad {
    /// The verifier.
    pub user: UserId,
    /// What the verifier is competent for.
    pub services: Vec<String>,
    /// Whether of the trainers' pool.
    pub training: bool,
    /// Seconds of work that are expected of the tasks meant for or held by the verifier; of the former a thousand are counted
    /// at most.
    pub effort_s: i64,
}

impl Store {
    /// The verifiers on duty with their loads, by id.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub async fn verifier_loads(&self) -> Result<Vec<VerifierLoad>, StoreError> {
        let rows = sqlx::query!(
            r#"select u.id, u.services, u.training,
                      (select coalesce(sum(m.effort_s), 0) from (
                           select t.effort_s from tasks t where t.state = 'open' and t.preferred = u.id limit 1000) as m)
                      + (select coalesce(sum(t.effort_s), 0) from tasks t where t.state = 'leased' and t.assignee = u.id)
                      as "effort_s!"
               from users u
               where u.role in ('verifier', 'supervisor') and u.on_duty and u.disabled_at is null order by u.id"#,
        )
        .fetch_all(&self.pool)
        .await?;
        Ok(rows
            .into_iter()
            .map(|row| VerifierLoad {
                user: UserId(row.id),
                services: row.services,
                training: row.training,
                effort_s: row.effort_s,
            })
            .collect())
    }

    /// Prolongs a lease that is still held.
    ///
    /// # Errors
    /// [`TaskError::LeaseLost`].
    pub async fn renew_task(
        &self,
        task: TaskId,
        user: UserId,
        fence: i64,
        lease_until: DateTime<Utc>,
        now: DateTime<Utc>,
    ) -> Result<(), TaskError> {
        let done = sqlx::query!(
            "update tasks set lease_until = $4
             where id = $1 and assignee = $2 and fence = $3 and state = 'leased' and lease_until > $5",
            task.0,
            user.0,
            fence,
            lease_until,
            now,
        )
        .execute(&self.pool)
        .await?;
        if done.rows_affected() == 1 { Ok(()) } else { Err(TaskError::LeaseLost) }
    }

    /// Gives a task back to the pool.
    ///
    /// # Errors
    /// [`TaskError::LeaseLost`].
    pub async fn release_task(
        &self,
        task: TaskId,
        user: UserId,
        fence: i64,
        now: DateTime<Utc>,
    ) -> Result<(), TaskError> {
        let mut transaction = self.pool.begin().await?;
        let (_, waiting) = give_up(&mut transaction, task, user, fence, now).await?;
        audit::note(&mut transaction, Actor::User(user), "task.released", (task, json!({})), now).await?;
        transaction.commit().await?;
        self.watcher.entered(Stage::Waiting, waiting);
        Ok(())
    }

    /// Returns every task whose lease ran out to the pool; returns how many. Whoever held it keeps a place for a draft, so
    /// that what they send too late is refused and not lost.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn expire_leases(&self, now: DateTime<Utc>) -> Result<usize, StoreError> {
        let mut transaction = self.pool.begin().await?;
        let gone = sqlx::query_scalar!(
            "select id from tasks where state = 'leased' and lease_until <= $1
             order by submission_id limit 200 for update skip locked",
            now,
        )
        .fetch_all(&mut *transaction)
        .await?;
        let expired = return_to_pool(&mut transaction, &gone, now).await?;
        let count = expired.len();
        let waiting = wait_again(&mut transaction, expired, now).await?;
        transaction.commit().await?;
        self.watcher.entered(Stage::Waiting, waiting);
        Ok(count)
    }

    /// Records a verdict on one document, and prolongs the lease to `lease_until`; the last verdict counts. The task is
    /// locked meanwhile: what ends the lease at the same moment, and clears the verdicts away, comes before or after.
    ///
    /// # Errors
    /// [`TaskError::LeaseLost`].
    pub async fn judge_document(
        &self,
        task: TaskId,
        user: UserId,
        fence: i64,
        verdict: &VerdictOnDocument,
        (lease_until, now): (DateTime<Utc>, DateTime<Utc>),
    ) -> Result<(), TaskError> {
        let done = sqlx::query!(
            "with held as (
                 update tasks set lease_until = greatest(lease_until, $9)
                 where id = $1 and assignee = $2 and fence = $3 and state = 'leased' and lease_until > $8
                 returning id)
             insert into document_verdicts (task_id, ordinal, verdict, codes, page, judged_at, judged_by)
             select id, $4, $5, $6, $7, $8, $2 from held
             on conflict (task_id, ordinal) do update
             set verdict = excluded.verdict, codes = excluded.codes, page = excluded.page,
                 judged_at = excluded.judged_at, judged_by = excluded.judged_by",
            task.0,
            user.0,
            fence,
            verdict.ordinal,
            verdict.verdict.as_str(),
            &verdict.codes,
            verdict.page,
            now,
            lease_until,
        )
        .execute(&self.pool)
        .await?;
        if done.rows_affected() == 1 { Ok(()) } else { Err(TaskError::LeaseLost) }
    }
}

/// Returns everything that `user` holds to the pool; returns how many submissions wait again.
pub(crate) async fn release_all(
    transaction: &mut Transaction<'_, Postgres>,
    user: UserId,
    now: DateTime<Utc>,
) -> Result<usize, StoreError> {
    let held = sqlx::query_scalar!(
        "select id from tasks where state = 'leased' and assignee = $1 order by submission_id for update",
        user.0,
    )
    .fetch_all(&mut **transaction)
    .await?;
    let released = return_to_pool(transaction, &held, now).await?;
    wait_again(transaction, released, now).await
}

/// Takes a task from `user`, who holds it, back into the pool; its submission and how many moved to `waiting` that are no practice.
pub(crate) async fn give_up(
    transaction: &mut Transaction<'_, Postgres>,
    task: TaskId,
    user: UserId,
    fence: i64,
    now: DateTime<Utc>,
) -> Result<(Uuid, usize), TaskError> {
    let held = sqlx::query_scalar!(
        "select submission_id from tasks
         where id = $1 and assignee = $2 and fence = $3 and state = 'leased' for update",
        task.0,
        user.0,
        fence,
    );
    let submission = held.fetch_optional(&mut **transaction).await?.ok_or(TaskError::LeaseLost)?;
    let submissions = return_to_pool(transaction, &[task.0], now).await?;
    Ok((submission, wait_again(transaction, submissions, now).await?))
}

/// Returns leased tasks, which the transaction has locked, to the pool; returns their submissions. What their holders said of
/// the documents goes with them into their drafts, so that it is nobody else's and not lost.
pub(crate) async fn return_to_pool(
    transaction: &mut Transaction<'_, Postgres>,
    tasks: &[Uuid],
    now: DateTime<Utc>,
) -> Result<Vec<Uuid>, StoreError> {
    if tasks.is_empty() {
        return Ok(Vec::new());
    }
    draft::keep_places(transaction, tasks, now).await?;
    clear_verdicts(transaction, tasks).await?;
    let submissions = sqlx::query_scalar!(
        "update tasks set state = 'open', assignee = null, lease_until = null, preferred = null, reserved_until = null,
                opened_at = $2
         where id = any($1) returning submission_id",
        tasks,
        now,
    )
    .fetch_all(&mut **transaction)
    .await?;
    Ok(submissions)
}

/// Clears away what was said of the documents of `tasks` since they entered the pool; what was found valid on an earlier
/// revision stands again.
pub(crate) async fn clear_verdicts(
    transaction: &mut Transaction<'_, Postgres>,
    tasks: &[Uuid],
) -> Result<(), StoreError> {
    sqlx::query!(
        "delete from document_verdicts v using tasks t
         where t.id = any($1) and v.task_id = t.id and v.judged_at >= t.entered_at",
        tasks,
    )
    .execute(&mut **transaction)
    .await?;
    carry::verdicts(transaction, tasks).await
}

/// Moves submissions whose tasks went back to the pool from `assigned` to `waiting`; returns how many moved that are no
/// practice.
pub(crate) async fn wait_again(
    transaction: &mut Transaction<'_, Postgres>,
    submissions: Vec<Uuid>,
    now: DateTime<Utc>,
) -> Result<usize, StoreError> {
    let mut moved = 0;
    for submission in submissions {
        let submission = SubmissionId(submission);
        let one = move_stage(transaction, submission, Stage::Assigned, Stage::Waiting, None, now).await?;
        moved += one.map_or(0, |one| one.counted());
    }
    Ok(moved)
}

/// A submission that was moved.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Moved {
    /// Its new generation.
    pub generation: i64,
    training: bool,
}

impl Moved {
    /// How many it is in the figures: practice counts in none.
    pub(crate) const fn counted(self) -> usize {
        if self.training { 0 } else { 1 }
    }
}

/// Moves a submission from one stage to another with its log row; `None` when it is parked or not in that stage.
pub(crate) async fn move_stage(
    transaction: &mut Transaction<'_, Postgres>,
    submission: SubmissionId,
    from: Stage,
    to: Stage,
    outcome: Option<Outcome>,
    now: DateTime<Utc>,
) -> Result<Option<Moved>, StoreError> {
    let row = sqlx::query!(
        "select stage, stage_since, training from submissions where id = $1 and not parked for update",
        submission.0,
    )
    .fetch_optional(&mut **transaction)
    .await?;
    let Some(row) = row else { return Ok(None) };
    let stage: Stage = read_code(&row.stage, "submissions", "stage")?;
    if stage != from {
        return Ok(None);
    }
    let generation = sqlx::query_scalar!(
        "with moved as (
             update submissions set stage = $2, generation = generation + 1, stage_since = $3,
                    outcome = coalesce($4, outcome)
             where id = $1 returning id, generation, revision, stage)
         insert into stage_log (submission_id, generation, revision, from_stage, stage, waited_ms, at)
         select id, generation, revision, $5, stage, $6, $3 from moved returning generation",
        submission.0,
        to.as_str(),
        now,
        outcome.map(Outcome::as_str),
        from.as_str(),
        (now - row.stage_since).num_milliseconds().max(0),
    )
    .fetch_one(&mut **transaction)
    .await?;
    Ok(Some(Moved { generation, training: row.training }))
}
