//! What a repair says it repairs.

use berkas_contract::{Problem, RejectionCode, Repairs, Submission};
use berkas_domain::{Outcome, Revision, Stage};
use berkas_runtime::{App, Failure};

/// Checks that the notice or number a repair names belongs to the dossier it repairs, and that the notice is about the
/// revision before. Naming neither is allowed: `sender_id` and `revision` already say it.
///
/// # Errors
/// [`Failure`] of the database.
pub(super) async fn check(app: &App, submission: &Submission) -> Result<Option<Problem>, Failure> {
    let Some(repairs) = submission.repairs.as_ref().filter(|_| submission.revision.0 > 1) else {
        return Ok(None);
    };
    let (office, sender) = (&submission.office, submission.sender_id);
    let Some(known) = app.store.find_submission(office, Some(sender), None).await? else {
        return Ok(Some(Problem::new(RejectionCode::NotFound).at("data.sender_id")));
    };
    match repairs {
        Repairs::RegistrationNumber(number) if *number == known.registration_number => Ok(None),
        Repairs::RegistrationNumber(_) => {
            Ok(Some(Problem::new(RejectionCode::NotFound).at("data.repairs.registration_number")))
        }
        Repairs::Notice(notice) => {
            let at = "data.repairs.notice";
            let about = app.store.decided_by_notice(office, *notice).await?;
            Ok(match about.filter(|(id, _)| *id == known.id) {
                None => Some(Problem::new(RejectionCode::NotFound).at(at)),
                Some((_, revision)) if revision.0 + 1 == submission.revision.0 => None,
                // What is no latest return's answer is told so; where none is due, its state says more than its number.
                Some((_, revision)) if revision < known.revision => {
                    let is_returned =
                        known.stage == Stage::Noticed && known.outcome == Some(Outcome::Returned);
                    let expected = is_returned.then(|| Revision(known.revision.0 + 1));
                    Some(Problem::new(RejectionCode::OlderRevision).at(at).expecting(expected))
                }
                Some((_, revision)) => {
                    let expected = Some(Revision(revision.0 + 1));
                    Some(Problem::new(RejectionCode::RevisionUnexpected).at(at).expecting(expected))
                }
            })
        }
    }
}
