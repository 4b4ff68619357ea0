//! LHR-1 to LHR-8.

use berkas_domain::DocumentKind as Kind;
use berkas_domain::form::{Event, FamilyRelation, MaritalStatus, Person, Role, Sex};
use chrono::{Datelike, NaiveDate, NaiveTime};

use super::family_card::couple;
use super::identity_card::{card_of, paper_passport, paper_permit};
use super::scene::{Paper, Scene};
use crate::people::born;

const FORM_WITNESSES: [Role; 2] = [Role::Witness1, Role::Witness2];
/// Where the father and the child of LHR-7 belong.
const FOREIGN: &str = "MY";
const STATEMENT_WITNESSES: [Role; 2] = [Role::SptjmWitness1, Role::SptjmWitness2];

pub(super) fn fill(scene: &mut Scene<'_>) {
    let birth_date = birth_date(scene);
    people(scene, birth_date);
    birth(scene, birth_date);
    scene.put_witnesses(FORM_WITNESSES);
    scene.paper(Paper::form(Kind::FormF201, &[Role::Reporter]).witnessed(FORM_WITNESSES));
    papers(scene, birth_date);
}

fn birth_date(scene: &mut Scene<'_>) -> NaiveDate {
    match scene.case.as_str() {
        "LHR-2" => scene.days_ago(61, 900),
        "LHR-8" => {
            let years = scene.rng.whole(18, 40);
            born(scene.today, years, scene.rng)
        }
        _ => scene.days_ago(3, 55),
    }
}

fn people(scene: &mut Scene<'_>, birth_date: NaiveDate) {
    let years_since = i64::from(scene.today.year() - birth_date.year());
    let sex = scene.rng.pick(&[Sex::Male, Sex::Female]);
    let mut child = scene.make(sex, years_since, MaritalStatus::Single);
    child.birth_date = Some(birth_date);
    child.nik =
        (years_since > 5).then(|| crate::people::nik(&scene.home.kecamatan_code, birth_date, sex, scene.rng));
    if scene.case.as_str() == "LHR-7" {
        child.citizenship = Some(FOREIGN.to_owned());
    }
    scene.put(Role::Child, child);
    if scene.case.as_str() == "LHR-6" {
        return foundling(scene);
    }
    let mother_years = scene.rng.whole(21, 36) + years_since;
    let mut mother = scene.make(Sex::Female, mother_years, MaritalStatus::Married);
    mother.phone = Some(scene.family().phone());
    if scene.case.as_str() == "LHR-5" {
        mother.marital_status = Some(MaritalStatus::Single);
        scene.put(Role::Mother, mother);
        scene.same(Role::Reporter, Role::Mother);
        scene.family_card(&[(Role::Mother, FamilyRelation::Head)]);
        return scene.declare("couple_on_kk", false);
    }
    let father_years = mother_years + scene.rng.whole(0, 6);
    let father = father(scene, father_years);
    scene.put(Role::Mother, mother);
    scene.put(Role::Father, father);
    let reporter = scene.rng.pick(&[Role::Father, Role::Father, Role::Mother]);
    scene.same(Role::Reporter, reporter);
    scene.family_card(&[(Role::Father, FamilyRelation::Head), (Role::Mother, FamilyRelation::Wife)]);
    scene.declare("couple_on_kk", true);
}

fn father(scene: &mut Scene<'_>, years: i64) -> Person {
    let mut father = scene.make(Sex::Male, years, MaritalStatus::Married);
    father.phone = Some(scene.family().phone());
    if scene.case.as_str() == "LHR-7" {
        father.citizenship = Some(FOREIGN.to_owned());
        father.birth_place = Some("JOHOR BAHRU".to_owned());
    }
    father
}

fn foundling(scene: &mut Scene<'_>) {
    let years = scene.rng.whole(30, 55);
    let finder = scene.make_stranger(years);
    scene.put(Role::Finder, finder);
    scene.same(Role::Reporter, Role::Finder);
}

