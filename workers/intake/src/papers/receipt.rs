//! The receipt of one revision.

use std::collections::BTreeMap;

use askama::Template;
use axum::response::Response;
use berkas_domain::{Revision, Sha256Hash, Stage};
use berkas_rules::LiveRules;
use berkas_store::{Store, StoredScan, Submission, SubmittedDocument};
use berkas_web::{Lang, Problem};
use chrono::{DateTime, Utc};

use super::sheet::{Sheet, answer};
use super::texts::Texts;
use super::{case_title, document_name, office_line, repair};

#[derive(Template)]
#[template(path = "receipt.html")]
struct ReceiptPage {
    sheet: Sheet,
    texts: &'static Texts,
    service: &'static str,
    case: String,
    office: String,
    revision: i32,
    repair: String,
    received_at: DateTime<Utc>,
    due: Option<DateTime<Utc>>,
    documents: Vec<Line>,
}

/// One document of the list.
struct Line {
    name: String,
    /// How many, or why nobody knows.
    pages: String,
}

/// The receipt of `revision` of an office's own `submission`.
///
/// # Errors
/// 404 when that revision never came; otherwise as the database says.
pub(crate) async fn receipt(
    store: &Store,
    rules: &LiveRules,
    submission: Submission,
    revision: Revision,
    lang: Lang,
) -> Result<Response, Problem> {
    let found = store.receipt(submission.id, revision).await?.ok_or_else(Problem::not_found)?;
    let documents = store.documents(submission.id, revision).await?;
    let files: Vec<Sha256Hash> = documents.iter().map(|document| document.sha256).collect();
    let scans = store.scans(&submission.office, &files).await?;
    let kind = (submission.service, &submission.case);
    let open = !matches!(submission.stage, Stage::Decided | Stage::Noticed | Stage::Withdrawn);
    answer(&ReceiptPage {
        texts: Texts::embedded(),
        service: lang.say(submission.service.name_id(), submission.service.name_en()),
        case: case_title(rules, &submission.office, lang, kind, found.received_at),
        office: office_line(&submission.office, &found.office_name),
        revision: revision.0,
        repair: repair(lang, revision.0),
        received_at: found.received_at,
        // The due time of an earlier revision, or of what is decided, is nobody's any more.
        due: (open && revision == submission.revision).then_some(submission.due_at),
        documents: documents.iter().map(|document| line(lang, document, &scans)).collect(),
        sheet: Sheet::new(lang, submission.registration_number, submission.training, found.content),
    })
}

fn line(lang: Lang, document: &SubmittedDocument, scans: &BTreeMap<Sha256Hash, StoredScan>) -> Line {
    let texts = Texts::embedded();
    let pages = match scans.get(&document.sha256) {
        None => texts.not_counted.say(lang).to_owned(),
        Some(scan) if scan.error.is_some() => texts.unreadable.say(lang).to_owned(),
        Some(scan) => scan.page_count.to_string(),
    };
    Line { name: document_name(lang, document), pages }
}
