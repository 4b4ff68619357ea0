//! Dates, places and codes as Indonesian papers write them.

use berkas_domain::form::{FamilyRelation, MaritalStatus, Person, Sex};
use chrono::{Datelike, NaiveDate};

use crate::places;

const MONTHS: [&str; 12] = [
    "Januari",
    "Februari",
    "Maret",
    "April",
    "Mei",
    "Juni",
    "Juli",
    "Agustus",
    "September",
    "Oktober",
    "November",
    "Desember",
];
const WEEKDAYS: [&str; 7] = ["Senin", "Selasa", "Rabu", "Kamis", "Jumat", "Sabtu", "Minggu"];

/// `24 November 2026`.
pub(super) fn long_date(date: NaiveDate) -> String {
    format!("{} {} {}", date.day(), MONTHS[date.month0() as usize], date.year())
}

/// `24-11-2026`.
pub(super) fn short_date(date: NaiveDate) -> String {
    date.format("%d-%m-%Y").to_string()
}

/// `24112026`, for boxes.
pub(super) fn box_date(date: Option<NaiveDate>) -> String {
    date.map_or(String::new(), |date| date.format("%d%m%Y").to_string())
}

pub(super) fn weekday(date: NaiveDate) -> &'static str {
    WEEKDAYS[date.weekday().num_days_from_monday() as usize]
}

pub(super) fn sex(sex: Option<Sex>) -> &'static str {
    match sex {
        Some(Sex::Male) => "LAKI-LAKI",
        Some(Sex::Female) => "PEREMPUAN",
        None => "-",
    }
}

pub(super) fn marital(status: Option<MaritalStatus>) -> &'static str {
    match status {
        Some(MaritalStatus::Single) => "BELUM KAWIN",
        Some(MaritalStatus::Married) => "KAWIN TERCATAT",
        Some(MaritalStatus::MarriedUnrecorded) => "KAWIN BELUM TERCATAT",
        Some(MaritalStatus::Divorced) => "CERAI HIDUP",
        Some(MaritalStatus::Widowed) => "CERAI MATI",
        None => "-",
    }
}

pub(super) fn relation(relation: FamilyRelation) -> String {
    relation.as_str().replace('_', " ").to_uppercase()
}

pub(super) fn citizenship(person: &Person) -> &str {
    match person.citizenship.as_deref() {
        Some("ID") => "WNI",
        Some(_) => "WNA",
        None => "-",
    }
}

/// `JOMBANG, 05-08-1990`.
pub(super) fn birth(person: &Person) -> String {
    let place = person.birth_place.as_deref().unwrap_or("-");
    person.birth_date.map_or(place.to_owned(), |date| format!("{place}, {}", short_date(date)))
}

pub(super) fn text(value: &Option<String>) -> &str {
    value.as_deref().unwrap_or("-")
}

pub(super) fn desa(person: &Person) -> String {
    let found = person.desa.as_deref().and_then(places::desa);
    found.map_or("-".to_owned(), |desa| desa.name.to_uppercase())
}

pub(super) fn kecamatan(person: &Person) -> String {
    let office = person.kecamatan.as_deref().and_then(|code| code.parse().ok());
    let found = office.and_then(|office| places::kecamatan_of_office(&office));
    found.map_or("-".to_owned(), |kecamatan| kecamatan.name.to_uppercase())
}

pub(super) fn postal(person: &Person) -> &'static str {
    let office = person.kecamatan.as_deref().and_then(|code| code.parse().ok());
    office.and_then(|office| places::kecamatan_of_office(&office)).map_or("-", |kecamatan| kecamatan.postal)
}
