//! Compiled rule sets.

use std::path::Path;

use berkas_domain::{CaseCode, Service, Sha256Hash};
use chrono::NaiveDate;
use serde::Serialize;

use crate::facts::Facts;
use crate::finding::{Judgement, RuleSetRef};

/// All rule sets of a directory.
#[derive(Debug)]
pub struct RuleSets {}

/// One compiled rule set: a service, an interval of validity, an office.
#[derive(Debug)]
pub struct RuleSet {}

/// A rule file that cannot be used.
#[derive(Debug, thiserror::Error)]
#[error("the rule set has {} errors", .0.len())]
pub struct RuleErrors(pub Vec<Diagnostic>);

/// A place in a rule file and what is wrong there.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Diagnostic {
    /// Path of the file, relative to the directory that was checked.
    pub file: String,
    /// Line, from 1.
    pub line: usize,
    /// Column in characters, from 1.
    pub column: usize,
    /// What is wrong.
    pub message: String,
}

/// The checklist a clerk prints for one case.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct CaseRequirements {
    /// The case.
    pub case: CaseCode,
}

impl RuleSets {
    /// Reads and compiles every rule file below `dir`.
    ///
    /// # Errors
    /// Everything `rules check` would say.
    pub fn load(_dir: &Path) -> Result<Self, RuleErrors> {
        Ok(Self {})
    }

    /// The rule sets that are part of the program.
    #[must_use]
    pub fn embedded() -> Self {
        Self {}
    }

    /// The set in force for the district on `date`; `None` when none covers it.
    #[must_use]
    pub fn in_force(&self, _service: Service, _date: NaiveDate) -> Option<&RuleSet> {
        None
    }
}

impl RuleSet {
    /// Names the set.
    #[must_use]
    pub fn reference(&self) -> RuleSetRef {
        RuleSetRef { national: String::new(), overlay: None, sha256: Sha256Hash::of(b"") }
    }

    /// Judges a submission. Pure: the same facts give the same bytes.
    #[must_use]
    pub fn judge(&self, _facts: &Facts) -> Judgement {
        Judgement {
            outcome: crate::finding::JudgementOutcome::Passes,
            rule_set: self.reference(),
            findings: vec![],
            checklist: vec![],
            not_checked: vec![],
        }
    }

    /// The requirements of each case, or of one.
    #[must_use]
    pub fn requirements(&self, _case: Option<&CaseCode>) -> Vec<CaseRequirements> {
        vec![]
    }
}
