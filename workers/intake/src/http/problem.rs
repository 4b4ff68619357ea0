//! What the contract calls a problem, as problem details.

use axum::http::StatusCode;
use berkas_contract::{Problem as Flaw, RejectionCode};
use berkas_runtime::Failure;
use berkas_web::Problem;

/// A refusal with a code of the contract and its texts.
pub(super) fn refusal(status: StatusCode, code: RejectionCode) -> Problem {
    Problem::new(status, code.as_str(), code.text_en()).detail(code.text_id())
}

/// Everything that is wrong with a submission: 409 when it conflicts with what came before, 422 otherwise. The first
/// code is also the code of the whole; each fault points into the body, which has the submission below `base`.
pub(super) fn rejected(flaws: &[Flaw], base: &str) -> Problem {
    let code = flaws.first().map_or(RejectionCode::EnvelopeInvalid, |flaw| flaw.code);
    let clashes = [
        RejectionCode::Conflict,
        RejectionCode::RevisionUnexpected,
        RejectionCode::NotReturned,
        RejectionCode::AlreadyFinal,
        RejectionCode::AlreadyRepaired,
        RejectionCode::OlderRevision,
        RejectionCode::TooLate,
    ];
    let status =
        if clashes.contains(&code) { StatusCode::CONFLICT } else { StatusCode::UNPROCESSABLE_ENTITY };
    flaws.iter().fold(refusal(status, code), |problem, flaw| {
        let (pointer, inside) = pointer(flaw.field.as_deref().unwrap_or_default(), base);
        let inside = inside.map(|path| format!(" (`{path}`)")).unwrap_or_default();
        let told = format!("{} / {}{inside}", flaw.text_id, flaw.text_en);
        let expected = flaw.expected_revision.map(|revision| revision.0);
        problem.fault(pointer, flaw.code.as_str(), told).expecting(expected)
    })
}

/// What a failure means to a caller: 503 when something is down, 500 otherwise.
pub(super) fn failed(failure: &Failure) -> Problem {
    tracing::warn!(
        error.code = failure.code(),
        error = failure as &dyn std::error::Error,
        "a request could not be answered"
    );
    match failure {
        Failure::DependencyDown { .. } => Problem::unavailable(),
        Failure::Transient { .. } | Failure::Permanent { .. } => Problem::internal(),
    }
}

/// A JSON pointer for a path such as `data.documents[2].size`. A path inside the form, which is a blob of its own, points
/// at the form and is returned beside it.
fn pointer<'a>(field: &'a str, base: &str) -> (String, Option<&'a str>) {
    if field == "form" || field.starts_with("form.") {
        return (format!("{base}/form"), Some(field));
    }
    let Some(path) = field.strip_prefix("data") else {
        let whole = if field.is_empty() { String::new() } else { format!("/{field}") };
        return (whole, None);
    };
    let steps = path.replace('[', ".").replace(']', "");
    (format!("{base}{}", steps.replace('.', "/")), None)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fault_points_into_the_body_that_was_sent() {
        assert_eq!(pointer("data.documents[2].size", "").0, "/documents/2/size");
        assert_eq!(pointer("data.documents[2].size", "/data").0, "/data/documents/2/size");
        assert_eq!(pointer("source", "/data").0, "/source");
        assert_eq!(
            pointer("form.persons.mother.nik", ""),
            ("/form".to_owned(), Some("form.persons.mother.nik"))
        );
        assert_eq!(pointer("", "").0, "");
    }

    #[test]
    fn a_conflict_is_told_from_what_can_be_corrected() {
        assert_eq!(rejected(&[Flaw::new(RejectionCode::Conflict)], "").status, 409);
        let problem = rejected(
            &[Flaw::new(RejectionCode::BlobMissing).in_document(1).at("data.documents[1].sha256")],
            "",
        );
        assert_eq!((problem.status, problem.code.as_str()), (422, "blob_missing"));
        assert_eq!(problem.errors[0].pointer, "/documents/1/sha256");
    }
}
