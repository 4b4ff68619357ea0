//! The form in groups of labelled values, in the order in which a verifier reads it.

use berkas_domain::form::{Change, Event, Family, Form, Person, PersonEntry};
use berkas_web::{Lang, times};
use chrono::NaiveDate;
use schemars::JsonSchema;
use serde::{Serialize, Serializer};

use super::words::{self, Pair, role_name};

/// A group of values.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Section {
    /// The part of the form: a role, `event`, `family`, `change`, `declarations`, or `request` for what stands above them.
    pub name: String,
    /// Its heading in Indonesian.
    pub title_id: String,
    /// Its heading in English.
    pub title_en: String,
    /// The values.
    pub facts: Vec<Fact>,
}

/// One value of the form.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Fact {
    /// Its field in that part of the form.
    pub field: String,
    /// What it is, in Indonesian.
    pub label_id: String,
    /// What it is, in English.
    pub label_en: String,
    /// The value.
    #[schemars(with = "String")]
    pub value: Value,
}

/// A value as it is shown; serialized as text, dates as ISO dates, words in Indonesian.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Value {
    /// As it was typed.
    Text(String),
    /// A number that is read digit by digit, such as a NIK.
    Digits(String),
    /// A day.
    Date(NaiveDate),
    /// A word of a list, in Indonesian and in English.
    Word(Pair),
}

impl Serialize for Value {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Text(text) | Self::Digits(text) => serializer.serialize_str(text),
            Self::Date(date) => date.serialize(serializer),
            Self::Word((id, _)) => serializer.serialize_str(id),
        }
    }
}

impl Value {
    /// How a person reads it: days in words, long numbers in groups of four.
    #[must_use]
    pub fn show(&self, lang: impl std::borrow::Borrow<Lang>) -> String {
        let lang = *lang.borrow();
        match self {
            Self::Text(text) => text.clone(),
            Self::Digits(text) => grouped(text),
            Self::Date(date) => times::day(lang, *date),
            Self::Word((id, en)) => lang.say(id, en).to_owned(),
        }
    }

    /// Whether it is a number that is read digit by digit.
    #[must_use]
    pub const fn is_digits(&self) -> bool {
        matches!(self, Self::Digits(_))
    }
}

/// Sixteen digits as `3517 0941 0490 9001`; the eye finds its place again.
pub(crate) fn grouped(digits: &str) -> String {
    let characters: Vec<char> = digits.chars().collect();
    characters.chunks(4).map(|group| group.iter().collect::<String>()).collect::<Vec<_>>().join(" ")
}

/// Gathers labelled values and leaves out what the form does not say.
#[derive(Default)]
struct Facts(Vec<Fact>);

impl Facts {
    fn add(&mut self, field: &str, (id, en): Pair, value: Option<Value>) {
        if let Some(value) = value {
            let (label_id, label_en) = (id.to_owned(), en.to_owned());
            self.0.push(Fact { field: field.to_owned(), label_id, label_en, value });
        }
    }

    fn text(&mut self, field: &str, label: Pair, value: Option<&String>) {
        self.add(field, label, value.map(|text| Value::Text(text.clone())));
    }

    fn number(&mut self, field: &str, label: Pair, value: Option<impl std::fmt::Display>, unit: &str) {
        self.add(field, label, value.map(|number| Value::Text(format!("{number}{unit}"))));
    }

    fn section(
        self,
        name: impl ToString,
        (id, en): (impl Into<String>, impl Into<String>),
    ) -> Option<Section> {
        let (title_id, title_en) = (id.into(), en.into());
        let name = name.to_string();
        (!self.0.is_empty()).then_some(Section { name, title_id, title_en, facts: self.0 })
    }
}

/// The whole form but for its papers.
pub(super) fn sections(form: &Form) -> Vec<Section> {
    let mut groups = vec![request(form)];
    groups.extend(form.persons.iter().map(|(role, entry)| {
        let facts = match entry {
            PersonEntry::Person(person) => person_facts(person),
            PersonEntry::SameAs(same) => same_facts(same.same_as, form),
        };
        facts.section(role, role_name(*role))
    }));
    groups.push(form.event.as_ref().and_then(event));
    groups.push(form.family.as_ref().and_then(|family| family_section(family, form)));
    groups.push(form.change.as_ref().and_then(change));
    groups.push(declarations(form));
    groups.into_iter().flatten().collect()
}

