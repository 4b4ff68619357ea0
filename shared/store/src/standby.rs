//! What waits for something nobody here can hurry: an answer of the central register ([`aside`]) or blanks ([`blanks`]).
//! At most one standby of a submission is open.

use berkas_domain::{OfficeCode, RegistrationNumber, Revision, Service, StandbyKind, SubmissionId, UserId};
use chrono::{DateTime, Utc};
use sqlx::{Postgres, Transaction};
use uuid::Uuid;

use crate::error::read_code;
use crate::{Store, StoreError};

mod aside;
mod blanks;

pub use aside::Aside;
pub use blanks::{BlanksMissing, StandbyData, ToldStandby};

/// Why a standby ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum EndReason {
    /// Its time had come.
    Due,
    /// Somebody did not wait for that.
    Recalled,
    /// What was waited for is here.
    Arrived,
    /// The office took the submission back.
    Withdrawn,
    /// The decision was reversed.
    Reversed,
}

impl EndReason {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Due => "due",
            Self::Recalled => "recalled",
            Self::Arrived => "arrived",
            Self::Withdrawn => "withdrawn",
            Self::Reversed => "reversed",
        }
    }
}

/// Why a standby was not begun or ended.
#[derive(Debug, thiserror::Error)]
pub enum StandbyError {
    /// There is no such submission, or no such standby.
    #[error("there is no such standby or submission")]
    Unknown,
    /// Another revision is the latest.
    #[error("another revision is the latest")]
    RevisionUnexpected,
    /// It has not passed, or its office was not told yet.
    #[error("it has not passed, or its office was not told yet")]
    NotPassed,
    /// What it asks for is not printed on blanks.
    #[error("it is not printed on blanks")]
    NoBlanks,
    /// Somebody else set the task aside.
    #[error("somebody else set the task aside")]
    NotTheirs,
    /// The database.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl From<sqlx::Error> for StandbyError {
    fn from(error: sqlx::Error) -> Self {
        Self::Store(error.into())
    }
}

/// What a submission waits for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
pub struct Standby {
    /// What.
    pub kind: StandbyKind,
    /// Since when.
    pub since: DateTime<Utc>,
    /// When it is in view again.
    pub back_at: DateTime<Utc>,
}

/// A standby with what may be told of its submission to whoever could be given it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StandbyLine {
    /// Its id.
    pub id: Uuid,
    /// What it waits for.
    pub standby: Standby,
    /// The number on the receipt.
    pub registration_number: RegistrationNumber,
    /// The latest revision.
    pub revision: Revision,
    /// The name of the office it came from.
    pub office_name: String,
    /// The office it came from.
    pub office: OfficeCode,
    /// What is asked for.
    pub service: Service,
    /// Whether it only counts as training.
    pub training: bool,
    /// When verification is or was due.
    pub due_at: DateTime<Utc>,
    /// Who began it.
    pub set_by: UserId,
    /// Their name.
    pub set_by_name: String,
}

/// How much waits for one thing, practice left out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
pub struct StandbyCount {
    /// What it waits for.
    pub kind: StandbyKind,
    /// How much.
    pub count: i64,
    /// How much of it is due for another look.
    pub due: i64,
    /// Since when the oldest waits.
    pub oldest_since: Option<DateTime<Utc>>,
}

impl Store {
    /// What `submission` waits for now.
    ///
    /// # Errors
    /// As the database says.
    pub async fn standby_of(&self, submission: SubmissionId) -> Result<Option<Standby>, StoreError> {
        let row = sqlx::query!(
            "select kind, since, back_at from standbys where submission_id = $1 and ended_at is null",
            submission.0,
        )
        .fetch_optional(&self.pool)
        .await?;
        let Some(row) = row else { return Ok(None) };
        let kind = read_code(&row.kind, "standbys", "kind")?;
        Ok(Some(Standby { kind, since: row.since, back_at: row.back_at }))
    }

    /// What waits of what `user` is competent for, in their pool, at most `limit`; what is due for another look first.
    ///
    /// # Errors
    /// As the database says.
    pub async fn standbys(&self, user: UserId, limit: i64) -> Result<Vec<StandbyLine>, StoreError> {
        let rows = sqlx::query!(
            "select b.id, b.kind, b.since, b.back_at, b.set_by, h.display_name, s.registration_number, s.revision, s.office,
                    o.name, s.service, s.training, s.due_at
             from users u
             join standbys b on b.ended_at is null
             join submissions s on s.id = b.submission_id and s.training = u.training and s.service = any(u.services)
             join offices o on o.code = s.office join users h on h.id = b.set_by
             where u.id = $1 order by b.back_at, b.id limit $2",
            user.0,
            limit,
        )
        .fetch_all(&self.pool)
        .await?;
        let lines = rows.into_iter().map(|row| {
            let kind = read_code(&row.kind, "standbys", "kind")?;
            Ok(StandbyLine {
                id: row.id,
                standby: Standby { kind, since: row.since, back_at: row.back_at },
                registration_number: read_code(
                    &row.registration_number,
                    "submissions",
                    "registration_number",
                )?,
                revision: Revision(row.revision),
                office_name: row.name,
                office: read_code(&row.office, "submissions", "office")?,
                service: read_code(&row.service, "submissions", "service")?,
                training: row.training,
                due_at: row.due_at,
                set_by: UserId(row.set_by),
                set_by_name: row.display_name,
            })
        });
        lines.collect()
    }

    /// How much waits for what at `now`, every kind in its order, practice left out.
    ///
    /// # Errors
    /// As the database says.
    pub async fn standby_counts(&self, now: DateTime<Utc>) -> Result<Vec<StandbyCount>, StoreError> {
        let rows = sqlx::query!(
            r#"select b.kind, count(*) as "count!", count(*) filter (where b.back_at <= $1) as "due!",
                      min(b.since) as oldest_since
               from standbys b join submissions s on s.id = b.submission_id
               where b.ended_at is null and not s.training group by b.kind"#,
            now,
        )
        .fetch_all(&self.pool)
        .await?;
        let count_of = |kind: StandbyKind| match rows.iter().find(|row| row.kind == kind.as_str()) {
            Some(row) => {
                StandbyCount { kind, count: row.count, due: row.due, oldest_since: row.oldest_since }
            }
            None => StandbyCount { kind, count: 0, due: 0, oldest_since: None },
        };
        Ok(StandbyKind::ALL.iter().copied().map(count_of).collect())
    }
}

/// Ends what a submission, whose row the transaction has locked, waits for.
pub(crate) async fn end(
    transaction: &mut Transaction<'_, Postgres>,
    submission: SubmissionId,
    reason: EndReason,
    by: Option<UserId>,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    sqlx::query!(
        "update standbys set ended_at = $2, ended_by = $3, end_reason = $4
         where submission_id = $1 and ended_at is null",
        submission.0,
        now,
        by.map(|user| user.0),
        reason.as_str(),
    )
    .execute(&mut **transaction)
    .await?;
    Ok(())
}
