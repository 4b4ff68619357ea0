//! A verifier's own words to the office: read, sealed, and compared with what was said before.

use axum::http::StatusCode;
use berkas_blobs::SealError;
use berkas_domain::{Outcome, VerifierNote};
use berkas_store::{DeskTask, SealedNote, note_place};
use berkas_web::Problem;

use crate::{DecisionRequest, DeskState};

/// The note of a decision; `None` when nothing was written.
///
/// # Errors
/// 422 for a note that may not be written, or with what passes.
pub(crate) fn read(request: &DecisionRequest) -> Result<Option<VerifierNote>, Problem> {
    let typed = request.note.as_deref().unwrap_or_default();
    let note = VerifierNote::read(typed).map_err(|flaw| refused(flaw.as_str(), flaw.to_string()))?;
    if note.is_some() && request.outcome == Outcome::Passed {
        return Err(refused("note", "what passes has no note".to_owned()));
    }
    Ok(note)
}

fn refused(code: &'static str, detail: String) -> Problem {
    let title = "the request contradicts itself or the task";
    Problem::new(StatusCode::UNPROCESSABLE_ENTITY, "invalid", title).fault("/note", code, detail)
}

/// Seals `note` for the revision that `task` is about.
pub(crate) fn seal(state: &DeskState, task: &DeskTask, note: &VerifierNote) -> Vec<u8> {
    let place = note_place(task.line.submission, task.line.revision);
    state.blobs.seal().seal(&place, note.as_str().as_bytes())
}

/// Whether `note` says what was written `before`: sealed, the same text is never the same.
///
/// # Errors
/// 500 when what was written before cannot be opened.
pub(crate) fn same(
    state: &DeskState,
    before: Option<&SealedNote>,
    note: Option<&VerifierNote>,
) -> Result<bool, Problem> {
    let before = before.map(|before| state.blobs.seal().open(&before.place, &before.sealed)).transpose();
    let before = before.map_err(|error| unreadable(&error))?;
    Ok(before.as_deref() == note.map(|note| note.as_str().as_bytes()))
}

fn unreadable(error: &SealError) -> Problem {
    tracing::error!(%error, "a verifier's note cannot be opened");
    Problem::internal()
}
