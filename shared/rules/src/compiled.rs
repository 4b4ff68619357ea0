//! A rule set ready to judge.

use std::collections::BTreeMap;

use berkas_domain::{CaseCode, Service, Sha256Hash};
use chrono::NaiveDate;

use crate::effective::{CheckDef, EffectiveSet, LookDef, RequirementDef};
use crate::expr::{ConditionError, Expr, Names, ParseCache};
use crate::facts::catalogue::{DocumentFact, PersonFact};
use crate::facts::slot::{Slot, Space};
use crate::finding::RuleSetRef;

/// One compiled rule set: a service, an interval of validity, an office.
#[derive(Debug)]
pub struct RuleSet {
    set: EffectiveSet,
    sha256: Sha256Hash,
    requirements: Vec<Rule<RequirementDef>>,
    checks: Vec<Rule<CheckDef>>,
    looks: Vec<Rule<LookDef>>,
    cases: BTreeMap<CaseCode, CaseRules>,
}

/// A rule with its condition.
#[derive(Debug)]
pub(crate) struct Rule<T> {
    pub(crate) def: T,
    pub(crate) when: Option<Expr>,
    /// Whether the condition asks look-ups or pages, which a dry run leaves out.
    pub(crate) asks: Asks,
}

/// What a condition asks beside the form.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Asks {
    pub(crate) history: bool,
    pub(crate) pages: bool,
}

/// The rules of one case, by their places in the set.
#[derive(Debug, Default)]
pub(crate) struct CaseRules {
    pub(crate) requirements: Vec<usize>,
    pub(crate) checks: Vec<usize>,
    pub(crate) looks: Vec<usize>,
}

/// A condition of a set that cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("rule `{rule}`: {message}")]
pub struct CompileError {
    /// The rule's id.
    pub rule: String,
    /// Byte offset in its condition.
    pub offset: usize,
    /// What is wrong.
    pub message: String,
}

impl RuleSet {
    /// Compiles an effective set.
    ///
    /// # Errors
    /// Every condition that cannot be used.
    pub fn compile(set: EffectiveSet) -> Result<Self, Vec<CompileError>> {
        Self::compile_with(set, &mut ParseCache::default())
    }

    pub(crate) fn compile_with(set: EffectiveSet, cache: &mut ParseCache) -> Result<Self, Vec<CompileError>> {
        let mut errors = Vec::new();
        let mut condition = |rule: &str, each, source: Option<&str>| {
            let names = Names { switches: &set.switches, each };
            let expr = source.map(|source| cache.compile(source, &names)).transpose();
            expr.unwrap_or_else(|ConditionError { offset, message }| {
                errors.push(CompileError { rule: rule.to_owned(), offset, message });
                None
            })
        };
        let requirements: Vec<_> = set
            .requirements
            .iter()
            .map(|def| Rule::new(def.clone(), condition(&def.id, None, def.when.as_deref())))
            .collect();
        let checks: Vec<_> = set
            .checks
            .iter()
            .map(|def| Rule::new(def.clone(), condition(&def.id, def.each, Some(&def.when))))
            .collect();
        let looks: Vec<_> = set
            .looks
            .iter()
            .map(|def| Rule::new(def.clone(), condition(&def.id, def.each, def.when.as_deref())))
            .collect();
        if !errors.is_empty() {
            return Err(errors);
        }
        let mut this =
            Self { sha256: set.sha256(), set, requirements, checks, looks, cases: BTreeMap::new() };
        this.cases =
            this.set.cases.iter().map(|case| (case.code.clone(), this.rules_of(&case.code))).collect();
        Ok(this)
    }

    /// Reads a set as it was published and compiles it.
    ///
    /// # Errors
    /// What is no such set, or one that was written for other facts, as a [`CompileError`] without a rule.
    pub fn from_published(canonical_json: &str) -> Result<Self, Vec<CompileError>> {
        let unusable = |message: String| vec![CompileError { rule: String::new(), offset: 0, message }];
        let set: EffectiveSet = serde_json::from_str(canonical_json)
            .map_err(|error| unusable(format!("not a published set: {error}")))?;
        if set.facts_schema != crate::effective::FACTS_SCHEMA {
            return Err(unusable(format!("the set was written for facts of schema {}", set.facts_schema)));
        }
        // The hash is of what was published, whatever this program would write today.
        Ok(Self { sha256: Sha256Hash::of(canonical_json.as_bytes()), ..Self::compile(set)? })
    }

    fn rules_of(&self, case: &CaseCode) -> CaseRules {
        let concerns = |cases: &[CaseCode]| cases.is_empty() || cases.contains(case);
        let mut rules = CaseRules::default();
        let requirements = self.requirements.iter().enumerate().filter(|(_, rule)| concerns(&rule.def.cases));
        rules.requirements = requirements.map(|(place, _)| place).collect();
        let checks = self.checks.iter().enumerate().filter(|(_, rule)| concerns(&rule.def.cases));
        rules.checks = checks.map(|(place, _)| place).collect();
        let looks = self.looks.iter().enumerate().filter(|(_, rule)| concerns(&rule.def.cases));
        rules.looks = looks.map(|(place, _)| place).collect();
        rules
    }

