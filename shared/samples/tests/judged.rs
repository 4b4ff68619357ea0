//! The dossiers before the real rules: what should pass passes, and each defect is found for what it is.

#![expect(clippy::unwrap_used, reason = "the helpers of a test may fail as loudly as the test itself")]

use berkas_domain::{Outcome, Service};
use berkas_rules::{
    DocumentPages, Facts, History, Input, Judgement, JudgementOutcome, Level, PageQuality, PageVerdict,
    RuleSets,
};
use berkas_samples::{Defect, Dossier, Generator, Judge, Plan, Verdict, cases};
use chrono::{NaiveDate, NaiveTime};

fn day() -> NaiveDate {
    NaiveDate::from_ymd_opt(2026, 11, 24).unwrap()
}

fn every_case() -> impl Iterator<Item = (Service, &'static str)> {
    Service::ALL.iter().flat_map(|service| cases(*service).iter().map(|(case, _)| (*service, *case)))
}

fn plan(service: Service, case: &str, defects: &[Defect]) -> Plan {
    let office = "351709".parse().unwrap();
    Plan { service, case: case.parse().unwrap(), office, defects: defects.to_vec() }
}

/// Judges a dossier whose pages look as its truth says they should.
fn judge(dossier: &Dossier) -> Judgement {
    let pages = dossier.truth.documents.iter().map(|document| DocumentPages {
        sha256: document.sha256,
        flagged: false,
        failed: None,
        pages: document.pages.iter().map(page).collect(),
    });
    let input = Input {
        form: dossier.form.clone(),
        pages: pages.collect(),
        history: Some(History::default()),
        office: Some(dossier.truth.office.clone()),
        hours: None,
        received: day().and_time(NaiveTime::MIN).and_utc() + chrono::Duration::hours(3),
    };
    let rules = RuleSets::embedded().in_force_at(dossier.form.service, day(), &dossier.truth.office).unwrap();
    rules.judge(&Facts::of(&input))
}

fn page(truth: &berkas_samples::PageTruth) -> PageVerdict {
    let verdict = match truth.expected_verdict {
        Verdict::Ok => PageQuality::Ok,
        Verdict::Warn => PageQuality::Warn,
        Verdict::Unreadable => PageQuality::Unreadable,
    };
    PageVerdict {
        page: truth.page.into(),
        verdict,
        blank: truth.blank,
        reasons: Vec::new(),
        looks_like: None,
    }
}

fn found(judgement: &Judgement, level: Level) -> Vec<String> {
    let of_level = judgement.findings.iter().filter(|finding| finding.level == level);
    let mut codes: Vec<_> = of_level.map(|finding| finding.code.to_string()).collect();
    codes.sort_unstable();
    codes.dedup();
    codes
}

#[test]
fn a_dossier_without_defects_raises_nothing_a_person_must_decide() {
    let mut generator = Generator::new(7, day()).thumbnails();
    for (service, case) in every_case() {
        let judgement = judge(&generator.dossier(&plan(service, case, &[])));
        let raised: Vec<_> =
            judgement.findings.iter().filter(|finding| finding.level != Level::Information).collect();
        assert!(raised.is_empty(), "{case}: {raised:#?}");
    }
}

#[test]
fn each_defect_gives_the_codes_the_truth_says() {
    let mut generator = Generator::new(8, day()).thumbnails();
    for (service, case) in every_case() {
        for defect in Defect::ALL {
            let dossier = generator.dossier(&plan(service, case, &[defect]));
            if dossier.truth.defects.is_empty() {
                continue;
            }
            let (judgement, expected) = (judge(&dossier), &dossier.truth.expected);
            let codes: Vec<_> = expected.codes.iter().map(|code| code.to_string()).collect();
            let name = format!("{case}, {defect:?}");
            match (expected.judge, expected.outcome) {
                (Judge::Machine, _) => {
                    assert_eq!(
                        judgement.outcome,
                        JudgementOutcome::Returned,
                        "{name}: {:#?}",
                        judgement.findings
                    );
                    let mut codes = codes;
                    codes.sort_unstable();
                    assert_eq!(found(&judgement, Level::Block), codes, "{name}");
                }
                (Judge::Verifier, Outcome::Passed) => {
                    assert_eq!(judgement.outcome, JudgementOutcome::Passes, "{name}");
                    assert_eq!(found(&judgement, Level::Person), Vec::<String>::new(), "{name}");
                }
                // Only eyes can see a wrong slot; the other doubts are raised by the facts.
                (Judge::Verifier, _) => {
                    assert_eq!(
                        judgement.outcome,
                        JudgementOutcome::Passes,
                        "{name}: {:#?}",
                        judgement.findings
                    );
                    let raised = found(&judgement, Level::Person);
                    assert!(defect == Defect::WrongSlot || raised == codes, "{name}: {raised:?}");
                }
            }
        }
    }
}

#[test]
fn every_defect_occurs_somewhere() {
    let mut generator = Generator::new(9, day()).thumbnails();
    for defect in Defect::ALL {
        let occurs =
            |(service, case)| !generator.dossier(&plan(service, case, &[defect])).truth.defects.is_empty();
        assert!(every_case().any(occurs), "{defect:?}");
    }
}
