//! Puts the files together that hold at one time for one service and office.

use std::collections::{BTreeMap, BTreeSet};

use berkas_domain::{CaseCode, Service};
use chrono::NaiveDate;

use crate::diagnostic::Diagnostic;
use crate::effective::{EffectiveSet, FACTS_SCHEMA};
use crate::finding::Level;
use crate::resolve::{Head, Resolved, Site};

/// The files of one effective set.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Parts<'a> {
    pub(crate) service: Service,
    pub(crate) national: &'a Resolved,
    pub(crate) common: Option<&'a Resolved>,
    pub(crate) overlay: Option<&'a Resolved>,
    pub(crate) from: NaiveDate,
    pub(crate) to: Option<NaiveDate>,
}

impl<'a> Parts<'a> {
    fn files(&self) -> impl Iterator<Item = &'a Resolved> {
        [Some(self.national), self.common, self.overlay].into_iter().flatten()
    }

    /// Where the rule `id` stands.
    pub(crate) fn site(&self, id: &str) -> Option<Site<'a>> {
        self.files().find_map(|file| file.site(id))
    }
}

/// Merges the files; the diagnostics are errors of their combination.
pub(crate) fn merge(parts: &Parts<'_>) -> (EffectiveSet, Vec<Diagnostic>) {
    let mut merger = Merger { parts, found: Vec::new() };
    let mut set = merger.collect();
    merger.check_names(&set);
    if let Some(overlay) = parts.overlay {
        merger.apply(overlay, &mut set);
    }
    (set, merger.found)
}

struct Merger<'a> {
    parts: &'a Parts<'a>,
    found: Vec<Diagnostic>,
}

impl Merger<'_> {
    fn collect(&self) -> EffectiveSet {
        let parts = self.parts;
        let cases = parts.files().flat_map(|file| file.cases.clone());
        let cases: Vec<_> =
            cases.filter(|case| case.service.is_none_or(|service| service == parts.service)).collect();
        let codes: BTreeSet<CaseCode> = cases.iter().map(|case| case.code.clone()).collect();
        // A rule without cases is for all of them; a common rule may be for cases of another service only.
        let concerns = |services: &[Service], of: &[CaseCode]| {
            (services.is_empty() || services.contains(&parts.service))
                && (of.is_empty() || of.iter().any(|case| codes.contains(case)))
        };
        let mut labels: Vec<String> =
            [Some(parts.national), parts.common].into_iter().flatten().map(Resolved::label).collect();
        labels.dedup();
        let office = parts.overlay.and_then(|overlay| match &overlay.head {
            Head::Overlay { office, .. } => Some(office.clone()),
            Head::National { .. } => None,
        });
        let all = |pick: fn(&Resolved) -> BTreeMap<_, _>| parts.files().flat_map(pick).collect();
        EffectiveSet {
            facts_schema: FACTS_SCHEMA,
            service: parts.service,
            national: labels.join(", "),
            overlay: parts.overlay.map(Resolved::label),
            office,
            valid_from: parts.from,
            valid_to: parts.to,
            switches: all(|file| file.switches.clone()),
            cases,
            // A service's own list stands before the common one.
            persons: [parts.common, Some(parts.national), parts.overlay]
                .into_iter()
                .flatten()
                .flat_map(|file| file.persons.clone())
                .collect(),
            requirements: parts
                .files()
                .flat_map(|file| file.requirements.clone())
                .filter(|rule| concerns(&rule.services, &rule.cases))
                .collect(),
            checks: parts
                .files()
                .flat_map(|file| file.checks.clone())
                .filter(|rule| concerns(&rule.services, &rule.cases))
                .collect(),
            looks: parts
                .files()
                .flat_map(|file| file.looks.clone())
                .filter(|rule| concerns(&rule.services, &rule.cases))
                .collect(),
        }
    }

    /// Every rule has an id of its own.
    fn check_names(&mut self, set: &EffectiveSet) {
        let mut seen = BTreeSet::new();
        for id in ids(set) {
            if !seen.insert(id.clone()) {
                self.at_rule(&id, format!("the rule id `{id}` is used twice"));
            }
        }
    }

    fn at_rule(&mut self, id: &str, message: String) {
        // A doubled id is reported where it stands last: that file came later.
        let site = self.parts.files().filter_map(|file| file.site(id)).last();
        self.found.extend(site.map(|site| site.diagnostic(message)));
    }

    fn apply(&mut self, overlay: &Resolved, set: &mut EffectiveSet) {
        let body = &overlay.raw.body;
        let file = &overlay.raw.file;
        for setting in &body.setting {
            match set.switches.get_mut(setting.switch.get_ref()) {
                Some(value) if std::mem::discriminant(value) == std::mem::discriminant(&setting.value) => {
                    *value = setting.value;
                }
                Some(_) => {
                    self.found.push(file.at(&setting.switch, "the switch has a value of another type"))
                }
                // Another service's; that it is anybody's is checked once for all services.
                None => {}
            }
        }
        for change in &body.off {
            let keep = |id: &String| id != change.rule.get_ref();
            set.requirements.retain(|rule| keep(&rule.id));
            set.checks.retain(|rule| keep(&rule.id));
            set.looks.retain(|rule| keep(&rule.id));
        }
        for change in &body.ease {
            let id = change.rule.get_ref();
            let levels =
                set.requirements.iter_mut().filter(|rule| rule.id == *id).map(|rule| &mut rule.level);
            let levels =
                levels.chain(set.checks.iter_mut().filter(|rule| rule.id == *id).map(|rule| &mut rule.level));
            for level in levels {
                *level = Level::Person.max(*level);
            }
        }
        for rewording in &body.reword {
            let (id, text) = (rewording.rule.get_ref(), rewording.text.get_ref());
            set.requirements
                .iter_mut()
                .filter(|rule| rule.id == *id)
                .for_each(|rule| rule.text = Some(text.clone()));
            set.checks.iter_mut().filter(|rule| rule.id == *id).for_each(|rule| rule.text = text.clone());
            set.looks.iter_mut().filter(|rule| rule.id == *id).for_each(|rule| rule.text = text.clone());
        }
    }
}

