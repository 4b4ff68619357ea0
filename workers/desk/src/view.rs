//! A task as the API answers it and as the page shows it.

use berkas_blobs::{Blobs, ObjectKey};
use berkas_domain::form::{Form, Role};
use berkas_domain::{DocumentKind, DocumentVerdict, Outcome, ReasonCode, Service, SubmissionId, TaskId};
use berkas_store::{DeskDocument, DeskTask, GivenLook, StoredDraft, TaskLine};
use berkas_web::Problem;
use chrono::{DateTime, Utc};
use schemars::JsonSchema;
use serde::Serialize;

use crate::api::problems::of_blob;
use crate::{Draft, drafts};

mod compare;
mod judgement;
mod pages;
mod sections;
mod words;

pub use compare::Comparison;
pub use judgement::{CheckView, FindingView};
pub use pages::PageView;
pub(crate) use pages::reason_words;
pub use sections::{Fact, Section};
pub(crate) use words::role_name;

/// One line of a queue.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct LineView {
    /// The task.
    pub id: TaskId,
    /// The submission it is about.
    pub submission: SubmissionId,
    /// The number on the receipt.
    pub registration_number: String,
    /// Code of the office it came from.
    pub office: String,
    /// Name of that office.
    pub office_name: String,
    /// What is asked for.
    pub service: Service,
    /// Which variant.
    pub case: String,
    /// The revision it is about.
    pub revision: i32,
    /// Whether it only counts as training.
    pub training: bool,
    /// The fencing token of the lease.
    pub fence: i64,
    /// When the lease ends.
    pub lease_until: Option<DateTime<Utc>>,
    /// When verification is due.
    pub due_at: DateTime<Utc>,
    /// Whether two verifiers differ, so that a supervisor decides.
    pub disputed: bool,
    /// Whether a supervisor decides since it was returned as often as it may be.
    pub often_returned: bool,
    /// The name of who holds it or has decided it, for a supervisor.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub holder: Option<String>,
    /// The live decision.
    pub decision: Option<DecisionView>,
}

/// How a task was decided.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct DecisionView {
    /// The outcome.
    pub outcome: Outcome,
    /// When.
    pub decided_at: DateTime<Utc>,
    /// Until when it can be undone; absent when the notice has left.
    pub undo_until: Option<DateTime<Utc>>,
}

impl From<&TaskLine> for LineView {
    fn from(line: &TaskLine) -> Self {
        Self {
            id: line.id,
            submission: line.submission,
            registration_number: line.registration_number.clone(),
            office: line.office.to_string(),
            office_name: line.office_name.clone(),
            service: line.service,
            case: line.case.to_string(),
            revision: line.revision.0,
            training: line.training,
            fence: line.fence,
            lease_until: line.lease_until,
            due_at: line.due_at,
            disputed: line.disputed,
            often_returned: line.often_returned,
            holder: line.holder.clone(),
            decision: line.decision.as_ref().map(|decision| DecisionView {
                outcome: decision.outcome,
                decided_at: decision.decided_at,
                undo_until: decision.undo_until,
            }),
        }
    }
}

/// Everything a verifier needs to decide.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct TaskView {
    /// The line of the queue.
    #[serde(flatten)]
    pub line: LineView,
    /// What the form says, in groups.
    pub form: Vec<Section>,
    /// What the rules found, the heaviest first.
    pub findings: Vec<FindingView>,
    /// What a person must look at.
    pub checklist: Vec<CheckView>,
    /// The papers.
    pub documents: Vec<DocumentView>,
    /// What two verifiers said who differ, for the supervisor who decides.
    pub looks: Vec<LookView>,
    /// What the caller has chosen and not sent.
    pub draft: Option<DraftView>,
}

/// What was chosen on a task and not sent.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct DraftView {
    /// When.
    pub saved_at: DateTime<Utc>,
    /// Whether that was under another lease than the present one.
    pub earlier: bool,
    /// What was chosen.
    #[serde(flatten)]
    pub draft: Draft,
}

/// How one of two verifiers would decide.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct LookView {
    /// The outcome.
    pub outcome: Outcome,
    /// Why.
    pub codes: Vec<ReasonCode>,
}

