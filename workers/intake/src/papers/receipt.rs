//! The receipt of one revision.

use std::collections::BTreeMap;

use askama::Template;
use axum::response::Response;
use berkas_domain::{Revision, Sha256Hash, Stage};
use berkas_notices::PaperTexts;
use berkas_store::{StoredScan, Submission, SubmittedDocument};
use berkas_web::{Lang, Problem};
use chrono::{DateTime, Utc};

use super::sheet::{Sheet, answer};
use super::{Press, case_title, document_name, office_line, repair, say};

#[derive(Template)]
#[template(path = "receipt.html")]
struct ReceiptPage<'a> {
    sheet: Sheet<'a>,
    texts: &'a PaperTexts,
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
    press: &Press<'_>,
    submission: Submission,
    revision: Revision,
) -> Result<Response, Problem> {
    let Press { store, texts, lang, .. } = *press;
    let found = store.receipt(submission.id, revision).await?.ok_or_else(Problem::not_found)?;
    let documents = store.documents(submission.id, revision).await?;
    let files: Vec<Sha256Hash> = documents.iter().map(|document| document.sha256).collect();
    let scans = store.scans(&submission.office, &files).await?;
    let kind = (submission.service, &submission.case);
    let open = !matches!(submission.stage, Stage::Decided | Stage::Noticed | Stage::Withdrawn);
    answer(&ReceiptPage {
        texts,
        service: lang.say(submission.service.name_id(), submission.service.name_en()),
        case: case_title(press, &submission.office, kind, found.received_at),
        office: office_line(&submission.office, &found.office_name),
        revision: revision.0,
        repair: repair(lang, texts, revision.0),
        received_at: found.received_at,
        // The due time of an earlier revision, or of what is decided, is nobody's any more.
        due: (open && revision == submission.revision).then_some(submission.due_at),
        documents: documents.iter().map(|document| line((lang, texts), document, &scans)).collect(),
        sheet: Sheet::new((lang, texts), submission.registration_number, submission.training, found.content),
    })
}

fn line(
    (lang, texts): (Lang, &PaperTexts),
    document: &SubmittedDocument,
    scans: &BTreeMap<Sha256Hash, StoredScan>,
) -> Line {
    let pages = match scans.get(&document.sha256) {
        None => say(lang, &texts.not_counted).to_owned(),
        Some(scan) if scan.error.is_some() => say(lang, &texts.unreadable).to_owned(),
        Some(scan) => scan.page_count.to_string(),
    };
    Line { name: document_name(lang, document), pages }
}