/// Says which rules of a file name cases that nobody has. A service's file knows its own, others those of all; an overlay
/// also knows those it adds.
pub(crate) fn unknown_cases(file: &Resolved, all: &BTreeSet<CaseCode>) -> Vec<Diagnostic> {
    let mut known: BTreeSet<CaseCode> = file.cases.iter().map(|case| case.code.clone()).collect();
    if known.is_empty() || matches!(file.head, Head::Overlay { .. }) {
        known.extend(all.iter().cloned());
    }
    let named = file.requirements.iter().map(|rule| (&rule.id, &rule.cases));
    let named = named.chain(file.checks.iter().map(|rule| (&rule.id, &rule.cases)));
    let named = named.chain(file.looks.iter().map(|rule| (&rule.id, &rule.cases)));
    let pairs = named.flat_map(|(id, cases)| cases.iter().map(move |case| (id, case)));
    let unknown = pairs.filter(|(_, case)| !known.contains(*case));
    unknown
        .filter_map(|(id, case)| Some(file.site(id)?.diagnostic(format!("unknown case `{case}`"))))
        .collect()
}

/// Says which rules and switches an overlay names that no set has among those it is laid over at one time.
pub(crate) fn check_overlay(overlay: &Resolved, sets: &[&EffectiveSet]) -> Vec<Diagnostic> {
    let body = &overlay.raw.body;
    let file = &overlay.raw.file;
    let known: BTreeSet<String> = sets.iter().flat_map(|set| ids(set)).collect();
    let rules = body.off.iter().chain(&body.ease).map(|change| &change.rule);
    let rules = rules.chain(body.reword.iter().map(|change| &change.rule));
    let unknown = rules.filter(|rule| !known.contains(rule.get_ref()));
    let mut found: Vec<Diagnostic> =
        unknown.map(|rule| file.at(rule, format!("unknown rule id `{}`", rule.get_ref()))).collect();
    for change in &body.ease {
        let id = change.rule.get_ref();
        if known.contains(id) && !sets.iter().any(|set| blocks(set, id)) {
            found.push(file.at(&change.rule, format!("`{id}` blocks nothing, so there is nothing to ease")));
        }
    }
    for setting in &body.setting {
        let name = setting.switch.get_ref();
        if !sets.iter().any(|set| set.switches.contains_key(name)) {
            found.push(file.at(&setting.switch, format!("unknown switch `{name}`")));
        }
    }
    found
}

/// Whether a set returns submissions by the rule `id`.
fn blocks(set: &EffectiveSet, id: &str) -> bool {
    let requirements = set.requirements.iter().filter(|rule| rule.id == id).map(|rule| rule.level);
    let checks = set.checks.iter().filter(|rule| rule.id == id).map(|rule| rule.level);
    requirements.chain(checks).any(|level| level == Level::Block)
}

/// Every rule id of a set, doubled ones as often as they stand there.
fn ids(set: &EffectiveSet) -> Vec<String> {
    let requirements = set.requirements.iter().map(|rule| &rule.id);
    let checks = set.checks.iter().map(|rule| &rule.id);
    requirements.chain(checks).chain(set.looks.iter().map(|rule| &rule.id)).cloned().collect()
}