    /// The effective set it was compiled from.
    #[must_use]
    pub fn effective(&self) -> &EffectiveSet {
        &self.set
    }

    /// The service it judges.
    #[must_use]
    pub fn service(&self) -> Service {
        self.set.service
    }

    /// The node of the office tree its overlay belongs to; `None` for the national rules alone.
    #[must_use]
    pub fn office(&self) -> Option<&str> {
        self.set.office.as_deref()
    }

    /// First and last day on which it is in force; the last is open when `None`.
    #[must_use]
    pub fn validity(&self) -> (NaiveDate, Option<NaiveDate>) {
        (self.set.valid_from, self.set.valid_to)
    }

    /// Versions of the national files, and of the overlay when there is one.
    #[must_use]
    pub fn version(&self) -> String {
        let overlay = self.set.overlay.as_ref().map(|label| format!(" + {label}")).unwrap_or_default();
        format!("{}{overlay}", self.set.national)
    }

    /// The files it was made of, each with its version.
    pub(crate) fn labels(&self) -> Vec<String> {
        let national = self.set.national.split(", ").map(str::to_owned);
        national.chain(self.set.overlay.clone()).collect()
    }

    /// SHA-256 of the effective set's canonical JSON.
    #[must_use]
    pub fn hash(&self) -> Sha256Hash {
        self.sha256
    }

    /// SHA-256 of what the set says, whenever it is in force: the same versions must always say the same.
    #[must_use]
    pub fn content_hash(&self) -> Sha256Hash {
        let timeless = EffectiveSet { valid_from: NaiveDate::MIN, valid_to: None, ..self.set.clone() };
        timeless.sha256()
    }

    /// Names the set for ever.
    #[must_use]
    pub fn reference(&self) -> RuleSetRef {
        RuleSetRef {
            national: self.set.national.clone(),
            overlay: self.set.overlay.clone(),
            sha256: self.sha256,
        }
    }

    /// The cases of the service, in the order of the file.
    pub fn cases(&self) -> impl Iterator<Item = &CaseCode> {
        self.set.cases.iter().map(|case| &case.code)
    }

    /// How many rules concern `case`; none when the service has no such case.
    #[must_use]
    pub fn rules_of_case(&self, case: &CaseCode) -> usize {
        self.cases
            .get(case)
            .map_or(0, |rules| rules.requirements.len() + rules.checks.len() + rules.looks.len())
    }

    pub(crate) fn case_rules(&self, case: &CaseCode) -> Option<&CaseRules> {
        self.cases.get(case)
    }

    pub(crate) fn requirement(&self, place: usize) -> &Rule<RequirementDef> {
        &self.requirements[place]
    }

    pub(crate) fn check(&self, place: usize) -> &Rule<CheckDef> {
        &self.checks[place]
    }

    pub(crate) fn checks(&self) -> impl Iterator<Item = &Rule<CheckDef>> {
        self.checks.iter()
    }

    pub(crate) fn look(&self, place: usize) -> &Rule<LookDef> {
        &self.looks[place]
    }

    /// Every condition with the id of its rule.
    pub(crate) fn conditions(&self) -> impl Iterator<Item = (&str, &Expr)> {
        let requirements = self.requirements.iter().map(|rule| (rule.def.id.as_str(), rule.when.as_ref()));
        let checks = self.checks.iter().map(|rule| (rule.def.id.as_str(), rule.when.as_ref()));
        let looks = self.looks.iter().map(|rule| (rule.def.id.as_str(), rule.when.as_ref()));
        requirements.chain(checks).chain(looks).filter_map(|(id, when)| when.map(|when| (id, when)))
    }
}

impl<T> Rule<T> {
    fn new(def: T, when: Option<Expr>) -> Self {
        let asks = when.as_ref().map(Asks::of).unwrap_or_default();
        Self { def, when, asks }
    }
}

impl Asks {
    fn of(expr: &Expr) -> Self {
        let mut asks = Self::default();
        expr.for_each_slot(&mut |slot| asks.note(slot));
        asks
    }

    fn note(&mut self, slot: Slot) {
        const REMEMBERED: [PersonFact; 2] = [PersonFact::KnownDead, PersonFact::WitnessUses];
        const SEEN: [DocumentFact; 5] = [
            DocumentFact::Opened,
            DocumentFact::Flagged,
            DocumentFact::Pages,
            DocumentFact::GoodPages,
            DocumentFact::UnreadablePages,
        ];
        match slot.space {
            Space::History => self.history = true,
            Space::Role(_) | Space::Person => {
                self.history |= REMEMBERED.iter().any(|fact| *fact as usize == slot.index);
            }
            Space::Document if slot.index == DocumentFact::UsedElsewhere as usize => self.history = true,
            Space::Document => self.pages |= SEEN.iter().any(|fact| *fact as usize == slot.index),
            Space::Page => self.pages = true,
            _ => {}
        }
    }
}
