//! How the store's answers are told.

use axum::http::StatusCode;
use berkas_blobs::BlobError;
use berkas_store::TaskError;
use berkas_web::{KEPT_AS_DRAFT, Problem};

/// The word that says that a token is old.
pub(crate) const LEASE_LOST: &str = "lease_lost";

/// The word that says that documents were not judged before a pass.
pub(crate) const NOT_ALL_JUDGED: &str = "not_all_judged";

pub(crate) fn lease_lost() -> Problem {
    Problem::new(StatusCode::CONFLICT, LEASE_LOST, "you do not hold this task under that token")
        .detail("the lease ran out, or the task was given back, decided or handed to somebody else; nothing was decided")
}

pub(crate) fn decided_otherwise() -> Problem {
    Problem::new(StatusCode::CONFLICT, "decided_otherwise", "another decision was taken under that token")
        .detail("the first one stands; undo it to decide otherwise")
}

/// The same for who held the task: what they sent is kept for them.
pub(crate) fn kept_as_draft() -> Problem {
    lease_lost().fault(
        "",
        KEPT_AS_DRAFT,
        "what was sent is kept as a draft and shown when the task is yours again",
    )
}

pub(crate) fn of_task(error: TaskError) -> Problem {
    match error {
        TaskError::LeaseLost => lease_lost(),
        TaskError::DecidedOtherwise => decided_otherwise(),
        TaskError::NothingToUndo => {
            Problem::new(StatusCode::CONFLICT, "nothing_to_undo", "there is nothing to undo any more").detail(
                "the notice has left, the decision was undone before, or it was not taken under that token",
            )
        }
        TaskError::NothingToSend => {
            Problem::new(StatusCode::CONFLICT, "nothing_to_send", "there is nothing to send earlier")
                .detail("the notice has left or is due already, or it waits for its hold in any case")
        }
        TaskError::Store(error) => error.into(),
    }
}

pub(crate) fn of_blob(error: &BlobError) -> Problem {
    if error.is_transient() {
        tracing::warn!(%error, "the object store is not available");
        return Problem::unavailable();
    }
    tracing::error!(%error, "an object cannot be read");
    Problem::internal()
}