/// One paper.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct DocumentView {
    /// Its place in the form's list, from 0.
    pub ordinal: i16,
    /// What the sender says it is.
    pub kind: DocumentKind,
    /// Its name in Indonesian.
    pub name: &'static str,
    /// Its name in English.
    pub name_en: &'static str,
    /// Whose it is.
    pub of: Option<String>,
    /// The type of the original, as the sender says.
    pub media_type: String,
    /// Bytes of the original.
    pub size: i64,
    /// The coded reason why it could not be opened.
    pub error: Option<String>,
    /// Its pages.
    pub pages: Vec<PageView>,
    /// What was declared to stand on it, beside what the form says.
    pub compared: Vec<Comparison>,
    /// The verdict so far.
    pub verdict: Option<VerdictView>,
}

/// A verdict on one paper.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct VerdictView {
    /// The verdict.
    pub verdict: DocumentVerdict,
    /// Why it is not valid.
    pub codes: Vec<ReasonCode>,
    /// The page it is about.
    pub page: Option<i32>,
    /// Whether it was given on an earlier revision, of the same file.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub carried: bool,
}

/// Reads the form and gathers what there is to see.
///
/// # Errors
/// 503 when the object store is not available, 500 when the form cannot be read.
pub(crate) async fn task_view(blobs: &Blobs, task: DeskTask) -> Result<TaskView, Problem> {
    let key = ObjectKey::Original { office: task.line.office.clone(), sha256: task.form_sha256 };
    let bytes = blobs.get(&key).await.map_err(|error| of_blob(&error))?;
    // Serde's message could quote the form.
    let form: Form = serde_json::from_slice(&bytes).map_err(|_| {
        tracing::error!(submission.id = %task.line.submission, "a stored form cannot be read");
        Problem::internal()
    })?;
    let (findings, checklist) = judgement::read(task.judgement.as_ref());
    let draft = task.draft.as_ref().and_then(|stored| draft_view(stored, task.line.fence));
    let mut documents = Vec::with_capacity(task.documents.len());
    for document in &task.documents {
        documents.push(document_view(document, &task, &form)?);
    }
    Ok(TaskView {
        line: LineView::from(&task.line),
        form: sections::sections(&form),
        findings,
        checklist,
        documents,
        looks: task.looks.iter().map(look_view).collect(),
        draft,
    })
}

fn draft_view(stored: &StoredDraft, fence: i64) -> Option<DraftView> {
    let draft = drafts::read(&stored.body);
    let chosen = draft != Draft::default();
    chosen.then_some(DraftView { saved_at: stored.saved_at, earlier: stored.fence != fence, draft })
}

fn look_view(look: &GivenLook) -> LookView {
    let mut codes: Vec<ReasonCode> = Vec::new();
    for reason in look.reasons.as_array().into_iter().flatten() {
        let code = reason["code"].as_str().and_then(|code| code.parse().ok());
        codes.extend(code.filter(|code| !codes.contains(code)));
    }
    LookView { outcome: look.outcome, codes }
}

fn document_view(document: &DeskDocument, task: &DeskTask, form: &Form) -> Result<DocumentView, Problem> {
    let declared = usize::try_from(document.ordinal).ok().and_then(|index| form.documents.get(index));
    let verdict = task.verdicts.iter().find(|verdict| verdict.ordinal == document.ordinal);
    let verdict = match verdict {
        Some(verdict) => Some(VerdictView {
            verdict: verdict.verdict,
            codes: verdict.codes.iter().map(|code| code.parse()).collect::<Result<_, _>>().map_err(|_| {
                tracing::error!(task.id = %task.line.id, "a stored reason code is unknown");
                Problem::internal()
            })?,
            page: verdict.page,
            carried: verdict.carried,
        }),
        None => None,
    };
    Ok(DocumentView {
        ordinal: document.ordinal,
        kind: document.kind,
        name: document.kind.name_id(),
        name_en: document.kind.name_en(),
        of: document.of_role.clone(),
        media_type: document.media_type.clone(),
        size: document.size,
        error: document.error.clone(),
        pages: document.pages.iter().map(pages::page_view).collect(),
        compared: declared.map(|declared| compare::compare(declared, form)).unwrap_or_default(),
        verdict,
    })
}

/// The role that a document is of, as the form writes it.
pub(crate) fn role_of(word: &str) -> Option<Role> {
    word.parse().ok()
}
