//! The manifest alone: what can be said without looking anything up.

use berkas_contract::{Contact, DocumentRef, FormRef, MAX_DOCUMENTS, Problem, RejectionCode, Submission};
use berkas_domain::form::Role;
use berkas_domain::{CaseCode, Service, Sha256Hash};
use berkas_runtime::settings::IntakeSettings;
use serde::Serialize;

use super::document_field;

/// What makes two submissions of the same id and revision the same. Who pressed the button and how the repaired notice
/// is named does not change what is handed in.
#[derive(Serialize)]
struct Content<'a> {
    service: Service,
    case: &'a CaseCode,
    form: &'a FormRef,
    documents: &'a [DocumentRef],
    /// Consent that is given or taken back is no repetition, and shall not pass for one in silence.
    #[serde(skip_serializing_if = "Option::is_none")]
    sms_to: Option<Role>,
}

/// Hashes what is handed in: the same manifest under the same id and revision is the same submission.
pub(crate) fn manifest_hash(submission: &Submission) -> Sha256Hash {
    let content = Content {
        service: submission.service,
        case: &submission.case,
        form: &submission.form,
        documents: &submission.documents,
        sms_to: submission.contact.and_then(Contact::agreed),
    };
    // Serialising plain structs to memory cannot fail.
    Sha256Hash::of(&serde_json::to_vec(&content).unwrap_or_default())
}

/// Checks counts, sizes and the revision against the limits.
pub(super) fn check(submission: &Submission, limits: &IntakeSettings) -> Vec<Problem> {
    let mut problems = Vec::new();
    let documents = &submission.documents;
    let whole = |code| Problem::new(code).at("data.documents");
    if documents.is_empty() {
        problems.push(whole(RejectionCode::NoDocuments));
    }
    if documents.len() > limits.max_files.min(MAX_DOCUMENTS) {
        problems.push(whole(RejectionCode::TooManyDocuments));
    }
    for (index, document) in documents.iter().enumerate() {
        if document.size > limits.max_file_bytes {
            let problem = Problem::new(RejectionCode::TooLarge);
            problems.push(problem.in_document(index).at(document_field(index, "size")));
        }
    }
    let total = documents.iter().fold(0u64, |sum, document| sum.saturating_add(document.size));
    if total > limits.max_total_bytes {
        problems.push(whole(RejectionCode::TooLarge));
    }
    if submission.form.size > limits.max_form_bytes {
        problems.push(Problem::new(RejectionCode::TooLarge).at("data.form.size"));
    }
    let is_repair = submission.revision.0 > 1;
    if submission.revision.0 < 1 {
        problems.push(Problem::new(RejectionCode::RevisionUnexpected).at("data.revision"));
    } else if submission.repairs.is_some() && !is_repair {
        problems.push(Problem::new(RejectionCode::RevisionUnexpected).at("data.repairs"));
    }
    problems
}

#[cfg(test)]
mod tests {
    use berkas_contract::{Envelope, Event, Repairs};
    use berkas_domain::{NoticeId, Revision};

    use super::*;

    fn submission() -> Submission {
        let envelope: Envelope<Submission> = serde_json::from_str(Submission::SAMPLE).unwrap();
        envelope.data
    }

    fn limits() -> IntakeSettings {
        let defaults = berkas_runtime::settings::Settings::load(None, []).unwrap().intake;
        IntakeSettings {
            max_files: 3,
            max_file_bytes: 2_000_000,
            max_total_bytes: 3_000_000,
            max_form_bytes: 2_000,
            ..defaults
        }
    }

    fn codes(submission: &Submission, limits: &IntakeSettings) -> Vec<(RejectionCode, String)> {
        let problems = check(submission, limits).into_iter();
        problems.map(|problem| (problem.code, problem.field.unwrap_or_default())).collect()
    }

    #[test]
    fn what_is_within_the_limits_passes() {
        assert_eq!(codes(&submission(), &limits()), []);
    }

    #[test]
    fn every_limit_that_is_passed_is_named_with_its_field() {
        let mut tight = limits();
        (tight.max_files, tight.max_file_bytes, tight.max_total_bytes) = (2, 1_000_000, 2_000_000);
        tight.max_form_bytes = 1_000;
        let expected = [
            (RejectionCode::TooManyDocuments, "data.documents"),
            (RejectionCode::TooLarge, "data.documents[2].size"),
            (RejectionCode::TooLarge, "data.documents"),
            (RejectionCode::TooLarge, "data.form.size"),
        ];
        let found = codes(&submission(), &tight);
        assert!(found.iter().map(|(code, field)| (*code, field.as_str())).eq(expected), "{found:?}");
    }

    #[test]
    fn a_first_revision_repairs_nothing_and_there_is_no_revision_zero() {
        let mut first = submission();
        first.repairs = Some(Repairs::Notice(NoticeId(uuid::Uuid::nil())));
        assert_eq!(codes(&first, &limits())[0].1, "data.repairs");
        let zero = Submission { revision: Revision(0), ..submission() };
        assert_eq!(codes(&zero, &limits())[0].1, "data.revision");
        let empty = Submission { documents: Vec::new(), ..submission() };
        assert_eq!(codes(&empty, &limits())[0].0, RejectionCode::NoDocuments);
    }

    #[test]
    fn the_manifest_is_the_same_whoever_sends_it_and_another_when_a_file_or_a_consent_changes() {
        let sent = submission();
        let by_another = Submission { sent_by: Some("k-18".parse().unwrap()), ..sent.clone() };
        assert_eq!(manifest_hash(&sent), manifest_hash(&by_another));
        let no = Contact { person: Role::Reporter, sms_consent: false };
        let yes = Contact { sms_consent: true, ..no };
        assert_eq!(manifest_hash(&sent), manifest_hash(&Submission { contact: Some(no), ..sent.clone() }));
        assert_ne!(manifest_hash(&sent), manifest_hash(&Submission { contact: Some(yes), ..sent.clone() }));
        let mut changed = sent.clone();
        changed.documents[0].sha256 = Sha256Hash::of(b"another scan");
        assert_ne!(manifest_hash(&sent), manifest_hash(&changed));
    }
}
