//! Forms and pages as facts: whatever can be read is judged, by the rules of its service.
#![no_main]

use berkas_fuzz::{begin, seeds};
use berkas_rules::examples::DAY;
use berkas_rules::{Facts, Input, RuleSets};
use libfuzzer_sys::{Corpus, fuzz_target};

fuzz_target!(init: begin(seeds::facts), |bytes: &[u8]| -> Corpus {
    let Ok(input) = serde_json::from_slice::<Input>(bytes) else { return Corpus::Keep };
    let Some(rules) = RuleSets::embedded().in_force(input.form.service, DAY) else { return Corpus::Keep };
    assert_eq!(rules.judge(&Facts::of(&input)).rule_set, rules.reference());
    Corpus::Keep
});
