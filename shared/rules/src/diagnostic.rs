//! What `rules check` says.

use serde::Serialize;

/// A place in a rule file and what is wrong, or worth knowing, there.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Diagnostic {
    /// Path of the file, relative to the directory that was checked.
    pub file: String,
    /// Line, from 1.
    pub line: usize,
    /// Column in characters, from 1.
    pub column: usize,
    /// What is wrong.
    pub message: String,
    /// Whether the rule set cannot be used; otherwise it is information.
    pub is_error: bool,
}

impl std::fmt::Display for Diagnostic {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let level = if self.is_error { "error" } else { "info" };
        write!(f, "{}:{}:{}: {level}: {}", self.file, self.line, self.column, self.message)
    }
}

/// Rule files that cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the rule files have {} errors; the first: {}", .0.len(), .0.first().map(ToString::to_string).unwrap_or_default())]
pub struct RuleErrors(pub Vec<Diagnostic>);