fn request(form: &Form) -> Option<Section> {
    let mut facts = Facts::default();
    facts.add(
        "service",
        ("Layanan", "Service"),
        Some(Value::Word((form.service.name_id(), form.service.name_en()))),
    );
    facts.add("case", ("Kasus", "Case"), Some(Value::Text(form.case.to_string())));
    facts.add("handed_in", ("Diserahkan", "Handed in"), Some(Value::Date(form.handed_in)));
    facts.section("request", ("Permohonan", "Request"))
}

fn same_facts(target: berkas_domain::form::Role, form: &Form) -> Facts {
    let mut facts = Facts::default();
    let (id, en) = role_name(target);
    let name = form.person(target).map(|person| Value::Text(person.name.clone()));
    if let Some(value) = name {
        facts.0.push(Fact {
            field: "same_as".to_owned(),
            label_id: format!("Sama dengan {}", id.to_lowercase()),
            label_en: format!("Same as {}", en.to_lowercase()),
            value,
        });
    }
    facts
}

fn person_facts(person: &Person) -> Facts {
    let digits = |text: &Option<String>| text.clone().map(Value::Digits);
    let mut facts = Facts::default();
    facts.text("name", ("Nama", "Name"), Some(&person.name));
    facts.add("nik", ("NIK", "NIK"), digits(&person.nik));
    facts.add("kk_number", ("Nomor KK", "KK number"), digits(&person.kk_number));
    facts.add("sex", ("Jenis kelamin", "Sex"), person.sex.map(|sex| Value::Word(words::sex(sex))));
    facts.text("birth_place", ("Tempat lahir", "Place of birth"), person.birth_place.as_ref());
    facts.add("birth_date", ("Tanggal lahir", "Date of birth"), person.birth_date.map(Value::Date));
    facts.text("address", ("Alamat", "Address"), person.address.as_ref());
    facts.text("desa", ("Desa", "Desa"), person.desa.as_ref());
    facts.text("kecamatan", ("Kecamatan", "Kecamatan"), person.kecamatan.as_ref());
    facts.text("religion", ("Agama", "Religion"), person.religion.as_ref());
    facts.text("education", ("Pendidikan", "Education"), person.education.as_ref());
    facts.text("occupation", ("Pekerjaan", "Occupation"), person.occupation.as_ref());
    facts.text("blood_group", ("Golongan darah", "Blood group"), person.blood_group.as_ref());
    let marital = person.marital_status.map(|status| Value::Word(words::marital(status)));
    facts.add("marital_status", ("Status perkawinan", "Marital status"), marital);
    facts.add("marital_status_date", ("Sejak", "Since"), person.marital_status_date.map(Value::Date));
    facts.text("citizenship", ("Kewarganegaraan", "Citizenship"), person.citizenship.as_ref());
    facts.text("passport_number", ("Nomor paspor", "Passport number"), person.passport_number.as_ref());
    facts.text(
        "stay_permit_number",
        ("Nomor izin tinggal", "Stay permit number"),
        person.stay_permit_number.as_ref(),
    );
    facts.text("father_name", ("Nama ayah", "Father's name"), person.father_name.as_ref());
    facts.text("mother_name", ("Nama ibu", "Mother's name"), person.mother_name.as_ref());
    let recording = person.recording_state.map(|state| Value::Word(words::recording(state)));
    facts.add("recording_state", ("Perekaman", "Recording"), recording);
    let had_card = person.had_card.map(|had| Value::Word(words::yes_no(had)));
    facts.add("had_card", ("Pernah punya KTP-el", "Had a card before"), had_card);
    facts.text("phone", ("Telepon", "Telephone"), person.phone.as_ref());
    facts.text("email", ("Surel", "E-mail"), person.email.as_ref());
    facts.add("alive", ("Masih hidup", "Alive"), person.alive.map(|alive| Value::Word(words::yes_no(alive))));
    facts
}

