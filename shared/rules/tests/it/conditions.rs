//! Every requirement that depends on something: missed when its condition holds, not asked for when it does not, and met
//! by each of its alternatives.

use std::collections::BTreeSet;

use berkas_domain::Service;
use berkas_rules::examples::DAY;
use berkas_rules::{Facts, RequirementLine, RuleSet, RuleSets};

use crate::support::{Dossier, cases, codes, rules, service_of, with_overlay};

/// One condition, both ways.
struct Condition {
    rule: &'static str,
    /// The cases it is tried in, with spaces between; `*` is every case of the rule.
    cases: &'static str,
    /// What is there and the switches when it holds; a switch is `name=value`, `+kind` adds a paper and `-kind` takes one.
    holds: (&'static str, &'static str),
    /// The same when it does not hold.
    not: (&'static str, &'static str),
}

const AS_IT_IS: &str = "{}";
const MARRIED_AT_16: &str =
    r#"{"persons":{"applicant":{"birth_date":"2010-01-05","marital_status":"kawin_tercatat"}}}"#;
const BORN_64_DAYS_AGO: &str = r#"{"event":{"date":"2026-09-21"}}"#;
const ONE_CARD: &str =
    r#"{"persons":{"applicant":{"kk_number":"3517090101209001"},"spouse":{"kk_number":"3517090101209001"}}}"#;

