//! A verifier's note in what an office is shown.

use berkas_blobs::Seal;
use berkas_store::SealedNote;
use berkas_web::Problem;
use serde_json::Value;

/// Puts `note` into the data of a notice.
///
/// # Errors
/// 500 when it cannot be opened: shown without it the notice would seem to say less than it does.
pub(crate) fn tell(seal: &Seal, note: Option<&SealedNote>, data: &mut Value) -> Result<(), Problem> {
    berkas_runtime::tell_note(seal, note, data).map_err(|error| {
        tracing::error!(error = &error as &dyn std::error::Error, "a verifier's note cannot be opened");
        Problem::internal()
    })
}
