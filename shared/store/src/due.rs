//! Due work: the outbox and the ledger of machine work in one table.

use std::collections::HashSet;

use chrono::{DateTime, TimeDelta, Utc};
use uuid::Uuid;

use berkas_domain::{Generation, MessageId, Step, SubmissionId};

use crate::error::read_code;
use crate::{Store, StoreError};

/// Names one piece of machine work.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct WorkRef {
    /// Whose work.
    pub submission: SubmissionId,
    /// What is to be done.
    pub step: Step,
    /// The submission's generation while it is due.
    pub generation: Generation,
}

impl WorkRef {
    /// The id of the message that carries it; the same at every re-publish.
    #[must_use]
    pub fn message_id(&self) -> MessageId {
        MessageId::of_work(self.submission, self.step, self.generation)
    }
}

/// Due work that is to be published now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DueWork {
    /// The work.
    pub work: WorkRef,
    /// How often it was tried and failed.
    pub attempts: i32,
    /// The `traceparent` of the span that made it due.
    pub trace: Option<String>,
}

/// A row of `due` as the queries of this module return it.
struct DueRow {
    submission_id: Uuid,
    generation: i64,
    step: String,
    attempts: i32,
    trace: Option<String>,
}

impl TryFrom<DueRow> for DueWork {
    type Error = StoreError;
    fn try_from(row: DueRow) -> Result<Self, StoreError> {
        let step = read_code(&row.step, "due", "step")?;
        let submission = SubmissionId(row.submission_id);
        let work = WorkRef { submission, step, generation: Generation(row.generation) };
        Ok(Self { work, attempts: row.attempts, trace: row.trace })
    }
}

impl Store {
    /// Notes that the broker has confirmed these messages; those that are not due any more are passed over, and those
    /// that the sweeper has claimed since.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`]; the sweeper will then publish them again, which does no harm.
    pub async fn mark_published(&self, published: &[WorkRef], now: DateTime<Utc>) -> Result<(), StoreError> {
        let (ids, generations) = columns(published);
        sqlx::query!(
            // In the order of the ids, and past those that somebody is at: the note is not worth a deadlock.
            "update due set published_at = $3, publishes = publishes + 1
             where (submission_id, generation) in (
                 select d.submission_id, d.generation from unnest($1::uuid[], $2::bigint[]) as p (id, generation)
                 join due d on d.submission_id = p.id and d.generation = p.generation
                 where d.published_at is null order by 1, 2 for update of d skip locked)",
            &ids,
            &generations,
            now,
        )
        .execute(&self.pool)
        .await?;
        Ok(())
    }

