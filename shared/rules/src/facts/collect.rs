//! Puts the facts together.

use std::sync::LazyLock;

use berkas_domain::form::{Family, FamilyRelation, Form, FormDocument, Role, Sex};
use berkas_domain::{
    DocumentKind, LookupKeys, OfficeCalendar, OfficeCode, OfficeHours, Regions, check_kk, wib,
};
use chrono::{DateTime, NaiveDate, Utc};

use super::catalogue::{
    CHANGE_FACTS, ChangeFact, DECLARATIONS, EVENT_FACTS, EventFact, FAMILY_FACTS, FORM_FACTS, FamilyFact,
    FormFact, HISTORY_FACTS, HistoryFact, ROLES,
};
use super::documents::documents;
use super::people::{Circumstances, People, age, plain_number};
use super::value::{Text, Value};
use super::{Document, Facts, Row};
use crate::input::{DocumentPages, History};

/// What is known of the office that sends, or of the one that receives.
#[derive(Clone, Copy, Default)]
pub(super) struct Sender<'a> {
    pub(super) office: Option<&'a OfficeCode>,
    /// Opening hours of the district; `None` are the usual ones.
    pub(super) hours: Option<OfficeHours>,
}

pub(super) fn collect(
    form: &Form,
    pages: &[DocumentPages],
    history: Option<&History>,
    received: DateTime<Utc>,
    sender: Sender<'_>,
) -> Facts {
    // Which numbers can be asked about is all that counts here, not what they hash to.
    let looked_up = LookupKeys::of(form, |_| [0; 32]);
    let around = Circumstances { form, history, office: sender.office, looked_up };
    let people = People::of(&around);
    let documents = documents(&around, &people, pages);
    let roles = ROLES.iter().map(|role| people.one(*role).map(|one| one.facts.clone()).unwrap_or_default());
    Facts {
        service: form.service,
        case: form.case.clone(),
        form: form_row(form, received, &people),
        event: event_row(form, sender.hours),
        family: family_row(form, &people),
        change: change_row(form),
        history: history_row(&around),
        docs: docs_row(&documents),
        declared: declared_row(form),
        roles: roles.collect(),
        people,
        documents,
        has_history: history.is_some(),
        has_pages: !pages.is_empty(),
    }
}

fn form_row(form: &Form, received: DateTime<Utc>, people: &People) -> Row {
    let mut row = Row::with(FORM_FACTS.len());
    row.set(FormFact::Service, form.service.as_str());
    row.set(FormFact::Case, form.case.as_str().to_owned());
    row.set(FormFact::HandedIn, form.handed_in);
    row.set(FormFact::Received, wib(received).date_naive());
    row.set(FormFact::Represented, people.one(Role::Attorney).is_some());
    let is_nobody = |role| people.one(role).is_none();
    let in_papers = form.documents.iter().flat_map(named_on).any(is_nobody);
    let in_persons = named_roles(form).any(is_nobody);
    row.set(FormFact::DanglingRole, in_persons || in_papers);
    row.set(FormFact::DanglingPerson, in_persons);
    let known = |word: &String| DECLARATIONS.iter().any(|known| known.word == word);
    row.set(FormFact::UnknownDeclaration, !form.declarations.0.keys().all(known));
    row
}

/// Every role that the form says something of beside the papers.
fn named_roles(form: &Form) -> impl Iterator<Item = Role> {
    let members = form.family.iter().flat_map(|family| &family.members).map(|member| member.role);
    form.persons.keys().copied().chain(members)
}

/// Every role that a paper says something of. Whose names stand on it need not be in the form.
pub(super) fn named_on(document: &FormDocument) -> impl Iterator<Item = Role> {
    let lists = document.signed_by.iter().chain(&document.witnesses).flatten().copied();
    document.of.into_iter().chain(lists)
}

