//! Every check is seen to find something: by an example beside the rule files, or here where an example cannot say it.

use std::collections::BTreeSet;
use std::path::Path;

use berkas_domain::Service;
use berkas_rules::examples::{DAY, run_examples};
use berkas_rules::{PageLook, PageQuality, PageVerdict};

use crate::support::{Dossier, rules, with_overlay};

/// What is found below: it needs a second page.
const FOUND_HERE: [&str; 1] = ["x01.blank_page"];

#[test]
fn every_check_is_found_by_an_example() {
    let outcomes = run_examples(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../../config/rules")).unwrap();
    let found: BTreeSet<&str> = outcomes
        .iter()
        .flat_map(|outcome| &outcome.found)
        .filter_map(|line| line.split(' ').nth(2))
        .collect();
    let mut never = BTreeSet::new();
    for service in Service::ALL {
        let set: serde_json::Value =
            serde_json::from_str(&rules(*service).effective().canonical_json()).unwrap();
        let checks = set["checks"].as_array().unwrap().iter().map(|check| check["id"].as_str().unwrap());
        never.extend(checks.filter(|id| !found.contains(id)).map(str::to_owned));
    }
    assert_eq!(Vec::from_iter(never), FOUND_HERE);
}

#[test]
fn a_blank_page_beside_a_good_one_is_information() {
    let mut dossier = Dossier::complete("KTP-2");
    let blank =
        PageVerdict { page: 2, verdict: PageQuality::Ok, blank: true, reasons: Vec::new(), looks_like: None };
    dossier.input.pages[0].pages.push(blank);
    let rules: Vec<String> = dossier.judge().findings.into_iter().map(|finding| finding.rule).collect();
    assert_eq!(rules, ["x01.blank_page"]);
}

#[test]
fn what_a_page_looks_like_is_asked_about_where_its_slot_says_otherwise_and_returns_nothing() {
    let asked = |look: PageLook, page: u32| {
        let mut dossier = Dossier::complete("KTP-2");
        let before = dossier.judge();
        for document in &mut dossier.input.pages {
            document.pages.iter_mut().for_each(|one| (one.page, one.looks_like) = (page, Some(look)));
        }
        let judgement = dossier.judge();
        assert_eq!((judgement.outcome, &judgement.findings), (before.outcome, &before.findings));
        let lines = judgement.checklist.into_iter().filter(|line| line.rule.starts_with("x02.looks_like"));
        lines.map(|line| (line.kind.unwrap().to_string(), line.page)).collect::<Vec<_>>()
    };
    let on_page_1 = |kinds: &[&str]| Vec::from_iter(kinds.iter().map(|kind| (kind.to_string(), Some(1))));
    assert_eq!(asked(PageLook::Card, 1), on_page_1(&["form_f102", "kk", "surat_polisi_kehilangan"]));
    assert_eq!(asked(PageLook::FamilyCard, 1), on_page_1(&["surat_polisi_kehilangan"]));
    assert_eq!(asked(PageLook::Certificate, 1), on_page_1(&["form_f102", "kk"]));
    assert_eq!(asked(PageLook::Letter, 1), on_page_1(&["kk"]));
    assert_eq!(asked(PageLook::Photo, 1), []);
    assert_eq!(asked(PageLook::Card, 2), [], "an enclosure is something else than its slot says");
}

#[test]
fn a_child_or_a_deceased_that_cannot_be_looked_up_is_asked_about() {
    let asked = |dossier: &Dossier, rule: &str| {
        let judgement = dossier.judge();
        assert!(judgement.findings.iter().all(|finding| finding.rule != rule));
        judgement.checklist.iter().any(|line| line.rule == rule && line.unknown)
    };
    let mut birth = Dossier::complete("LHR-1");
    assert!(!asked(&birth, "x19.same_child"));
    birth.patch(r#"{"event":{"birth_order":null}}"#);
    assert!(asked(&birth, "x19.same_child"));

    let mut death = Dossier::complete("MTI-1");
    assert!(!asked(&death, "x21.already_dead"));
    death.patch(r#"{"persons":{"deceased":{"nik":null}}}"#);
    assert!(asked(&death, "x21.already_dead"));
}

#[test]
fn what_the_district_has_switched_off_is_not_on_the_list_and_what_always_holds_has_no_condition() {
    let listed = |setting: &str| {
        let changes =
            format!("[[setting]]\nswitch = \"kk_accepts_f105\"\nvalue = {setting}\nreason = \"a test\"\n");
        let sets = with_overlay("351709", &changes);
        let set = sets.in_force_at(Service::KartuKeluarga, DAY, &"351709".parse().unwrap()).unwrap();
        let case = set.requirements(Some(&"KK-1".parse().unwrap())).remove(0);
        let proofs = case.requirements.into_iter().filter(|line| line.rule.starts_with("kk1.marriage"));
        proofs.map(|line| (line.rule, line.condition_id)).collect::<Vec<_>>()
    };
    assert_eq!(listed("true"), [("kk1.marriage_or_f105".to_owned(), None)]);
    assert_eq!(listed("false"), [("kk1.marriage".to_owned(), None)]);
    let births = rules(Service::AktaKelahiran).requirements(Some(&"LHR-6".parse().unwrap())).remove(0);
    let in_care = births.requirements.iter().find(|line| line.rule == "lhr6.f203").unwrap();
    assert!(in_care.condition_id.is_some(), "it depends on the submission");
}
