//! Facts about the papers and their pages.

use std::collections::{BTreeMap, BTreeSet};

use berkas_domain::form::{FormDocument, Role};
use berkas_domain::{DocumentKind, compare_names};

use super::catalogue::{DOCUMENT_FACTS, DocumentFact, MENTION_FACTS, MentionFact, PAGE_FACTS, PageFact};
use super::collect::named_on;
use super::people::{Circumstances, One, People, plain_number};
use super::value::{Text, Value};
use super::{Document, Row};
use crate::input::{DocumentPages, PageLook, PageQuality, PageVerdict};

pub(crate) fn documents(
    around: &Circumstances<'_>,
    people: &People,
    pages: &[DocumentPages],
) -> Vec<Document> {
    let mut kinds_of_file: BTreeMap<_, BTreeSet<DocumentKind>> = BTreeMap::new();
    for document in &around.form.documents {
        kinds_of_file.entry(document.sha256).or_default().insert(document.kind);
    }
    // Whether a file is another person's cannot be asked for somebody of whom no number is known.
    let has_household = !around.looked_up.persons().is_empty() || around.looked_up.family().is_some();
    let read = |document: &FormDocument| {
        let mut facts = Row::with(DOCUMENT_FACTS.len());
        describe(document, people, &mut facts);
        let card = around.form.family.as_ref().and_then(|family| family.kk_number.as_deref());
        let numbers = document.attrs.number.as_deref().zip(card);
        facts.set(
            DocumentFact::IsFamilyCard,
            numbers.map(|(own, card)| plain_number(own) == plain_number(card)),
        );
        let owner = document.of.and_then(|of| people.one(of)).and_then(|one| one.kk_number());
        let numbers = document.attrs.number.as_deref().zip(owner);
        facts.set(DocumentFact::IsCardOfOwner, numbers.map(|(own, card)| plain_number(own) == card));
        facts.set(
            DocumentFact::UsedTwice,
            kinds_of_file.get(&document.sha256).is_some_and(|kinds| kinds.len() > 1),
        );
        let elsewhere = around
            .history
            .map(|history| history.duplicate_files.iter().any(|file| file.sha256 == document.sha256));
        facts.set(DocumentFact::UsedElsewhere, elsewhere.filter(|elsewhere| *elsewhere || has_household));
        let looked_at = pages.iter().find(|pages| pages.sha256 == document.sha256);
        if let Some(looked_at) = looked_at {
            count_pages(looked_at, &mut facts);
        }
        Document {
            kind: document.kind,
            of: document.of.map(|role| people.roles_of(role)).unwrap_or_default(),
            on_card: on_card(document, around, people),
            purpose: document.attrs.purpose.clone(),
            sha256: document.sha256,
            facts,
            pages: looked_at.map(|looked_at| looked_at.pages.iter().map(page).collect()).unwrap_or_default(),
            mentions: mentions(document, people),
        }
    };
    around.form.documents.iter().map(read).collect()
}

/// Who is on a family card: whose number it has, and with anybody of the form's family those of the same number. The family
/// of a card that is asked for the first time comes from other cards.
fn on_card(document: &FormDocument, around: &Circumstances<'_>, people: &People) -> Vec<Role> {
    if !matches!(document.kind, DocumentKind::Kk | DocumentKind::KkRusak) {
        return Vec::new();
    }
    let mut roles = Vec::new();
    if let Some(number) = document.attrs.number.as_deref().map(plain_number) {
        let holders = people.all.iter().filter(|one| one.kk_number() == Some(number.as_str()));
        roles.extend(holders.flat_map(|one| people.roles_of(one.role)));
    }
    let family = around.form.family.as_ref().filter(|family| family.kk_number.is_some());
    let members: Vec<Role> =
        family.iter().flat_map(|family| &family.members).map(|member| member.role).collect();
    if let Some(owner) = document.of.and_then(|of| people.one(of))
        && people.roles_of(owner.role).iter().any(|role| members.contains(role))
    {
        // Whoever comes from a card of another number is not on this one yet.
        let may_be_on = |role: &Role| match (owner.kk_number(), people.one(*role).and_then(One::kk_number)) {
            (Some(own), Some(other)) => own == other,
            _ => true,
        };
        roles.extend(members.into_iter().filter(may_be_on).flat_map(|role| people.roles_of(role)));
    }
    roles
}

fn describe(document: &FormDocument, people: &People, row: &mut Row) {
    row.set(DocumentFact::Kind, document.kind.as_str());
    row.set(DocumentFact::Of, document.of.map(|role| role.to_string()));
    row.set(DocumentFact::Model, document.model.as_deref().and_then(model));
    row.set(DocumentFact::SignedBy, document.signed_by.as_deref().map(|roles| all_roles(roles, people)));
    row.set(DocumentFact::Witnesses, witnesses(document, people));
    let attrs = &document.attrs;
    row.set(DocumentFact::NumberGiven, attrs.number.as_ref().map(|_| true));
    row.set(DocumentFact::Dated, attrs.dated);
    row.set(DocumentFact::ValidUntil, attrs.valid_until);
    row.set(DocumentFact::Issuer, attrs.issuer.clone());
    row.set(DocumentFact::Purpose, attrs.purpose.clone());
    let named: Vec<Role> = attrs.names.keys().copied().collect();
    row.set(DocumentFact::Names, (!named.is_empty()).then(|| all_roles(&named, people)));
    row.set(DocumentFact::Dangling, named_on(document).any(|role| people.one(role).is_none()));
}