fn event_row(form: &Form, hours: Option<OfficeHours>) -> Row {
    let mut row = Row::with(EVENT_FACTS.len());
    let Some(event) = &form.event else { return row };
    row.set(EventFact::Date, event.date);
    row.set(EventFact::DaysAgo, event.date.map(|date| (form.handed_in - date).num_days()));
    row.set(EventFact::OfficeDaysAgo, event.date.and_then(|date| office_days(date, form.handed_in, hours)));
    row.set(EventFact::PlaceKind, event.place_kind.clone());
    row.set(EventFact::BirthOrder, event.birth_order.map(i64::from));
    row.set(EventFact::Plurality, event.plurality.map(i64::from));
    row.set(EventFact::ReporterRelation, event.reporter_relation.clone());
    row.set(EventFact::ParentsWedding, event.parents_wedding);
    row.set(EventFact::ElderSiblingBirth, event.elder_sibling_birth);
    row.set(EventFact::Cause, event.cause.clone());
    row.set(EventFact::Certifier, event.certifier.clone());
    row
}

/// Office days after `event` up to `day`. No limit of the law is longer than a year, so no more than that are counted.
///
/// In a year whose holidays are unknown the count ends: what was counted by then is enough when it is past every limit
/// that is counted in office days, and tells nothing (`None`) below.
fn office_days(event: NaiveDate, day: NaiveDate, hours: Option<OfficeHours>) -> Option<i64> {
    const MOST: i64 = 250;
    const PAST_EVERY_LIMIT: i64 = 90;
    static USUAL: LazyLock<OfficeCalendar> =
        LazyLock::new(|| OfficeCalendar::embedded(OfficeHours::default()));
    let own = hours.filter(|hours| *hours != OfficeHours::default()).map(OfficeCalendar::embedded);
    let calendar = own.as_ref().unwrap_or(&USUAL);
    let mut count = 0;
    let mut date = day;
    while date > event && count < MOST {
        let Ok(is_open) = calendar.is_office_day(date) else {
            return (count > PAST_EVERY_LIMIT).then_some(count);
        };
        count += i64::from(is_open);
        date = date.pred_opt()?;
    }
    Some(count)
}

/// Whether any of them is, three-valued: one that is settles it, and one of which nobody knows leaves it open.
fn any_of(answers: impl Iterator<Item = Option<bool>>) -> Option<bool> {
    let mut any = Some(false);
    for answer in answers {
        match answer {
            Some(true) => return Some(true),
            Some(false) => {}
            None => any = None,
        }
    }
    any
}

fn family_row(form: &Form, people: &People) -> Row {
    let mut row = Row::with(FAMILY_FACTS.len());
    let Some(family) = &form.family else {
        row.set(FamilyFact::Given, false);
        row.set(FamilyFact::KkGiven, false);
        return row;
    };
    row.set(FamilyFact::Given, !family.members.is_empty());
    row.set(FamilyFact::KkGiven, family.kk_number.is_some());
    if let Some(number) = &family.kk_number {
        row.set(
            FamilyFact::KkVerdict,
            check_kk(number, form.handed_in, Regions::embedded()).verdict.as_str(),
        );
        row.set(FamilyFact::KkIsNik, people.has_nik(&plain_number(number)));
    }
    if !family.members.is_empty() {
        relations(form, family, people, &mut row);
    }
    row
}

fn relations(form: &Form, family: &Family, people: &People, row: &mut Row) {
    let is_head = |relation| relation == FamilyRelation::Head;
    row.set(FamilyFact::Members, family.members.len());
    row.set(FamilyFact::Heads, family.members.iter().filter(|member| is_head(member.relation)).count());
    let head = family.members.iter().find(|member| is_head(member.relation));
    let born = |role: Role| form.person(role).and_then(|person| person.birth_date);
    let head_born = head.and_then(|head| born(head.role));
    let born_of = |relation: FamilyRelation| {
        let members = family.members.iter().filter(move |member| member.relation == relation);
        members.map(move |member| born(member.role))
    };
    row.set(
        FamilyFact::ChildOlderThanHead,
        any_of(born_of(FamilyRelation::Child).map(|child| Some(child? <= head_born?))),
    );
    row.set(
        FamilyFact::GrandchildOlderThanHead,
        any_of(born_of(FamilyRelation::Grandchild).map(|grandchild| Some(grandchild? <= head_born?))),
    );
    row.set(
        FamilyFact::ParentYoungerThanHead,
        any_of(born_of(FamilyRelation::Parent).map(|parent| Some(parent? >= head_born?))),
    );
    let spouses = born_of(FamilyRelation::Husband).chain(born_of(FamilyRelation::Wife));
    row.set(FamilyFact::SpouseUnder19, any_of(spouses.map(|spouse| Some(age(spouse?, form.handed_in) < 19))));
    let clashes = family.members.iter().filter_map(|member| {
        let unfit = match member.relation {
            FamilyRelation::Husband => Sex::Female,
            FamilyRelation::Wife => Sex::Male,
            _ => return None,
        };
        Some(form.person(member.role).and_then(|person| person.sex).map(|sex| sex == unfit))
    });
    row.set(FamilyFact::SexClash, any_of(clashes));
    let deceased = people.one(Role::Deceased).map(|one| people.roles_of(one.role)).unwrap_or_default();
    row.set(FamilyFact::HeadDied, head.is_some_and(|head| deceased.contains(&head.role)));
}

