//! Rule files as they are written: TOML, one file for each service, one for what is common, overlays of districts.

mod position;
mod read;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use toml::Spanned;

pub(crate) use position::SourceFile;
pub(crate) use read::{RawFile, read};

use crate::expr::SwitchValue;
use crate::finding::Level;

/// A text in both languages. Both must be there; that one is missing is reported, not a syntax error.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Bilingual {
    /// Indonesian.
    #[serde(default)]
    pub id: String,
    /// English.
    #[serde(default)]
    pub en: String,
}

/// What a rule looks at one by one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Each {
    /// Every document.
    Document,
    /// Every page of every document.
    Page,
    /// Every person whose name or NIK was read off a document.
    Mention,
    /// Every person of the form.
    Person,
}

/// The head of a national file.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct RawSet {
    /// A service, or `common`.
    pub(crate) id: Spanned<String>,
    pub(crate) version: Spanned<String>,
    pub(crate) valid_from: Spanned<toml::value::Datetime>,
    #[serde(default)]
    pub(crate) valid_to: Option<Spanned<toml::value::Datetime>>,
    #[serde(default)]
    #[expect(dead_code, reason = "for those who read the file")]
    pub(crate) source: String,
}

/// The head of an overlay.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct RawOverlay {
    pub(crate) id: Spanned<String>,
    pub(crate) version: Spanned<String>,
    /// The node of the office tree below which it holds, for example `3517`.
    pub(crate) office: Spanned<String>,
    pub(crate) valid_from: Spanned<toml::value::Datetime>,
    #[serde(default)]
    pub(crate) valid_to: Option<Spanned<toml::value::Datetime>>,
    #[serde(default)]
    #[expect(dead_code, reason = "for those who read the file")]
    pub(crate) source: String,
}

/// Something that is open in the sources, and what holds until the office decides.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct RawSwitch {
    pub(crate) default: SwitchValue,
    /// What is open.
    pub(crate) comment: Spanned<String>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct RawCase {
    pub(crate) code: Spanned<String>,
    /// The service it is a case of, in an overlay; a service's own file says it by itself.
    #[serde(default)]
    pub(crate) service: Option<Spanned<String>>,
    pub(crate) title: Spanned<Bilingual>,
    /// Roles the form of the case names.
    #[serde(default)]
    pub(crate) roles: Vec<Spanned<String>>,
    /// Roles that only some papers or circumstances ask for.
    #[serde(default)]
    pub(crate) optional_roles: Vec<Spanned<String>>,
    /// Fields of the form beside the persons, dotted.
    #[serde(default)]
    pub(crate) fields: Vec<Spanned<String>>,
}

/// The fields of a person of the form.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct RawPerson {
    pub(crate) roles: Vec<Spanned<String>>,
    pub(crate) fields: Vec<Spanned<String>>,
}

/// One paper or several of one kind; or papers that belong together, each an item of its own.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct RawItem {
    #[serde(default)]
    pub(crate) kind: Option<Spanned<String>>,
    #[serde(default)]
    pub(crate) of: Option<Spanned<String>>,
    #[serde(default)]
    pub(crate) at_least: Option<Spanned<u8>>,
    #[serde(default)]
    pub(crate) purpose: Option<String>,
    #[serde(default)]
    pub(crate) all_of: Vec<Self>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct RawRequirement {
    pub(crate) id: Spanned<String>,
    #[serde(default)]
    pub(crate) services: Vec<Spanned<String>>,
    #[serde(default)]
    pub(crate) cases: Vec<Spanned<String>>,
    #[serde(default)]
    pub(crate) when: Option<Spanned<String>>,
    /// The condition in words.
    #[serde(default)]
    pub(crate) condition: Option<Spanned<Bilingual>>,
    pub(crate) any_of: Vec<RawItem>,
    pub(crate) title: Spanned<Bilingual>,
    #[serde(default)]
    pub(crate) code: Option<Spanned<String>>,
    #[serde(default)]
    pub(crate) level: Option<Level>,
    pub(crate) regulation: Spanned<String>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct RawCheck {
    pub(crate) id: Spanned<String>,
    pub(crate) check: String,
    #[serde(default)]
    pub(crate) services: Vec<Spanned<String>>,
    #[serde(default)]
    pub(crate) cases: Vec<Spanned<String>>,
    #[serde(default)]
    pub(crate) each: Option<Each>,
    pub(crate) when: Spanned<String>,
    pub(crate) level: Level,
    pub(crate) code: Spanned<String>,
    #[serde(default)]
    pub(crate) field: Option<Spanned<String>>,
    #[serde(default)]
    pub(crate) role: Option<Spanned<String>>,
    #[serde(default)]
    pub(crate) kind: Option<Spanned<String>>,
    pub(crate) text: Spanned<Bilingual>,
    /// What a person looks at when the facts are unknown.
    #[serde(default)]
    pub(crate) ask: Option<Spanned<Bilingual>>,
    pub(crate) regulation: Spanned<String>,
}

/// What a person looks at in every such file.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct RawLook {
    pub(crate) id: Spanned<String>,
    pub(crate) check: String,
    #[serde(default)]
    pub(crate) services: Vec<Spanned<String>>,
    #[serde(default)]
    pub(crate) cases: Vec<Spanned<String>>,
    #[serde(default)]
    pub(crate) each: Option<Each>,
    #[serde(default)]
    pub(crate) when: Option<Spanned<String>>,
    pub(crate) text: Spanned<Bilingual>,
    pub(crate) regulation: Spanned<String>,
}

/// Switches a rule off, or lets a person decide what would block.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct RawChange {
    pub(crate) rule: Spanned<String>,
    pub(crate) reason: Spanned<String>,
}

/// Sets a switch.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct RawSetting {
    pub(crate) switch: Spanned<String>,
    pub(crate) value: SwitchValue,
    pub(crate) reason: Spanned<String>,
}

/// Changes what a finding says.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct RawRewording {
    pub(crate) rule: Spanned<String>,
    pub(crate) text: Spanned<Bilingual>,
    pub(crate) reason: Spanned<String>,
}

/// The body that national files and overlays share.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct RawBody {
    #[serde(default)]
    pub(crate) set: Option<RawSet>,
    #[serde(default)]
    pub(crate) overlay: Option<RawOverlay>,
    #[serde(default)]
    pub(crate) switches: BTreeMap<String, RawSwitch>,
    #[serde(default)]
    pub(crate) case: Vec<RawCase>,
    #[serde(default)]
    pub(crate) person: Vec<RawPerson>,
    #[serde(default)]
    pub(crate) requirement: Vec<RawRequirement>,
    #[serde(default)]
    pub(crate) check: Vec<RawCheck>,
    #[serde(default)]
    pub(crate) look: Vec<RawLook>,
    #[serde(default)]
    pub(crate) off: Vec<RawChange>,
    #[serde(default)]
    pub(crate) ease: Vec<RawChange>,
    #[serde(default)]
    pub(crate) setting: Vec<RawSetting>,
    #[serde(default)]
    pub(crate) reword: Vec<RawRewording>,
}
