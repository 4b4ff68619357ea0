//! Puts the facts together.

use std::sync::LazyLock;

use berkas_domain::form::{Family, FamilyRelation, Form, Role, Sex};
use berkas_domain::{DocumentKind, OfficeCalendar, OfficeCode, OfficeHours, Regions, check_kk, wib};
use chrono::{DateTime, NaiveDate, Utc};

use super::catalogue::{
    CHANGE_FACTS, ChangeFact, DECLARATIONS, EVENT_FACTS, EventFact, FAMILY_FACTS, FORM_FACTS, FamilyFact,
    FormFact, HISTORY_FACTS, HistoryFact, ROLES,
};
use super::documents::documents;
use super::people::{Circumstances, People, plain_number};
use super::value::{Text, Value};
use super::{Document, Facts, Row};
use crate::input::{DocumentPages, History};

pub(super) fn collect(
    form: &Form,
    pages: &[DocumentPages],
    history: Option<&History>,
    received: DateTime<Utc>,
    office: Option<&OfficeCode>,
) -> Facts {
    let around = Circumstances { form, history, office };
    let people = People::of(&around);
    let documents = documents(&around, &people, pages);
    let roles = ROLES.iter().map(|role| people.one(*role).map(|one| one.facts.clone()).unwrap_or_default());
    Facts {
        service: form.service,
        case: form.case.clone(),
        form: form_row(form, received, &people),
        event: event_row(form),
        family: family_row(form, &people),
        change: change_row(form),
        history: history_row(form, history),
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
    row.set(FormFact::DanglingRole, named_roles(form).any(|role| people.one(role).is_none()));
    let known = |word: &String| DECLARATIONS.iter().any(|known| known.word == word);
    row.set(FormFact::UnknownDeclaration, !form.declarations.0.keys().all(known));
    row
}

/// Every role that the form says something of. Who else stands on a paper need not be in the form.
fn named_roles(form: &Form) -> impl Iterator<Item = Role> {
    let members = form.family.iter().flat_map(|family| &family.members).map(|member| member.role);
    let papers = form.documents.iter().flat_map(|document| {
        let lists = document.signed_by.iter().chain(&document.witnesses).flatten().copied();
        document.of.into_iter().chain(lists)
    });
    form.persons.keys().copied().chain(members).chain(papers)
}

fn event_row(form: &Form) -> Row {
    let mut row = Row::with(EVENT_FACTS.len());
    let Some(event) = &form.event else { return row };
    row.set(EventFact::Date, event.date);
    row.set(EventFact::DaysAgo, event.date.map(|date| (form.handed_in - date).num_days()));
    row.set(EventFact::OfficeDaysAgo, event.date.and_then(|date| office_days(date, form.handed_in)));
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

/// Office days after `event` up to `day`, `None` where the holidays are unknown. No limit of the law is longer than a
/// year, so no more than that are counted.
fn office_days(event: NaiveDate, day: NaiveDate) -> Option<i64> {
    const MOST: i64 = 250;
    static CALENDAR: LazyLock<OfficeCalendar> =
        LazyLock::new(|| OfficeCalendar::embedded(OfficeHours::default()));
    let mut count = 0;
    let mut date = day;
    while date > event && count < MOST {
        count += i64::from(CALENDAR.is_office_day(date).ok()?);
        date = date.pred_opt()?;
    }
    Some(count)
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
    let children = family.members.iter().filter(|member| member.relation == FamilyRelation::Child);
    let older: Vec<bool> = children.filter_map(|child| Some(born(child.role)? <= head_born?)).collect();
    row.set(FamilyFact::ChildOlderThanHead, older.contains(&true));
    let clash = family.members.iter().any(|member| {
        let sex = form.person(member.role).and_then(|person| person.sex);
        matches!(
            (member.relation, sex),
            (FamilyRelation::Husband, Some(Sex::Female)) | (FamilyRelation::Wife, Some(Sex::Male))
        )
    });
    row.set(FamilyFact::SexClash, clash);
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

fn history_row(form: &Form, history: Option<&History>) -> Row {
    let mut row = Row::with(HISTORY_FACTS.len());
    let Some(history) = history else { return row };
    row.set(HistoryFact::OpenRequests, history.open_requests.len());
    let since = |at: DateTime<Utc>| (form.handed_in - wib(at).date_naive()).num_days();
    row.set(HistoryFact::DaysSincePassed, history.last_passed.map(since));
    // A child that cannot be told apart is not known to be a new one.
    let told_apart = form.person(Role::Mother).is_some_and(|mother| mother.nik.is_some())
        && form.event.as_ref().is_some_and(|event| event.date.is_some() && event.birth_order.is_some());
    let same_child = history.same_child.len();
    row.set(HistoryFact::SameChild, (told_apart || same_child > 0).then_some(same_child));
    let birth = form.event.as_ref().and_then(|event| event.date);
    let plurality = form.event.as_ref().and_then(|event| event.plurality);
    let close =
        birth.map_or(Value::Unknown, |date| too_close(date, plurality, &history.mothers_other_births));
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
