//! The letter about a decision, made of the notice itself.

use std::collections::BTreeMap;

use askama::Template;
use axum::response::Response;
use berkas_contract::{Decision, Reason, Told};
use berkas_domain::{NoticeId, OfficeCode, Outcome};
use berkas_notices::{PaperTexts, Text};
use berkas_store::SubmittedDocument;
use berkas_web::{Lang, Problem};

use super::sheet::{Sheet, answer};
use super::{Press, case_title, document_name, office_line, repair, say};

#[derive(Template)]
#[template(path = "letter.html")]
struct LetterPage<'a> {
    sheet: Sheet<'a>,
    texts: &'a PaperTexts,
    title: &'a Text,
    service: &'static str,
    case: String,
    office: String,
    repair: String,
    decision: &'a Decision,
    groups: Vec<Group<'a>>,
    steps: &'a [Text],
    standing: Standing,
}

/// How the letter stands to others about the same decision.
#[derive(Clone, Copy, Default)]
struct Standing {
    /// Another does not count any more because of it.
    corrects: bool,
    /// It does not count any more itself.
    corrected: bool,
}

/// The reasons of one document, or of the dossier as a whole.
struct Group<'a> {
    title: String,
    reasons: Vec<&'a Reason>,
}

/// The letter of `office` about the decision that `notice` tells.
///
/// # Errors
/// 404 when the office has no such notice, or when it tells no decision; otherwise as the database says.
pub(crate) async fn letter(
    press: &Press<'_>,
    office: &OfficeCode,
    notice: NoticeId,
) -> Result<Response, Problem> {
    let Press { store, seal, texts, lang, .. } = *press;
    let mut found = store.decided_notice(office, notice).await?.ok_or_else(Problem::not_found)?;
    crate::note::tell(seal, found.note.as_ref(), &mut found.data)?;
    // What this program wrote itself; a text that does not read is a fault of ours.
    let told = Told::read(&found.kind, found.data).and_then(Result::ok).ok_or_else(Problem::internal)?;
    let decision = told.decision;
    let submission = store.submission(found.submission).await?.ok_or_else(Problem::not_found)?;
    let receipt = store.receipt(submission.id, found.revision).await?.ok_or_else(Problem::not_found)?;
    let documents = store.documents(submission.id, found.revision).await?;
    let kind = (submission.service, &submission.case);
    answer(&LetterPage {
        texts,
        title: texts.letter.title(decision.outcome),
        service: lang.say(submission.service.name_id(), submission.service.name_en()),
        case: case_title(press, office, kind, receipt.received_at),
        office: office_line(office, &receipt.office_name),
        repair: repair(lang, texts, decision.revision.0),
        groups: groups(&decision.reasons, &documents, (lang, texts)),
        steps: steps(texts, decision.outcome),
        sheet: Sheet::new((lang, texts), submission.registration_number, decision.training, receipt.content),
        standing: Standing { corrects: told.corrects.is_some(), corrected: found.corrected },
        decision: &decision,
    })
}

/// What the letter says beside the notice's own next step.
fn steps(texts: &PaperTexts, outcome: Outcome) -> &[Text] {
    match outcome {
        Outcome::Returned => &texts.letter.returned_steps,
        Outcome::Passed | Outcome::Refused => &[],
    }
}

/// Reasons by document in the order of the dossier, then what is missing, then what concerns the whole; by page within.
fn groups<'a>(
    reasons: &'a [Reason],
    documents: &[SubmittedDocument],
    words: (Lang, &PaperTexts),
) -> Vec<Group<'a>> {
    let mut by_place: BTreeMap<(u8, usize, String), Vec<&Reason>> = BTreeMap::new();
    for reason in reasons {
        by_place.entry(place(reason, documents, words)).or_default().push(reason);
    }
    by_place
        .into_iter()
        .map(|((_, _, title), mut reasons)| {
            reasons.sort_by_key(|reason| reason.page);
            Group { title, reasons }
        })
        .collect()
}

