//! `rules explain`: why each requirement did or did not apply. Facts are named, never their values.

use berkas_domain::DocumentKind;
use serde::Serialize;

use crate::compiled::RuleSet;
use crate::facts::Facts;
use crate::judge::Judge;

/// One requirement of the case and what became of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Explanation {
    /// Stable id of the rule.
    pub rule: String,
    /// What is needed, in Indonesian.
    pub title_id: String,
    /// The same in English.
    pub title_en: String,
    /// The condition as the rule states it; absent: always needed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub when: Option<String>,
    /// Whether it applies; absent: unknown.
    pub applies: Option<bool>,
    /// Whether the papers are there.
    pub met: bool,
    /// Kinds of papers in the dossier that count for it.
    pub met_by: Vec<DocumentKind>,
    /// What its condition asks about and is known: facts, pairs of persons, switches with their value.
    pub known_facts: Vec<String>,
    /// What it asks about and nobody declared.
    pub unknown_facts: Vec<String>,
    /// Of all these what decided whether it applies; where that is unknown, what is missing for it.
    pub decided_by: Vec<String>,
}

impl RuleSet {
    /// Explains every requirement of the submission's case; empty when the service has no such case.
    #[must_use]
    pub fn explain(&self, facts: &Facts) -> Vec<Explanation> {
        let Some(case) = self.case_rules(&facts.case) else { return Vec::new() };
        let judge = Judge::new(facts);
        let papers = judge.papers(self, case);
        let explain = |place: &usize| {
            let rule = self.requirement(*place);
            let (mut known_facts, mut unknown_facts) = (Vec::new(), Vec::new());
            if let Some(when) = &rule.when {
                when.for_each_name(&mut |name| {
                    let list = if judge.is_known(name) { &mut known_facts } else { &mut unknown_facts };
                    let name = name.to_string();
                    if !list.contains(&name) {
                        list.push(name);
                    }
                });
            }
            Explanation {
                rule: rule.def.id.clone(),
                title_id: rule.def.title.id.clone(),
                title_en: rule.def.title.en.clone(),
                when: rule.def.when.clone(),
                applies: judge.applies(rule),
                met: papers.is_met(&rule.def),
                met_by: papers.met_by(&rule.def),
                decided_by: judge.decisive(rule),
                known_facts,
                unknown_facts,
            }
        };
        case.requirements.iter().map(explain).collect()
    }
}