fn birth(scene: &mut Scene<'_>, birth_date: NaiveDate) {
    let minutes = scene.rng.whole(0, 1_439) as u32;
    let (place_kind, helper) = scene.rng.pick(&[
        ("rumah_sakit", "dokter"),
        ("puskesmas", "bidan"),
        ("polindes", "bidan"),
        ("rumah", "bidan"),
    ]);
    let relation = if scene.case.as_str() == "LHR-6" { "penemu" } else { "orang_tua" };
    let wedding = scene.rng.whole(400, 1_400);
    let married = scene.person(Role::Father).is_some() && scene.case.as_str() != "LHR-4";
    let weight = scene.rng.whole(2_500, 3_900) as u32;
    let length = scene.rng.whole(455, 530) as u32;
    scene.event(Event {
        date: Some(birth_date),
        time: NaiveTime::from_num_seconds_from_midnight_opt(minutes * 60, 0),
        place: Some("JOMBANG".to_owned()),
        place_kind: Some(place_kind.to_owned()),
        plurality: Some(1),
        birth_order: Some(1),
        helper: Some(helper.to_owned()),
        weight_g: Some(weight),
        length_mm: Some(length),
        reporter_relation: Some(relation.to_owned()),
        parents_wedding: married.then(|| crate::people::days_before(birth_date, wedding)),
        ..Event::default()
    });
}

fn papers(scene: &mut Scene<'_>, birth_date: NaiveDate) {
    let case = scene.case.as_str().to_owned();
    match case.as_str() {
        "LHR-6" => return foundling_papers(scene),
        "LHR-3" | "LHR-8" => statement(scene, Kind::FormF203, Role::Reporter),
        _ => letter(scene, birth_date),
    }
    match case.as_str() {
        "LHR-4" => statement(scene, Kind::FormF204, Role::Father),
        "LHR-5" => {
            // Asked for in some districts only.
            let statement = Paper::form(Kind::SuratPernyataan, &[Role::Mother]).extra();
            scene.paper(statement.with(|attrs| attrs.purpose = Some("ibu_saja".to_owned())));
        }
        _ => marriage_book(scene),
    }
    match case.as_str() {
        "LHR-7" => {
            paper_passport(scene, Role::Father);
            paper_permit(scene, Kind::Itas, Role::Father);
        }
        "LHR-8" => {
            scene.paper_dated(Kind::Ijazah, Role::Child, "sekolah", (300, 900));
            scene.last_is_extra();
        }
        _ => {}
    }
    scene.paper_kk(if case == "LHR-5" { Role::Mother } else { Role::Father });
    if case == "LHR-7" {
        scene.last_is_extra();
    }
}

fn foundling_papers(scene: &mut Scene<'_>) {
    scene.paper_dated(Kind::BeritaAcaraPolisi, Role::Child, "polsek", (0, 2));
    scene.paper_kk(Role::Finder);
    let card = card_of(scene, Role::Finder);
    scene.paper(card);
}

fn letter(scene: &mut Scene<'_>, birth_date: NaiveDate) {
    let number = scene.number();
    let names =
        [Role::Mother, Role::Child].map(|role| scene.person(role).map(|person| (role, person.name.clone())));
    scene.paper(Paper::new(Kind::SuratKetLahir, Role::Child).with(|attrs| {
        attrs.number = Some(number);
        attrs.dated = birth_date.succ_opt();
        attrs.issuer = Some("bidan".to_owned());
        attrs.names = names.into_iter().flatten().collect();
    }));
}

fn marriage_book(scene: &mut Scene<'_>) {
    let names = couple(scene, Role::Father, Role::Mother);
    let wedding = scene.event_date(|event| event.parents_wedding);
    let number = scene.number_of(wedding.unwrap_or(scene.today));
    scene.paper(Paper::new(Kind::BukuNikah, Role::Father).with(|attrs| {
        attrs.number = Some(number);
        attrs.dated = wedding;
        attrs.issuer = Some("kua".to_owned());
        attrs.names = names;
    }));
}

fn statement(scene: &mut Scene<'_>, kind: Kind, by: Role) {
    if scene.person(Role::SptjmWitness1).is_none() {
        scene.put_witnesses(STATEMENT_WITNESSES);
    }
    scene.paper(Paper::form(kind, &[by]).witnessed(STATEMENT_WITNESSES));
}
