//! The split view: the scan on one side, data, findings and verdicts on the other.

use std::borrow::Borrow;

use askama::Template;
use axum::extract::{OriginalUri, Path, Query, State};
use axum::response::Response;
use berkas_domain::{ConflictReason, DocumentVerdict, NameLikeness, Outcome, ReasonCode, TaskId};
use berkas_web::{Frame, Lang, Problem, Verifier, page, times};
use chrono::{DateTime, Utc};
use serde::Deserialize;

use super::ASSETS;
use super::keys::{Key, OnTask, on_task};
use super::undoable::Undoable;
use crate::view::{
    CheckView, Comparison, DocumentView, FindingView, PageView, Section, TaskView, reason_words, role_name,
    role_of, task_view,
};
use crate::{DeskState, DraftVerdict};

#[derive(Debug, Default, Deserialize)]
pub(crate) struct TaskQuery {
    /// Which document, by its place in the form's list.
    #[serde(default)]
    doc: i16,
    /// Which page of it, from 1.
    #[serde(default)]
    page: Option<i32>,
    /// What was decided just before, to be undone.
    #[serde(default)]
    undo: Option<Undoable>,
}

#[derive(Template)]
#[template(path = "task.html")]
struct TaskPage {
    frame: Frame,
    task: TaskView,
    /// Whether the caller holds it; otherwise it was decided and can only be looked at.
    held: bool,
    doc: i16,
    page: i32,
    undo: Option<Undoable>,
    due: String,
    now: DateTime<Utc>,
    decided: Option<Decided>,
    keys: Vec<Key>,
}

struct Decided {
    outcome: Outcome,
    at: String,
    /// Whether it can be taken back: its notice has not left.
    undoable: bool,
    /// Until when the hold runs, while it does.
    undo_until: Option<String>,
}

impl TaskPage {
    fn lang(&self) -> Lang {
        self.frame.lang
    }

    fn document(&self) -> Option<&DocumentView> {
        self.task.documents.iter().find(|document| document.ordinal == self.doc)
    }

    fn shown(&self) -> Option<&PageView> {
        self.document().and_then(|document| document.pages.iter().find(|page| page.page == self.page))
    }

    /// The name of a document as a title.
    fn name(&self, document: &DocumentView) -> String {
        let mut rest = self.lang().say(document.name, document.name_en).chars();
        rest.next().map(|first| first.to_uppercase().chain(rest).collect()).unwrap_or_default()
    }

    /// The name of a document with whose it is.
    fn title(&self, document: &DocumentView) -> String {
        let role = document.of.as_deref().and_then(role_of).map(role_name);
        match role {
            Some((id, en)) => {
                format!("{} · {}", self.name(document), self.lang().say(&id, &en).to_lowercase())
            }
            None => self.name(document),
        }
    }

    // Templates hand over variables by reference and literals by value.
    fn address(&self, ordinal: impl Borrow<i16>, page: impl Borrow<i32>) -> String {
        let (ordinal, page) = (ordinal.borrow(), page.borrow());
        format!("/desk/tasks/{}?doc={ordinal}&page={page}", self.task.line.id)
    }

    fn scan(&self, ordinal: &i16, page: &i32, variant: &str) -> String {
        let id = self.task.line.id;
        format!("/api/v1/tasks/{id}/documents/{ordinal}/pages/{page}?variant={variant}")
    }

    /// Word, sign and tone of a verdict; the sign is there for who does not see colours.
    fn verdict(&self, document: &DocumentView) -> (&'static str, &'static str, &'static str) {
        let lang = self.lang();
        let verdict = document.verdict.as_ref();
        match verdict.map(|verdict| verdict.verdict) {
            Some(DocumentVerdict::Valid) if verdict.is_some_and(|verdict| verdict.carried) => {
                (lang.say("Sah sejak revisi sebelumnya", "Valid since an earlier revision"), "✓", "good")
            }
            Some(DocumentVerdict::Valid) => (lang.say("Sah", "Valid"), "✓", "good"),
            Some(DocumentVerdict::NotValid) => (lang.say("Tidak sah", "Not valid"), "✕", "bad"),
            Some(DocumentVerdict::JudgeAgain) => (lang.say("Nilai ulang", "Judge again"), "↻", "warn"),
            None => (lang.say("Belum dinilai", "Not judged"), "○", ""),
        }
    }

    /// The codes that show as ticked: those of the draft, else those of the saved verdict.
    fn ticked(&self, document: &DocumentView, code: &ReasonCode) -> bool {
        self.codes_of(document).contains(code)
    }

    fn codes_of<'a>(&'a self, document: &'a DocumentView) -> &'a [ReasonCode] {
        let drafted = self.drafted(document).map(|drafted| drafted.codes.as_slice());
        let saved = document.verdict.as_ref().map(|verdict| verdict.codes.as_slice());
        drafted.or(saved).unwrap_or_default()
    }

