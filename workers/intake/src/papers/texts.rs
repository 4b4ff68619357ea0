//! What stands on papers beside the facts (`config/notices/papers.toml`).

use std::sync::LazyLock;

use berkas_domain::Outcome;
use berkas_web::Lang;
use serde::Deserialize;

/// A text in both languages.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Text {
    id: String,
    en: String,
}

impl Text {
    /// The text in one language.
    pub(super) fn say(&self, lang: Lang) -> &str {
        lang.say(&self.id, &self.en)
    }
}

/// Every text; what each is for stands in the file.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Texts {
    pub(super) issuer: Text,
    pub(super) training: Text,
    pub(super) number: Text,
    pub(super) service: Text,
    pub(super) case: Text,
    pub(super) office: Text,
    pub(super) received: Text,
    pub(super) revision: Text,
    pub(super) documents: Text,
    pub(super) document: Text,
    pub(super) pages: Text,
    pub(super) page: Text,
    pub(super) not_counted: Text,
    pub(super) unreadable: Text,
    pub(super) code: Text,
    pub(super) privacy: Text,
    pub(super) receipt: ReceiptTexts,
    pub(super) letter: LetterTexts,
}

/// The texts of the receipt alone.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ReceiptTexts {
    pub(super) title: Text,
    pub(super) due: Text,
    pub(super) keep: Text,
}

/// The texts of the letter alone.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct LetterTexts {
    passed: Text,
    returned: Text,
    refused: Text,
    pub(super) corrects: Text,
    pub(super) corrected: Text,
    pub(super) outcome: Text,
    pub(super) decided: Text,
    pub(super) reasons: Text,
    pub(super) remark: Text,
    pub(super) whole: Text,
    pub(super) missing: Text,
    pub(super) next: Text,
    pub(super) due: Text,
    pub(super) issue_due: Text,
    pub(super) returned_steps: Vec<Text>,
}

impl LetterTexts {
    /// What the letter about `outcome` is called.
    pub(super) const fn title(&self, outcome: Outcome) -> &Text {
        match outcome {
            Outcome::Passed => &self.passed,
            Outcome::Returned => &self.returned,
            Outcome::Refused => &self.refused,
        }
    }
}

impl Texts {
    /// The texts that are part of the program.
    pub(super) fn embedded() -> &'static Self {
        static TEXTS: LazyLock<Texts> = LazyLock::new(|| {
            #[expect(clippy::expect_used, reason = "the file is part of the program; a test reads it")]
            toml::from_str(include_str!("../../../../config/notices/papers.toml"))
                .expect("the embedded texts are in order")
        });
        &TEXTS
    }
}
