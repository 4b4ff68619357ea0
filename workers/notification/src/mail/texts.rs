//! What stands in a mail beside the notice itself (`config/notices/mail.toml`).

use std::sync::LazyLock;

use serde::Deserialize;

use crate::texts::Text;

/// Every text; what each is for stands in the file.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct MailTexts {
    pub(super) training: Text,
    pub(super) correction: Text,
    pub(super) number: Text,
    pub(super) outcome: Text,
    pub(super) reasons: Text,
    pub(super) document: Text,
    pub(super) page: Text,
    pub(super) next: Text,
    pub(super) due: Text,
    pub(super) issue_due: Text,
    pub(super) letter: Text,
    pub(super) footer: Text,
}

impl MailTexts {
    /// The texts that are part of the program.
    pub(super) fn embedded() -> &'static Self {
        static TEXTS: LazyLock<MailTexts> = LazyLock::new(|| {
            #[expect(clippy::expect_used, reason = "the file is part of the program; a test reads it")]
            toml::from_str(include_str!("../../../../config/notices/mail.toml"))
                .expect("the embedded texts are in order")
        });
        &TEXTS
    }
}
