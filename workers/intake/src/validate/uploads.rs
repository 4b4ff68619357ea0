//! Whether what a submission names was uploaded by the same office, and is what it is said to be.

use berkas_contract::{Problem, RejectionCode, Submission};
use berkas_domain::{OfficeCode, Sha256Hash};

use super::media::{FORM_MEDIA_TYPE, is_scan};
use super::{Uploads, document_field, key};

/// Everything a submission names, form included.
pub(super) fn named(submission: &Submission) -> impl Iterator<Item = (OfficeCode, Sha256Hash)> {
    let documents = submission.documents.iter().map(|document| document.sha256);
    std::iter::once(submission.form.sha256).chain(documents).map(|sha256| key(submission, sha256))
}

/// Checks form and documents against what is known of the uploads.
pub(super) fn check(submission: &Submission, uploads: &Uploads) -> Vec<Problem> {
    let mut problems = check_form(submission, uploads);
    for (index, document) in submission.documents.iter().enumerate() {
        let flaw = match uploads.get(&key(submission, document.sha256)) {
            None => Some((RejectionCode::BlobMissing, "sha256")),
            Some(upload) if !has_size(upload.size, document.size) => {
                Some((RejectionCode::BlobSizeMismatch, "size"))
            }
            Some(upload) if !is_scan(&upload.media_type) => {
                Some((RejectionCode::MediaTypeNotAllowed, "media_type"))
            }
            Some(_) => None,
        };
        problems.extend(
            flaw.map(|(code, field)| Problem::new(code).in_document(index).at(document_field(index, field))),
        );
    }
    problems
}

fn check_form(submission: &Submission, uploads: &Uploads) -> Vec<Problem> {
    let form = &submission.form;
    let flaw = match uploads.get(&key(submission, form.sha256)) {
        None => Some((RejectionCode::BlobMissing, "data.form.sha256")),
        Some(upload) if !has_size(upload.size, form.size) => {
            Some((RejectionCode::BlobSizeMismatch, "data.form.size"))
        }
        Some(upload) if upload.media_type != FORM_MEDIA_TYPE => {
            Some((RejectionCode::FormInvalid, "data.form.sha256"))
        }
        Some(_) => None,
    };
    flaw.into_iter().map(|(code, field)| Problem::new(code).at(field)).collect()
}

fn has_size(stored: i64, named: u64) -> bool {
    u64::try_from(stored) == Ok(named)
}
