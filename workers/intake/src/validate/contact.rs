//! Whom a short message may tell of the outcome.

use berkas_contract::{Contact, Problem, RejectionCode, Submission};
use berkas_domain::MobileNumber;
use berkas_domain::form::Form;

/// Checks that whoever agreed to a short message stands in the form, with a number that can get one. A clerk can still ask
/// for it; later nobody would know why no message came.
///
/// # Errors
/// The field to be mended, never its value.
pub(super) fn check(form: &Form, submission: &Submission) -> Result<(), Vec<Problem>> {
    let Some(role) = submission.contact.and_then(Contact::agreed) else { return Ok(()) };
    let Some(person) = form.person(role) else {
        return Err(vec![Problem::new(RejectionCode::FormMismatch).at("data.contact.person")]);
    };
    if person.phone.as_deref().and_then(MobileNumber::read).is_some() {
        return Ok(());
    }
    Err(vec![Problem::new(RejectionCode::PhoneInvalid).at(format!("form.persons.{role}.phone"))])
}