macro_rules! declared {
    ($word:literal, $value:literal) => {
        concat!(r#"{"declarations":{""#, $word, r#"":"#, $value, "}}")
    };
}

/// What one declaration decides.
macro_rules! by_declaration {
    ($rule:literal, $case:literal, $word:literal) => {
        Condition {
            rule: $rule,
            cases: $case,
            holds: (declared!($word, "true"), ""),
            not: (declared!($word, "false"), ""),
        }
    };
}

/// What one switch decides.
macro_rules! by_switch {
    ($rule:literal, $case:literal, $switch:literal) => {
        Condition {
            rule: $rule,
            cases: $case,
            holds: (AS_IT_IS, concat!($switch, "=true")),
            not: (AS_IT_IS, concat!($switch, "=false")),
        }
    };
}

const CONDITIONS: &[Condition] = &[
    Condition {
        rule: "common.power_of_attorney",
        cases: "*",
        holds: (r#"{"persons":{"attorney":{"name":"EKO MISAL"}}}"#, ""),
        not: (AS_IT_IS, ""),
    },
    Condition { rule: "ktp1.marriage", cases: "*", holds: (MARRIED_AT_16, ""), not: (AS_IT_IS, "") },
    by_switch!("ktp4.f106", "KTP-4", "ktp4_needs_f106"),
    by_declaration!("ktp7.move_letter", "KTP-7", "moved"),
    by_declaration!("ktp7.proof", "KTP-7", "card_data_changes"),
    by_switch!("kk1.marriage_or_f105", "KK-1", "kk_accepts_f105"),
    Condition {
        rule: "kk1.marriage",
        cases: "KK-1",
        holds: (AS_IT_IS, "kk_accepts_f105=false"),
        not: (AS_IT_IS, "kk_accepts_f105=true"),
    },
    Condition {
        rule: "kk1.consent",
        cases: "KK-1",
        holds: (declared!("second_marriage", "true"), "-buku_nikah +form_f105"),
        not: (declared!("second_marriage", "true"), ""),
    },
    Condition {
        rule: "kk1.consent",
        cases: "KK-1",
        holds: (declared!("second_marriage", "true"), "-buku_nikah"),
        not: (declared!("second_marriage", "false"), "-buku_nikah"),
    },
    by_declaration!("kk.f101", "*", "new_member_unregistered"),
    Condition { rule: "kk1.card_of_spouse", cases: "KK-1", holds: (AS_IT_IS, ""), not: (ONE_CARD, "") },
    by_declaration!("kk3.marriage", "KK-3", "split_by_marriage"),
    by_declaration!("kk3.divorce", "KK-3", "split_by_divorce"),
    by_declaration!("kk5.from_abroad", "KK-5", "joins_from_abroad"),
    Condition {
        rule: "kk5.move_letter",
        cases: "KK-5",
        holds: (declared!("joins_from_abroad", "false"), ""),
        not: (declared!("joins_from_abroad", "true"), ""),
    },
    by_switch!("kk5.no_objection", "KK-5", "kk5_no_objection"),
    by_declaration!("kk5.guardianship", "KK-5", "joins_as_child"),
    by_switch!("kk8.police_letter", "KK-8", "kk8_police_letter"),
    Condition {
        rule: "kk8.itap",
        cases: "KK-8",
        holds: (r#"{"persons":{"applicant":{"citizenship":"NL"}}}"#, ""),
        not: (r#"{"persons":{"applicant":{"citizenship":"ID"}}}"#, ""),
    },
    Condition {
        rule: "lhr2.decision",
        cases: "*",
        holds: (BORN_64_DAYS_AGO, "late_birth_decision=true"),
        not: (r#"{"event":{"date":"2026-11-20"}}"#, "late_birth_decision=true"),
    },
    Condition {
        rule: "lhr2.decision",
        cases: "*",
        holds: (BORN_64_DAYS_AGO, "late_birth_decision=true"),
        not: (BORN_64_DAYS_AGO, "late_birth_decision=false"),
    },
    // Handed in on 24 November 2026: 64 days after the birth, of which 46 were office days.
    Condition {
        rule: "lhr2.decision",
        cases: "*",
        holds: (BORN_64_DAYS_AGO, "late_birth_decision=true"),
        not: (BORN_64_DAYS_AGO, "late_birth_decision=true late_counts_office_days=true"),
    },
    // In the year before the holidays are unknown, but what lies after it is more than every limit.
    Condition {
        rule: "lhr2.decision",
        cases: "*",
        holds: (
            r#"{"event":{"date":"2025-12-20"}}"#,
            "late_birth_decision=true late_counts_office_days=true",
        ),
        not: (r#"{"event":{"date":"2026-11-20"}}"#, "late_birth_decision=true late_counts_office_days=true"),
    },
    by_switch!("lhr5.statement", "LHR-5", "mother_only_statement"),
    by_declaration!("lhr6.f203", "LHR-6", "in_care"),
    by_switch!("lhr6.finder", "LHR-6", "finder_papers"),
    by_declaration!("lhr8.death_of_parent", "LHR-8", "parents_dead"),
    Condition {
        rule: "x17.statement",
        cases: "*",
        holds: (r#"{"event":{"parents_wedding":"1960-01-01"}}"#, "gap_statement=true"),
        not: (AS_IT_IS, "gap_statement=true"),
    },
    Condition {
        rule: "x17.statement",
        cases: "LHR-1 LHR-3",
        holds: (r#"{"event":{"elder_sibling_birth":"2010-01-01"}}"#, "gap_statement=true"),
        not: (r#"{"event":{"elder_sibling_birth":"2010-01-01"}}"#, "gap_statement=false"),
    },
    by_switch!("mti6.court", "MTI-6", "mti6_court_order"),
];

/// The office whose overlay sets the switches.
const OFFICE: &str = "351709";

/// The rules with the switches of `settings` set; without any, those of the national files.
fn with_switch(settings: &str) -> RuleSets {
    let pairs = settings.split_whitespace().filter_map(|setting| setting.split_once('='));
    let changes = pairs.map(|(switch, value)| {
        format!("[[setting]]\nswitch = \"{switch}\"\nvalue = {value}\nreason = \"a test\"\n")
    });
    with_overlay(OFFICE, &changes.collect::<String>())
}

fn in_force(sets: &RuleSets, service: Service) -> &RuleSet {
    sets.in_force_at(service, DAY, &OFFICE.parse().unwrap()).unwrap()
}

/// A complete dossier but for the papers of the requirement, in the circumstances of one side of the condition.
fn without_its_papers(case: &str, side: (&str, &str), line: &RequirementLine) -> Dossier {
    let mut dossier = Dossier::complete(case);
    for paper in line.any_of.iter().flatten() {
        dossier.remove_of(paper.kind, paper.of);
    }
    dossier.patch(side.0);
    for change in side.1.split_whitespace() {
        if let Some(kind) = change.strip_prefix('+') {
            dossier.add(kind.parse().unwrap(), None, 1);
        } else if let Some(kind) = change.strip_prefix('-') {
            dossier.remove(kind);
        }
    }
    dossier
}

/// Every requirement that depends on something, with each case it is for.
fn conditional() -> BTreeSet<(String, String)> {
    let mut found = BTreeSet::new();
    for service in Service::ALL {
        let set: serde_json::Value =
            serde_json::from_str(&rules(*service).effective().canonical_json()).unwrap();
        for rule in set["requirements"].as_array().unwrap().iter().filter(|rule| rule["when"].is_string()) {
            let of: Vec<String> = serde_json::from_value(rule["cases"].clone()).unwrap();
            let of = if of.is_empty() { cases(*service) } else { of };
            let id = rule["id"].as_str().unwrap();
            found.extend(of.into_iter().map(|case| (id.to_owned(), case)));
        }
    }
    found
}

/// The cases in which a condition is tried.
fn tried_in(condition: &Condition) -> Vec<String> {
    if condition.cases != "*" {
        return condition.cases.split_whitespace().map(str::to_owned).collect();
    }
    conditional().into_iter().filter(|(rule, _)| rule == condition.rule).map(|(_, case)| case).collect()
}

fn try_in(condition: &Condition, case: &str, holding: &RuleSets, otherwise: &RuleSets) {
    let Condition { rule, holds, not, .. } = condition;
    let service = service_of(case);
    let missed = |set: &RuleSet, dossier: &Dossier| {
        set.judge(&Facts::of(&dossier.input)).findings.iter().any(|finding| finding.rule == *rule)
    };
    let set = in_force(holding, service);
    let listed = set.requirements(Some(&case.parse().unwrap())).remove(0);
    let line = listed.requirements.iter().find(|line| line.rule == *rule).unwrap();
    let without = || without_its_papers(case, *holds, line);
    assert!(missed(set, &without()), "{case}: {rule} applies with {holds:?}");
    for alternative in &line.any_of {
        let mut dossier = without();
        for paper in alternative {
            dossier.add(paper.kind, paper.of, paper.at_least);
        }
        assert!(!missed(set, &dossier), "{case}: {rule} is met by {alternative:?}");
    }
    let dossier = without_its_papers(case, *not, line);
    let applies = missed(in_force(otherwise, service), &dossier);
    assert!(!applies, "{case}: {rule} does not apply with {not:?}");
}

#[test]
fn each_condition_is_tried_both_ways_in_each_case_and_each_alternative_meets_it() {
    for condition in CONDITIONS {
        let (holding, otherwise) = (with_switch(condition.holds.1), with_switch(condition.not.1));
        for case in tried_in(condition) {
            try_in(condition, &case, &holding, &otherwise);
        }
    }
}

#[test]
fn the_table_has_every_requirement_that_depends_on_something_in_each_of_its_cases() {
    let tried: BTreeSet<(String, String)> = CONDITIONS
        .iter()
        .flat_map(|condition| tried_in(condition).into_iter().map(|case| (condition.rule.to_owned(), case)))
        .collect();
    let depend = conditional();
    assert!(depend.len() > 60, "{depend:?}");
    assert_eq!(depend.difference(&tried).collect::<Vec<_>>(), Vec::<&(String, String)>::new());
}

#[test]
fn an_unknown_condition_is_a_line_of_the_checklist_and_blocks_nothing() {
    let mut unknown = Dossier::complete("KTP-7");
    unknown.input.form.declarations.0.clear();
    let judgement = unknown.judge();
    assert_eq!(codes(&judgement, "block"), "");
    let asked: Vec<&str> =
        judgement.checklist.iter().filter(|line| line.unknown).map(|line| line.rule.as_str()).collect();
    assert_eq!(asked, ["ktp7.move_letter", "ktp7.proof"]);
}
