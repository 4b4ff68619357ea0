//! What a judgement says: findings raised by facts, and the lines a person must look at.

use berkas_domain::form::Role;
use berkas_domain::{DocumentKind, ReasonCode, Sha256Hash};
use serde::{Deserialize, Serialize};

/// The answer of a rule set to the facts of one submission.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Judgement {
    /// Whether it goes on to a verifier or back to the kecamatan.
    pub outcome: JudgementOutcome,
    /// Which rule set judged.
    pub rule_set: RuleSetRef,
    /// What the facts show, blocks first, in a fixed order.
    pub findings: Vec<Finding>,
    /// What a person must look at: the standing lines of the case, and every check whose facts are unknown.
    pub checklist: Vec<ChecklistLine>,
    /// Checks that were left out because no look-up was made or no page was looked at, for example `X28`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub not_checked: Vec<String>,
}

/// Where the submission goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum JudgementOutcome {
    /// No finding blocks.
    Passes,
    /// At least one finding blocks.
    Returned,
}

/// Names a rule set for ever: the versions a person reads and the hash of what was in force.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct RuleSetRef {
    /// Versions of the national files, for example `akta_kelahiran 2024.1.0, common 2024.1.0`.
    pub national: String,
    /// Identifier and version of the district's overlay.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub overlay: Option<String>,
    /// SHA-256 of the effective set's canonical JSON.
    pub sha256: Sha256Hash,
}

/// How much a finding weighs. Only a block returns a submission by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Level {
    /// Returns the submission.
    Block,
    /// A verifier decides.
    Person,
    /// Only told.
    Information,
}

/// One thing that is not as it should be. Texts name document, field and role, never a value of a citizen.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Finding {
    /// How much it weighs.
    pub level: Level,
    /// The coded reason.
    pub code: ReasonCode,
    /// The check it belongs to, `X01` to `X30`, or `N01` and on for those of this project.
    pub check: String,
    /// Stable id of the rule.
    pub rule: String,
    /// Index into `form.documents`, from 0.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub document: Option<usize>,
    /// Kind of that document, or of the one that is missing when there is only one alternative.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kind: Option<DocumentKind>,
    /// Page of the document, from 1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub page: Option<u32>,
    /// Field of the form, for example `nik` or `event.date`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub field: Option<String>,
    /// Whose field it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub role: Option<Role>,
    /// What the clerk reads.
    pub text_id: String,
    /// The same in English.
    pub text_en: String,
    /// Where the rule comes from.
    pub regulation: String,
}

/// One thing a verifier must look at.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChecklistLine {
    /// The check it belongs to.
    pub check: String,
    /// Stable id of the rule.
    pub rule: String,
    /// Index into `form.documents`, from 0.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub document: Option<usize>,
    /// Kind of that document.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kind: Option<DocumentKind>,
    /// Page of the document, from 1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub page: Option<u32>,
    /// Field of the form.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub field: Option<String>,
    /// Whom it is about.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub role: Option<Role>,
    /// What to look at, in Indonesian.
    pub text_id: String,
    /// The same in English.
    pub text_en: String,
    /// Where the rule comes from; empty in what sets before 2024.1.3 say of every such file.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub regulation: String,
    /// Whether the line stands there because facts were unknown; otherwise it stands in every such file.
    pub unknown: bool,
}
