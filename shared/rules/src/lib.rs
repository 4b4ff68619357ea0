//! Completeness as data: a rule set and facts in, findings out.
//!
//! Rule files (`config/rules`, see `docs/RULES.md`) are read by [`RuleSets`] and compiled once into a [`RuleSet`] for
//! each service, interval of validity and office; [`RuleSet::judge`] is pure. Nothing here does I/O beyond reading a
//! directory of rule files, and nothing is asynchronous.

mod catalogue;
mod check;
mod compiled;
mod diagnostic;
mod effective;
pub mod examples;
mod explain;
mod expr;
mod facts;
mod files;
mod finding;
mod input;
mod judge;
mod listing;
mod live;
mod merge;
mod papers;
mod resolve;
mod sets;
mod source;
mod validity;
mod version;
mod words;

pub use catalogue::{FactLine, declarations, facts};
pub use check::{check_dir, check_files};
pub use compiled::{CompileError, RuleSet};
pub use diagnostic::{Diagnostic, RuleErrors};
pub use effective::{EffectiveSet, FACTS_SCHEMA};
pub use explain::Explanation;
pub use expr::SwitchValue;
pub use facts::Facts;
pub use finding::{ChecklistLine, Finding, Judgement, JudgementOutcome, Level, RuleSetRef};
pub use input::{DocumentPages, DuplicateFile, History, Input, PageLook, PageQuality, PageVerdict};
pub use listing::{CaseRequirements, DeclarationLine, PaperLine, RequirementLine, RoleLine};
pub use live::LiveRules;
pub use sets::{RuleFile, RuleSets};
pub use source::Bilingual;
pub use words::document as document_name;
