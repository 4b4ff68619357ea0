//! Looking at what the next pull would give, without leasing it: so that its first page can be fetched beforehand.

use berkas_domain::{OfficeCode, Sha256Hash, SubmissionId, TaskId, UserId};
use chrono::{DateTime, Utc};

use crate::error::{read_code, read_hash};
use crate::pull::LOOKS;
use crate::{Store, StoreError};

/// The small copy of a task's first page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FirstPage {
    /// The submission it belongs to.
    pub submission: SubmissionId,
    /// The office whose object it is.
    pub office: OfficeCode,
    /// The small copy, a JPEG; absent when the page could not be normalized.
    pub preview: Option<Sha256Hash>,
}

impl Store {
    /// The task that [`Store::pull_task`] would give `user` once they are done with one of those they hold. Nothing is locked
    /// or written, so that somebody else may have it by then. `None` when there is none, or they are off duty.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn peek_task(&self, user: UserId, now: DateTime<Utc>) -> Result<Option<TaskId>, StoreError> {
        // The order is that of `pull.sql`; a test compares the two. It stands twice because a pull locks what it picks, and a
        // lock cannot be asked for in a view or a function that both would share without taking it in a peek too. One more
        // than the capacity: the one at hand is as good as decided.
        let id = sqlx::query_file_scalar!("queries/peek.sql", user.0, now, LOOKS[0],)
            .fetch_optional(&self.pool)
            .await?;
        Ok(id.map(TaskId))
    }

    /// The first page of the task that `user` would be given next; `None` when `task` is another one.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn peeked_page(
        &self,
        task: TaskId,
        user: UserId,
        now: DateTime<Utc>,
    ) -> Result<Option<FirstPage>, StoreError> {
        if self.peek_task(user, now).await? != Some(task) {
            return Ok(None);
        }
        let row = sqlx::query!(
            r#"select t.submission_id, t.office, p.preview_sha256 as "preview_sha256?"
               from tasks t
               join documents d on d.submission_id = t.submission_id and d.revision = t.revision
               left join lateral (select s.normalizer from scans s where s.office = t.office and s.sha256 = d.sha256
                                  order by s.scanned_at desc limit 1) n on true
               left join pages p on p.office = t.office and p.sha256 = d.sha256 and p.normalizer = n.normalizer and p.page = 1
               where t.id = $1 order by d.ordinal limit 1"#,
            task.0,
        )
        .fetch_optional(&self.pool)
        .await?;
        let Some(row) = row else { return Ok(None) };
        let preview = row.preview_sha256.map(|hash| read_hash(&hash, "pages", "preview_sha256"));
        Ok(Some(FirstPage {
            submission: SubmissionId(row.submission_id),
            office: read_code(&row.office, "tasks", "office")?,
            preview: preview.transpose()?,
        }))
    }
}
