//! The papers of a task: their pages, the verdicts on them, and where the bytes are.

use berkas_domain::{DocumentKind, DocumentVerdict, OfficeCode, Sha256Hash, SubmissionId, TaskId, UserId};
use chrono::{DateTime, Utc};
use serde_json::Value;

use super::{TaskLine, kind_of};
use crate::error::{read_code, read_hash};
use crate::page::both;
use crate::{Store, StoreError};

/// One paper.
#[derive(Debug, Clone, PartialEq)]
pub struct DeskDocument {
    /// Its place in the form's list, from 0.
    pub ordinal: i16,
    /// What the sender says it is.
    pub kind: DocumentKind,
    /// Whose it is, as the form's role.
    pub of_role: Option<String>,
    /// What the sender says its type is.
    pub media_type: String,
    /// Bytes of the original.
    pub size: i64,
    /// The coded reason why it could not be opened at all.
    pub error: Option<String>,
    /// Its pages, in order.
    pub pages: Vec<DeskPage>,
}

/// One page of a paper.
#[derive(Debug, Clone, PartialEq)]
pub struct DeskPage {
    /// From 1.
    pub page: i32,
    /// Whether a normalized copy exists.
    pub normalized: bool,
    /// Measures and verdict, as JSON.
    pub report: Value,
}

/// What the verifier said of one paper.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeskVerdict {
    /// Which paper.
    pub ordinal: i16,
    /// The verdict.
    pub verdict: DocumentVerdict,
    /// Reason codes.
    pub codes: Vec<String>,
    /// The page it is about.
    pub page: Option<i32>,
    /// Whether it was given on an earlier revision, of the same file.
    pub carried: bool,
}

/// Where the bytes of one page are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PageFiles {
    /// The submission it belongs to.
    pub submission: SubmissionId,
    /// The office whose objects these are.
    pub office: OfficeCode,
    /// The file as it was sent.
    pub original: Sha256Hash,
    /// The type that the sender says the original has.
    pub original_type: String,
    /// The normalized page and its type.
    pub normalized: Option<(Sha256Hash, String)>,
    /// The small copy, a JPEG.
    pub preview: Option<Sha256Hash>,
    /// The left and the right page of a double page that was cut in two, of the normalized page's type.
    pub halves: Option<[Sha256Hash; 2]>,
}

impl Store {
    pub(super) async fn desk_documents(&self, line: &TaskLine) -> Result<Vec<DeskDocument>, StoreError> {
        let rows = sqlx::query!(
            r#"select d.ordinal, d.kind, d.of_role, d.media_type, d.size, n.error as "error?"
               from documents d
               left join lateral (select s.error from scans s where s.office = $3 and s.sha256 = d.sha256
                                  order by s.scanned_at desc limit 1) n on true
               where d.submission_id = $1 and d.revision = $2 order by d.ordinal"#,
            line.submission.0,
            line.revision.0,
            line.office.as_str()
        )
        .fetch_all(&self.pool)
        .await?;
        let mut documents = Vec::with_capacity(rows.len());
        for row in rows {
            documents.push(DeskDocument {
                ordinal: row.ordinal,
                kind: kind_of(&row.kind)?,
                of_role: row.of_role,
                media_type: row.media_type,
                size: row.size,
                error: row.error,
                pages: Vec::new(),
            });
        }
        self.fill_pages(line, &mut documents).await?;
        Ok(documents)
    }

    async fn fill_pages(&self, line: &TaskLine, documents: &mut [DeskDocument]) -> Result<(), StoreError> {
        let rows = sqlx::query!(
            r#"select d.ordinal, p.page, p.derived_sha256 is not null as "normalized!", p.report
               from documents d
               join lateral (select s.normalizer from scans s where s.office = $3 and s.sha256 = d.sha256
                             order by s.scanned_at desc limit 1) n on true
               join pages p on p.office = $3 and p.sha256 = d.sha256 and p.normalizer = n.normalizer
               where d.submission_id = $1 and d.revision = $2 order by d.ordinal, p.page"#,
            line.submission.0,
            line.revision.0,
            line.office.as_str()
        )
        .fetch_all(&self.pool)
        .await?;
        for row in rows {
            let page = DeskPage { page: row.page, normalized: row.normalized, report: row.report };
            if let Some(document) = documents.iter_mut().find(|document| document.ordinal == row.ordinal) {
                document.pages.push(page);
            }
        }
        Ok(())
    }

