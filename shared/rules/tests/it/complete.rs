//! A complete dossier of every case passes without a finding, whatever the seed.

use berkas_domain::Service;
use berkas_rules::examples::{DAY, complete_form, complete_input};
use berkas_rules::{Facts, JudgementOutcome, RuleSets};

#[test]
fn a_complete_dossier_of_every_case_passes_without_a_finding() {
    let mut cases = 0;
    for service in Service::ALL {
        let set = RuleSets::embedded().in_force(*service, DAY).unwrap();
        for case in set.cases() {
            cases += 1;
            for seed in 0..25 {
                let input = complete_input(*service, case, seed).unwrap();
                let judgement = set.judge(&Facts::of(&input));
                assert_eq!(judgement.findings, [], "{case} with seed {seed}");
                assert_eq!(judgement.outcome, JudgementOutcome::Passes);
                assert_eq!(judgement.not_checked, Vec::<String>::new());
            }
        }
    }
    assert_eq!(cases, 9 + 10 + 8 + 7);
}

#[test]
fn a_complete_dossier_leaves_little_unknown() {
    for service in Service::ALL {
        let set = RuleSets::embedded().in_force(*service, DAY).unwrap();
        for case in set.cases() {
            let judgement = set.judge(&Facts::of(&complete_input(*service, case, 1).unwrap()));
            let unknown: Vec<_> = judgement.checklist.iter().filter(|line| line.unknown).collect();
            assert!(unknown.len() <= 2, "{case}: {unknown:#?}");
        }
    }
}

#[test]
fn the_same_seed_gives_the_same_form_and_another_seed_another_person() {
    let case = "LHR-1".parse().unwrap();
    let form = |seed| complete_form(Service::AktaKelahiran, &case, seed).unwrap();
    assert_eq!(form(7), form(7));
    assert_ne!(form(7).persons, form(8).persons);
}