fn change_row(form: &Form) -> Row {
    let mut row = Row::with(CHANGE_FACTS.len());
    let Some(change) = &form.change else { return row };
    let elements: Vec<Text> =
        change.elements.iter().map(|element| Text::Borrowed(element.as_str())).collect();
    row.set(ChangeFact::Elements, (!elements.is_empty()).then_some(elements));
    row.set(ChangeFact::Reason, change.reason.clone());
    row
}

/// What look-ups found. That nothing was found is known only of what they could ask about.
fn history_row(around: &Circumstances<'_>) -> Row {
    let mut row = Row::with(HISTORY_FACTS.len());
    let Some(history) = around.history else { return row };
    let (form, asked) = (around.form, &around.looked_up);
    // Of a newborn, who has no number yet, another request is one for the same child.
    let was_asked = asked.principal().is_some() || asked.child().is_some();
    let open = history.open_requests.len();
    row.set(HistoryFact::OpenRequests, (was_asked || open > 0).then_some(open));
    let since = |at: DateTime<Utc>| (form.handed_in - wib(at).date_naive()).num_days();
    row.set(HistoryFact::DaysSincePassed, history.last_passed.map(since));
    // A child that cannot be told apart is not known to be a new one.
    let same_child = history.same_child.len();
    row.set(HistoryFact::SameChild, (asked.child().is_some() || same_child > 0).then_some(same_child));
    let birth = form.event.as_ref().and_then(|event| event.date);
    let plurality = form.event.as_ref().and_then(|event| event.plurality);
    let others = &history.mothers_other_births;
    let birth = birth.filter(|_| asked.birth().is_some() || !others.is_empty());
    let close = birth.map_or(Value::Unknown, |date| too_close(date, plurality, others));
    row.set(HistoryFact::SiblingTooClose, close);
    row
}

/// Less than about nine months, and not born together with it.
fn too_close(birth: NaiveDate, plurality: Option<u8>, others: &[NaiveDate]) -> Value {
    const SHORTEST_GAP_DAYS: i64 = 270;
    const LONGEST_OF_TWINS_DAYS: i64 = 3;
    let gap = |other: &NaiveDate| (birth - *other).num_days().abs();
    let (together, apart): (Vec<i64>, Vec<i64>) = others
        .iter()
        .map(gap)
        .filter(|days| *days < SHORTEST_GAP_DAYS)
        .partition(|days| *days <= LONGEST_OF_TWINS_DAYS);
    match (apart.is_empty(), together.is_empty(), plurality) {
        (false, _, _) | (_, false, Some(0..=1)) => true.into(),
        (_, false, None) => Value::Unknown,
        (_, _, _) => false.into(),
    }
}

fn docs_row(documents: &[Document]) -> Row {
    let mut row = Row::with(DocumentKind::ALL.len());
    for (index, kind) in DocumentKind::ALL.iter().enumerate() {
        row.set(index, documents.iter().filter(|document| document.kind == *kind).count());
    }
    row
}

fn declared_row(form: &Form) -> Row {
    let mut row = Row::with(DECLARATIONS.len());
    for (index, known) in DECLARATIONS.iter().enumerate() {
        row.set(index, form.declarations.0.get(known.word).copied().map_or(Value::Unknown, Value::Bool));
    }
    row
}
