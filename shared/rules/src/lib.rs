//! Completeness as data: a rule set and facts in, findings out.
//!
//! Nothing here does I/O beyond reading a directory of rule files, and nothing is asynchronous.

mod facts;
mod finding;
mod input;
mod sets;

pub use facts::Facts;
pub use finding::{ChecklistLine, Finding, Judgement, JudgementOutcome, Level, RuleSetRef};
pub use input::{DocumentPages, DuplicateFile, History, Input, PageQuality, PageVerdict};
pub use sets::{CaseRequirements, Diagnostic, RuleErrors, RuleSet, RuleSets};
