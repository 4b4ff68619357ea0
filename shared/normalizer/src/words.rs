//! What a clerk is told about a page's codes (`config/pages/texts.toml`).

use std::collections::BTreeMap;
use std::sync::LazyLock;

use serde::Deserialize;

/// A code said in both languages: what is wrong and what helps.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Words {
    /// Indonesian.
    pub id: String,
    /// English.
    pub en: String,
}

/// The code of a double page that was cut in two: no reason to scan it again, so it is none of `berkas_imaging::Reason`.
pub const CUT_IN_TWO: &str = "cut_in_two";

/// Says a code of `berkas_imaging::Reason` or `berkas_imaging::ImageError`, or [`CUT_IN_TWO`]; `None` for any other.
#[must_use]
pub fn of(code: &str) -> Option<&'static Words> {
    static TEXTS: LazyLock<BTreeMap<String, Words>> = LazyLock::new(|| {
        #[expect(clippy::expect_used, reason = "the file is part of the program; a test reads it")]
        toml::from_str(include_str!("../../../config/pages/texts.toml"))
            .expect("the embedded texts are in order")
    });
    TEXTS.get(code)
}

#[cfg(test)]
mod tests {
    use berkas_imaging::{ImageError, Reason};

    use super::*;

    #[test]
    fn every_code_is_said_in_both_languages_and_no_two_are_said_alike() {
        let reasons = Reason::ALL.iter().map(Reason::code);
        let errors = ImageError::ALL.iter().map(ImageError::code);
        let mut said = std::collections::HashSet::new();
        for code in reasons.chain(errors).chain([CUT_IN_TWO]) {
            let words = of(code).unwrap_or_else(|| panic!("`{code}` has no words"));
            assert!(said.insert(&words.id) && said.insert(&words.en), "{code}");
        }
        assert_eq!(of("lainnya"), None);
    }
}
