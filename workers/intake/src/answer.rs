//! The answer to a message that was not taken. It is a notice, so that it reaches the office like every other one.

use berkas_contract::{Problem, Rejected};
use berkas_domain::{NoticeId, OfficeCode, Revision, Sha256Hash};
use berkas_runtime::App;
use berkas_store::{RejectionNotice, StoreError};
use uuid::Uuid;

/// What a rejection is about, as far as it could be read.
#[derive(Debug, Clone, Default)]
pub(crate) struct About {
    /// The message's own id.
    pub(crate) message: Option<Uuid>,
    /// The office's own id of the dossier.
    pub(crate) sender_id: Option<Uuid>,
    /// The revision.
    pub(crate) revision: Option<Revision>,
    /// The hash of what was sent: of the manifest, or of the body when it could not be read.
    pub(crate) content: Option<Sha256Hash>,
}

/// Tells `office` why a message was not taken; the same message with the same reasons is answered under the same id.
/// `None` when there is no such office.
///
/// # Errors
/// [`StoreError`].
pub(crate) async fn reject(
    app: &App,
    office: &OfficeCode,
    about: &About,
    reasons: Vec<Problem>,
) -> Result<Option<NoticeId>, StoreError> {
    let codes: Vec<&str> = reasons.iter().map(|problem| problem.code.as_str()).collect();
    tracing::info!(office.code = %office, error.codes = codes.join(","), "rejected a message");
    let About { message, sender_id, revision, .. } = *about;
    // The store knows whether it is practice.
    let rejected = Rejected { sender_id, revision, message, training: false, reasons };
    // Plain fields only, so it is always JSON.
    let data = serde_json::to_value(&rejected).unwrap_or_default();
    let rejection = RejectionNotice {
        office: office.clone(),
        revision: about.revision.map_or(0, |revision| revision.0),
        dedup: dedup(office, about, &data.to_string()),
        data,
    };
    app.store.reject(&rejection, app.clock.now()).await
}

/// The reasons count: when a file that was missing has come and another fault is left, that is another answer.
fn dedup(office: &OfficeCode, about: &About, data: &str) -> Sha256Hash {
    let content = about.content.map(|hash| hash.to_string()).unwrap_or_default();
    Sha256Hash::of(format!("rejected\n{office}\n{content}\n{data}").as_bytes())
}