    /// Claims due work whose time has come and that nobody published within `grace`.
    ///
    /// Claimed rows count as published at `now`; if the caller dies before it publishes them they come up again.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub async fn claim_unpublished(
        &self,
        now: DateTime<Utc>,
        grace: TimeDelta,
        limit: i64,
    ) -> Result<Vec<DueWork>, StoreError> {
        let rows = sqlx::query_as!(
            DueRow,
            "update due set published_at = $1, publishes = publishes + 1
             where (submission_id, generation) in (
                 select submission_id, generation from due
                 where published_at is null and not_before <= $1
                   and greatest(not_before, created_at) <= $2
                 order by not_before limit $3 for update skip locked)
             returning submission_id, generation, step, attempts, trace",
            now,
            now - grace,
            limit,
        )
        .fetch_all(&self.pool)
        .await?;
        rows.into_iter().map(DueWork::try_from).collect()
    }

    /// The steps with work that was published `after` ago or longer and is not done: its message is lost, or waits.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn overdue_steps(&self, now: DateTime<Utc>, after: TimeDelta) -> Result<Vec<Step>, StoreError> {
        let steps =
            sqlx::query_scalar!("select distinct step from due where published_at <= $1", now - after,)
                .fetch_all(&self.pool)
                .await?;
        steps.iter().map(|step| read_code(step, "due", "step")).collect()
    }

    /// Claims work whose message may be lost: published `after` ago or longer, doubled for each publishing, at most
    /// `cap`. Before `cap` only work of `idle` steps: where messages wait in a queue, an old one waits too, and a copy
    /// of it would only make the queue longer.
    ///
    /// Claimed rows count as published at `now`, as in [`claim_unpublished`](Self::claim_unpublished).
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub async fn claim_lost(
        &self,
        now: DateTime<Utc>,
        after: TimeDelta,
        cap: TimeDelta,
        idle: &[Step],
        limit: i64,
    ) -> Result<Vec<DueWork>, StoreError> {
        let idle: Vec<String> = idle.iter().map(|step| step.as_str().to_owned()).collect();
        let rows = sqlx::query_as!(
            DueRow,
            "update due set published_at = $1, publishes = publishes + 1
             where (submission_id, generation) in (
                 select submission_id, generation from due
                 where published_at <= $2::timestamptz
                   and published_at <= $1::timestamptz - least($3::float8 * power(2, least(publishes - 1, 20)), $4::float8)
                                           * interval '1 second'
                   and (step = any($6::text[]) or published_at <= $1::timestamptz - $4::float8 * interval '1 second')
                 order by published_at limit $5 for update skip locked)
             returning submission_id, generation, step, attempts, trace",
            now,
            now - after,
            seconds(after),
            seconds(cap),
            limit,
            &idle,
        )
        .fetch_all(&self.pool)
        .await?;
        rows.into_iter().map(DueWork::try_from).collect()
    }

    /// Gives claimed work back that could not be published: the next sweep takes it again.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub async fn unclaim(&self, claimed: &[WorkRef]) -> Result<(), StoreError> {
        let (ids, generations) = columns(claimed);
        sqlx::query!(
            "update due set published_at = null, publishes = greatest(publishes - 1, 0)
             from unnest($1::uuid[], $2::bigint[]) as p (id, generation)
             where due.submission_id = p.id and due.generation = p.generation",
            &ids,
            &generations,
        )
        .execute(&self.pool)
        .await?;
        Ok(())
    }

    /// Counts a failure of `work` and puts it off, touching nothing but its due row: what remains when neither its result
    /// nor its failure can be written otherwise. The same message is published again at `not_before`. `false` when it is
    /// no longer due.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn postpone(&self, work: WorkRef, not_before: DateTime<Utc>) -> Result<bool, StoreError> {
        let postponed = sqlx::query!(
            "update due set attempts = attempts + 1, not_before = $3, published_at = null
             where submission_id = $1 and generation = $2",
            work.submission.0,
            work.generation.0,
            not_before,
        )
        .execute(&self.pool)
        .await?;
        Ok(postponed.rows_affected() > 0)
    }

    /// How often `work` failed; `None` when it is no longer due.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub async fn attempts(&self, work: WorkRef) -> Result<Option<i32>, StoreError> {
        let attempts = sqlx::query_scalar!(
            "select attempts from due where submission_id = $1 and generation = $2",
            work.submission.0,
            work.generation.0,
        )
        .fetch_optional(&self.pool)
        .await?;
        Ok(attempts)
    }

    /// Which of these may be what killed a worker: published more than once, or with an open attempt.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn suspects(&self, work: &[WorkRef]) -> Result<HashSet<WorkRef>, StoreError> {
        let (ids, generations) = columns(work);
        let rows = sqlx::query!(
            "select d.submission_id, d.generation, d.step from due d
             join unnest($1::uuid[], $2::bigint[]) as w (id, generation)
               on w.id = d.submission_id and w.generation = d.generation
             where d.publishes > 1
                or exists (select 1 from attempts a
                           where a.submission_id = d.submission_id and a.generation = d.generation)",
            &ids,
            &generations,
        )
        .fetch_all(&self.pool)
        .await?;
        rows.into_iter()
            .map(|row| {
                let step = read_code(&row.step, "due", "step")?;
                let submission = SubmissionId(row.submission_id);
                Ok(WorkRef { submission, step, generation: Generation(row.generation) })
            })
            .collect()
    }

    /// Makes all work of `step` (of every step when absent) that is due by `now` unpublished again, so that the
    /// sweeper re-emits it at once; for a queue that was wiped, purged or made anew. Returns how many rows.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub async fn requeue(&self, step: Option<Step>, now: DateTime<Utc>) -> Result<u64, StoreError> {
        let done = sqlx::query!(
            "update due set published_at = null, created_at = least(created_at, $2 - interval '1 hour'), publishes = 0
             where ($1::text is null or step = $1) and not_before <= $2 and published_at is not null",
            step.map(Step::as_str),
            now,
        )
        .execute(&self.pool)
        .await?;
        Ok(done.rows_affected())
    }

    /// Counts machine work that is not done: what back-pressure looks at.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub async fn due_count(&self) -> Result<i64, StoreError> {
        Ok(sqlx::query_scalar!(r#"select count(*) as "count!" from due"#).fetch_one(&self.pool).await?)
    }
}

/// Splits work into the columns that `unnest` takes.
pub(crate) fn columns(work: &[WorkRef]) -> (Vec<Uuid>, Vec<i64>) {
    work.iter().map(|work| (work.submission.0, work.generation.0)).unzip()
}

fn seconds(span: TimeDelta) -> f64 {
    span.as_seconds_f64()
}
