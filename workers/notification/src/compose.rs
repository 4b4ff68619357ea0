//! The data of a decision notice.

use berkas_contract::{Decision, Reason, Told};
use berkas_domain::{DocumentKind, InvalidCode, Outcome, ReasonCode, ServiceClocks, SubmissionId, wib};
use berkas_notices::NoticeTexts;
use berkas_store::DecisionForNotice;
use chrono::{DateTime, Days, NaiveDate, Utc};
use serde::Deserialize;

/// A decision that cannot be told as it is stored.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ComposeError {
    /// The reasons are not a list of coded reasons. The cause is not passed on: it could quote a value.
    #[error("the reasons of the decision cannot be read")]
    Reasons,
    /// The registration number is malformed.
    #[error(transparent)]
    RegistrationNumber(#[from] InvalidCode),
}

/// A reason as rules and verifiers store it; a text that is missing is the code's own.
#[derive(Deserialize)]
struct StoredReason {
    code: ReasonCode,
    document: Option<usize>,
    kind: Option<DocumentKind>,
    page: Option<u32>,
    field: Option<String>,
    text_id: Option<String>,
    text_en: Option<String>,
}

impl StoredReason {
    /// The reason in the words of `texts`; where it names a page of the dossier, with the way to a small copy of it.
    fn told(self, texts: &NoticeTexts, dossier: &str) -> Reason {
        let text = texts.reason(self.code, (self.text_id.as_deref(), self.text_en.as_deref()));
        let page_href = self.document.zip(self.page);
        let page_href =
            page_href.map(|(document, page)| format!("{dossier}/documents/{document}/pages/{page}"));
        Reason {
            code: self.code,
            document: self.document,
            kind: self.kind,
            page: self.page,
            page_href,
            field: self.field,
            text_id: text.id,
            text_en: text.en,
        }
    }
}

/// Composes what the office reads about `decision`, which corrects an earlier one when it was reversed.
///
/// # Errors
/// [`ComposeError`] when the stored decision is malformed.
pub(crate) fn compose(
    submission: SubmissionId,
    decision: &DecisionForNotice,
    texts: &NoticeTexts,
    clocks: &ServiceClocks,
) -> Result<Told, ComposeError> {
    let stored = Vec::<StoredReason>::deserialize(&decision.reasons).map_err(|_| ComposeError::Reasons)?;
    let (number, revision) = (&decision.registration_number, decision.revision.0);
    let dossier = format!("/api/v1/submissions/{number}/revisions/{revision}");
    let reasons: Vec<Reason> = stored.into_iter().map(|stored| stored.told(texts, &dossier)).collect();
    let codes: Vec<ReasonCode> = reasons.iter().map(|reason| reason.code).collect();
    let due = (decision.outcome == Outcome::Returned)
        .then(|| repair_due(decision.decided_at, texts.steps.repair_days))
        .flatten();
    let issue_due =
        (decision.outcome == Outcome::Passed).then(|| issue_due(decision.decided_at, clocks)).flatten();
    let day = due.or(issue_due.map(|at| wib(at).date_naive()));
    let mut next_step = texts.steps.next_step(decision.outcome, &codes, day);
    if decision.corrects.is_some() {
        next_step = texts.steps.corrected(&next_step);
    }
    if decision.training {
        next_step = texts.steps.training(&next_step);
    }
    let corrects = decision.corrects;
    let decision = Decision {
        registration_number: decision.registration_number.parse()?,
        submission,
        sender_id: decision.sender_id,
        revision: decision.revision,
        outcome: decision.outcome,
        reasons,
        // It is not written into the notice: who sends or shows that opens the decision's.
        note: None,
        training: decision.training,
        decided_at: decision.decided_at,
        next_step_id: next_step.id,
        next_step_en: next_step.en,
        due,
        issue_due,
    };
    Ok(Told { decision, corrects })
}

/// The day, in WIB, until which a repair is expected.
fn repair_due(decided_at: DateTime<Utc>, days: u32) -> Option<NaiveDate> {
    wib(decided_at).date_naive().checked_add_days(Days::new(days.into()))
}

/// When the certificate is due. Without a calendar it stays unsaid: the notice matters more.
fn issue_due(complete: DateTime<Utc>, clocks: &ServiceClocks) -> Option<DateTime<Utc>> {
    let due = clocks.issue_due(complete);
    if let Err(error) = &due {
        tracing::error!(
            error.code = "no_calendar",
            error = error as &dyn std::error::Error,
            "notices do not say when a certificate is due until the holiday table is extended"
        );
    }
    due.ok()
}

#[cfg(test)]
mod tests {
    use berkas_contract::{Correction, Event};
    use berkas_domain::{NoticeId, OfficeCalendar, OfficeHours, Revision};
    use chrono::TimeDelta;
    use serde_json::{Value, json};
    use uuid::Uuid;

    use super::*;

    fn decision(outcome: Outcome, reasons: Value) -> DecisionForNotice {
        DecisionForNotice {
            decision: Uuid::from_u128(1),
            outcome,
            reasons,
            // 23:30 in UTC is the next morning on the office's wall.
            decided_at: "2026-11-23T23:30:00Z".parse().unwrap(),
            sender_id: Uuid::from_u128(2),
            registration_number: "351709-261124-0042-5".to_owned(),
            revision: Revision(1),
            training: false,
            corrects: None,
        }
    }

