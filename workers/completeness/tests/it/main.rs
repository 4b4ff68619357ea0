//! Judging dossiers that lie in a real database and object store.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test or measurement that fails says where; its helpers are not test functions"
)]

mod bench;
mod elsewhere;
mod published;

use std::collections::BTreeMap;

use berkas_domain::{DocumentKind, Outcome as Decided, Stage};
use berkas_runtime::{Failure, Outcome};
use berkas_store::Effect;
use serde_json::{Value, json};

use bench::{Bench, form_without, good_pages, on_bench};

/// What a judged dossier is followed by: the stage, the judgement, and the decision if there is one.
fn told(outcome: Outcome) -> (Stage, Value, Option<(Decided, Value)>) {
    let Outcome::Forward { to, effects, .. } = outcome else { panic!("{outcome:?}") };
    let mut effects = effects.into_iter();
    let Some(Effect::Judgement(judgement)) = effects.next() else { panic!("no judgement") };
    let decision = effects.next().map(|effect| match effect {
        Effect::Decision { outcome, reasons } => (outcome, reasons),
        other => panic!("{other:?}"),
    });
    (to, judgement, decision)
}

#[test]
fn a_complete_dossier_goes_on_to_a_person() {
    on_bench(async |bench| {
        let dossier = bench.hand_in(form_without(&[]), good_pages).await;
        let (stage, judgement, decision) = told(bench.judge(&dossier).await.unwrap());
        assert_eq!((stage, decision), (Stage::Checked, None));
        assert_eq!(judgement["outcome"], "passes");
        assert!(judgement["rule_set"]["sha256"].is_string());
    });
}

#[test]
fn a_missing_paper_returns_it_with_the_code_and_the_same_judgement_every_time() {
    on_bench(async |bench| {
        let form = form_without(&[DocumentKind::SuratPolisiKehilangan]);
        let dossier = bench.hand_in(form, good_pages).await;
        let (stage, judgement, decision) = told(bench.judge(&dossier).await.unwrap());
        let (outcome, reasons) = decision.unwrap();
        assert_eq!((stage, outcome), (Stage::Decided, Decided::Returned));
        let codes: Vec<_> = reasons.as_array().unwrap().iter().map(|reason| reason["code"].clone()).collect();
        assert_eq!(codes, ["SURAT_KEHILANGAN"]);
        assert_eq!(reasons[0]["kind"], "surat_polisi_kehilangan");

        let again = told(bench.judge(&dossier).await.unwrap());
        assert_eq!(again, (stage, judgement, Some((outcome, reasons))));
    });
}

#[test]
fn an_unreadable_page_is_named_by_document_and_page() {
    on_bench(async |bench| {
        let unreadable = |kind| {
            let mut pages = good_pages(kind);
            if kind == DocumentKind::Kk {
                pages.push(json!({ "verdict": "unreadable", "blank": false, "reasons": ["blurred"] }));
            }
            pages
        };
        let form = form_without(&[]);
        let place = form.documents.iter().position(|document| document.kind == DocumentKind::Kk).unwrap();
        let dossier = bench.hand_in(form, unreadable).await;
        let (_, _, decision) = told(bench.judge(&dossier).await.unwrap());
        let (_, reasons) = decision.unwrap();
        let told: BTreeMap<_, _> =
            [("code", "TIDAK_TERBACA".into()), ("document", place.into()), ("page", 2.into())]
                .into_iter()
                .collect::<BTreeMap<&str, Value>>();
        assert!(told.iter().all(|(key, value)| reasons[0][key] == *value), "{reasons}");
    });
}

#[test]
fn an_unreadable_page_that_the_counter_flagged_is_left_to_a_person() {
    on_bench(async |bench| {
        let unreadable = |_| vec![json!({ "verdict": "unreadable", "blank": false, "reasons": ["blurred"] })];
        let dossier = bench.hand_in_flagged(form_without(&[]), unreadable).await;
        let (stage, judgement, decision) = told(bench.judge(&dossier).await.unwrap());
        assert_eq!((stage, decision), (Stage::Checked, None));
        assert!(judgement.to_string().contains("x01.flagged"), "{judgement}");
    });
}

#[test]
fn work_of_an_older_generation_is_left_alone() {
    on_bench(async |bench| {
        let mut dossier = bench.hand_in(form_without(&[]), good_pages).await;
        dossier.work.generation.0 -= 1;
        assert!(matches!(bench.judge(&dossier).await, Ok(Outcome::Stale)));
    });
}

#[test]
fn a_form_that_is_not_there_is_parked_and_a_store_that_is_not_there_is_waited_for() {
    on_bench(async |bench| {
        let dossier = bench.hand_in(form_without(&[]), good_pages).await;
        bench.app.blobs.delete(&dossier.form).await.unwrap();
        let missing = bench.judge(&dossier).await.unwrap_err();
        assert!(matches!(missing, Failure::Permanent { code: "form_missing", .. }), "{missing:?}");

        bench.unmount_objects();
        let down = bench.judge(&dossier).await.unwrap_err();
        assert!(matches!(down, Failure::DependencyDown { what: "object_store", .. }), "{down:?}");
    });
}

#[test]
fn a_form_that_cannot_be_read_is_parked_without_a_word_of_it() {
    on_bench(async |bench| {
        let mut form = serde_json::to_value(form_without(&[])).unwrap();
        form["persons"]["applicant"]["sex"] = "3517094108069001".into();
        let dossier = bench.hand_in_raw(form_without(&[]), form.to_string(), good_pages).await;
        let refused = bench.judge(&dossier).await.unwrap_err();
        assert_eq!(refused.code(), "form_unreadable");
        assert!(!format!("{refused} {refused:?}").contains("3517094108"), "{refused}");
    });
}

#[test]
fn a_document_nobody_looked_at_is_parked() {
    on_bench(async |bench| {
        let dossier = bench.hand_in_unscanned(form_without(&[])).await;
        let refused = bench.judge(&dossier).await.unwrap_err();
        assert_eq!(refused.code(), "scan_missing");
    });
}

#[test]
fn what_the_worker_answers_can_be_written_and_makes_the_notice_due() {
    on_bench(async |bench: Bench| {
        let dossier = bench.hand_in(form_without(&[DocumentKind::FormF102]), good_pages).await;
        let outcome = bench.judge(&dossier).await.unwrap();
        let due = bench.write(&dossier, outcome).await;
        assert_eq!(due.step, berkas_domain::Step::Notification);
        let decision = bench.app.store.decision_for_notice(due.submission).await.unwrap().unwrap();
        assert_eq!(decision.outcome, Decided::Returned);
    });
}
