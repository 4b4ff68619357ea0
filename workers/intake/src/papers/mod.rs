//! Papers for an office's counter: the receipt of a submission and the letter about a decision, as pages to be printed.
//!
//! They hold the registration number, kinds of documents, coded reasons, a verifier's note and times; no NIK and no name.

mod code;
mod letter;
mod receipt;
mod sheet;

pub(crate) use letter::letter;
pub(crate) use receipt::receipt;

use berkas_blobs::Seal;
use berkas_domain::form::Role;
use berkas_domain::{CaseCode, OfficeCode, Service, wib};
use berkas_notices::{PaperTexts, Text};
use berkas_rules::LiveRules;
use berkas_store::{Store, SubmittedDocument};
use berkas_web::Lang;
use chrono::{DateTime, Utc};

/// What papers are made with.
pub(crate) struct Press<'a> {
    pub(crate) store: &'a Store,
    /// What a verifier's note is opened with.
    pub(crate) seal: &'a Seal,
    /// What cases are called.
    pub(crate) rules: &'a LiveRules,
    pub(crate) texts: &'a PaperTexts,
    pub(crate) lang: Lang,
}

/// A text in one language.
fn say(lang: Lang, text: &Text) -> &str {
    lang.say(&text.id, &text.en)
}

/// The case as people call it, by the rules in force at `instant`; its code when they do not know it any more.
fn case_title(
    press: &Press<'_>,
    office: &OfficeCode,
    (service, case): (Service, &CaseCode),
    instant: DateTime<Utc>,
) -> String {
    let (lang, current) = (press.lang, press.rules.current());
    let set = current.in_force_at(service, wib(instant).date_naive(), office);
    let known = set.and_then(|set| set.requirements(Some(case)).pop());
    known.map_or_else(
        || case.to_string(),
        |known| format!("{} ({case})", lang.say(&known.title_id, &known.title_en)),
    )
}

/// A document as people call it, and whose it is.
fn document_name(lang: Lang, document: &SubmittedDocument) -> String {
    let role = document.of_role.as_deref().and_then(|role| role.parse::<Role>().ok());
    let (id, en) = berkas_rules::document_name(document.kind, role);
    lang.say(&id, &en).to_owned()
}

/// "Perbaikan ke-2": the first repair is revision 2.
fn repair(lang: Lang, texts: &PaperTexts, revision: i32) -> String {
    say(lang, &texts.revision.with("n", &(revision - 1).to_string())).to_owned()
}

/// The office's code and name.
fn office_line(office: &OfficeCode, name: &str) -> String {
    format!("{name} ({office})")
}
