//! `sms.toml`: what an applicant is told by a short message.

use berkas_domain::{Outcome, RegistrationNumber};
use serde::Deserialize;

use crate::text::Text;

/// The texts of short messages.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ShortMessageTexts {
    message: Text,
    correction: Text,
    passed: Text,
    returned: Text,
    refused: Text,
}

impl ShortMessageTexts {
    /// What is told of `outcome`: the number and one word; where it corrects what was told before, that it does.
    #[must_use]
    pub fn message(&self, number: &RegistrationNumber, outcome: Outcome, corrects: bool) -> Text {
        let status = match outcome {
            Outcome::Passed => &self.passed,
            Outcome::Returned => &self.returned,
            Outcome::Refused => &self.refused,
        };
        let around = if corrects { &self.correction } else { &self.message };
        let numbered = around.with("number", number.as_str());
        Text {
            id: numbered.id.replace("{status}", &status.id),
            en: numbered.en.replace("{status}", &status.en),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::NoticeTexts;

    /// What fits one message in the alphabet of GSM.
    const ONE_MESSAGE: usize = 160;

    #[test]
    fn every_outcome_fits_one_message_and_differs_from_the_others() {
        let texts = &NoticeTexts::built_in().sms;
        let number: RegistrationNumber = "351709-261124-0042-5".parse().unwrap();
        let mut seen = std::collections::HashSet::new();
        for outcome in Outcome::ALL {
            for corrects in [false, true] {
                let text = texts.message(&number, *outcome, corrects);
                for words in [text.id, text.en] {
                    assert!(words.len() <= ONE_MESSAGE && words.is_ascii(), "{words}");
                    assert!(words.contains(number.as_str()) && !words.contains('{'), "{words}");
                    assert!(seen.insert(words));
                }
            }
        }
    }
}
