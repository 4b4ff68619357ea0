//! What the rules said, as far as a verifier is told.

use berkas_domain::ReasonCode;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// One thing that the facts show to be wrong or odd.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct FindingView {
    /// `block`, `person` or `information`.
    pub level: String,
    /// The coded reason.
    pub code: ReasonCode,
    /// The check it belongs to, for example `X06`.
    pub check: String,
    /// Place of the document in the form's list, from 0.
    #[serde(default)]
    pub document: Option<i16>,
    /// Page of the document, from 1.
    #[serde(default)]
    pub page: Option<i32>,
    /// Field of the form.
    #[serde(default)]
    pub field: Option<String>,
    /// Whose field it is.
    #[serde(default)]
    pub role: Option<String>,
    /// In Indonesian.
    pub text_id: String,
    /// In English.
    pub text_en: String,
    /// Where the rule comes from.
    #[serde(default)]
    pub regulation: String,
}

/// One thing a person must look at.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct CheckView {
    /// The check it belongs to.
    pub check: String,
    /// Place of the document in the form's list, from 0.
    #[serde(default)]
    pub document: Option<i16>,
    /// Page of the document, from 1.
    #[serde(default)]
    pub page: Option<i32>,
    /// Field of the form.
    #[serde(default)]
    pub field: Option<String>,
    /// Whom it is about.
    #[serde(default)]
    pub role: Option<String>,
    /// In Indonesian.
    pub text_id: String,
    /// In English.
    pub text_en: String,
    /// Whether it stands here because facts were unknown.
    #[serde(default)]
    pub unknown: bool,
}

/// Reads findings and checklist; lines that a newer rule set writes in another shape are left out and logged.
pub(super) fn read(judgement: Option<&Value>) -> (Vec<FindingView>, Vec<CheckView>) {
    let Some(judgement) = judgement else { return (Vec::new(), Vec::new()) };
    (lines(&judgement["findings"]), lines(&judgement["checklist"]))
}

fn lines<T: for<'a> Deserialize<'a>>(list: &Value) -> Vec<T> {
    let given = list.as_array().map(Vec::as_slice).unwrap_or_default();
    let read: Vec<T> = given.iter().filter_map(|line| T::deserialize(line).ok()).collect();
    if read.len() < given.len() {
        tracing::warn!(left_out = given.len() - read.len(), "lines of a judgement cannot be read");
    }
    read
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_of_an_unknown_shape_are_left_out_and_the_others_stay() {
        let good = serde_json::json!({
            "check": "X02", "rule": "X02.kind", "document": 1, "text_id": "Periksa.", "text_en": "Look.",
            "unknown": false, "later": 1
        });
        let judgement = serde_json::json!({"findings": [{"level": "block"}], "checklist": [good, 7]});
        let (findings, checklist) = read(Some(&judgement));
        assert_eq!((findings.len(), checklist.len()), (0, 1));
        assert_eq!(checklist[0].document, Some(1));
        assert_eq!(read(None), (Vec::new(), Vec::new()));
    }
}
