//! Notices: what an office is owed, one row each, and their acknowledgement.

use chrono::{DateTime, Utc};
use serde_json::Value;
use sqlx::{Postgres, Transaction};
use uuid::Uuid;

use berkas_domain::{NoticeId, OfficeCode, Outcome, Revision, SubmissionId};

use crate::error::read_code;
use crate::{SealedNote, Store, StoreError, delivery};

/// A notice to insert.
pub(crate) struct NewNotice<'a> {
    pub id: NoticeId,
    pub office: &'a str,
    pub submission: Option<SubmissionId>,
    pub revision: i32,
    pub sequence: Option<i64>,
    pub decision: Option<Uuid>,
    /// The standby it tells of.
    pub standby: Option<Uuid>,
    pub kind: &'a str,
    pub data: &'a Value,
    pub dedup: Option<&'a [u8]>,
    /// The `traceparent` of the step that made it.
    pub trace: Option<&'a str>,
}

/// Inserts a notice and one delivery for each channel of its office. Decisions and standbys are mailed: a person reads
/// them. Decisions that are no practice are told the applicant too, by a short message, who agreed to it.
pub(crate) async fn insert(
    transaction: &mut Transaction<'_, Postgres>,
    notice: &NewNotice<'_>,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    sqlx::query!(
        "with n as (
             insert into notices (id, office, submission_id, revision, sequence, decision_id, type, data, dedup,
                                  created_at, trace, standby_id, corrects)
             values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12,
                     (select told.id from decisions d join notices told on told.decision_id = d.replaces where d.id = $6))
             returning id, office, decision_id, standby_id, submission_id, revision)
         insert into deliveries (notice_id, channel, state, not_before)
         select n.id, c.kind, 'pending', $10 from n join channels_on c on c.office = n.office
         where c.kind <> 'mail' or n.decision_id is not null or n.standby_id is not null
         union all
         select n.id, 'sms', 'pending', $10 from n
         join submissions s on s.id = n.submission_id and not s.training
         join revisions r on r.submission_id = n.submission_id and r.revision = n.revision and r.sms_to is not null
         where n.decision_id is not null",
        notice.id.0,
        notice.office,
        notice.submission.map(|submission| submission.0),
        notice.revision,
        notice.sequence,
        notice.decision,
        notice.kind,
        notice.data,
        notice.dedup,
        now,
        notice.trace,
        notice.standby,
    )
    .execute(&mut **transaction)
    .await?;
    Ok(())
}

/// The live decision on the present revision, as the notice needs it.
#[derive(Debug, Clone)]
pub struct DecisionForNotice {
    /// The decision's id.
    pub decision: Uuid,
    /// How it ended.
    pub outcome: Outcome,
    /// Coded reasons, as JSON.
    pub reasons: Value,
    /// When it was taken.
    pub decided_at: DateTime<Utc>,
    /// The sender's own id of the submission.
    pub sender_id: Uuid,
    /// The number on the receipt.
    pub registration_number: String,
    /// The revision it is on.
    pub revision: Revision,
    /// Whether the office was in training.
    pub training: bool,
    /// The notice of the decision in whose place it stands.
    pub corrects: Option<NoticeId>,
}

/// What came of an acknowledgement.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Acknowledged {
    /// It counted.
    Now,
    /// It had been acknowledged before.
    Before,
    /// No notice of this office has this id.
    Unknown,
}

/// Where in an inbox a page of it begins, and which way it goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum InboxPlace {
    /// With the newest, the newer ones first.
    Newest,
    /// With what is older than this one, the newer ones first.
    Before(NoticeId),
    /// With the oldest, in the order in which they were made.
    Oldest,
    /// With what is newer than this one, in the order in which they were made.
    After(NoticeId),
}

/// A notice as the office's inbox shows it.
#[derive(Debug, Clone, serde::Serialize)]
pub struct InboxItem {
    /// Its id; de-duplicate on it.
    pub id: NoticeId,
    /// The type of the message.
    #[serde(rename = "type")]
    pub kind: String,
    /// Its place among what is sent for the submission.
    pub sequence: Option<i64>,
    /// Its data.
    pub data: Value,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// When the office acknowledged it.
    pub acknowledged_at: Option<DateTime<Utc>>,
    /// The note of the decision that it tells; `data` does not hold it.
    #[serde(skip)]
    pub note: Option<SealedNote>,
}

struct InboxRow {
    id: Uuid,
    submission_id: Option<Uuid>,
    revision: i32,
    note: Option<Vec<u8>>,
    kind: String,
    sequence: Option<i64>,
    data: Value,
    created_at: DateTime<Utc>,
    acknowledged_at: Option<DateTime<Utc>>,
}

impl From<InboxRow> for InboxItem {
    fn from(row: InboxRow) -> Self {
        let InboxRow { id, kind, sequence, data, created_at, acknowledged_at, .. } = row;
        let note = SealedNote::of_revision(row.submission_id, row.revision, row.note);
        Self { id: NoticeId(id), kind, sequence, data, created_at, acknowledged_at, note }
    }
}

