//! The files as types. What each text is for stands in the file.

use berkas_domain::Outcome;
use serde::Deserialize;

use crate::text::Text;

/// `mail.toml`: what stands in a mail beside the notice itself.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(missing_docs, reason = "each text is explained in `config/notices/mail.toml`")]
pub struct MailTexts {
    pub training: Text,
    pub correction: Text,
    pub number: Text,
    pub outcome: Text,
    pub reasons: Text,
    pub note: Text,
    pub document: Text,
    pub page: Text,
    pub next: Text,
    pub due: Text,
    pub issue_due: Text,
    pub letter: Text,
    pub footer: Text,
    pub state: Text,
    pub looked_again: Text,
    pub standby_footer: Text,
}

/// `papers.toml`: what stands on papers beside the facts.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(missing_docs, reason = "each text is explained in `config/notices/papers.toml`")]
pub struct PaperTexts {
    pub issuer: Text,
    pub training: Text,
    pub number: Text,
    pub service: Text,
    pub case: Text,
    pub office: Text,
    pub received: Text,
    pub revision: Text,
    pub documents: Text,
    pub document: Text,
    pub pages: Text,
    pub page: Text,
    pub not_counted: Text,
    pub unreadable: Text,
    pub code: Text,
    pub privacy: Text,
    pub receipt: ReceiptTexts,
    pub letter: LetterTexts,
}

/// The texts of the receipt alone.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(missing_docs, reason = "each text is explained in `config/notices/papers.toml`")]
pub struct ReceiptTexts {
    pub title: Text,
    pub due: Text,
    pub keep: Text,
}

/// The texts of the letter alone.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(missing_docs, reason = "each text is explained in `config/notices/papers.toml`")]
pub struct LetterTexts {
    passed: Text,
    returned: Text,
    refused: Text,
    pub corrects: Text,
    pub corrected: Text,
    pub outcome: Text,
    pub decided: Text,
    pub reasons: Text,
    pub note: Text,
    pub remark: Text,
    pub whole: Text,
    pub missing: Text,
    pub next: Text,
    pub due: Text,
    pub issue_due: Text,
    pub returned_steps: Vec<Text>,
}

impl LetterTexts {
    /// What the letter about `outcome` is called.
    #[must_use]
    pub const fn title(&self, outcome: Outcome) -> &Text {
        match outcome {
            Outcome::Passed => &self.passed,
            Outcome::Returned => &self.returned,
            Outcome::Refused => &self.refused,
        }
    }
}