    fn drafted(&self, document: &DocumentView) -> Option<&DraftVerdict> {
        self.task.draft.as_ref().and_then(|draft| draft.draft.documents.get(&document.ordinal))
    }

    /// The titles of the documents that nobody has judged, in one line; empty where there are none.
    fn unjudged(&self) -> String {
        let open = self.task.documents.iter().filter(|document| document.verdict.is_none());
        open.map(|document| self.title(document)).collect::<Vec<_>>().join("; ")
    }

    /// The saved verdict, in the word of the API.
    fn saved(&self, document: &DocumentView) -> &'static str {
        document.verdict.as_ref().map_or("", |verdict| verdict.verdict.as_str())
    }

    /// The reasons of the saved verdict and its page, for the script that tells them from what is ticked.
    fn saved_codes(&self, document: &DocumentView) -> String {
        let saved = document.verdict.as_ref().map(|verdict| verdict.codes.iter().map(|code| code.as_str()));
        serde_json::Value::from_iter(saved.into_iter().flatten()).to_string()
    }

    fn saved_page(&self, document: &DocumentView) -> i32 {
        document.verdict.as_ref().and_then(|verdict| verdict.page).unwrap_or_default()
    }

    /// A verdict that was pressed and could not be saved, in the word of the API.
    fn unsent(&self, document: &DocumentView) -> &'static str {
        self.drafted(document).and_then(|drafted| drafted.verdict).map_or("", DocumentVerdict::as_str)
    }

    /// Whether a reason for the whole is ticked in the draft.
    fn ticked_whole(&self, outcome: &str, code: &ReasonCode) -> bool {
        let Some(kept) = self.task.draft.as_ref() else { return false };
        let codes =
            if outcome == Outcome::Refused.as_str() { &kept.draft.refused } else { &kept.draft.returned };
        codes.contains(code)
    }

    fn checked(&self, line: &usize) -> bool {
        let kept = self.task.draft.as_ref();
        kept.is_some_and(|kept| kept.draft.checked.iter().any(|place| usize::from(*place) == *line))
    }

    /// What is said of a draft from an earlier lease: the hour, and the decision that came too late.
    fn earlier_draft(&self) -> Option<(String, Option<&'static str>)> {
        let kept = self.task.draft.as_ref().filter(|kept| kept.earlier && self.held)?;
        let lang = self.lang();
        let late = kept.draft.late.map(|outcome| match outcome {
            Outcome::Passed => lang.say("Lolos", "Pass"),
            Outcome::Returned => lang.say("Kembalikan", "Return"),
            Outcome::Refused => lang.say("Tolak", "Refuse"),
        });
        Some((times::hour(lang, kept.saved_at), late))
    }

    fn codes(&self) -> &'static [ReasonCode] {
        ReasonCode::ALL
    }

    fn code_text(&self, code: &ReasonCode) -> &'static str {
        self.lang().say(code.text_id(), code.text_en())
    }

    fn finding_text<'a>(&self, finding: &'a FindingView) -> &'a str {
        self.lang().say(&finding.text_id, &finding.text_en)
    }

    fn check_text<'a>(&self, check: &'a CheckView) -> &'a str {
        self.lang().say(&check.text_id, &check.text_en)
    }

    /// Word and tone of a finding's weight.
    fn weight(&self, finding: &FindingView) -> (&'static str, &'static str) {
        let lang = self.lang();
        match finding.level.as_str() {
            "block" => (lang.say("Menahan", "Blocks"), "bad"),
            "person" => (lang.say("Periksa", "Check"), "warn"),
            _ => (lang.say("Info", "Info"), ""),
        }
    }

    /// What sends a dossier back: id, outcome, key, name, what the button says.
    fn sendings(&self) -> [(&'static str, &'static str, &'static str, &'static str, &'static str); 2] {
        let lang = self.lang();
        [
            (
                "return",
                "returned",
                "K",
                lang.say("Kembalikan", "Return"),
                lang.say("Kembalikan ke kecamatan", "Return to the kecamatan"),
            ),
            (
                "refuse",
                "refused",
                "T",
                lang.say("Tolak", "Refuse"),
                lang.say("Tolak permohonan (final)", "Refuse the request (final)"),
            ),
        ]
    }

    fn conflicts(&self) -> &'static [ConflictReason] {
        ConflictReason::ALL
    }

    fn conflict_text(&self, reason: &ConflictReason) -> &'static str {
        self.lang().say(reason.text_id(), reason.text_en())
    }

    /// The place on the page where a field of the form stands, by its part; a second line of one field has none.
    fn anchor(&self, group: &Section, index: &usize) -> Option<String> {
        let field = group.facts.get(*index).map(|fact| fact.field.as_str())?;
        let is_first = group.facts.iter().position(|fact| fact.field == field) == Some(*index);
        is_first.then(|| anchor(&group.name, field))
    }

    /// Where a line about `field` of `role` leads on the page: to the field, else to the part it belongs to.
    fn field_anchor(&self, role: Option<&String>, field: Option<&String>) -> Option<String> {
        let field = field.map_or("", String::as_str);
        let (part, field) = match (role, field.split_once('.')) {
            (Some(role), _) => (role.as_str(), field),
            (None, Some((part, field))) => (part, field),
            (None, None) if field == "declarations" => (field, ""),
            (None, None) => ("request", field),
        };
        let group = self.task.form.iter().find(|group| group.name == part)?;
        if group.facts.iter().any(|fact| fact.field == field) {
            return Some(anchor(part, field));
        }
        (role.is_some() || part != "request").then(|| anchor(part, ""))
    }

    fn number_of(&self, ordinal: &i16) -> i16 {
        ordinal + 1
    }

    /// What the normalizer says of a page that is not simply legible.
    fn page_notes(&self, page: &PageView) -> String {
        let words = page.reasons.iter().map(|code| reason_words(code));
        words.map(|(id, en)| self.lang().say(id, en)).collect::<Vec<_>>().join(", ")
    }

    /// The pages of a document for the script that shows them.
    fn pages_json(&self, document: &DocumentView) -> String {
        let pages = document.pages.iter().map(|page| {
            serde_json::json!({
                "page": page.page, "normalized": page.normalized, "width": page.width_px,
                "height": page.height_px, "halves": page.halves, "notes": self.page_notes(page)
            })
        });
        serde_json::Value::from_iter(pages).to_string()
    }

    fn compared_role(&self, compared: &Comparison) -> String {
        let (id, en) = role_name(compared.role);
        self.lang().say(&id, &en).to_owned()
    }

    /// The words of a name, or the groups of a number, each with whether the other side lacks it.
    fn parts(&self, compared: &Comparison, value: &str, other: &str) -> Vec<(String, bool)> {
        compared.parts(value, other)
    }

    /// Word, sign and tone of a likeness.
    fn likeness(&self, compared: &Comparison) -> (&'static str, &'static str, &'static str) {
        let lang = self.lang();
        match compared.likeness {
            NameLikeness::Same => (lang.say("sama", "same"), "=", "good"),
            NameLikeness::Variant => (lang.say("beda ejaan", "other spelling"), "≈", "warn"),
            NameLikeness::Near => (lang.say("mirip", "near"), "≈", "warn"),
            NameLikeness::Different => (lang.say("berbeda", "different"), "≠", "bad"),
        }
    }

    /// Milliseconds of the lease that are left: the browser's clock may be wrong, its stopwatch is not.
    fn lease_left_ms(&self) -> i64 {
        self.task.line.lease_until.map_or(0, |until| (until - self.now).num_milliseconds().max(0))
    }
}

