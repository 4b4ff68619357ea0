//! The human beings of a form: each once, under all the roles they have.

use std::collections::BTreeMap;

use berkas_domain::form::{Form, MaritalStatus, Person, PersonEntry, Role};
use berkas_domain::{
    Declared, LookupKeys, NameLikeness, OfficeCode, Regions, check_kk, check_nik, compare_names, name_flaws,
    normalize_name, without_separators,
};
use chrono::{Datelike, NaiveDate};

use super::Row;
use super::catalogue::{PERSON_FACTS, PersonFact};
use super::value::{Text, Value};
use crate::input::History;

/// Everybody the form names.
#[derive(Debug, Clone, Default)]
pub(crate) struct People {
    /// Role to the place in `all`.
    places: BTreeMap<Role, usize>,
    pub(crate) all: Vec<One>,
}

/// One human being.
#[derive(Debug, Clone)]
pub(crate) struct One {
    /// The role under which the data stands.
    pub(crate) role: Role,
    nik: Option<String>,
    kk_number: Option<String>,
    desa: Option<String>,
    kecamatan: Option<String>,
    name: String,
    pub(crate) facts: Row,
}

/// What is the same for all persons of a form.
pub(crate) struct Circumstances<'a> {
    pub(crate) form: &'a Form,
    pub(crate) history: Option<&'a History>,
    pub(crate) office: Option<&'a OfficeCode>,
    /// Who and what other submissions can be asked about; the hashes themselves are not needed here.
    pub(crate) looked_up: LookupKeys,
}

/// Completed years from `birth` to `day`. Who was born on 29 February has the birthday on 1 March in common years.
pub(crate) fn age(birth: NaiveDate, day: NaiveDate) -> i64 {
    let had_birthday = (day.month(), day.day()) >= (birth.month(), birth.day());
    i64::from(day.year() - birth.year()) - i64::from(!had_birthday)
}

impl People {
    pub(crate) fn of(around: &Circumstances<'_>) -> Self {
        let mut this = Self::default();
        for (role, entry) in &around.form.persons {
            if let PersonEntry::Person(person) = entry {
                this.places.insert(*role, this.all.len());
                this.all.push(One::of(*role, person));
            }
        }
        for (role, entry) in &around.form.persons {
            if let PersonEntry::SameAs(target) = entry
                && let Some(place) = this.places.get(&target.same_as).copied()
            {
                this.places.insert(*role, place);
            }
        }
        for place in 0..this.all.len() {
            let facts = this.facts_of(place, around);
            this.all[place].facts = facts;
        }
        this
    }

    pub(crate) fn one(&self, role: Role) -> Option<&One> {
        self.places.get(&role).and_then(|place| self.all.get(*place))
    }

    /// Every role of the human being who stands in `role`, `role` itself included.
    pub(crate) fn roles_of(&self, role: Role) -> Vec<Role> {
        let Some(place) = self.places.get(&role) else { return vec![role] };
        self.places.iter().filter(|(_, other)| *other == place).map(|(role, _)| *role).collect()
    }

    /// Whether two roles are one human being: known when the form says so, when both NIK are given, or when the
    /// names are plainly different.
    pub(crate) fn same_person(&self, left: Role, right: Role) -> Value {
        let (Some(a), Some(b)) = (self.places.get(&left), self.places.get(&right)) else {
            return Value::Unknown;
        };
        if a == b {
            return Value::Bool(true);
        }
        let (a, b) = (&self.all[*a], &self.all[*b]);
        match (&a.nik, &b.nik) {
            (Some(x), Some(y)) => Value::Bool(x == y),
            _ if compare_names(&a.name, &b.name).likeness == NameLikeness::Different => Value::Bool(false),
            _ => Value::Unknown,
        }
    }

    /// Whether two roles have the same family card number.
    pub(crate) fn same_kk(&self, left: Role, right: Role) -> Value {
        match (
            self.one(left).and_then(|a| a.kk_number.as_ref()),
            self.one(right).and_then(|b| b.kk_number.as_ref()),
        ) {
            (Some(a), Some(b)) => Value::Bool(a == b),
            _ => Value::Unknown,
        }
    }

    /// Whether two roles live in the same desa. Two kecamatan are two desa.
    pub(crate) fn same_desa(&self, left: Role, right: Role) -> Value {
        let (Some(a), Some(b)) = (self.one(left), self.one(right)) else { return Value::Unknown };
        match (&a.desa, &b.desa) {
            (Some(a), Some(b)) => Value::Bool(a == b),
            _ => match (a.kecamatan(), b.kecamatan()) {
                (Some(a), Some(b)) if a != b => Value::Bool(false),
                _ => Value::Unknown,
            },
        }
    }

    /// Whether somebody's NIK is `number`.
    pub(crate) fn has_nik(&self, number: &str) -> bool {
        self.all.iter().any(|one| one.nik.as_deref() == Some(number))
    }

    fn facts_of(&self, place: usize, around: &Circumstances<'_>) -> Row {
        let one = &self.all[place];
        let mut row = Row::with(PERSON_FACTS.len());
        row.set(PersonFact::Given, true);
        row.set(PersonFact::Role, one.role.to_string());
        let Some(PersonEntry::Person(person)) = around.form.persons.get(&one.role) else { return row };
        describe(person, around, &mut row);
        check_numbers(person, around, &mut row);
        let roles = self.roles_of(one.role);
        remember(person, &roles, around, &mut row);
        if let Some(nik) = &one.nik {
            let others = self
                .all
                .iter()
                .enumerate()
                .filter(|(other, two)| *other != place && two.nik.as_ref() == Some(nik));
            let alike: Vec<NameLikeness> =
                others.map(|(_, two)| compare_names(&two.name, &one.name).likeness).collect();
            let is_near = |likeness| matches!(likeness, NameLikeness::Variant | NameLikeness::Near);
            row.set(PersonFact::NikShared, alike.contains(&NameLikeness::Different));
            row.set(PersonFact::TypedTwice, alike.contains(&NameLikeness::Same));
            row.set(PersonFact::TypedAlike, alike.into_iter().any(is_near));
        }
        row.set(PersonFact::KkIsNik, one.kk_number.as_ref().map(|number| self.has_nik(number)));
        relate(&roles, around, one, &mut row);
        row
    }
}

