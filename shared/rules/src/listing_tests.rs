use std::borrow::Cow;

use super::*;
use crate::expr::{Name, Pair, PairFunction, Source};
use crate::facts::catalogue::{FamilyFact, PersonFact, ROLES};
use crate::facts::value::Value;
use crate::sets::RuleSets;

/// The field of the form behind a fact that is no person's and no document's.
fn field_of_form(slot: Slot) -> Option<String> {
    let name = slot.to_string();
    let is = |fact: FamilyFact| slot.index == fact as usize;
    let of_card = |fact: PersonFact| slot.index == fact as usize;
    match slot.space {
        Space::Event if name.ends_with("days_ago") => Some("event.date".to_owned()),
        Space::Event | Space::Change => Some(name),
        Space::Family if is(FamilyFact::KkGiven) || is(FamilyFact::KkVerdict) || is(FamilyFact::KkIsNik) => {
            None
        }
        Space::Role(_) if of_card(PersonFact::KkMatches) => Some("family.kk_number".to_owned()),
        Space::Role(_) if of_card(PersonFact::InFamily) => Some("family.members".to_owned()),
        Space::Document if slot.index == DocumentFact::IsFamilyCard as usize => {
            Some("family.kk_number".to_owned())
        }
        _ => None,
    }
}

#[test]
fn every_case_lists_the_fields_that_its_rules_ask_about() {
    let mut missing = BTreeSet::new();
    for set in RuleSets::embedded().all() {
        for case in &set.effective().cases {
            let asked = set.slots(&case.code).into_iter().filter_map(field_of_form);
            missing.extend(
                asked
                    .filter(|field| !case.fields.contains(field))
                    .map(|field| format!("{} {field}", case.code)),
            );
        }
    }
    assert_eq!(missing, BTreeSet::new());
}

/// The field of a person behind a fact; `None` is the person itself.
fn field_of_person(index: usize) -> Option<&'static str> {
    const FIELDS: &[(PersonFact, &str)] = &[
        (PersonFact::Age, "birth_date"),
        (PersonFact::BirthDate, "birth_date"),
        (PersonFact::Sex, "sex"),
        (PersonFact::Citizen, "citizenship"),
        (PersonFact::EverMarried, "marital_status"),
        (PersonFact::MaritalStatus, "marital_status"),
        (PersonFact::RecordingState, "recording_state"),
        (PersonFact::HadCard, "had_card"),
        (PersonFact::Alive, "alive"),
        (PersonFact::KnownDead, "nik"),
        (PersonFact::NikGiven, "nik"),
        (PersonFact::NikVerdict, "nik"),
        (PersonFact::NikCodes, "nik"),
        (PersonFact::WitnessUses, "nik"),
        (PersonFact::KkGiven, "kk_number"),
        (PersonFact::KkVerdict, "kk_number"),
        (PersonFact::KkMatches, "kk_number"),
        (PersonFact::InArea, "desa"),
        (PersonFact::InDistrict, "desa"),
        (PersonFact::NameFlaws, "name"),
        (PersonFact::NameTooLong, "name"),
    ];
    FIELDS.iter().find(|(fact, _)| *fact as usize == index).map(|(_, field)| *field)
}

/// A form that does not name `0` and of which nothing else is known.
struct Without(Role);

impl Source for Without {
    fn fact(&self, slot: Slot) -> Cow<'_, Value> {
        let is_given = matches!(slot.space, Space::Role(place) if ROLES[place] == self.0)
            && slot.index == PersonFact::Given as usize;
        Cow::Owned(if is_given { Value::Bool(false) } else { Value::Unknown })
    }

    fn pair(&self, _: Pair) -> Value {
        Value::Unknown
    }
}

/// Whom a condition names, and the field of theirs it asks about. A condition that somebody's absence settles does not ask
/// about them where the case has no such person.
fn asked_of_persons(condition: &Expr, roles: &[RoleLine]) -> Vec<(Role, Option<&'static str>)> {
    let mut asked = Vec::new();
    condition.for_each_name(&mut |name| match name {
        Name::Fact(Slot { space: Space::Role(place), index }) => {
            asked.push((ROLES[place], field_of_person(index)));
        }
        Name::Pair(pair) => {
            let field = match pair.function {
                PairFunction::Person => "nik",
                PairFunction::Kk => "kk_number",
                PairFunction::Desa => "desa",
            };
            asked.extend([pair.left, pair.right].map(|place| (ROLES[place], Some(field))));
        }
        _ => {}
    });
    let is_of_case = |role: Role| roles.iter().any(|line| line.role == role);
    asked.retain(|(role, _)| is_of_case(*role) || condition.truth(&Without(*role)) != Some(false));
    asked
}

#[test]
fn every_case_lists_the_persons_that_its_rules_ask_about_with_their_fields() {
    // The common rules about witnesses name those of the statement, which not every case has; who is not given is not asked.
    let statement = [Role::SptjmWitness1, Role::SptjmWitness2];
    let mut missing = BTreeSet::new();
    for set in RuleSets::embedded().all() {
        for listed in set.requirements(None) {
            let items = listed.requirements.iter().flat_map(|line| line.any_of.iter().flatten());
            let owners = items.filter_map(|paper| Some((paper.of?, None)));
            let asked = set
                .conditions_of(&listed.case)
                .flat_map(|condition| asked_of_persons(condition, &listed.roles));
            for (role, field) in asked.chain(owners) {
                let line = listed.roles.iter().find(|line| line.role == role);
                let has = |field: &str| line.is_some_and(|line| line.fields.iter().any(|own| own == field));
                let is_there = line.is_some() && field.is_none_or(has);
                let is_of_statement = line.is_none() && statement.contains(&role);
                if !(is_there || is_of_statement) {
                    missing.insert(format!("{} {role} {}", listed.case, field.unwrap_or_default()));
                }
            }
        }
    }
    assert_eq!(missing, BTreeSet::new());
}

#[test]
fn what_a_paper_must_be_and_the_members_of_the_card_are_listed_for_drawing_a_form() {
    let of = |service, case: &str| {
        let set = RuleSets::embedded().in_force(service, crate::examples::DAY).unwrap();
        set.requirements(Some(&case.parse().unwrap())).remove(0)
    };
    let joins = of(Service::KartuKeluarga, "KK-5");
    for field in ["of", "attrs.purpose", "attrs.number", "attrs.dated"] {
        assert!(joins.document_fields.contains(&field), "{field}: {:?}", joins.document_fields);
    }
    let member = joins.roles.iter().find(|line| line.role == Role::Member(1)).unwrap();
    assert!(member.repeats && member.optional);
    for field in ["education", "marital_status_date", "father_name", "mother_name", "passport_number"] {
        assert!(member.fields.iter().any(|own| own == field), "{field}");
    }
    assert!(of(Service::AktaKelahiran, "LHR-6").roles.iter().all(|line| line.role != Role::Member(1)));
}
