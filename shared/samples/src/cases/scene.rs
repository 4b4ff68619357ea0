//! The stage on which a case puts its people, its event and its papers.

use std::collections::BTreeMap;

use berkas_domain::form::{
    Change, ChangeElement, Declarations, DocumentAttrs, Event, Family as FamilyCard, FamilyMember,
    FamilyRelation, Form, MaritalStatus, Person, PersonEntry, Role, SameAs, Sex,
};
use berkas_domain::{CaseCode, DocumentKind};
use chrono::NaiveDate;

use crate::people::{Family, Home, days_before};
use crate::plan::Plan;
use crate::rng::Rng;

/// A form without its documents, and the papers to be drawn.
#[derive(Debug, Clone)]
pub(crate) struct Draft {
    pub(crate) form: Form,
    pub(crate) papers: Vec<Paper>,
}

/// One paper before it is drawn.
#[derive(Debug, Clone)]
pub(crate) struct Paper {
    /// The slot it lies in.
    pub(crate) kind: DocumentKind,
    /// What it shows: the same, unless it lies in a wrong slot.
    pub(crate) shows: DocumentKind,
    pub(crate) of: Option<Role>,
    pub(crate) model: Option<&'static str>,
    pub(crate) signed_by: Option<Vec<Role>>,
    pub(crate) witnesses: Option<Vec<Role>>,
    pub(crate) attrs: DocumentAttrs,
    /// Whether the case asks for it; an extra may miss or be illegible without harm.
    pub(crate) required: bool,
    pub(crate) look: Look,
}

/// What the scan of a paper shall look like.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Look {
    /// As scans usually do: legible.
    Usual,
    /// Not legible.
    Illegible,
    /// Its blank side was scanned.
    BlankOnly,
    /// A blank back page follows.
    BlankBack,
}

impl Paper {
    /// A required paper of somebody.
    pub(crate) fn new(kind: DocumentKind, of: Role) -> Self {
        Self {
            kind,
            shows: kind,
            of: Some(of),
            model: None,
            signed_by: None,
            witnesses: None,
            attrs: DocumentAttrs::default(),
            required: true,
            look: Look::Usual,
        }
    }

    /// A present print of a form, signed.
    pub(crate) fn form(kind: DocumentKind, signed_by: &[Role]) -> Self {
        Self {
            of: signed_by.first().copied(),
            model: Some("2019"),
            signed_by: Some(signed_by.to_vec()),
            ..Self::new(kind, Role::Applicant)
        }
    }

    /// The same with these witnesses, who sign it too.
    pub(crate) fn witnessed(mut self, witnesses: [Role; 2]) -> Self {
        self.signed_by.get_or_insert_default().extend(witnesses);
        self.witnesses = Some(witnesses.to_vec());
        self
    }

    /// The same with what stands on it.
    pub(crate) fn with(mut self, change: impl FnOnce(&mut DocumentAttrs)) -> Self {
        change(&mut self.attrs);
        self
    }

    /// The same, handed in without being asked for.
    pub(crate) fn extra(mut self) -> Self {
        self.required = false;
        self
    }
}

/// Everything a case needs while it is filled.
pub(crate) struct Scene<'a> {
    pub(crate) case: &'a CaseCode,
    pub(crate) home: Home,
    pub(crate) today: NaiveDate,
    pub(crate) rng: &'a mut Rng,
    form: Form,
    papers: Vec<Paper>,
}

impl<'a> Scene<'a> {
    pub(crate) fn new(plan: &'a Plan, today: NaiveDate, rng: &'a mut Rng) -> Self {
        let home = Home::below(&plan.office, today, rng);
        let form = Form {
            salt: format!("{:016x}{:016x}", rng.next_u64(), rng.next_u64()),
            service: plan.service,
            case: plan.case.clone(),
            handed_in: today,
            persons: BTreeMap::new(),
            event: None,
            family: None,
            change: None,
            declarations: Declarations::default(),
            documents: Vec::new(),
        };
        Self { case: &plan.case, home, today, rng, form, papers: Vec::new() }
    }

    pub(crate) fn finish(self) -> Draft {
        Draft { form: self.form, papers: self.papers }
    }

    /// Makes a person of the household.
    pub(crate) fn make(&mut self, sex: Sex, years: i64, marital: MaritalStatus) -> Person {
        self.family().person(sex, years, marital)
    }