    /// What `user` said of the papers, and what was found valid on an earlier revision; nobody else's.
    pub(super) async fn desk_verdicts(
        &self,
        task: TaskId,
        user: UserId,
    ) -> Result<Vec<DeskVerdict>, StoreError> {
        let rows = sqlx::query!(
            r#"select v.ordinal, v.verdict, v.codes, v.page, v.judged_at < t.entered_at as "carried!"
               from document_verdicts v join tasks t on t.id = v.task_id
               where v.task_id = $1 and (v.judged_by = $2 or v.judged_at < t.entered_at) order by v.ordinal"#,
            task.0,
            user.0
        )
        .fetch_all(&self.pool)
        .await?;
        let mut verdicts = Vec::with_capacity(rows.len());
        for row in rows {
            verdicts.push(DeskVerdict {
                ordinal: row.ordinal,
                verdict: read_code(&row.verdict, "document_verdicts", "verdict")?,
                codes: row.codes,
                page: row.page,
                carried: row.carried,
            });
        }
        Ok(verdicts)
    }

    /// Finds the files of one page, for whoever may open the task ([`Store::desk_task`]); `None` for anybody else and
    /// for what is not there. Page 1 of a file that has no pages still has its original.
    ///
    /// # Errors
    /// As the database says.
    pub async fn page_files(
        &self,
        task: TaskId,
        user: UserId,
        ordinal: i16,
        page: i32,
        now: DateTime<Utc>,
    ) -> Result<Option<PageFiles>, StoreError> {
        let row = sqlx::query!(
            r#"select t.submission_id, t.office, d.sha256, d.media_type, p.derived_sha256 as "derived_sha256?",
                      p.derived_type as "derived_type?", p.preview_sha256 as "preview_sha256?",
                      p.left_sha256 as "left_sha256?", p.right_sha256 as "right_sha256?"
               from tasks t
               join documents d on d.submission_id = t.submission_id and d.revision = t.revision and d.ordinal = $3
               left join lateral (select s.normalizer from scans s where s.office = t.office and s.sha256 = d.sha256
                                  order by s.scanned_at desc limit 1) n on true
               left join pages p on p.office = t.office and p.sha256 = d.sha256 and p.normalizer = n.normalizer
                   and p.page = $4
               where t.id = $1 and t.assignee = $2 and (p.page is not null or $4 = 1)
                 and ((t.state = 'leased' and t.lease_until > $5)
                      or (t.state <> 'leased' and (t.looks = 1 or t.look = 3) and exists (
                            select 1 from decisions e where e.submission_id = t.submission_id
                              and e.revision = t.revision and e.undone_at is null and e.decided_by = $2)))"#,
            task.0,
            user.0,
            ordinal,
            page,
            now
        )
        .fetch_optional(&self.pool)
        .await?;
        let Some(row) = row else { return Ok(None) };
        let normalized = match (row.derived_sha256, row.derived_type) {
            (Some(hash), Some(kind)) => Some((read_hash(&hash, "pages", "derived_sha256")?, kind)),
            _ => None,
        };
        let preview = row.preview_sha256.map(|hash| read_hash(&hash, "pages", "preview_sha256"));
        Ok(Some(PageFiles {
            submission: SubmissionId(row.submission_id),
            office: read_code(&row.office, "tasks", "office")?,
            original: read_hash(&row.sha256, "documents", "sha256")?,
            original_type: row.media_type,
            normalized,
            preview: preview.transpose()?,
            halves: both((row.left_sha256, row.right_sha256))?,
        }))
    }
}
