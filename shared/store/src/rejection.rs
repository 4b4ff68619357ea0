//! Answers to messages that were not taken: notices without a submission.

use berkas_domain::{NoticeId, OfficeCode, Revision, Sha256Hash, SubmissionId};
use chrono::{DateTime, Utc};
use serde_json::Value;
use uuid::Uuid;

use crate::{Store, StoreError};

/// The answer to a message that was not taken.
#[derive(Debug, Clone)]
pub struct RejectionNotice {
    /// Who sent the message.
    pub office: OfficeCode,
    /// The revision it was about; 0 when it could not be read.
    pub revision: i32,
    /// The data of the answer: coded reasons. Whether the office is in training is written into it.
    pub data: Value,
    /// The same for the same message with the same reasons.
    pub dedup: Sha256Hash,
}

impl Store {
    /// Answers a message that was not taken with a notice `id.berkas.rejected.v1`. The same answer again is sent again
    /// under the same id, where it was not practice meanwhile. Returns its id; `None` when there is no such office, so that nobody can be answered.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn reject(
        &self,
        rejection: &RejectionNotice,
        now: DateTime<Utc>,
    ) -> Result<Option<NoticeId>, StoreError> {
        let mut transaction = self.pool.begin().await?;
        let dedup = rejection.dedup.as_bytes().as_slice();
        let written = sqlx::query_scalar!(
            "insert into notices (id, office, revision, type, data, dedup, created_at)
             select $1, code, $3, 'id.berkas.rejected.v1', $4 || jsonb_build_object('training', mode = 'training'),
                    case when mode = 'training' then sha256($5 || 'training'::bytea) else $5 end, $6
             from offices where code = $2
             on conflict (dedup) do update set dedup = excluded.dedup
             returning id",
            Uuid::now_v7(),
            rejection.office.as_str(),
            rejection.revision,
            rejection.data,
            dedup,
            now,
        )
        .fetch_optional(&mut *transaction)
        .await?;
        let Some(id) = written else { return Ok(None) };
        sqlx::query!(
            "insert into deliveries (notice_id, channel, state, not_before)
             select $1, c.kind, 'pending', $3 from channels_on c where c.office = $2 and c.kind <> 'mail'
             on conflict (notice_id, channel) do update set state = 'pending', not_before = excluded.not_before
             where deliveries.state in ('sent', 'acknowledged')",
            id,
            rejection.office.as_str(),
            now,
        )
        .execute(&mut *transaction)
        .await?;
        transaction.commit().await?;
        Ok(Some(NoticeId(id)))
    }

    /// Finds what a decision notice of `office` is about; `None` when the office has no such notice.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub async fn decided_by_notice(
        &self,
        office: &OfficeCode,
        notice: NoticeId,
    ) -> Result<Option<(SubmissionId, Revision)>, StoreError> {
        let row = sqlx::query!(
            r#"select submission_id as "submission!", revision from notices
               where id = $1 and office = $2 and submission_id is not null and decision_id is not null"#,
            notice.0,
            office.as_str(),
        )
        .fetch_optional(&self.pool)
        .await?;
        Ok(row.map(|row| (SubmissionId(row.submission), Revision(row.revision))))
    }
}