impl One {
    fn of(role: Role, person: &Person) -> Self {
        let digits = |text: &Option<String>| text.as_deref().map(plain_number);
        Self {
            role,
            nik: digits(&person.nik),
            kk_number: digits(&person.kk_number),
            desa: person.desa.clone(),
            kecamatan: person.kecamatan.clone(),
            name: normalize_name(&person.name),
            facts: Row::default(),
        }
    }

    /// Six digits of the kecamatan, which are also the first of the desa.
    fn kecamatan(&self) -> Option<&str> {
        self.desa.as_deref().and_then(|desa| desa.get(..6)).or(self.kecamatan.as_deref())
    }

    /// The name, normalised for comparing.
    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    /// The number of the family card, without separators.
    pub(crate) fn kk_number(&self) -> Option<&str> {
        self.kk_number.as_deref()
    }

    pub(crate) fn nik(&self) -> Option<&str> {
        self.nik.as_deref()
    }
}

/// The number without separators; what is no number stays as it is.
pub(crate) fn plain_number(text: &str) -> String {
    without_separators(text).chars().take(64).collect()
}

fn describe(person: &Person, around: &Circumstances<'_>, row: &mut Row) {
    row.set(PersonFact::Age, person.birth_date.map(|birth| age(birth, around.form.handed_in)));
    row.set(PersonFact::BirthDate, person.birth_date);
    row.set(PersonFact::Sex, person.sex.map(|sex| sex.as_str()));
    row.set(PersonFact::Citizen, person.citizenship.as_deref().map(|code| code == "ID"));
    row.set(PersonFact::MaritalStatus, person.marital_status.map(|status| status.as_str()));
    row.set(PersonFact::EverMarried, person.marital_status.map(|status| status != MaritalStatus::Single));
    row.set(PersonFact::RecordingState, person.recording_state.map(|state| state.as_str()));
    let flaws: Vec<Text> =
        name_flaws(&person.name).iter().map(|flaw| Text::Borrowed(flaw.as_str())).collect();
    row.set(PersonFact::NameFlaws, flaws);
    row.set(PersonFact::NameTooLong, person.name.chars().nth(200).is_some());
    let area = person.desa.as_deref().or(person.kecamatan.as_deref());
    let within = |length: usize| {
        let (area, office) = (area?.get(..length)?, around.office?.as_str().get(..length)?);
        Some(area == office)
    };
    row.set(PersonFact::InArea, within(6));
    row.set(PersonFact::InDistrict, within(4));
}

fn check_numbers(person: &Person, around: &Circumstances<'_>, row: &mut Row) {
    let regions = Regions::embedded();
    let today = around.form.handed_in;
    row.set(PersonFact::NikGiven, person.nik.is_some());
    row.set(PersonFact::KkGiven, person.kk_number.is_some());
    if let Some(nik) = &person.nik {
        let declared = Declared { birth_date: person.birth_date, sex: person.sex };
        let report = check_nik(nik, Some(declared), today, regions);
        let codes: Vec<Text> = report.codes.iter().map(|code| Text::Borrowed(code.as_str())).collect();
        row.set(PersonFact::NikVerdict, report.verdict.as_str());
        row.set(PersonFact::NikCodes, codes);
    }
    if let Some(kk) = &person.kk_number {
        row.set(PersonFact::KkVerdict, check_kk(kk, today, regions).verdict.as_str());
    }
}

/// What look-ups know: that something was found here is known, that nothing was found is not the opposite.
fn remember(person: &Person, roles: &[Role], around: &Circumstances<'_>, row: &mut Row) {
    let listed = |list: fn(&History) -> &Vec<Role>| {
        around.history.map(|history| roles.iter().any(|role| list(history).contains(role)))
    };
    let (card, dead) = (listed(|history| &history.had_card), listed(|history| &history.dead));
    row.set(PersonFact::HadCard, if card == Some(true) { card } else { person.had_card });
    // Nobody can be looked up without a number.
    let was_asked = roles.iter().any(|role| around.looked_up.persons().contains_key(role));
    row.set(PersonFact::KnownDead, dead.filter(|dead| *dead || was_asked));
    row.set(PersonFact::Alive, if dead == Some(true) { Some(false) } else { person.alive });
    let uses = around.history.map(|history| {
        roles.iter().filter_map(|role| history.witness_uses.get(role)).copied().max().unwrap_or(0)
    });
    row.set(PersonFact::WitnessUses, uses.filter(|uses| *uses > 0 || was_asked).map(i64::from));
}

fn relate(roles: &[Role], around: &Circumstances<'_>, one: &One, row: &mut Row) {
    let Some(family) = &around.form.family else { return };
    if let (Some(own), Some(card)) = (&one.kk_number, &family.kk_number) {
        row.set(PersonFact::KkMatches, *own == plain_number(card));
    }
    if family.members.is_empty() {
        return;
    }
    let member = family.members.iter().find(|member| roles.contains(&member.role));
    row.set(PersonFact::InFamily, member.is_some());
    row.set(PersonFact::Relation, member.map(|member| member.relation.as_str()));
}
