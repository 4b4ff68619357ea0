//! Due times of submissions that are verified: found for computing them anew, and moved.

use std::collections::HashMap;

use berkas_domain::{Pause, Stage, SubmissionId};
use chrono::{DateTime, Utc};
use sqlx::PgExecutor;
use uuid::Uuid;

use crate::{Store, StoreError};

/// A submission whose verification has a due time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DueSubmission {
    /// The submission.
    pub submission: SubmissionId,
    /// When its first revision was received.
    pub received_at: DateTime<Utc>,
    /// When its verification is due.
    pub due_at: DateTime<Utc>,
    /// The spans in which it lay with the kecamatan for repair.
    pub with_kecamatan: Vec<Pause>,
}

/// A due time that is another now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MovedDue {
    /// The submission.
    pub submission: SubmissionId,
    /// What it was. When it has changed meanwhile nothing is moved.
    pub from: DateTime<Utc>,
    /// What it is.
    pub to: DateTime<Utc>,
}

/// The stages in which verification goes on.
const VERIFYING: [Stage; 5] =
    [Stage::Received, Stage::Normalized, Stage::Checked, Stage::Waiting, Stage::Assigned];

struct Row {
    id: Uuid,
    received_at: DateTime<Utc>,
    due_at: DateTime<Utc>,
}

impl Store {
    /// Up to `limit` submissions that are verified, after `after` in the order of their ids.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn due_submissions(
        &self,
        after: Option<SubmissionId>,
        limit: i64,
        now: DateTime<Utc>,
    ) -> Result<Vec<DueSubmission>, StoreError> {
        let stages = VERIFYING.map(|stage| stage.as_str().to_owned());
        let rows = sqlx::query_as!(
            Row,
            "select id, received_at, due_at from submissions
             where stage = any($1) and id > $2 order by id limit $3",
            &stages,
            after.map_or(Uuid::nil(), |after| after.0),
            limit,
        )
        .fetch_all(&self.pool)
        .await?;
        let ids: Vec<Uuid> = rows.iter().map(|row| row.id).collect();
        let mut away = with_kecamatan(&self.pool, &ids, now).await?;
        let read = |row: Row| DueSubmission {
            submission: SubmissionId(row.id),
            received_at: row.received_at,
            due_at: row.due_at,
            with_kecamatan: away.remove(&row.id).unwrap_or_default(),
        };
        Ok(rows.into_iter().map(read).collect())
    }

    /// Moves due times, of the tasks first: killed in between, the submission still has the old one and both are moved
    /// the next time. What is not due by `soon` any more has the turn again that it had before it became urgent. The answer is
    /// how many submissions were moved.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn move_dues(&self, moved: &[MovedDue], soon: DateTime<Utc>) -> Result<u64, StoreError> {
        let ids: Vec<Uuid> = moved.iter().map(|moved| moved.submission.0).collect();
        let from: Vec<DateTime<Utc>> = moved.iter().map(|moved| moved.from).collect();
        let to: Vec<DateTime<Utc>> = moved.iter().map(|moved| moved.to).collect();
        sqlx::query!(
            "update tasks t
             set due_at = m.due, urgent = urgent and m.due <= $4,
                 rank = case when urgent and m.due > $4 then coalesce(rank_before, rank) else rank end
             from unnest($1::uuid[], $2::timestamptz[], $3::timestamptz[]) as m (id, was, due)
             where t.submission_id = m.id and t.due_at = m.was and t.state in ('open', 'leased', 'aside')",
            &ids,
            &from,
            &to,
            soon,
        )
        .execute(&self.pool)
        .await?;
        let done = sqlx::query!(
            "update submissions s set due_at = m.due
             from unnest($1::uuid[], $2::timestamptz[], $3::timestamptz[]) as m (id, was, due)
             where s.id = m.id and s.due_at = m.was",
            &ids,
            &from,
            &to,
        )
        .execute(&self.pool)
        .await?;
        Ok(done.rows_affected())
    }
}

/// The spans in which submissions lay with the kecamatan, from each notice to the repair that answered it; one that is
/// not answered lasts to `now`.
pub(crate) async fn with_kecamatan(
    executor: impl PgExecutor<'_>,
    submissions: &[Uuid],
    now: DateTime<Utc>,
) -> Result<HashMap<Uuid, Vec<Pause>>, StoreError> {
    let rows = sqlx::query!(
        r#"select l.submission_id, max(l.at) as "noticed!",
                  (select r.received_at from receipts r
                   where r.submission_id = l.submission_id and r.revision = l.revision + 1) as repaired
           from stage_log l where l.submission_id = any($1) and l.stage = $2
           group by l.submission_id, l.revision order by l.submission_id, l.revision"#,
        submissions,
        Stage::Noticed.as_str(),
    )
    .fetch_all(executor)
    .await?;
    let mut away: HashMap<Uuid, Vec<Pause>> = HashMap::new();
    for row in rows {
        let pause = Pause { from: row.noticed, to: Some(row.repaired.unwrap_or(now)) };
        away.entry(row.submission_id).or_default().push(pause);
    }
    Ok(away)
}
