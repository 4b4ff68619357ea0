//! What holds for every submission, however odd.

use std::collections::BTreeSet;

use crate::support::{Dossier, cases, rules};
use berkas_domain::{DocumentKind, Service};
use berkas_rules::{Facts, Finding, Judgement};
use proptest::prelude::*;

fn any_case() -> impl Strategy<Value = String> {
    let all: Vec<String> = Service::ALL.iter().flat_map(|service| cases(*service)).collect();
    prop::sample::select(all)
}

fn any_kind() -> impl Strategy<Value = DocumentKind> {
    prop::sample::select(DocumentKind::ALL.to_vec())
}

fn missing(judgement: &Judgement) -> BTreeSet<String> {
    let findings = judgement.findings.iter().filter(|finding| finding.text_id.starts_with("Belum ada"));
    findings.map(|finding| finding.rule.clone()).collect()
}

/// Findings with the document's hash instead of its place.
fn by_file(dossier: &Dossier) -> Vec<(Option<String>, Finding)> {
    let hash = |place: usize| dossier.input.form.documents[place].sha256.to_string();
    let findings = dossier.judge().findings.into_iter();
    findings.map(|finding| (finding.document.map(hash), Finding { document: None, ..finding })).collect()
}

/// A dossier with some papers taken away and some facts left out.
fn thinned(case: &str, seed: u64, gone: &[bool], forget: bool) -> Dossier {
    let mut dossier = Dossier::seeded(case, seed);
    let mut keep = gone.iter().cycle();
    dossier.input.form.documents.retain(|_| !keep.next().unwrap());
    if forget {
        dossier.input.form.declarations.0.clear();
        dossier.input.form.event = None;
    }
    dossier
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn adding_a_document_never_creates_a_missing_finding(
        case in any_case(), seed in 0_u64..1000, gone in prop::collection::vec(any::<bool>(), 3), kind in any_kind(),
    ) {
        let mut dossier = thinned(&case, seed, &gone, false);
        let before = missing(&dossier.judge());
        // A statement on an unrecorded marriage is what a second wife's consent goes with: that is a new requirement.
        prop_assume!(kind != DocumentKind::FormF105);
        dossier.add(kind, None, 1);
        let after = missing(&dossier.judge());
        prop_assert!(after.is_subset(&before), "{case}: {kind} adds {:?}", after.difference(&before));
    }

    #[test]
    fn findings_do_not_depend_on_the_order_of_documents(
        case in any_case(), seed in 0_u64..1000, gone in prop::collection::vec(any::<bool>(), 3), turn in 0_usize..12,
        kinds in prop::collection::vec(any_kind(), 0..4),
    ) {
        let mut dossier = thinned(&case, seed, &gone, false);
        for kind in kinds {
            dossier.add(kind, None, 1);
        }
        let before = by_file(&dossier);
        let length = dossier.input.form.documents.len().max(1);
        dossier.input.form.documents.rotate_left(turn % length);
        dossier.input.form.documents.reverse();
        dossier.input.pages.reverse();
        prop_assert_eq!(before, by_file(&dossier));
    }

    #[test]
    fn judging_twice_gives_the_same_bytes(
        case in any_case(), seed in 0_u64..1000, gone in prop::collection::vec(any::<bool>(), 4), forget: bool,
    ) {
        let dossier = thinned(&case, seed, &gone, forget);
        let set = rules(dossier.input.form.service);
        let judge = || serde_json::to_string(&set.judge(&Facts::of(&dossier.input))).unwrap();
        let stored: berkas_rules::Input = serde_json::from_str(&serde_json::to_string(&dossier.input).unwrap()).unwrap();
        prop_assert_eq!(judge(), judge());
        prop_assert_eq!(judge(), serde_json::to_string(&set.judge(&Facts::of(&stored))).unwrap());
    }

    #[test]
    fn what_nobody_declared_never_blocks(case in any_case(), seed in 0_u64..1000) {
        let mut dossier = Dossier::seeded(&case, seed);
        let form = &mut dossier.input.form;
        form.declarations.0.clear();
        form.family = None;
        for document in &mut form.documents {
            (document.model, document.signed_by, document.of) = (None, None, None);
            let purpose = document.attrs.purpose.take();
            document.attrs = berkas_domain::form::DocumentAttrs { purpose, ..Default::default() };
        }
        for entry in form.persons.values_mut() {
            if let berkas_domain::form::PersonEntry::Person(person) = entry {
                **person = berkas_domain::form::Person { name: person.name.clone(), ..Default::default() };
            }
        }
        form.event = None;
        prop_assert_eq!(crate::support::codes(&dossier.judge(), "block"), "", "{}", case);
    }

    #[test]
    fn no_text_holds_a_value_of_a_citizen(case in any_case(), seed in 0_u64..1000, gone in prop::collection::vec(any::<bool>(), 2)) {
        let mut dossier = thinned(&case, seed, &gone, false);
        let mut values = Vec::new();
        for entry in dossier.input.form.persons.values_mut() {
            if let berkas_domain::form::PersonEntry::Person(person) = entry {
                person.name = "ZZYZX QWVX 7".to_owned();
                person.birth_date = person.birth_date.map(|date| date + chrono::TimeDelta::days(9));
                values.extend([person.name.clone()].into_iter().chain(person.nik.clone()).chain(person.kk_number.clone()));
                values.extend(person.birth_date.map(|date| date.to_string()));
            }
        }
        let judgement = serde_json::to_string(&dossier.judge()).unwrap();
        prop_assert!(judgement.contains("text_id"), "something is said");
        for value in values {
            prop_assert!(!judgement.contains(&value));
        }
    }
}
