//! What holds for every submission, however odd.

use std::collections::BTreeSet;

use crate::support::{Dossier, cases, rules};
use berkas_domain::form::{Person, PersonEntry, Role};
use berkas_domain::{DocumentKind, NameLikeness, ReasonCode, Service, compare_names};
use berkas_rules::{Facts, Finding, Judgement, Level};
use proptest::prelude::*;

fn any_case() -> impl Strategy<Value = String> {
    let all: Vec<String> = Service::ALL.iter().flat_map(|service| cases(*service)).collect();
    prop::sample::select(all)
}

fn any_kind() -> impl Strategy<Value = DocumentKind> {
    prop::sample::select(DocumentKind::ALL.to_vec())
}

/// Somebody, whether or not the form names them, or nobody.
fn anybody() -> impl Strategy<Value = Option<Role>> {
    let words = [
        "applicant",
        "reporter",
        "subject",
        "child",
        "mother",
        "father",
        "spouse",
        "deceased",
        "guardian",
        "finder",
        "attorney",
        "host",
        "witness_1",
        "sptjm_witness_2",
        "member_1",
        "member_7",
    ];
    prop::option::of(prop::sample::select(words.map(|word| word.parse().unwrap()).to_vec()))
}

/// Papers and persons that are missing.
fn missing(judgement: &Judgement) -> BTreeSet<String> {
    let is_missing = |finding: &&Finding| {
        matches!(finding.check.as_str(), "X01" | "N12")
            && matches!(finding.code, ReasonCode::TidakLengkap | ReasonCode::SuratKehilangan)
    };
    judgement.findings.iter().filter(is_missing).map(|finding| finding.rule.clone()).collect()
}

fn blocking(dossier: &Dossier) -> BTreeSet<String> {
    let findings = dossier.judge().findings.into_iter().filter(|finding| finding.level == Level::Block);
    findings.map(|finding| finding.rule).collect()
}

/// Everybody who is written out in the form.
fn written_out(dossier: &mut Dossier) -> Vec<&mut Person> {
    let persons = dossier.input.form.persons.values_mut();
    persons
        .filter_map(|entry| match entry {
            PersonEntry::Person(person) => Some(person.as_mut()),
            PersonEntry::SameAs(_) => None,
        })
        .collect()
}

/// A name with one letter another, one too many or one too few, or with its first word shortened.
fn slipped(name: &str, slip: u8, at: usize) -> String {
    let mut letters: Vec<char> = name.chars().collect();
    let at = at % letters.len().max(1);
    match slip {
        0 => letters[at] = if letters[at] == 'A' { 'E' } else { 'A' },
        1 => letters.insert(at, 'H'),
        2 => drop(letters.remove(at)),
        _ => {
            return name
                .split_once(' ')
                .map_or_else(|| name.to_owned(), |(first, rest)| format!("{}. {rest}", &first[..1]));
        }
    }
    letters.into_iter().collect()
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
        case in any_case(), seed in 0_u64..1000, gone in prop::collection::vec(any::<bool>(), 3),
        unmarked in prop::collection::vec(any::<bool>(), 2), declared: Option<bool>, alone: bool,
        kind in any_kind(), of in anybody(),
    ) {
        let mut dossier = thinned(&case, seed, &gone, false);
        let mut unmarked = unmarked.iter().cycle();
        for document in &mut dossier.input.form.documents {
            document.of = document.of.filter(|_| !unmarked.next().unwrap());
        }
        dossier.input.form.declarations.0.extend(declared.map(|said| ("second_marriage".to_owned(), said)));
        if alone {
            dossier.input.form.persons.remove(&Role::Spouse);
        }
        let before = missing(&dossier.judge());
        dossier.add(kind, of, 1);
        let after = missing(&dossier.judge());
        prop_assert!(after.is_subset(&before), "{case}: {kind} adds {:?}", after.difference(&before));
    }

    #[test]
    fn a_near_miss_of_a_name_never_adds_a_block(
        case in any_case(), seed in 0_u64..1000, who in 0_usize..9, slip in 0_u8..4, at in 0_usize..40,
        gone in prop::collection::vec(any::<bool>(), 3),
    ) {
        let twice = |slipping: bool| {
            let mut dossier = thinned(&case, seed, &gone, false);
            let mut again = {
                let mut written = written_out(&mut dossier);
                let who = who % written.len();
                written.remove(who).clone()
            };
            if slipping {
                again.name = slipped(&again.name, slip, at);
            }
            let name = again.name.clone();
            for document in &mut dossier.input.form.documents {
                for there in document.attrs.names.values_mut() {
                    *there = if slipping { slipped(there, slip, at) } else { there.clone() };
                }
            }
            dossier.input.form.persons.insert(Role::Member(9), PersonEntry::Person(Box::new(again)));
            (dossier, name)
        };
        let ((exact, name), (near, other)) = (twice(false), twice(true));
        prop_assume!(compare_names(&name, &other).likeness != NameLikeness::Different);
        // A name that breaks the rules for new names is another matter.
        prop_assert_eq!(blocking(&exact), blocking(&near), "{}: {} and {}", case, name, other);
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