fn place(
    reason: &Reason,
    documents: &[SubmittedDocument],
    (lang, texts): (Lang, &PaperTexts),
) -> (u8, usize, String) {
    let sent = reason.document.and_then(|index| documents.get(index).map(|document| (index, document)));
    match (sent, reason.kind) {
        (Some((index, document)), _) => {
            (0, index, format!("{}. {}", index + 1, document_name(lang, document)))
        }
        (None, Some(kind)) => {
            let name = lang.say(kind.name_id(), kind.name_en());
            (1, 0, format!("{name} – {}", say(lang, &texts.letter.missing)))
        }
        (None, None) => (2, 0, say(lang, &texts.letter.whole).to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use berkas_contract::{Envelope, Event as _};
    use berkas_domain::{DocumentKind, ReasonCode, Sha256Hash};
    use berkas_notices::NoticeTexts;

    use super::*;

    fn document(kind: DocumentKind, of_role: Option<&str>) -> SubmittedDocument {
        SubmittedDocument {
            ordinal: 0,
            kind,
            of_role: of_role.map(str::to_owned),
            sha256: Sha256Hash::of(b"scan"),
            size: 4,
            media_type: "image/png".to_owned(),
            flagged: false,
        }
    }

    fn reason(
        code: ReasonCode,
        document: Option<usize>,
        kind: Option<DocumentKind>,
        page: Option<u32>,
    ) -> Reason {
        let (text_id, text_en) = (code.text_id().to_owned(), code.text_en().to_owned());
        Reason { code, document, kind, page, page_href: None, field: None, text_id, text_en }
    }

    fn rendered(decision: &Decision, documents: &[SubmittedDocument], lang: Lang) -> String {
        rendered_as(decision, documents, lang, Standing::default())
    }

    fn rendered_as(
        decision: &Decision,
        documents: &[SubmittedDocument],
        lang: Lang,
        standing: Standing,
    ) -> String {
        rendered_in(&NoticeTexts::built_in().papers, decision, documents, lang, standing)
    }

    fn rendered_in(
        texts: &PaperTexts,
        decision: &Decision,
        documents: &[SubmittedDocument],
        lang: Lang,
        standing: Standing,
    ) -> String {
        let page = LetterPage {
            texts,
            title: texts.letter.title(decision.outcome),
            service: "Akta kelahiran",
            case: "LHR-1".to_owned(),
            office: "Contoh (351709)".to_owned(),
            repair: repair(lang, texts, decision.revision.0),
            groups: groups(&decision.reasons, documents, (lang, texts)),
            steps: steps(texts, decision.outcome),
            sheet: Sheet::new(
                (lang, texts),
                decision.registration_number.clone(),
                decision.training,
                Sha256Hash::of(b"isi"),
            ),
            standing,
            decision,
        };
        page.render().unwrap()
    }

    fn decision() -> Decision {
        serde_json::from_str::<Envelope<Decision>>(Decision::SAMPLE).unwrap().data
    }

    #[test]
    fn every_reason_code_and_outcome_is_told_in_every_language_and_no_placeholder_is_left() {
        for lang in [Lang::Id, Lang::En] {
            for outcome in Outcome::ALL {
                let mut decision = decision();
                decision.outcome = *outcome;
                decision.revision.0 = 2;
                let codes = ReasonCode::ALL.iter();
                decision.reasons = codes.map(|code| reason(*code, Some(0), None, Some(1))).collect();
                let text = rendered(&decision, &[document(DocumentKind::Kk, None)], lang);
                for code in ReasonCode::ALL {
                    let said = lang.say(code.text_id(), code.text_en());
                    assert!(text.contains(said) && text.contains(code.as_str()), "{lang:?} {code}");
                }
                assert!(text.contains(lang.say(outcome.name_id(), outcome.name_en())), "{lang:?} {outcome}");
                let body = text.split_once("</style>").unwrap().1;
                assert!(!body.contains('{') && !body.contains('}'), "{body}");
            }
        }
    }

    #[test]
    fn a_letter_in_an_offices_own_words_is_whole_in_every_language() {
        let dir = tempfile::tempdir().unwrap();
        let words = "[letter.returned]\nid = \"Berkas kembali\"\nen = \"Sent back\"\n\
                     [[letter.returned_steps]]\nid = \"Bawa <asli>\"\nen = \"Bring <originals>\"\n";
        std::fs::write(dir.path().join("papers.toml"), words).unwrap();
        let texts = NoticeTexts::load(dir.path()).unwrap().papers;
        let mut decision = decision();
        let codes = ReasonCode::ALL.iter();
        decision.reasons = codes.map(|code| reason(*code, Some(0), None, Some(1))).collect();
        let documents = [document(DocumentKind::Kk, None)];
        for (lang, title, step) in [
            (Lang::Id, "Berkas kembali", "Bawa &#60;asli&#62;"),
            (Lang::En, "Sent back", "Bring &#60;originals&#62;"),
        ] {
            let text = rendered_in(&texts, &decision, &documents, lang, Standing::default());
            assert!(text.contains(title) && text.contains(step), "{text}");
            assert_eq!(text.matches("<td class=\"code\"").count(), ReasonCode::ALL.len());
            let body = text.split_once("</style>").unwrap().1;
            assert!(!body.contains('{') && !body.contains('}'), "{body}");
        }
    }

    #[test]
    fn reasons_stand_with_their_document_in_the_order_of_the_dossier_and_by_page() {
        let documents = [document(DocumentKind::Kk, None), document(DocumentKind::KtpEl, Some("mother"))];
        let reasons = [
            reason(ReasonCode::Ganda, None, None, None),
            reason(ReasonCode::TidakLengkap, None, Some(DocumentKind::BukuNikah), None),
            reason(ReasonCode::BukanAsli, Some(1), None, Some(2)),
            reason(ReasonCode::TidakTerbaca, Some(1), None, Some(1)),
            reason(ReasonCode::TidakTerbaca, Some(0), None, Some(1)),
        ];
        let groups = groups(&reasons, &documents, (Lang::Id, &NoticeTexts::built_in().papers));
        let told: Vec<(&str, Vec<Option<u32>>)> = groups
            .iter()
            .map(|group| (group.title.as_str(), group.reasons.iter().map(|reason| reason.page).collect()))
            .collect();
        assert_eq!(
            told,
            [
                ("1. Kartu keluarga", vec![Some(1)]),
                ("2. KTP-el (ibu)", vec![Some(1), Some(2)]),
                ("Buku nikah – belum ada dalam berkas", vec![None]),
                ("Berkas secara keseluruhan", vec![None]),
            ]
        );
    }

    #[test]
    fn a_letter_says_that_it_corrects_another_or_does_not_count_any_more() {
        let texts = &NoticeTexts::built_in().papers.letter;
        for (corrects, corrected) in [(false, false), (true, false), (false, true)] {
            let standing = Standing { corrects, corrected };
            let text = rendered_as(&decision(), &[], Lang::Id, standing);
            let told = [&texts.corrects, &texts.corrected].map(|said| text.contains(say(Lang::Id, said)));
            assert_eq!(told, [corrects, corrected]);
        }
    }

    #[test]
    fn a_note_stands_in_the_letter_and_is_no_markup() {
        let mut decision = decision();
        for (lang, heading) in [(Lang::Id, "Catatan petugas"), (Lang::En, "Note from the office")] {
            decision.note = None;
            assert!(!rendered(&decision, &[], lang).contains(heading));
            decision.note = Some("Cap <b>desa</b> tidak ada".to_owned());
            let text = rendered(&decision, &[], lang);
            assert!(
                text.contains(heading) && text.contains("Cap &#60;b&#62;desa&#60;/b&#62; tidak ada"),
                "{text}"
            );
        }
    }

    #[test]
    fn a_training_letter_says_so_and_a_live_one_does_not() {
        let mut decision = decision();
        for training in [true, false] {
            decision.training = training;
            let text = rendered(&decision, &[], Lang::Id);
            assert_eq!(text.split_once("</style>").unwrap().1.contains("LATIHAN"), training);
        }
    }
}