fn event(event: &Event) -> Option<Section> {
    let mut facts = Facts::default();
    facts.add("date", ("Tanggal", "Date"), event.date.map(Value::Date));
    facts.number("time", ("Pukul", "Hour"), event.time.map(|time| time.format("%H:%M")), "");
    facts.text("place", ("Tempat", "Place"), event.place.as_ref());
    facts.text("place_kind", ("Jenis tempat", "Kind of place"), event.place_kind.as_ref());
    facts.number("plurality", ("Kembar", "Plurality"), event.plurality, "");
    facts.number("birth_order", ("Anak ke-", "Birth order"), event.birth_order, "");
    facts.text("helper", ("Penolong", "Helper"), event.helper.as_ref());
    facts.number("weight_g", ("Berat", "Weight"), event.weight_g, " g");
    facts.number("length_mm", ("Panjang", "Length"), event.length_mm, " mm");
    facts.text("cause", ("Sebab", "Cause"), event.cause.as_ref());
    facts.text("certifier", ("Yang menerangkan", "Certified by"), event.certifier.as_ref());
    facts.text(
        "reporter_relation",
        ("Hubungan pelapor", "Reporter's relation"),
        event.reporter_relation.as_ref(),
    );
    facts.add(
        "parents_wedding",
        ("Perkawinan orang tua", "Parents' wedding"),
        event.parents_wedding.map(Value::Date),
    );
    facts.add(
        "elder_sibling_birth",
        ("Kelahiran kakak", "Elder sibling born"),
        event.elder_sibling_birth.map(Value::Date),
    );
    facts.section("event", ("Peristiwa", "Event"))
}

fn family_section(family: &Family, form: &Form) -> Option<Section> {
    let mut facts = Facts::default();
    facts.add("kk_number", ("Nomor KK", "KK number"), family.kk_number.clone().map(Value::Digits));
    for member in &family.members {
        let name = form.person(member.role).map(|person| Value::Text(person.name.clone()));
        facts.add("members", words::relation(member.relation), name);
    }
    facts.section("family", ("Kartu keluarga", "Family card"))
}

fn change(change: &Change) -> Option<Section> {
    let mut facts = Facts::default();
    for element in &change.elements {
        let name = Value::Word(words::change_element(*element));
        facts.add("elements", ("Elemen yang diubah", "Changed element"), Some(name));
    }
    facts.text("reason", ("Alasan", "Reason"), change.reason.as_ref());
    facts.section("change", ("Perubahan", "Change"))
}

fn declarations(form: &Form) -> Option<Section> {
    let mut facts = Facts::default();
    for (name, declared) in &form.declarations.0 {
        let label = name.replace('_', " ");
        let value = Value::Word(words::yes_no(*declared));
        facts.0.push(Fact { field: name.clone(), label_id: label.clone(), label_en: label, value });
    }
    facts.section("declarations", ("Pernyataan", "Declarations"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_form_is_shown_in_groups_and_what_is_unknown_is_left_out() {
        let form: Form = serde_json::from_value(serde_json::json!({
            "salt": "00112233445566778899aabbccddeeff", "service": "akta_kelahiran", "case": "LHR-1",
            "handed_in": "2026-11-24",
            "persons": {
                "mother": {"name": "SITI CONTOH", "nik": "3517094104909001", "birth_date": "1990-04-01"},
                "reporter": {"same_as": "mother"}
            },
            "event": {"birth_order": 2},
            "documents": []
        }))
        .unwrap();
        let groups = sections(&form);
        let titles: Vec<&str> = groups.iter().map(|group| group.title_id.as_str()).collect();
        assert_eq!(titles, ["Permohonan", "Pelapor", "Ibu", "Peristiwa"]);
        assert_eq!(groups[1].facts[0].label_id, "Sama dengan ibu");
        let names: Vec<&str> = groups.iter().map(|group| group.name.as_str()).collect();
        assert_eq!(names, ["request", "reporter", "mother", "event"]);
        assert_eq!(groups[2].facts[2].field, "birth_date");
        assert_eq!(groups[2].facts.len(), 3);
        assert_eq!(groups[2].facts[1].value.show(Lang::Id), "3517 0941 0490 9001");
        assert_eq!(groups[2].facts[2].value.show(Lang::En), "1 Apr 1990");
    }
}
