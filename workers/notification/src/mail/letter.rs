//! The text of a mail about a decision.

use askama::Template;
use berkas_contract::{Decision, Told};
use berkas_domain::NoticeId;
use berkas_notices::MailTexts;

use super::half::Half;

#[derive(Template)]
#[template(path = "mail.txt")]
struct MailText<'a> {
    texts: &'a MailTexts,
    halves: [Half<'a>; 2],
    decision: &'a Decision,
    training: bool,
    corrects: bool,
    link: String,
}

/// The subject of the mail that tells `told`.
pub(super) fn subject(told: &Told) -> String {
    let decision = &told.decision;
    let training = if decision.training { "[LATIHAN] " } else { "" };
    let correction = if told.corrects.is_some() { "RALAT: " } else { "" };
    let (number, outcome) = (&decision.registration_number, decision.outcome.name_id());
    format!("{training}{correction}Berkas {number}: {outcome}")
}

/// The body of the mail that tells `told`, which is that of `notice`, in the words of `texts`; links begin with `public_url`.
///
/// # Errors
/// When the template cannot be rendered.
pub(super) fn body(
    told: &Told,
    notice: NoticeId,
    public_url: &str,
    texts: &MailTexts,
) -> Result<String, askama::Error> {
    let decision = &told.decision;
    let link = format!("{}/api/v1/notices/{notice}/letter", public_url.trim_end_matches('/'));
    let halves = Half::both(texts);
    let (training, corrects) = (decision.training, told.corrects.is_some());
    MailText { texts, halves, decision, training, corrects, link }.render()
}

#[cfg(test)]
mod tests {
    use berkas_contract::{Envelope, Event, Reason};
    use berkas_domain::{DocumentKind, Outcome, ReasonCode};
    use berkas_notices::NoticeTexts;
    use uuid::Uuid;

    use super::*;

    fn texts() -> std::sync::Arc<NoticeTexts> {
        NoticeTexts::built_in()
    }

    fn sample() -> Told {
        let decision = serde_json::from_str::<Envelope<Decision>>(Decision::SAMPLE).unwrap().data;
        Told { decision, corrects: None }
    }

    #[test]
    fn a_correction_shows_in_the_subject_and_in_the_text() {
        for corrects in [None, Some(NoticeId(Uuid::from_u128(7)))] {
            let told = Told { corrects, ..sample() };
            let text = body(&told, NoticeId(Uuid::nil()), "https://berkas.example", &texts().mail).unwrap();
            let shown =
                [subject(&told).starts_with("RALAT: "), text.contains("RALAT"), text.contains("CORRECTION")];
            assert_eq!(shown, [corrects.is_some(); 3]);
        }
    }

    #[test]
    fn every_reason_code_and_outcome_is_told_in_both_languages_and_no_placeholder_is_left() {
        for outcome in Outcome::ALL {
            let mut told = sample();
            let decision = &mut told.decision;
            decision.outcome = *outcome;
            let reason = |code: &ReasonCode| Reason {
                code: *code,
                document: Some(1),
                kind: Some(DocumentKind::Kk),
                page: Some(3),
                page_href: None,
                field: None,
                text_id: code.text_id().to_owned(),
                text_en: code.text_en().to_owned(),
            };
            decision.reasons = ReasonCode::ALL.iter().map(reason).collect();
            let text = body(&told, NoticeId(Uuid::nil()), "https://berkas.example/", &texts().mail).unwrap();
            for code in ReasonCode::ALL {
                let indonesian =
                    format!("- dokumen 2, Kartu keluarga, halaman 3: {} ({code})\n", code.text_id());
                let english = format!("- document 2, family card, page 3: {} ({code})\n", code.text_en());
                assert!(text.contains(&indonesian) && text.contains(&english), "{code}");
            }
            assert!(text.contains(outcome.name_id()) && text.contains(outcome.name_en()));
            assert!(text.contains(
                "https://berkas.example/api/v1/notices/00000000-0000-0000-0000-000000000000/letter\n"
            ));
            assert!(!text.contains('{') && !text.contains("&#"), "{text}");
        }
    }

    #[test]
    fn a_mail_in_an_offices_own_words_tells_every_reason_code_in_both_languages() {
        let dir = tempfile::tempdir().unwrap();
        let own = |code: &ReasonCode| format!("[{code}]\nid = \"Sebab {code}\"\nen = \"Cause {code}\"\n");
        let reasons: String = ReasonCode::ALL.iter().map(own).collect();
        std::fs::write(dir.path().join("reasons.toml"), reasons).unwrap();
        let words = "[document]\nid = \"berkas no. {n}\"\nen = \"paper no. {n}\"\n";
        std::fs::write(dir.path().join("mail.toml"), words).unwrap();
        let texts = NoticeTexts::load(dir.path()).unwrap();
        let mut told = sample();
        let reason = |code: &ReasonCode| {
            // As the desk stores it: with the code's own words.
            let text = texts.reason(*code, (Some(code.text_id()), Some(code.text_en())));
            let (text_id, text_en) = (text.id, text.en);
            Reason {
                code: *code,
                document: Some(1),
                kind: None,
                page: None,
                page_href: None,
                field: None,
                text_id,
                text_en,
            }
        };
        told.decision.reasons = ReasonCode::ALL.iter().map(reason).collect();
        let text = body(&told, NoticeId(Uuid::nil()), "https://berkas.example", &texts.mail).unwrap();
        for code in ReasonCode::ALL {
            let indonesian = format!("- berkas no. 2: Sebab {code} ({code})\n");
            let english = format!("- paper no. 2: Cause {code} ({code})\n");
            assert!(text.contains(&indonesian) && text.contains(&english), "{text}");
        }
        assert!(!text.contains('{') && text.contains(&NoticeTexts::built_in().mail.footer.id), "{text}");
    }

    #[test]
    fn a_note_stands_in_both_halves_as_it_was_written_and_no_heading_without_one() {
        let mut told = sample();
        for note in [None, Some("Cap desa & <RT> tidak ada".to_owned())] {
            told.decision.note.clone_from(&note);
            let text = body(&told, NoticeId(Uuid::nil()), "https://berkas.example", &texts().mail).unwrap();
            let said = note.as_deref().unwrap_or("-");
            let shown = ["Catatan petugas", "Note from the office"]
                .map(|heading| text.contains(&format!("\n{heading}:\n{said}\n\n")));
            assert_eq!(shown, [note.is_some(); 2], "{text}");
            assert_eq!(text.contains("Catatan petugas"), note.is_some());
        }
    }

    #[test]
    fn training_shows_in_the_subject_and_in_the_text() {
        let mut told = sample();
        for training in [true, false] {
            told.decision.training = training;
            let text = body(&told, NoticeId(Uuid::nil()), "https://berkas.example", &texts().mail).unwrap();
            assert_eq!((subject(&told).contains("LATIHAN"), text.contains("TRAINING")), (training, training));
        }
    }
}
