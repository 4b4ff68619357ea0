//! `texts.toml`: what an office is told to do next.

use berkas_domain::{Outcome, ReasonCode};
use chrono::NaiveDate;
use serde::Deserialize;

use crate::text::Text;

/// What an office is told to do next, and the time for a repair.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StepTexts {
    /// Days after the decision until which a repair is expected.
    pub repair_days: u32,
    passed: Text,
    passed_undated: Text,
    returned: Text,
    scan_again: Text,
    refused: Text,
    corrected: Text,
    training: Text,
}

impl StepTexts {
    /// What the office does next after `outcome` for the reasons `codes`; `due` is the day until which a repair is
    /// expected or a certificate is due.
    #[must_use]
    pub fn next_step(&self, outcome: Outcome, codes: &[ReasonCode], due: Option<NaiveDate>) -> Text {
        let only_scans = !codes.is_empty() && codes.iter().all(|code| *code == ReasonCode::TidakTerbaca);
        let text = match outcome {
            Outcome::Passed if due.is_none() => &self.passed_undated,
            Outcome::Passed => &self.passed,
            Outcome::Returned if only_scans => &self.scan_again,
            Outcome::Returned => &self.returned,
            Outcome::Refused => &self.refused,
        };
        text.on_day("due", due)
    }

    /// The same where an earlier notice does not count any more.
    #[must_use]
    pub fn corrected(&self, next: &Text) -> Text {
        self.corrected.around(next)
    }

    /// The same where it is practice.
    #[must_use]
    pub fn training(&self, next: &Text) -> Text {
        self.training.around(next)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::NoticeTexts;

    #[test]
    fn every_outcome_has_its_own_text_in_both_languages_and_no_placeholder_is_left() {
        let texts = &NoticeTexts::built_in().steps;
        let due = NaiveDate::from_ymd_opt(2026, 12, 8);
        let mut seen = std::collections::HashSet::new();
        for outcome in Outcome::ALL {
            let text = texts.next_step(*outcome, &[ReasonCode::TidakLengkap], due);
            assert!(!text.id.contains('{') && !text.en.contains('{'), "{text:?}");
            assert!(seen.insert(text.id) && seen.insert(text.en), "{outcome}");
        }
    }

    #[test]
    fn a_return_says_until_when_and_whether_scanning_again_is_enough() {
        let texts = &NoticeTexts::built_in().steps;
        let due = NaiveDate::from_ymd_opt(2026, 12, 8);
        let step = |codes: &[ReasonCode]| texts.next_step(Outcome::Returned, codes, due);
        let scans = step(&[ReasonCode::TidakTerbaca, ReasonCode::TidakTerbaca]);
        assert!(scans.id.contains("Pindai ulang") && scans.id.contains("08-12-2026"));
        assert!(scans.en.contains("2026-12-08"));
        assert_ne!(step(&[ReasonCode::TidakTerbaca, ReasonCode::TidakLengkap]), scans);
        assert_ne!(step(&[]), scans);
    }
}
