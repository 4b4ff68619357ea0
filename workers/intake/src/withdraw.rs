//! Taking a submission back, the same at both doors.

use berkas_contract::{DossierRef, Problem, RejectionCode, WithdrawalReason};
use berkas_domain::{OfficeCode, Revision};
use berkas_runtime::App;
use berkas_store::{StoreError, Submission, Withdrawing, Withdrawn};

/// Takes a submission of `office` back unless it is decided; again is no error. With a `revision`, only when that is the
/// latest. Returns it as it was before.
///
/// # Errors
/// [`StoreError`] outside; inside, why it cannot be withdrawn.
pub(crate) async fn withdraw(
    app: &App,
    office: &OfficeCode,
    dossier: &DossierRef,
    revision: Option<Revision>,
    reason: WithdrawalReason,
) -> Result<Result<Submission, Problem>, StoreError> {
    let (sender_id, number) = match dossier {
        DossierRef::SenderId(id) => (Some(*id), None),
        DossierRef::RegistrationNumber(number) => (None, Some(number.as_str())),
    };
    let not_found = Problem::new(RejectionCode::NotFound).at("data.dossier");
    let Some(submission) = app.store.find_submission(office, sender_id, number).await? else {
        return Ok(Err(not_found));
    };
    let reason = reason.as_str();
    let withdrawing = Withdrawing { office, submission: submission.id, revision, reason };
    Ok(match app.store.withdraw(&withdrawing, app.clock.now()).await? {
        Withdrawn::Now | Withdrawn::Before => Ok(submission),
        Withdrawn::TooLate => Err(Problem::new(RejectionCode::TooLate)),
        Withdrawn::RevisionUnexpected => {
            Err(Problem::new(RejectionCode::RevisionUnexpected).at("data.revision"))
        }
        Withdrawn::Unknown => Err(not_found),
    })
}
