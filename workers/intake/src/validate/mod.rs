//! Everything that must hold before a submission is taken: its limits, its uploads, its form.

mod contact;
mod form;
mod manifest;
mod media;
mod repairs;
mod uploads;

use std::collections::HashMap;

use berkas_contract::{Contact, Problem, Submission};
use berkas_domain::form::Form;
use berkas_domain::{LookupKeys, OfficeCode, Sha256Hash};
use berkas_runtime::{App, Failure};
use berkas_store::{Arrival, ArrivalDocument, BlobRecord};
use futures::StreamExt;

use crate::judge::Candidate;

pub(crate) use form::unusable_texts;
pub(crate) use manifest::manifest_hash;
pub(crate) use media::{FORM_MEDIA_TYPE, sniff};

/// Forms that are fetched at the same time for one chunk.
const FORMS_AT_ONCE: usize = 16;

/// What the database knows of the uploads of a chunk.
type Uploads = HashMap<(OfficeCode, Sha256Hash), BlobRecord>;

/// Checks a chunk; the results come in the order of the candidates. Each says everything that is wrong as far as it can
/// be seen: the form is looked at only when the manifest and the uploads are in order.
///
/// # Errors
/// [`Failure::DependencyDown`] when the database or the object store is away.
pub(crate) async fn validate(
    app: &App,
    candidates: &[Candidate],
) -> Result<Vec<Result<Arrival, Vec<Problem>>>, Failure> {
    let wanted: Vec<_> =
        candidates.iter().flat_map(|candidate| uploads::named(&candidate.submission)).collect();
    app.store.keep_uploads(&wanted, app.clock.now()).await?;
    let uploads = app.store.blobs(&wanted).await?;
    let checks: Vec<_> = candidates.iter().map(|candidate| check(app, candidate, &uploads)).collect();
    let checked: Vec<_> = futures::stream::iter(checks).buffered(FORMS_AT_ONCE).collect().await;
    checked.into_iter().collect()
}

async fn check(
    app: &App,
    candidate: &Candidate,
    uploads: &Uploads,
) -> Result<Result<Arrival, Vec<Problem>>, Failure> {
    let submission = &candidate.submission;
    let mut problems = manifest::check(submission, &app.settings.intake);
    problems.extend(uploads::check(submission, uploads));
    problems.extend(repairs::check(app, submission).await?);
    if !problems.is_empty() {
        return Ok(Err(problems));
    }
    let checked = match form::fetch(app, submission).await? {
        Ok(form) => {
            form::check(&form, submission).and_then(|()| contact::check(&form, submission)).map(|()| form)
        }
        Err(problem) => Err(vec![problem]),
    };
    Ok(checked.map(|form| arrival(app, candidate, &form, uploads)))
}

/// Composes what the store takes. The types are those found by content, whatever the sender called them.
fn arrival(app: &App, candidate: &Candidate, form: &Form, uploads: &Uploads) -> Arrival {
    let submission = &candidate.submission;
    let documents = submission.documents.iter().zip(&form.documents).map(|(document, entry)| {
        let upload = uploads.get(&(submission.office.clone(), document.sha256));
        ArrivalDocument {
            kind: document.kind,
            of_role: entry.of.map(|role| role.to_string()),
            sha256: document.sha256,
            size: upload.map_or(0, |upload| upload.size),
            media_type: upload.map(|upload| upload.media_type.clone()).unwrap_or_default(),
            flagged: document.flagged,
        }
    });
    Arrival {
        office: submission.office.clone(),
        sender_id: submission.sender_id,
        revision: submission.revision,
        manifest_hash: manifest_hash(submission),
        service: submission.service,
        case: submission.case.clone(),
        form: submission.form.sha256,
        lookup: LookupKeys::of(form, |text| app.seal.lookup_hash(text)),
        sent_by: submission.sent_by.as_ref().map(ToString::to_string),
        sms_to: submission.contact.and_then(Contact::agreed).filter(|_| app.settings.sms.is_on()),
        documents: documents.collect(),
        door: candidate.door,
        trace: Some(candidate.trace.to_string()),
    }
}

/// The path of a field of document `index`.
fn document_field(index: usize, field: &str) -> String {
    format!("data.documents[{index}].{field}")
}

/// The uploads a submission names belong to it.
fn key(submission: &Submission, sha256: Sha256Hash) -> (OfficeCode, Sha256Hash) {
    (submission.office.clone(), sha256)
}
