//! Taking a submission back, the same at both doors.

use berkas_contract::{DossierRef, Problem, RejectionCode, Withdrawal, WithdrawalReason};
use berkas_domain::OfficeCode;
use berkas_runtime::App;
use berkas_store::{Actor, AuditEntry, StoreError, Submission, Withdrawn};
use serde_json::json;

/// Takes a submission of `office` back unless it is decided; again is no error. Returns it as it was before.
///
/// # Errors
/// [`StoreError`] outside; inside, why it cannot be withdrawn.
pub(crate) async fn withdraw(
    app: &App,
    office: &OfficeCode,
    withdrawal: &Withdrawal,
) -> Result<Result<Submission, Problem>, StoreError> {
    let (sender_id, number) = match &withdrawal.dossier {
        DossierRef::SenderId(id) => (Some(*id), None),
        DossierRef::RegistrationNumber(number) => (None, Some(number.as_str())),
    };
    let not_found = Problem::new(RejectionCode::NotFound).at("data.dossier");
    let Some(submission) = app.store.find_submission(office, sender_id, number).await? else {
        return Ok(Err(not_found));
    };
    // Whoever does not know the latest revision does not know what is withdrawn.
    if submission.revision != withdrawal.revision {
        return Ok(Err(Problem::new(RejectionCode::RevisionUnexpected).at("data.revision")));
    }
    match app.store.withdraw(office, submission.id, app.clock.now()).await? {
        Withdrawn::Now => note(app, office, &submission, withdrawal.reason).await?,
        Withdrawn::Before => {}
        Withdrawn::TooLate => return Ok(Err(Problem::new(RejectionCode::TooLate))),
        Withdrawn::Unknown => return Ok(Err(not_found)),
    }
    Ok(Ok(submission))
}

async fn note(
    app: &App,
    office: &OfficeCode,
    submission: &Submission,
    reason: WithdrawalReason,
) -> Result<(), StoreError> {
    let entry = AuditEntry {
        actor: Actor::Office(office.clone()),
        action: "submission.withdrawn",
        subject: submission.id.to_string(),
        detail: json!({ "reason": reason }),
    };
    app.store.audit(&entry, app.clock.now()).await
}
