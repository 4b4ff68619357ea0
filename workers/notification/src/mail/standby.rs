//! The text of a mail about what passed and waits for blanks.

use askama::Template;
use berkas_contract::Standby;
use berkas_domain::{StandbyState, wib};
use berkas_notices::MailTexts;
use chrono::NaiveDate;

use super::half::Half;

#[derive(Template)]
#[template(path = "standby.txt")]
struct StandbyText<'a> {
    texts: &'a MailTexts,
    halves: [Half<'a>; 2],
    standby: &'a Standby,
    /// In Indonesian and in English.
    headline: (&'static str, &'static str),
    looked_again: Option<NaiveDate>,
}

/// What it waits for, or that it is here, in Indonesian and in English.
const fn headline(standby: &Standby) -> (&'static str, &'static str) {
    let kind = standby.waits_for;
    match standby.state {
        StandbyState::Waiting => (kind.name_id(), kind.name_en()),
        StandbyState::Over => (kind.over_id(), kind.over_en()),
    }
}

/// The subject of the mail that tells `standby`.
pub(super) fn subject(standby: &Standby) -> String {
    let training = if standby.training { "[LATIHAN] " } else { "" };
    format!("{training}Berkas {}: {}", standby.registration_number, headline(standby).0)
}

/// The body of the mail that tells `standby`, in the words of `texts`.
///
/// # Errors
/// When the template cannot be rendered.
pub(super) fn body(standby: &Standby, texts: &MailTexts) -> Result<String, askama::Error> {
    let looked_again = standby.back_at.map(|back_at| wib(back_at).date_naive());
    let (halves, headline) = (Half::both(texts), headline(standby));
    StandbyText { texts, halves, standby, headline, looked_again }.render()
}

#[cfg(test)]
mod tests {
    use berkas_contract::{Envelope, Event};
    use berkas_domain::StandbyKind;
    use berkas_notices::NoticeTexts;

    use super::*;

    /// As the desk composes it.
    fn sample(texts: &NoticeTexts, kind: StandbyKind, state: StandbyState, training: bool) -> Standby {
        let sample = serde_json::from_str::<Envelope<Standby>>(Standby::SAMPLE).unwrap().data;
        let back_at = sample.back_at.unwrap();
        let text = texts.standby.told(kind, state, wib(back_at).date_naive());
        let text = if training { texts.standby.training(&text) } else { text };
        Standby {
            waits_for: kind,
            state,
            back_at: (state == StandbyState::Waiting).then_some(back_at),
            training,
            text_id: text.id,
            text_en: text.en,
            ..sample
        }
    }

    #[test]
    fn every_state_is_told_in_both_languages_with_its_day_and_practice_says_so() {
        let texts = NoticeTexts::built_in();
        for kind in [StandbyKind::KtpBlanks, StandbyKind::AktaBlanks] {
            for (state, training) in [
                (StandbyState::Waiting, false),
                (StandbyState::Waiting, true),
                (StandbyState::Over, false),
                (StandbyState::Over, true),
            ] {
                let standby = sample(&texts, kind, state, training);
                let (subject, text) = (subject(&standby), body(&standby, &texts.mail).unwrap());
                let (indonesian, english) = headline(&standby);
                assert!(
                    subject.ends_with(&format!("Berkas 351709-261124-0042-5: {indonesian}")),
                    "{subject}"
                );
                for told in [indonesian, english, &standby.text_id, &standby.text_en] {
                    assert!(text.contains(told), "{told} is not in {text}");
                }
                let days = ["Diperiksa lagi: 01-12-2026\n", "Next look: 2026-12-01\n"];
                assert_eq!(days.map(|day| text.contains(day)), [state == StandbyState::Waiting; 2], "{text}");
                let marks = [
                    subject.contains("[LATIHAN]"),
                    text.contains("*** LATIHAN"),
                    text.contains("*** TRAINING"),
                ];
                assert_eq!(marks, [training; 3], "{text}");
                assert!(!text.contains('{') && !text.contains("&#"), "{text}");
            }
        }
    }

    #[test]
    fn a_mail_is_told_in_an_offices_own_words() {
        let dir = tempfile::tempdir().unwrap();
        let words = "[akta_blanks_here]\nid = \"Kertas sudah datang\"\nen = \"The paper has come\"\n";
        std::fs::write(dir.path().join("standby.toml"), words).unwrap();
        let words = "[state]\nid = \"Status\"\nen = \"Status\"\n";
        std::fs::write(dir.path().join("mail.toml"), words).unwrap();
        let texts = NoticeTexts::load(dir.path()).unwrap();
        let standby = sample(&texts, StandbyKind::AktaBlanks, StandbyState::Over, false);
        let text = body(&standby, &texts.mail).unwrap();
        for told in
            ["Kertas sudah datang.\n", "The paper has come.\n", "Status: Blanko akta sudah tersedia\n"]
        {
            assert!(text.contains(told), "{text}");
        }
    }
}