    /// Makes a person of another household of the same kecamatan, for example a witness.
    pub(crate) fn make_stranger(&mut self, years: i64) -> Person {
        let office = self.home.kecamatan_code.parse();
        let home =
            office.map_or_else(|_| self.home.clone(), |office| Home::below(&office, self.today, self.rng));
        let sex = self.rng.pick(&[Sex::Male, Sex::Female]);
        Family { home: &home, today: self.today, rng: self.rng }.person(sex, years, MaritalStatus::Married)
    }

    pub(crate) fn family(&mut self) -> Family<'_> {
        Family { home: &self.home, today: self.today, rng: self.rng }
    }

    /// Puts a person in a role.
    pub(crate) fn put(&mut self, role: Role, person: Person) {
        self.form.persons.insert(role, PersonEntry::Person(Box::new(person)));
    }

    /// Says that `role` is the same human being as `other`.
    pub(crate) fn same(&mut self, role: Role, other: Role) {
        self.form.persons.insert(role, PersonEntry::SameAs(SameAs { same_as: other }));
    }

    /// Puts two witnesses of other households in the given roles.
    pub(crate) fn put_witnesses(&mut self, roles: [Role; 2]) {
        for role in roles {
            let years = self.rng.whole(25, 60);
            let witness = self.make_stranger(years);
            self.put(role, witness);
        }
    }

    /// The family card with these lines; its number is that of the first, the head.
    pub(crate) fn family_card(&mut self, members: &[(Role, FamilyRelation)]) {
        let head = members.first().and_then(|&(role, _)| self.person(role));
        let kk_number = head.and_then(|person| person.kk_number.clone());
        let members = members.iter().map(|&(role, relation)| FamilyMember { role, relation }).collect();
        self.form.family = Some(FamilyCard { kk_number, members });
    }

    pub(crate) fn event(&mut self, event: Event) {
        self.form.event = Some(event);
    }

    /// A date of the event.
    pub(crate) fn event_date(&self, which: impl Fn(&Event) -> Option<NaiveDate>) -> Option<NaiveDate> {
        self.form.event.as_ref().and_then(which)
    }

    pub(crate) fn change(&mut self, element: ChangeElement, reason: &str) {
        self.form.change = Some(Change { elements: vec![element], reason: Some(reason.to_owned()) });
    }

    pub(crate) fn declare(&mut self, fact: &str, value: bool) {
        self.form.declarations.0.insert(fact.to_owned(), value);
    }

    pub(crate) fn paper(&mut self, paper: Paper) {
        self.papers.push(paper);
    }

    /// The family card somebody stands on now.
    pub(crate) fn kk_of(&mut self, of: Role) -> Paper {
        let number = self.person(of).and_then(|person| person.kk_number.clone());
        let dated = self.days_ago(200, 3_000);
        Paper::new(DocumentKind::Kk, of).with(|attrs| {
            attrs.number = number;
            attrs.dated = Some(dated);
        })
    }

    /// Hands the family card of somebody in.
    pub(crate) fn paper_kk(&mut self, of: Role) {
        let card = self.kk_of(of);
        self.paper(card);
    }

    /// Says that the case does not ask for the paper handed in last.
    pub(crate) fn last_is_extra(&mut self) {
        if let Some(paper) = self.papers.last_mut() {
            paper.required = false;
        }
    }

    /// A letter or deed with a number and a date `low..=high` days ago.
    pub(crate) fn paper_dated(
        &mut self,
        kind: DocumentKind,
        of: Role,
        issuer: &str,
        (low, high): (i64, i64),
    ) {
        let dated = self.days_ago(low, high);
        let number = self.number_of(dated);
        self.paper(Paper::new(kind, of).with(|attrs| {
            attrs.number = Some(number);
            attrs.dated = Some(dated);
            attrs.issuer = Some(issuer.to_owned());
        }));
    }

    pub(crate) fn person(&self, role: Role) -> Option<&Person> {
        self.form.person(role)
    }

    pub(crate) fn days_ago(&mut self, low: i64, high: i64) -> NaiveDate {
        days_before(self.today, self.rng.whole(low, high))
    }

    /// The number of a letter written on `dated`.
    pub(crate) fn number_of(&mut self, dated: NaiveDate) -> String {
        let (serial, group) = (self.rng.whole(1, 999), self.rng.whole(400, 479));
        format!("{group}/{serial:03}/CONTOH/{}", dated.format("%Y"))
    }

    /// The number of a letter written today.
    pub(crate) fn number(&mut self) -> String {
        self.number_of(self.today)
    }
}
