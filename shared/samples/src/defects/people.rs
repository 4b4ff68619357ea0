//! Defects of people and of the event. Each function says whether the defect could be put in.

use berkas_domain::form::{Person, PersonEntry, RecordingState, Role, SameAs};
use chrono::{Days, Months};

use crate::cases::Draft;

fn person(draft: &mut Draft, role: Role) -> Option<&mut Person> {
    match draft.form.persons.get_mut(&role)? {
        PersonEntry::Person(person) => Some(person),
        PersonEntry::SameAs(_) => None,
    }
}

pub(super) fn witness_is_reporter(draft: &mut Draft) -> bool {
    let Some(PersonEntry::Person(_)) = draft.form.persons.get(&Role::Witness2) else { return false };
    // One human being stands once in the form: point at where the reporter's data is.
    let reporter = match draft.form.persons.get(&Role::Reporter) {
        Some(PersonEntry::SameAs(same)) => same.same_as,
        Some(PersonEntry::Person(_)) => Role::Reporter,
        None => return false,
    };
    draft.form.persons.insert(Role::Witness2, PersonEntry::SameAs(SameAs { same_as: reporter }));
    true
}

/// Moves the birth or death, and the letter about it, three days after the day at the counter.
pub(super) fn future_event(draft: &mut Draft) -> bool {
    let future = draft.form.handed_in + Days::new(3);
    let Some(event) = draft.form.event.as_mut() else { return false };
    let Some(old) = event.date.replace(future) else { return false };
    let letters = draft.papers.iter_mut().filter(|paper| paper.attrs.dated >= Some(old));
    letters.for_each(|paper| paper.attrs.dated = Some(future));
    if let Some(child) = person(draft, Role::Child) {
        child.birth_date = Some(future);
    }
    true
}

pub(super) fn shorten_nik(draft: &mut Draft) -> bool {
    for role in [Role::Witness1, Role::Spouse, Role::Father] {
        if let Some(nik) = person(draft, role).and_then(|person| person.nik.as_mut()) {
            nik.pop();
            return true;
        }
    }
    false
}

pub(super) fn repeat_nik(draft: &mut Draft) -> bool {
    for (from, to) in
        [(Role::Witness1, Role::Witness2), (Role::Applicant, Role::Spouse), (Role::Father, Role::Mother)]
    {
        let Some(nik) = person(draft, from).and_then(|person| person.nik.clone()) else { continue };
        if let Some(other) = person(draft, to) {
            other.nik = Some(nik);
            return true;
        }
    }
    false
}

pub(super) fn make_underage(draft: &mut Draft) -> bool {
    if draft.form.case.as_str() != "KTP-1" {
        return false;
    }
    let sixteen = draft.form.handed_in - Months::new(12 * 16);
    let Some(applicant) = person(draft, Role::Applicant) else { return false };
    let Some(nik) = applicant.nik.as_mut() else { return false };
    let woman = applicant.sex == Some(berkas_domain::form::Sex::Female);
    let day = chrono::Datelike::day(&sixteen) + if woman { 40 } else { 0 };
    let birth = format!("{day:02}{}", sixteen.format("%m%y"));
    nik.replace_range(6..12, &birth);
    applicant.birth_date = Some(sixteen);
    true
}

pub(super) fn not_recorded(draft: &mut Draft) -> bool {
    if draft.form.service != berkas_domain::Service::KtpEl {
        return false;
    }
    let found = person(draft, Role::Applicant);
    found.map(|applicant| applicant.recording_state = Some(RecordingState::None)).is_some()
}

pub(super) fn digit_in_name(draft: &mut Draft) -> bool {
    if draft.form.service != berkas_domain::Service::AktaKelahiran {
        return false;
    }
    let Some(child) = person(draft, Role::Child) else { return false };
    // Whoever has a NIK was recorded before, and a recorded name stays valid.
    if child.nik.is_some() {
        return false;
    }
    child.name.push_str(" 2");
    let name = child.name.clone();
    for paper in &mut draft.papers {
        paper.attrs.names.entry(Role::Child).and_modify(|shown| *shown = name.clone());
    }
    true
}
