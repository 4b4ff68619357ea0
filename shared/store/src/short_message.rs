//! Short messages to applicants: who of a form agreed to them.

use berkas_domain::form::Role;
use berkas_domain::{NoticeId, Sha256Hash};

use crate::error::{read_code, read_hash};
use crate::{Store, StoreError};

/// Where the number stands that a notice may be told to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ShortMessageTo {
    /// The form.
    pub form: Sha256Hash,
    /// Whose number of it.
    pub person: Role,
}

impl Store {
    /// Who agreed to be told what `notice` tells; `None` when nobody did.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn short_message_to(&self, notice: NoticeId) -> Result<Option<ShortMessageTo>, StoreError> {
        let row = sqlx::query!(
            r#"select r.form_sha256, r.sms_to as "person!" from notices n
               join revisions r on r.submission_id = n.submission_id and r.revision = n.revision
               where n.id = $1 and r.sms_to is not null"#,
            notice.0,
        )
        .fetch_optional(&self.pool)
        .await?;
        let Some(row) = row else { return Ok(None) };
        Ok(Some(ShortMessageTo {
            form: read_hash(&row.form_sha256, "revisions", "form_sha256")?,
            person: read_code(&row.person, "revisions", "sms_to")?,
        }))
    }
}