    fn clocks() -> ServiceClocks {
        let calendar = OfficeCalendar::embedded(OfficeHours::default());
        ServiceClocks::new(calendar, TimeDelta::minutes(450), TimeDelta::hours(24), Vec::new())
    }

    fn told(decision: &DecisionForNotice) -> Result<Told, ComposeError> {
        compose(SubmissionId(Uuid::from_u128(3)), decision, &NoticeTexts::built_in(), &clocks())
    }

    fn composed(outcome: Outcome, reasons: Value) -> Result<Decision, ComposeError> {
        told(&decision(outcome, reasons)).map(|told| told.decision)
    }

    #[test]
    fn a_correction_names_what_it_corrects_and_says_that_it_does_not_count_any_more() {
        let first = decision(Outcome::Passed, json!([]));
        let corrects = Some(NoticeId(Uuid::from_u128(7)));
        let corrected = told(&DecisionForNotice { corrects, ..first.clone() }).unwrap();
        assert_eq!(corrected.corrects, corrects);
        let (kind, data) = corrected.clone().message().unwrap();
        assert_eq!((kind, Told::read(kind, data).unwrap().unwrap()), (Correction::TYPE, corrected.clone()));
        let plain = told(&first).unwrap().decision.next_step_id;
        let said = &corrected.decision.next_step_id;
        assert!(said.contains("tidak berlaku lagi") && said.ends_with(&plain), "{said}");
    }

    #[test]
    fn what_to_do_next_says_that_it_is_training() {
        let practice = DecisionForNotice { training: true, ..decision(Outcome::Passed, json!([])) };
        let told = told(&practice).unwrap().decision;
        assert!(told.next_step_id.starts_with("LATIHAN") && told.next_step_en.starts_with("TRAINING"));
    }

    #[test]
    fn a_return_names_its_reasons_and_the_day_of_the_office_until_which_a_repair_is_expected() {
        let reasons =
            json!([{ "code": "TIDAK_TERBACA", "document": 1, "kind": "surat_ket_lahir", "page": 1 }]);
        let data = composed(Outcome::Returned, reasons).unwrap();
        assert_eq!(data.due, NaiveDate::from_ymd_opt(2026, 12, 8));
        assert_eq!(data.reasons[0].text_id, ReasonCode::TidakTerbaca.text_id());
        assert_eq!((data.reasons[0].document, data.reasons[0].page), (Some(1), Some(1)));
        let href = "/api/v1/submissions/351709-261124-0042-5/revisions/1/documents/1/pages/1";
        assert_eq!(data.reasons[0].page_href.as_deref(), Some(href));
        let written = serde_json::to_value(&data).unwrap();
        let read: Decision = serde_json::from_value(written).unwrap();
        assert_eq!(read, data, "{} reads back", Decision::TYPE);
    }

    #[test]
    fn the_text_that_rules_or_a_verifier_wrote_goes_before_the_codes_own() {
        let reasons = json!([{ "code": "LAINNYA", "text_id": "Cap desa tidak ada", "text_en": "No stamp" }]);
        let data = composed(Outcome::Refused, reasons).unwrap();
        assert_eq!((data.reasons[0].text_id.as_str(), data.due), ("Cap desa tidak ada", None));
        assert_eq!(data.reasons[0].page_href, None, "it names no page");
    }

    #[test]
    fn an_office_with_words_of_its_own_tells_every_code_by_them() {
        let dir = tempfile::tempdir().unwrap();
        let own = |code: &ReasonCode| format!("[{code}]\nid = \"Sebab {code}\"\nen = \"Cause {code}\"\n");
        let reasons: String = ReasonCode::ALL.iter().map(own).collect();
        std::fs::write(dir.path().join("reasons.toml"), reasons).unwrap();
        std::fs::write(dir.path().join("texts.toml"), "repair_days = 3\n").unwrap();
        let texts = NoticeTexts::load(dir.path()).unwrap();
        let stored =
            |code: &ReasonCode| json!({ "code": code, "text_id": code.text_id(), "text_en": code.text_en() });
        let stored = decision(Outcome::Returned, ReasonCode::ALL.iter().map(stored).collect());
        let told = compose(SubmissionId(Uuid::nil()), &stored, &texts, &clocks()).unwrap().decision;
        for reason in &told.reasons {
            let code = reason.code;
            assert_eq!(
                (&reason.text_id, &reason.text_en),
                (&format!("Sebab {code}"), &format!("Cause {code}"))
            );
        }
        assert_eq!(
            (told.reasons.len(), told.due),
            (ReasonCode::ALL.len(), NaiveDate::from_ymd_opt(2026, 11, 27))
        );
    }

    #[test]
    fn what_passed_has_no_reasons_and_nothing_to_repair_and_says_when_the_certificate_is_due() {
        let data = composed(Outcome::Passed, json!([])).unwrap();
        assert!(data.reasons.is_empty() && data.due.is_none());
        // Complete before opening on a Tuesday: three days of seven and a half hours and one hour and a half.
        assert_eq!(data.issue_due, Some("2026-11-27T02:00:00Z".parse().unwrap()));
        assert!(data.next_step_id.contains("27-11-2026"), "{}", data.next_step_id);
    }

    #[test]
    fn malformed_reasons_are_an_error_that_quotes_nothing() {
        let error = composed(Outcome::Returned, json!([{ "code": "3517094108069001" }])).unwrap_err();
        assert!(!format!("{error} {error:?}").contains("3517"));
    }
}