impl Store {
    /// Reads the live decision on the present revision of `submission`; `None` when it was undone.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn decision_for_notice(
        &self,
        submission: SubmissionId,
    ) -> Result<Option<DecisionForNotice>, StoreError> {
        let row = sqlx::query!(
            r#"select d.id, d.outcome, d.reasons, d.decided_at, s.sender_id, s.registration_number, s.revision, s.training,
                      told.id as "corrects?"
               from submissions s join decisions d on d.submission_id = s.id and d.revision = s.revision
               left join notices told on told.decision_id = d.replaces
               where s.id = $1 and d.undone_at is null"#,
            submission.0,
        )
        .fetch_optional(&self.pool)
        .await?;
        let Some(row) = row else { return Ok(None) };
        Ok(Some(DecisionForNotice {
            decision: row.id,
            outcome: read_code(&row.outcome, "decisions", "outcome")?,
            reasons: row.reasons,
            decided_at: row.decided_at,
            sender_id: row.sender_id,
            registration_number: row.registration_number,
            revision: Revision(row.revision),
            training: row.training,
            corrects: row.corrects.map(NoticeId),
        }))
    }

    /// Notes that `office` has `notice`, and with a correction what it corrects. Idempotent.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub async fn acknowledge(
        &self,
        office: &OfficeCode,
        notice: NoticeId,
        now: DateTime<Utc>,
    ) -> Result<Acknowledged, StoreError> {
        let mut transaction = self.pool.begin().await?;
        // Not `for update`: whoever notes just then that it was sent holds its delivery and refers to the notice, and each
        // would wait for the other.
        let row = sqlx::query!(
            "select acknowledged_at from notices where id = $1 and office = $2 for no key update",
            notice.0,
            office.as_str(),
        )
        .fetch_optional(&mut *transaction)
        .await?;
        let Some(row) = row else { return Ok(Acknowledged::Unknown) };
        if row.acknowledged_at.is_some() {
            return Ok(Acknowledged::Before);
        }
        let read = sqlx::query_scalar!(
            "with recursive read as (
                 select id, corrects from notices where id = $1
                 union
                 select n.id, n.corrects from notices n join read on read.corrects = n.id)
             update notices set acknowledged_at = $2
             where id in (select id from read) and acknowledged_at is null returning id",
            notice.0,
            now,
        )
        .fetch_all(&mut *transaction)
        .await?;
        delivery::acknowledged(&mut transaction, &read).await?;
        transaction.commit().await?;
        Ok(Acknowledged::Now)
    }

    /// The newest notices of `office`, at most `limit`; only those not acknowledged when `owed`.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub async fn inbox(
        &self,
        office: &OfficeCode,
        owed: bool,
        limit: i64,
    ) -> Result<Vec<InboxItem>, StoreError> {
        self.inbox_page(office, owed, InboxPlace::Newest, limit).await
    }

    /// The same from `place` on, in the order that it says; nothing when the office has no such notice.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub async fn inbox_page(
        &self,
        office: &OfficeCode,
        owed: bool,
        place: InboxPlace,
        limit: i64,
    ) -> Result<Vec<InboxItem>, StoreError> {
        match place {
            InboxPlace::Newest => self.inbox_before(office, owed, None, limit).await,
            InboxPlace::Before(notice) => self.inbox_before(office, owed, Some(notice), limit).await,
            InboxPlace::Oldest => self.inbox_after(office, owed, None, limit).await,
            InboxPlace::After(notice) => self.inbox_after(office, owed, Some(notice), limit).await,
        }
    }

    async fn inbox_before(
        &self,
        office: &OfficeCode,
        owed: bool,
        before: Option<NoticeId>,
        limit: i64,
    ) -> Result<Vec<InboxItem>, StoreError> {
        let rows = sqlx::query_as!(
            InboxRow,
            r#"select id, type as kind, sequence, data, created_at, acknowledged_at, submission_id, revision,
                      (select d.note from decisions d where d.id = decision_id) as "note?"
               from notices
             where office = $1 and (acknowledged_at is null or not $2)
               and ($4::uuid is null
                    or (created_at, id) < (select b.created_at, b.id from notices b where b.id = $4 and b.office = $1))
             order by created_at desc, id desc limit $3"#,
            office.as_str(),
            owed,
            limit,
            before.map(|notice| notice.0),
        )
        .fetch_all(&self.pool)
        .await?;
        Ok(rows.into_iter().map(InboxItem::from).collect())
    }

    async fn inbox_after(
        &self,
        office: &OfficeCode,
        owed: bool,
        after: Option<NoticeId>,
        limit: i64,
    ) -> Result<Vec<InboxItem>, StoreError> {
        let rows = sqlx::query_as!(
            InboxRow,
            r#"select id, type as kind, sequence, data, created_at, acknowledged_at, submission_id, revision,
                      (select d.note from decisions d where d.id = decision_id) as "note?"
               from notices
             where office = $1 and (acknowledged_at is null or not $2)
               and ($4::uuid is null
                    or (created_at, id) > (select a.created_at, a.id from notices a where a.id = $4 and a.office = $1))
             order by created_at, id limit $3"#,
            office.as_str(),
            owed,
            limit,
            after.map(|notice| notice.0),
        )
        .fetch_all(&self.pool)
        .await?;
        Ok(rows.into_iter().map(InboxItem::from).collect())
    }
}
