//! `standby.toml`: what an office is told while what passed cannot be printed.

use berkas_domain::{StandbyKind, StandbyState};
use chrono::NaiveDate;
use serde::Deserialize;

use crate::text::Text;

/// What an office is told of blanks that are missing, and of blanks that are here.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StandbyTexts {
    ktp_blanks: Text,
    ktp_blanks_here: Text,
    akta_blanks: Text,
    akta_blanks_here: Text,
    training: Text,
}

impl StandbyTexts {
    /// What is told of `kind` in `state`; `day` is when the district looks again.
    #[must_use]
    pub fn told(&self, kind: StandbyKind, state: StandbyState, day: NaiveDate) -> Text {
        let text = match (kind, state) {
            (StandbyKind::AktaBlanks, StandbyState::Waiting) => &self.akta_blanks,
            (StandbyKind::AktaBlanks, StandbyState::Over) => &self.akta_blanks_here,
            (_, StandbyState::Waiting) => &self.ktp_blanks,
            (_, StandbyState::Over) => &self.ktp_blanks_here,
        };
        text.on_day("day", Some(day))
    }

    /// The same where it is practice.
    #[must_use]
    pub fn training(&self, told: &Text) -> Text {
        self.training.around(told)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::NoticeTexts;

    const BLANKS: [StandbyKind; 2] = [StandbyKind::KtpBlanks, StandbyKind::AktaBlanks];
    const STATES: [StandbyState; 2] = [StandbyState::Waiting, StandbyState::Over];

    /// Every text as it is told, practice and real, by what it is about.
    fn all(texts: &StandbyTexts) -> Vec<(StandbyKind, StandbyState, Text)> {
        let day = NaiveDate::from_ymd_opt(2026, 12, 1).unwrap();
        let mut all = Vec::new();
        for (kind, state) in BLANKS.into_iter().flat_map(|kind| STATES.map(|state| (kind, state))) {
            let told = texts.told(kind, state, day);
            all.push((kind, state, texts.training(&told)));
            all.push((kind, state, told));
        }
        all
    }

    #[test]
    fn every_state_has_its_own_text_in_both_languages_and_no_placeholder_is_left() {
        let mut seen = std::collections::HashSet::new();
        for (kind, state, text) in all(&NoticeTexts::built_in().standby) {
            assert!(!text.id.contains('{') && !text.en.contains('{'), "{text:?}");
            let says_the_day = [text.id.contains("01-12-2026"), text.en.contains("2026-12-01")];
            assert_eq!(says_the_day, [state == StandbyState::Waiting; 2], "{kind}: {text:?}");
            assert!(seen.insert(text.id) && seen.insert(text.en), "{kind} {state}");
        }
    }

    #[test]
    fn an_office_with_words_of_its_own_tells_every_state_by_them() {
        let dir = tempfile::tempdir().unwrap();
        let mut own = String::from("[training]\nid = \"coba: {next}\"\nen = \"try: {next}\"\n");
        for key in ["ktp_blanks", "akta_blanks"] {
            own += &format!("[{key}]\nid = \"{key} kosong, {{day}}\"\nen = \"{key} none, {{day}}\"\n");
            own += &format!("[{key}_here]\nid = \"{key} ada\"\nen = \"{key} here\"\n");
        }
        std::fs::write(dir.path().join("standby.toml"), own).unwrap();
        for (kind, state, text) in all(&NoticeTexts::load(dir.path()).unwrap().standby) {
            let said = match state {
                StandbyState::Waiting => {
                    [format!("{kind} kosong, 01-12-2026"), format!("{kind} none, 2026-12-01")]
                }
                StandbyState::Over => [format!("{kind} ada"), format!("{kind} here")],
            };
            let practised = [format!("coba: {}", said[0]), format!("try: {}", said[1])];
            let told = [text.id, text.en];
            assert!(told == said || told == practised, "{told:?}");
        }
    }
}
