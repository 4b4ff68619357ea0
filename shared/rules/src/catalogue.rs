//! The fact catalogue for those who write rules and for those who write intake programs.

use serde::Serialize;

use crate::facts::catalogue::DECLARATIONS;
use crate::facts::slot::Space;

/// One fact that a condition may name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct FactLine {
    /// As a condition writes it, for example `event.days_ago`; `ROLE` stands for any role.
    pub name: String,
    /// Its type in words.
    pub of: &'static str,
    /// The words it can be, when they are fixed.
    pub words: Vec<String>,
    /// What it means.
    pub meaning: &'static str,
}

/// Every fact, group by group.
#[must_use]
pub fn facts() -> Vec<FactLine> {
    let groups = [
        ("form", Space::Form),
        ("event", Space::Event),
        ("family", Space::Family),
        ("change", Space::Change),
        ("history", Space::History),
        ("ROLE", Space::Role(0)),
        ("person", Space::Person),
        ("document", Space::Document),
        ("page", Space::Page),
        ("mention", Space::Mention),
    ];
    let mut lines = Vec::new();
    for (group, space) in groups {
        for fact in space.table() {
            let (name, words) = (format!("{group}.{}", fact.name), fact.of.words().unwrap_or_default());
            lines.push(FactLine { name, of: fact.of.name(), words, meaning: fact.doc });
        }
    }
    for known in DECLARATIONS {
        lines.push(FactLine {
            name: format!("declared.{}", known.word),
            of: "yes or no",
            words: Vec::new(),
            meaning: known.en,
        });
    }
    lines
}

/// The words that may stand in `form.declarations`; others mean nothing to any rule.
pub fn declarations() -> impl Iterator<Item = &'static str> {
    DECLARATIONS.iter().map(|known| known.word)
}
