//! `rules explain`: why each requirement did or did not apply. Facts are named, never their values.

use berkas_domain::DocumentKind;
use serde::Serialize;

use crate::compiled::RuleSet;
use crate::facts::Facts;
use crate::facts::slot::Slot;
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
    /// The facts its condition asks about.
    pub known_facts: Vec<String>,
    /// Those of them that nobody declared.
    pub unknown_facts: Vec<String>,
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
                when.for_each_slot(&mut |slot: Slot| {
                    let list = if facts.is_known(slot) { &mut known_facts } else { &mut unknown_facts };
                    list.push(slot.to_string());
                });
            }
            let kinds: Vec<DocumentKind> = rule.def.any_of.iter().flatten().map(|item| item.kind).collect();
            let mut met_by: Vec<DocumentKind> = facts
                .documents
                .iter()
                .map(|document| document.kind)
                .filter(|kind| kinds.contains(kind))
                .collect();
            met_by.sort();
            met_by.dedup();
            Explanation {
                rule: rule.def.id.clone(),
                title_id: rule.def.title.id.clone(),
                title_en: rule.def.title.en.clone(),
                when: rule.def.when.clone(),
                applies: judge.applies(rule),
                met: papers.is_met(&rule.def),
                met_by,
                known_facts,
                unknown_facts,
            }
        };
        case.requirements.iter().map(explain).collect()
    }
}