/// Prints that Permendagri 109/2019 replaced, by names it did not keep, without their signs: the request for a card, the
/// reports of a death, and the old F-2.01 in four sheets.
const OLD_NAMES: &[&str] = &["f121", "f228", "f229", "lembar"];

/// Which print of a form it is, however the clerk says it. `None` is anything that cannot be told.
fn model(declared: &str) -> Option<&'static str> {
    let said = declared.trim().to_lowercase();
    let bare: String = said.chars().filter(char::is_ascii_alphanumeric).collect();
    if said == "lama" || said == "old" || OLD_NAMES.iter().any(|name| bare.contains(name)) {
        return Some("old");
    }
    // The year of a regulation stands last: `109/2019`, `F-1.02 2019`.
    let numbers = said.split(|c: char| !c.is_ascii_digit()).filter(|digits| digits.len() == 4);
    match numbers.filter_map(|digits| digits.parse::<u16>().ok()).rfind(|year| *year >= 1945) {
        Some(2019) => Some("2019"),
        Some(..2019) => Some("old"),
        _ => None,
    }
}

/// The words of `roles` and of every other role that is the same human being.
fn all_roles(roles: &[Role], people: &People) -> Vec<Text> {
    let all: BTreeSet<Role> = roles.iter().flat_map(|role| people.roles_of(*role)).collect();
    all.into_iter().map(|role| Text::Owned(role.to_string())).collect()
}

/// How many witnesses a paper names.
///
/// F-2.01 is what the form transcribes, so its witnesses are those of the form even when the paper's own list was
/// not declared. Of a statement of responsibility the form's two roles count only when at least one is there.
fn witnesses(document: &FormDocument, people: &People) -> Value {
    if let Some(declared) = &document.witnesses {
        // A witness of whom the form says nothing is none.
        let known = declared.iter().filter(|role| people.one(**role).is_some());
        let distinct: BTreeSet<Vec<Role>> = known.map(|role| people.roles_of(*role)).collect();
        return distinct.len().into();
    }
    let named = |roles: [Role; 2]| roles.into_iter().filter(|role| people.one(*role).is_some()).count();
    match document.kind {
        DocumentKind::FormF201 => named([Role::Witness1, Role::Witness2]).into(),
        DocumentKind::FormF203 | DocumentKind::FormF204 | DocumentKind::SptjmKematian => {
            let count = named([Role::SptjmWitness1, Role::SptjmWitness2]);
            (count > 0).then_some(count).into()
        }
        _ => Value::Unknown,
    }
}

fn count_pages(looked_at: &DocumentPages, row: &mut Row) {
    let good = |page: &&PageVerdict| !page.blank && page.verdict != PageQuality::Unreadable;
    row.set(DocumentFact::Opened, looked_at.failed.is_none());
    row.set(DocumentFact::Flagged, looked_at.flagged);
    row.set(DocumentFact::Pages, looked_at.pages.len());
    let unreadable = |page: &&PageVerdict| !page.blank && page.verdict == PageQuality::Unreadable;
    row.set(DocumentFact::UnreadablePages, looked_at.pages.iter().filter(unreadable).count());
    row.set(DocumentFact::GoodPages, looked_at.pages.iter().filter(good).count());
}

fn page(page: &PageVerdict) -> (u32, Row) {
    let mut row = Row::with(PAGE_FACTS.len());
    row.set(PageFact::Number, i64::from(page.page));
    row.set(
        PageFact::Verdict,
        match page.verdict {
            PageQuality::Ok => "ok",
            PageQuality::Warn => "warn",
            PageQuality::Unreadable => "unreadable",
        },
    );
    row.set(PageFact::Blank, page.blank);
    row.set(PageFact::LooksLike, page.looks_like.map(PageLook::as_str));
    (page.page, row)
}

/// Everybody whose name or NIK was read off the paper, beside what the form says.
fn mentions(document: &FormDocument, people: &People) -> Vec<(Role, Row)> {
    let attrs = &document.attrs;
    let roles: BTreeSet<Role> = attrs.names.keys().chain(attrs.niks.keys()).copied().collect();
    let mention = |role: Role| {
        let mut row = Row::with(MENTION_FACTS.len());
        row.set(MentionFact::Role, role.to_string());
        if let (Some(there), Some(one)) = (attrs.names.get(&role), people.one(role)) {
            row.set(MentionFact::NameLikeness, compare_names(there, one.name()).likeness.as_str());
        }
        if let (Some(there), Some(here)) = (attrs.niks.get(&role), people.one(role).and_then(|one| one.nik()))
        {
            row.set(MentionFact::NikMatches, plain_number(there) == here);
        }
        (role, row)
    };
    roles.into_iter().map(mention).collect()
}

#[cfg(test)]
mod tests {
    use super::model;

    #[test]
    fn the_print_of_a_form_is_told_by_its_name_or_by_the_last_year_in_it() {
        for new in ["2019", "109/2019", "F-1.02 2019", "f-2.01 (109/2019)", "Permendagri 109 / 2019"] {
            assert_eq!(model(new), Some("2019"), "{new}");
        }
        for old in [
            "F-1.21",
            "f1.21",
            "F-2.28",
            "F-2.29",
            "F-2.01 Lembar 2",
            "lama",
            "old",
            "19/2010",
            "F-1.02 2010",
        ] {
            assert_eq!(model(old), Some("old"), "{old}");
        }
        for unknown in ["", "baru", "F-1.02", "109", "12345", "2026", "F-1.02 2026"] {
            assert_eq!(model(unknown), None, "{unknown}");
        }
    }
}
