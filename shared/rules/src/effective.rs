//! A rule set as it is published: national rules, overlay and switches in one value, with words resolved.

use std::collections::BTreeMap;

use berkas_domain::form::Role;
use berkas_domain::{CaseCode, DocumentKind, ReasonCode, Service, Sha256Hash};
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use crate::expr::SwitchValue;
use crate::finding::Level;
use crate::source::{Bilingual, Each};

/// Version of the fact catalogue; a published set says which facts it was written for.
pub const FACTS_SCHEMA: u32 = 1;

/// Everything that a judgement depends on beside the facts.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EffectiveSet {
    pub(crate) facts_schema: u32,
    pub(crate) service: Service,
    pub(crate) national: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) overlay: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) office: Option<String>,
    pub(crate) valid_from: NaiveDate,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) valid_to: Option<NaiveDate>,
    pub(crate) switches: BTreeMap<String, SwitchValue>,
    pub(crate) cases: Vec<CaseDef>,
    /// The fields of each person of the form, in its order.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub(crate) persons: BTreeMap<Role, Vec<String>>,
    pub(crate) requirements: Vec<RequirementDef>,
    pub(crate) checks: Vec<CheckDef>,
    pub(crate) looks: Vec<LookDef>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct CaseDef {
    pub(crate) code: CaseCode,
    /// Of a case that an overlay adds: the service. A set is of one service and does not repeat it.
    #[serde(skip)]
    pub(crate) service: Option<Service>,
    pub(crate) title: Bilingual,
    pub(crate) roles: Vec<Role>,
    /// Persons that only some papers or circumstances of the case ask for.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) optional_roles: Vec<Role>,
    pub(crate) fields: Vec<String>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ItemDef {
    pub(crate) kind: DocumentKind,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) of: Option<Role>,
    pub(crate) at_least: u8,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) purpose: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct RequirementDef {
    pub(crate) id: String,
    /// Services it is for; all when empty.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) services: Vec<Service>,
    /// Cases it is for; all when empty.
    pub(crate) cases: Vec<CaseCode>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) when: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) condition: Option<Bilingual>,
    /// Alternatives; each is a group of papers that belong together.
    pub(crate) any_of: Vec<Vec<ItemDef>>,
    pub(crate) title: Bilingual,
    /// Another text for the finding, set by an overlay.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) text: Option<Bilingual>,
    pub(crate) code: ReasonCode,
    pub(crate) level: Level,
    pub(crate) regulation: String,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct CheckDef {
    pub(crate) id: String,
    pub(crate) check: String,
    /// Services it is for; all when empty.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) services: Vec<Service>,
    /// Cases it is for; all when empty.
    pub(crate) cases: Vec<CaseCode>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) each: Option<Each>,
    pub(crate) when: String,
    pub(crate) level: Level,
    pub(crate) code: ReasonCode,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) field: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) role: Option<Role>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) kind: Option<DocumentKind>,
    pub(crate) text: Bilingual,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) ask: Option<Bilingual>,
    pub(crate) regulation: String,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct LookDef {
    pub(crate) id: String,
    pub(crate) check: String,
    /// Services it is for; all when empty.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) services: Vec<Service>,
    /// Cases it is for; all when empty.
    pub(crate) cases: Vec<CaseCode>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) each: Option<Each>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) when: Option<String>,
    pub(crate) text: Bilingual,
    /// Sets before 2024.1.3 have none.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub(crate) regulation: String,
}

impl EffectiveSet {
    /// The bytes that are stored and hashed: JSON with fields in their fixed order and maps sorted.
    #[must_use]
    pub fn canonical_json(&self) -> String {
        // Plain structs with text keys always serialize.
        serde_json::to_string(self).unwrap_or_default()
    }

    /// SHA-256 of the canonical JSON.
    #[must_use]
    pub fn sha256(&self) -> Sha256Hash {
        Sha256Hash::of(self.canonical_json().as_bytes())
    }
}
