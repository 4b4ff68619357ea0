//! All texts together.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::{Arc, LazyLock};

use berkas_domain::ReasonCode;
use serde::de::DeserializeOwned;

use crate::fault::BrokenOverlay;
use crate::overlay;
use crate::sections::{MailTexts, PaperTexts};
use crate::short_message::ShortMessageTexts;
use crate::standby::StandbyTexts;
use crate::steps::StepTexts;
use crate::text::Text;

/// Each file and what the program has of it.
pub(crate) const FILES: [(&str, &str); 6] = [
    ("texts.toml", include_str!("../../../config/notices/texts.toml")),
    ("reasons.toml", include_str!("../../../config/notices/reasons.toml")),
    ("mail.toml", include_str!("../../../config/notices/mail.toml")),
    ("papers.toml", include_str!("../../../config/notices/papers.toml")),
    ("sms.toml", include_str!("../../../config/notices/sms.toml")),
    ("standby.toml", include_str!("../../../config/notices/standby.toml")),
];

/// Everything that offices are told, apart from the facts.
#[derive(Debug, Clone)]
pub struct NoticeTexts {
    /// What to do next.
    pub steps: StepTexts,
    /// Mails.
    pub mail: MailTexts,
    /// Receipts and letters.
    pub papers: PaperTexts,
    /// Short messages to applicants.
    pub sms: ShortMessageTexts,
    /// What passed and waits for blanks.
    pub standby: StandbyTexts,
    reasons: BTreeMap<ReasonCode, Text>,
}

impl NoticeTexts {
    /// The texts that are part of the program.
    #[must_use]
    pub fn built_in() -> Arc<Self> {
        static TEXTS: LazyLock<Arc<NoticeTexts>> = LazyLock::new(|| {
            #[expect(clippy::expect_used, reason = "the files are part of the program; a test reads them")]
            let texts = NoticeTexts::of(&built_in_tables()).expect("the embedded texts are in order");
            Arc::new(texts)
        });
        Arc::clone(&TEXTS)
    }

    /// The texts with those of the files in `dir` in their place.
    ///
    /// # Errors
    /// [`BrokenOverlay`] with everything that is wrong in the directory.
    pub fn load(dir: &Path) -> Result<Self, BrokenOverlay> {
        let (tables, checked) = overlay::read(dir);
        let broken = |faults| BrokenOverlay { dir: dir.display().to_string(), faults };
        if !checked.faults.is_empty() {
            return Err(broken(checked.faults));
        }
        Self::of(&tables).map_err(|error| {
            let message = error.message().to_owned();
            broken(vec![crate::Fault { file: String::new(), line: None, message }])
        })
    }

    /// What `code` means. `own` is what was stored with the reason: the words of a rule or a verifier go before any of
    /// these, the code's own words do not.
    #[must_use]
    pub fn reason(&self, code: ReasonCode, own: (Option<&str>, Option<&str>)) -> Text {
        let (code_id, code_en) = (code.text_id(), code.text_en());
        let (told_id, told_en) =
            self.reasons.get(&code).map_or((code_id, code_en), |text| (text.id.as_str(), text.en.as_str()));
        let id = own.0.filter(|own| *own != code_id).unwrap_or(told_id);
        let en = own.1.filter(|own| *own != code_en).unwrap_or(told_en);
        Text { id: id.to_owned(), en: en.to_owned() }
    }

    fn of(tables: &BTreeMap<&'static str, toml::Table>) -> Result<Self, toml::de::Error> {
        Ok(Self {
            steps: section(tables, "texts.toml")?,
            mail: section(tables, "mail.toml")?,
            papers: section(tables, "papers.toml")?,
            sms: section(tables, "sms.toml")?,
            standby: section(tables, "standby.toml")?,
            reasons: section(tables, "reasons.toml")?,
        })
    }
}

fn section<T: DeserializeOwned>(
    tables: &BTreeMap<&'static str, toml::Table>,
    file: &str,
) -> Result<T, toml::de::Error> {
    T::deserialize(tables.get(file).cloned().unwrap_or_default())
}

/// The files of the program as tables.
pub(crate) fn built_in_tables() -> BTreeMap<&'static str, toml::Table> {
    #[expect(clippy::expect_used, reason = "the files are part of the program; a test reads them")]
    let read = |text: &str| text.parse().expect("the embedded texts are in order");
    FILES.iter().map(|(file, text)| (*file, read(text))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_built_in_words_of_every_reason_are_those_of_its_code() {
        let table: BTreeMap<ReasonCode, Text> = section(&built_in_tables(), "reasons.toml").unwrap();
        for code in ReasonCode::ALL {
            let text = table.get(code).unwrap();
            assert_eq!((text.id.as_str(), text.en.as_str()), (code.text_id(), code.text_en()), "{code}");
        }
    }

    #[test]
    fn the_words_of_a_rule_or_a_verifier_go_before_all_others() {
        let texts = NoticeTexts::built_in();
        let told = texts.reason(ReasonCode::Lainnya, (Some("Cap desa tidak ada"), Some("No stamp")));
        assert_eq!((told.id.as_str(), told.en.as_str()), ("Cap desa tidak ada", "No stamp"));
    }
}
