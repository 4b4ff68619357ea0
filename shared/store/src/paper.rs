//! What is printed for an office: the receipt of a revision, the letter about a decision.

use berkas_domain::{NoticeId, OfficeCode, Revision, Sha256Hash, SubmissionId};
use chrono::{DateTime, Utc};
use serde_json::Value;

use crate::error::read_hash;
use crate::{SealedNote, Store, StoreError};

/// One revision as it was received.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Receipt {
    /// The name of the office that sent it.
    pub office_name: String,
    /// The hash of what was handed in: service, case, form and documents.
    pub content: Sha256Hash,
    /// When this revision was received.
    pub received_at: DateTime<Utc>,
}

/// A notice about a decision, with what it is about.
#[derive(Debug, Clone)]
pub struct DecidedNotice {
    /// The submission.
    pub submission: SubmissionId,
    /// The revision that was decided.
    pub revision: Revision,
    /// The type of the message.
    pub kind: String,
    /// The data of the message.
    pub data: Value,
    /// The note of the decision; `data` does not hold it.
    pub note: Option<SealedNote>,
    /// Whether a later notice says that this one does not count any more.
    pub corrected: bool,
}

impl Store {
    /// The receipt of one revision; `None` when it never came.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn receipt(
        &self,
        submission: SubmissionId,
        revision: Revision,
    ) -> Result<Option<Receipt>, StoreError> {
        let row = sqlx::query!(
            "select o.name, r.manifest_hash, r.received_at from receipts r join offices o on o.code = r.office
             where r.submission_id = $1 and r.revision = $2",
            submission.0,
            revision.0,
        )
        .fetch_optional(&self.pool)
        .await?;
        let Some(row) = row else { return Ok(None) };
        Ok(Some(Receipt {
            office_name: row.name,
            content: read_hash(&row.manifest_hash, "receipts", "manifest_hash")?,
            received_at: row.received_at,
        }))
    }

    /// The notice of `office` about a decision; `None` when the office has no such notice.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub async fn decided_notice(
        &self,
        office: &OfficeCode,
        notice: NoticeId,
    ) -> Result<Option<DecidedNotice>, StoreError> {
        let row = sqlx::query!(
            r#"select n.submission_id as "submission!", n.revision, n.type as kind, n.data,
                      (select d.note from decisions d where d.id = n.decision_id) as "note?",
                      exists (select from notices later where later.corrects = n.id) as "corrected!"
               from notices n
               where n.id = $1 and n.office = $2 and n.decision_id is not null and n.submission_id is not null"#,
            notice.0,
            office.as_str(),
        )
        .fetch_optional(&self.pool)
        .await?;
        Ok(row.map(|row| DecidedNotice {
            submission: SubmissionId(row.submission),
            revision: Revision(row.revision),
            kind: row.kind,
            data: row.data,
            note: SealedNote::of_revision(Some(row.submission), row.revision, row.note),
            corrected: row.corrected,
        }))
    }
}
