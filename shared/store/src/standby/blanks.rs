//! What passed and cannot be printed: a mark beside the decision, which stands as it is. The office is told when it begins,
//! when another day is named, and when the blanks are here; each is written by the transaction that does it, so that a copy of
//! the same act tells nothing twice.

use berkas_domain::{
    NoticeId, Outcome, RegistrationNumber, Revision, Service, Stage, StandbyKind, StandbyState, SubmissionId,
    UserId,
};
use chrono::{DateTime, Utc};
use serde_json::{Value, json};
use sqlx::{Postgres, Transaction};
use uuid::Uuid;

use super::{EndReason, Standby, StandbyError, end};
use crate::audit::{self, Actor};
use crate::error::read_code;
use crate::notice::{self, NewNotice};
use crate::{Store, StoreError};

/// Somebody found that there are no blanks for a submission.
#[derive(Debug, Clone, Copy)]
pub struct BlanksMissing {
    /// The submission.
    pub submission: SubmissionId,
    /// Its latest revision, as who says so knows it.
    pub revision: Revision,
    /// Who says so.
    pub by: UserId,
    /// When somebody looks again, where they name a day.
    pub named: Option<DateTime<Utc>>,
    /// The same where they do not.
    pub otherwise: DateTime<Utc>,
}

/// What an office is told of a standby.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ToldStandby {
    /// The number on the receipt.
    pub registration_number: RegistrationNumber,
    /// The submission.
    pub submission: SubmissionId,
    /// The sender's own id.
    pub sender_id: Uuid,
    /// The revision that passed.
    pub revision: Revision,
    /// Whether it only counts as training.
    pub training: bool,
    /// What it waits for.
    pub standby: Standby,
    /// Whether it still does.
    pub state: StandbyState,
}

