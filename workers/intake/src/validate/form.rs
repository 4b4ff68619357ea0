//! The form: fetched, read as `form.v1`, compared with the manifest.

use berkas_blobs::{BlobError, ObjectKey, SealError};
use berkas_contract::{DecodeError, Problem, RejectionCode, Submission, decode_form};
use berkas_domain::form::Form;
use berkas_runtime::{App, Failure};

use super::document_field;

/// Hexadecimal digits of the salt: 128 bits.
const SALT_DIGITS: usize = 32;

/// Fetches and reads the form of a submission whose uploads are in order.
///
/// # Errors
/// The outer one when the object store is away or the keys to it are not ours.
pub(super) async fn fetch(app: &App, submission: &Submission) -> Result<Result<Form, Problem>, Failure> {
    let key = ObjectKey::Original { office: submission.office.clone(), sha256: submission.form.sha256 };
    let flaw = match app.blobs.get(&key).await {
        Ok(bytes) => return Ok(decode_form(&bytes).map_err(|error| unreadable(&error))),
        Err(BlobError::NotFound { .. }) => RejectionCode::BlobMissing,
        Err(BlobError::Damaged { .. } | BlobError::Sealed { cause: SealError::Tampered, .. }) => {
            RejectionCode::BlobHashMismatch
        }
        // A key that is missing or wrong concerns every object; waiting for it loses nothing.
        Err(error) => return Err(Failure::dependency_down("object_store", error)),
    };
    Ok(Err(Problem::new(flaw).at("data.form.sha256")))
}

fn unreadable(error: &DecodeError) -> Problem {
    // The whole form is written as `.`.
    let inside = error.field().filter(|path| *path != ".");
    let field = inside.map_or_else(|| "form".to_owned(), |path| format!("form.{path}"));
    Problem::new(RejectionCode::FormInvalid).at(field)
}

/// Checks that form and manifest say the same: service, case, and the same papers in the same order.
///
/// # Errors
/// Every field on which they differ.
pub(super) fn check(form: &Form, submission: &Submission) -> Result<(), Vec<Problem>> {
    let mut problems = Vec::new();
    let mut differ = |field: String, document: Option<usize>| {
        let problem = Problem::new(RejectionCode::FormMismatch).at(field);
        problems.push(Problem { document, ..problem });
    };
    if form.service != submission.service {
        differ("data.service".to_owned(), None);
    }
    if form.case != submission.case {
        differ("data.case".to_owned(), None);
    }
    if form.documents.len() != submission.documents.len() {
        differ("data.documents".to_owned(), None);
    }
    for (index, (entry, document)) in form.documents.iter().zip(&submission.documents).enumerate() {
        if entry.kind != document.kind {
            differ(document_field(index, "kind"), Some(index));
        }
        if entry.sha256 != document.sha256 {
            differ(document_field(index, "sha256"), Some(index));
        }
    }
    if !is_salt(&form.salt) {
        problems.push(Problem::new(RejectionCode::FormInvalid).at("form.salt"));
    }
    problems.extend(unusable_texts(form, "form"));
    if problems.is_empty() { Ok(()) } else { Err(problems) }
}

/// Every text of the form that is too long, or has characters that cannot be printed, with its path below `base`.
pub(crate) fn unusable_texts(form: &Form, base: &str) -> Vec<Problem> {
    let problem = |field: &str| Problem::new(RejectionCode::FormInvalid).at(format!("{base}.{field}"));
    form.text_flaws().iter().map(|flaw| problem(&flaw.field)).collect()
}

fn is_salt(text: &str) -> bool {
    let is_digit = |byte: u8| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte);
    text.len() == SALT_DIGITS && text.bytes().all(is_digit)
}
