//! A verifier's own words to the office. They are sealed before they come here, and opened only by who sends or shows them.

use berkas_domain::{Revision, SubmissionId};
use uuid::Uuid;

/// The place that a note on this revision is sealed for; the same for each pair of eyes, so that it can pass from a verdict to
/// the decision.
#[must_use]
pub fn note_place(submission: SubmissionId, revision: Revision) -> String {
    format!("notes/{submission}/{}", revision.0)
}

/// A note as it is stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SealedNote {
    /// The place it is sealed for.
    pub place: String,
    /// What was sealed.
    pub sealed: Vec<u8>,
}

impl SealedNote {
    /// What is stored of this revision; `None` where there is none.
    pub(crate) fn of_revision(
        submission: Option<Uuid>,
        revision: i32,
        sealed: Option<Vec<u8>>,
    ) -> Option<Self> {
        let (submission, sealed) = submission.zip(sealed)?;
        Some(Self { place: note_place(SubmissionId(submission), Revision(revision)), sealed })
    }
}
