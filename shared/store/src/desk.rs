//! What the verifiers' pages read. A dossier opens only to whoever holds its task or has decided it.

use berkas_domain::{
    CaseCode, DocumentKind, OfficeCode, Outcome, Revision, Service, Sha256Hash, SubmissionId, TaskId, UserId,
};
use chrono::{DateTime, Utc};
use serde_json::Value;
use uuid::Uuid;

use crate::error::{read_code, read_hash};
use crate::look::LAST;
use crate::{GivenLook, Store, StoreError, StoredDraft};

mod queue;
mod scans;

pub use queue::QueueFilter;
pub use scans::{DeskDocument, DeskPage, DeskVerdict, PageFiles};

/// One line of a queue: what may be told about a task without opening it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TaskLine {
    /// Its id.
    pub id: TaskId,
    /// The submission it is about.
    pub submission: SubmissionId,
    /// The number on the receipt.
    pub registration_number: String,
    /// Where it came from.
    pub office: OfficeCode,
    /// The name of that office.
    pub office_name: String,
    /// What is asked for.
    pub service: Service,
    /// Which variant.
    pub case: CaseCode,
    /// The revision it is about.
    pub revision: Revision,
    /// Whether it only counts as training.
    pub training: bool,
    /// The fencing token of the present or last lease.
    pub fence: i64,
    /// When the lease ends, while somebody holds it.
    pub lease_until: Option<DateTime<Utc>>,
    /// When verification is due.
    pub due_at: DateTime<Utc>,
    /// When it entered the pool.
    pub entered_at: DateTime<Utc>,
    /// Whether two verifiers differ, so that a supervisor decides.
    pub disputed: bool,
    /// Whether a supervisor decides since it was returned as often as it may be.
    pub often_returned: bool,
    /// Whether it opens to who asked for the line.
    pub opens: bool,
    /// The name of who holds it or has decided it, where the queue tells.
    pub holder: Option<String>,
    /// The live decision, or what who asked said of it.
    pub decision: Option<TaskDecision>,
}

/// How a task was decided.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TaskDecision {
    /// The outcome.
    pub outcome: Outcome,
    /// When it was decided.
    pub decided_at: DateTime<Utc>,
    /// Until when it can be undone; absent when the notice has left.
    pub undo_until: Option<DateTime<Utc>>,
}

/// A task with what its page shows, but for the form, whose blob has the hash `form_sha256`.
#[derive(Debug, Clone)]
pub struct DeskTask {
    /// The line of the queue.
    pub line: TaskLine,
    /// The form's blob, an original of the office.
    pub form_sha256: Sha256Hash,
    /// What the rules said, as JSON.
    pub judgement: Option<Value>,
    /// The papers with their pages, in the form's order.
    pub documents: Vec<DeskDocument>,
    /// The verifier's verdicts so far.
    pub verdicts: Vec<DeskVerdict>,
    /// What two verifiers said who differ, for the supervisor.
    pub looks: Vec<GivenLook>,
    /// What who asked has chosen and not sent.
    pub draft: Option<StoredDraft>,
}

/// The columns of [`TaskLine`] as the database has them.
struct LineRow {
    id: Uuid,
    submission_id: Uuid,
    registration_number: String,
    office: String,
    office_name: String,
    service: String,
    case_code: String,
    revision: i32,
    training: bool,
    fence: i64,
    lease_until: Option<DateTime<Utc>>,
    due_at: DateTime<Utc>,
    entered_at: DateTime<Utc>,
    look: i16,
    looks: i16,
    opens: bool,
    outcome: Option<String>,
    decided_at: Option<DateTime<Utc>>,
    undo_until: Option<DateTime<Utc>>,
    holder: Option<String>,
}

impl TryFrom<LineRow> for TaskLine {
    type Error = StoreError;
    fn try_from(row: LineRow) -> Result<Self, StoreError> {
        let decision = match (row.outcome, row.decided_at) {
            (Some(word), Some(decided_at)) => Some(TaskDecision {
                outcome: read_code(&word, "decisions", "outcome")?,
                decided_at,
                undo_until: row.undo_until,
            }),
            _ => None,
        };
        Ok(Self {
            id: TaskId(row.id),
            submission: SubmissionId(row.submission_id),
            registration_number: row.registration_number,
            office: read_code(&row.office, "tasks", "office")?,
            office_name: row.office_name,
            service: read_code(&row.service, "tasks", "service")?,
            case: read_code(&row.case_code, "submissions", "case_code")?,
            revision: Revision(row.revision),
            training: row.training,
            fence: row.fence,
            lease_until: row.lease_until,
            due_at: row.due_at,
            entered_at: row.entered_at,
            disputed: row.look == LAST && row.looks > 1,
            often_returned: row.look == LAST && row.looks == 1,
            opens: row.opens,
            holder: row.holder,
            decision,
        })
    }
}

impl Store {
    /// Opens a task for `user`: the one who holds its lease now, or whose live decision it is. `None` for anybody else, and
    /// for the second of two who had to agree: that it opens would tell that they did.
    ///
    /// # Errors
    /// As the database says.
    pub async fn desk_task(
        &self,
        task: TaskId,
        user: UserId,
        now: DateTime<Utc>,
    ) -> Result<Option<DeskTask>, StoreError> {
        let Some(line) = self.opened_line(task, user, now).await? else { return Ok(None) };
        let row = sqlx::query!(
            r#"select r.form_sha256, j.body as "body?"
               from revisions r left join judgements j using (submission_id, revision)
               where r.submission_id = $1 and r.revision = $2"#,
            line.submission.0,
            line.revision.0
        )
        .fetch_optional(&self.pool)
        .await?;
        let Some(row) = row else { return Ok(None) };
        let documents = self.desk_documents(&line).await?;
        let verdicts = self.desk_verdicts(task, user).await?;
        let looks = self.looks_that_differ(task).await?;
        let draft = self.draft(task, user).await?;
        Ok(Some(DeskTask {
            line,
            form_sha256: read_hash(&row.form_sha256, "revisions", "form_sha256")?,
            judgement: row.body,
            documents,
            verdicts,
            looks,
            draft,
        }))
    }

    async fn opened_line(
        &self,
        task: TaskId,
        user: UserId,
        now: DateTime<Utc>,
    ) -> Result<Option<TaskLine>, StoreError> {
        let row = sqlx::query_as!(
            LineRow,
            r#"select t.id, t.submission_id, s.registration_number, t.office, o.name as office_name, t.service,
                      s.case_code, t.revision, t.training, t.fence, t.lease_until, t.due_at, t.entered_at,
                      t.look, t.looks, true as "opens!", d.outcome as "outcome?", d.decided_at as "decided_at?", w.not_before as "undo_until?",
                      null::text as holder
               from tasks t join submissions s on s.id = t.submission_id join offices o on o.code = t.office
               left join decisions d on d.submission_id = t.submission_id and d.revision = t.revision
                   and d.undone_at is null
               left join due w on w.submission_id = t.submission_id and w.step = 'notification'
                   and t.state = 'decided' and s.stage = 'decided'
               where t.id = $1 and t.assignee = $2
                 and ((t.state = 'leased' and t.lease_until > $3) or (t.state <> 'leased' and d.decided_by = $2 and (t.looks = 1 or t.look = 3)))"#,
            task.0,
            user.0,
            now
        )
        .fetch_optional(&self.pool)
        .await?;
        row.map(TaskLine::try_from).transpose()
    }
}

/// The kind of a document as the database has it.
fn kind_of(word: &str) -> Result<DocumentKind, StoreError> {
    read_code(word, "documents", "kind")
}