/// Composes the type and the data of the message that tells it.
pub type StandbyData<'a> = &'a (dyn Fn(&ToldStandby) -> (&'static str, Value) + Sync);

/// A submission that passed, locked.
struct Passed {
    office: String,
    sequence: i64,
    kind: StandbyKind,
    told: ToldStandby,
}

impl Store {
    /// Marks a passed submission as waiting for blanks, and tells its office. Where it is marked already, another day that is
    /// named moves it and is told; anything else changes nothing.
    ///
    /// # Errors
    /// [`StandbyError`].
    pub async fn blanks_missing(
        &self,
        missing: &BlanksMissing,
        data: StandbyData<'_>,
        now: DateTime<Utc>,
    ) -> Result<(), StandbyError> {
        let mut transaction = self.pool.begin().await?;
        let mut passed = lock(&mut transaction, missing.submission, now).await?;
        if passed.told.revision != missing.revision {
            return Err(StandbyError::RevisionUnexpected);
        }
        let open = sqlx::query!(
            "select id, since, back_at from standbys where submission_id = $1 and ended_at is null",
            missing.submission.0,
        )
        .fetch_optional(&mut *transaction)
        .await?;
        let (id, since, back_at) = match open {
            Some(open) => match missing.named {
                Some(named) if named != open.back_at => (open.id, open.since, named),
                _ => return Ok(()),
            },
            None => (Uuid::now_v7(), now, missing.named.unwrap_or(missing.otherwise)),
        };
        sqlx::query!(
            "insert into standbys (id, submission_id, revision, kind, since, back_at, set_by)
             values ($1, $2, $3, $4, $5, $6, $7)
             on conflict (id) do update set back_at = excluded.back_at",
            id,
            missing.submission.0,
            missing.revision.0,
            passed.kind.as_str(),
            since,
            back_at,
            missing.by.0,
        )
        .execute(&mut *transaction)
        .await?;
        passed.told.standby = Standby { kind: passed.kind, since, back_at };
        tell(&mut transaction, &passed, id, data, now).await?;
        let detail = json!({ "kind": passed.kind, "back_at": back_at });
        let of = (missing.submission, detail);
        audit::note(&mut transaction, Actor::User(missing.by), "standby.blanks_missing", of, now).await?;
        transaction.commit().await?;
        Ok(())
    }

    /// Takes note that the blanks are here that `standby` waits for, and tells its office. When it has ended already nothing
    /// changes, and that is no error.
    ///
    /// # Errors
    /// [`StandbyError::Unknown`].
    pub async fn blanks_here(
        &self,
        standby: Uuid,
        by: UserId,
        data: StandbyData<'_>,
        now: DateTime<Utc>,
    ) -> Result<(), StandbyError> {
        let mut transaction = self.pool.begin().await?;
        let submission = sqlx::query_scalar!(
            "select submission_id from standbys where id = $1 and kind <> $2",
            standby,
            StandbyKind::Register.as_str(),
        );
        let submission = submission.fetch_optional(&mut *transaction).await?.ok_or(StandbyError::Unknown)?;
        let submission = SubmissionId(submission);
        let mut passed = match lock(&mut transaction, submission, now).await {
            // Reversed meanwhile, which ended it.
            Err(StandbyError::NotPassed) => return Ok(()),
            locked => locked?,
        };
        let open =
            sqlx::query!("select since, back_at from standbys where id = $1 and ended_at is null", standby)
                .fetch_optional(&mut *transaction)
                .await?;
        let Some(open) = open else { return Ok(()) };
        passed.told.standby = Standby { kind: passed.kind, since: open.since, back_at: open.back_at };
        passed.told.state = StandbyState::Over;
        end(&mut transaction, submission, EndReason::Arrived, Some(by), now).await?;
        tell(&mut transaction, &passed, standby, data, now).await?;
        let of = (submission, json!({ "kind": passed.kind }));
        audit::note(&mut transaction, Actor::User(by), "standby.ended", of, now).await?;
        transaction.commit().await?;
        Ok(())
    }

    /// Which submission a standby is of, whether it is practice, and what it waits for.
    ///
    /// # Errors
    /// As the database says.
    pub async fn standby_about(
        &self,
        standby: Uuid,
    ) -> Result<Option<(SubmissionId, bool, StandbyKind)>, StoreError> {
        let row = sqlx::query!(
            "select b.kind, b.submission_id, s.training from standbys b join submissions s on s.id = b.submission_id
             where b.id = $1",
            standby,
        );
        let Some(row) = row.fetch_optional(&self.pool).await? else { return Ok(None) };
        let kind = read_code(&row.kind, "standbys", "kind")?;
        Ok(Some((SubmissionId(row.submission_id), row.training, kind)))
    }
}

/// Locks a submission that passed and whose office knows it.
async fn lock(
    transaction: &mut Transaction<'_, Postgres>,
    submission: SubmissionId,
    now: DateTime<Utc>,
) -> Result<Passed, StandbyError> {
    let row = sqlx::query!(
        "select office, sender_id, registration_number, service, revision, training, stage, outcome, parked, next_sequence
         from submissions where id = $1 for update",
        submission.0,
    )
    .fetch_optional(&mut **transaction)
    .await?
    .ok_or(StandbyError::Unknown)?;
    let stage: Stage = read_code(&row.stage, "submissions", "stage")?;
    let has_passed = row.outcome.as_deref() == Some(Outcome::Passed.as_str());
    if row.parked || stage != Stage::Noticed || !has_passed {
        return Err(StandbyError::NotPassed);
    }
    let service: Service = read_code(&row.service, "submissions", "service")?;
    let kind = StandbyKind::blanks_of(service).ok_or(StandbyError::NoBlanks)?;
    let told = ToldStandby {
        registration_number: read_code(&row.registration_number, "submissions", "registration_number")?,
        submission,
        sender_id: row.sender_id,
        revision: Revision(row.revision),
        training: row.training,
        standby: Standby { kind, since: now, back_at: now },
        state: StandbyState::Waiting,
    };
    Ok(Passed { office: row.office, sequence: row.next_sequence, kind, told })
}

/// Makes the notice, in its place among what is sent for the submission.
async fn tell(
    transaction: &mut Transaction<'_, Postgres>,
    passed: &Passed,
    standby: Uuid,
    data: StandbyData<'_>,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    let submission = passed.told.submission;
    let (kind, data) = data(&passed.told);
    let new = NewNotice {
        id: NoticeId(Uuid::now_v7()),
        office: &passed.office,
        submission: Some(submission),
        revision: passed.told.revision.0,
        sequence: Some(passed.sequence),
        decision: None,
        standby: Some(standby),
        kind,
        data: &data,
        dedup: None,
        trace: None,
    };
    notice::insert(transaction, &new, now).await?;
    sqlx::query!("update submissions set next_sequence = next_sequence + 1 where id = $1", submission.0)
        .execute(&mut **transaction)
        .await?;
    Ok(())
}