/// The name of a place on the page; a part without a field is its heading.
fn anchor(part: &str, field: &str) -> String {
    format!("f-{part}-{field}").trim_end_matches('-').to_owned()
}

/// `GET /desk/tasks/{id}?doc=…&page=…`.
pub(crate) async fn show(
    State(state): State<DeskState>,
    Verifier(account): Verifier,
    lang: Lang,
    OriginalUri(uri): OriginalUri,
    Path(id): Path<TaskId>,
    Query(query): Query<TaskQuery>,
) -> Result<Response, Problem> {
    let now = state.now();
    let task = state.web.store.desk_task(id, account.id, now).await?.ok_or_else(Problem::not_found)?;
    let task = task_view(&state.blobs, task).await?;
    let frame = Frame::new(lang, &uri, &task.line.registration_number, Some(account))
        .style(ASSETS.url("desk.css"))
        .style(ASSETS.url("task.css"))
        .script(ASSETS.url("task.js"))
        .lockable(state.settings.lock);
    let undo_hour = |until| (until > now).then(|| times::hour(lang, until));
    let decided = task.line.decision.as_ref().map(|decision| Decided {
        outcome: decision.outcome,
        at: times::moment(lang, decision.decided_at, now),
        undoable: decision.undo_until.is_some(),
        undo_until: decision.undo_until.and_then(undo_hour),
    });
    let undoable = decided.as_ref().is_some_and(|decided| decided.undoable);
    let keys = on_task(OnTask {
        scans: !task.documents.is_empty(),
        pages: task.documents.iter().any(|document| document.pages.len() > 1),
        held: decided.is_none(),
        undo: undoable || query.undo.is_some(),
    });
    page(&TaskPage {
        keys,
        held: decided.is_none(),
        due: times::moment(lang, task.line.due_at, now),
        doc: query.doc,
        page: query.page.unwrap_or(1),
        undo: query.undo,
        now,
        decided,
        frame,
        task,
    })
}
