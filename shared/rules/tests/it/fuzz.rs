//! Random rule files and random facts: nothing panics, nothing aborts. Run by `make fuzz`, bounded by
//! `BERKAS_FUZZ_SECONDS` for each target.

use std::time::{Duration, Instant};

use berkas_domain::Service;
use berkas_rules::{Facts, Input, RuleSets, check_files};
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;

use crate::support::{Dossier, cases, rules};

fn until() -> Instant {
    let seconds = std::env::var("BERKAS_FUZZ_SECONDS").ok().and_then(|text| text.parse().ok()).unwrap_or(60);
    Instant::now() + Duration::from_secs(seconds)
}

/// Draws values and tries them until the time is up; says how many.
fn drive<S: Strategy>(strategy: S, mut attempt: impl FnMut(S::Value)) -> u64 {
    let (end, mut runner, mut count) = (until(), TestRunner::default(), 0);
    while Instant::now() < end {
        attempt(strategy.new_tree(&mut runner).unwrap().current());
        count += 1;
    }
    count
}

/// Where a text is cut, how much goes, what comes instead.
fn edits() -> impl Strategy<Value = Vec<(usize, usize, String)>> {
    let words = [
        "[",
        "]",
        "(",
        ")",
        "'''",
        "\"",
        "&&",
        "||",
        "!",
        "==",
        "applicant.age",
        "-",
        "{",
        "= 1",
        "\n",
        "1e9",
        "has(",
        "é",
        "\u{0}",
    ];
    let word = prop_oneof![prop::sample::select(words.to_vec()).prop_map(str::to_owned), ".{0,12}"];
    prop::collection::vec(
        (any::<prop::sample::Index>().prop_map(|at| at.index(1 << 20)), 0_usize..40, word),
        1..6,
    )
}

fn edited(text: &str, edits: &[(usize, usize, String)]) -> String {
    let mut text = text.to_owned();
    for (at, gone, new) in edits {
        let floor = |mut at: usize| {
            while !text.is_char_boundary(at) {
                at -= 1;
            }
            at
        };
        let from = floor(at % (text.len() + 1));
        let to = floor((from + gone).min(text.len()));
        text.replace_range(from..to, new);
    }
    text
}

#[test]
#[ignore = "bounded by time: make fuzz"]
fn a_mutated_rule_file_is_read_or_refused() {
    let files = RuleSets::embedded_files();
    let pick = prop::sample::select(files);
    let count = drive((pick, edits()), |((path, text), edits)| {
        for found in check_files(&[(path, edited(&text, &edits))], &[]) {
            assert!(found.line > 0 && found.column > 0);
        }
    });
    assert!(count > 0);
}

#[test]
#[ignore = "bounded by time: make fuzz"]
fn mutated_facts_are_judged_or_refused() {
    let all: Vec<String> = Service::ALL.iter().flat_map(|service| cases(*service)).collect();
    let mut judged = 0_u64;
    drive((prop::sample::select(all), 0_u64..50, edits()), |(case, seed, edits)| {
        let whole = serde_json::to_string(&Dossier::seeded(&case, seed).input).unwrap();
        if let Ok(input) = serde_json::from_str::<Input>(&edited(&whole, &edits)) {
            let judgement = rules(input.form.service).judge(&Facts::of(&input));
            assert_eq!(judgement.rule_set, rules(input.form.service).reference());
            judged += 1;
        }
    });
    assert!(judged > 0, "some mutated input is still a form");
}
