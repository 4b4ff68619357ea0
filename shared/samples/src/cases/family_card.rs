//! KK-1 to KK-10.

use berkas_domain::DocumentKind as Kind;
use berkas_domain::form::{ChangeElement, FamilyRelation, MaritalStatus, Person, RecordingState, Role, Sex};

use super::identity_card::{paper_card, paper_passport, paper_permit};
use super::scene::{Paper, Scene};

const APPLICANT: Role = Role::Applicant;

pub(super) fn fill(scene: &mut Scene<'_>) {
    household(scene);
    scene.paper(Paper::form(Kind::FormF102, &[APPLICANT]));
    match scene.case.as_str() {
        "KK-1" => new_family(scene),
        "KK-2" => scene.paper_dated(Kind::AktaKematian, Role::Deceased, "dispendukcapil", (5, 90)),
        "KK-4" => birth(scene),
        "KK-5" => joins(scene),
        "KK-6" => removal(scene),
        "KK-7" => data_change(scene),
        "KK-8" => scene.paper_dated(Kind::SuratPolisiKehilangan, APPLICANT, "polsek", (0, 10)),
        "KK-9" => scene.paper(Paper::new(Kind::KkRusak, APPLICANT)),
        "KK-10" => foreigner(scene),
        _ => {}
    }
    if matches!(scene.case.as_str(), "KK-3" | "KK-8" | "KK-9") {
        paper_card(scene);
    }
    match scene.case.as_str() {
        "KK-8" | "KK-9" => {}
        "KK-5" => scene.paper_kk(Role::Host),
        _ => scene.paper_kk(APPLICANT),
    }
}

/// The applicant with spouse and children; the widow of KK-2 heads the family afterwards.
fn household(scene: &mut Scene<'_>) {
    let applicant_sex = if scene.case.as_str() == "KK-2" { Sex::Female } else { Sex::Male };
    let years = scene.rng.whole(27, 48);
    let marital = if scene.case.as_str() == "KK-2" { MaritalStatus::Widowed } else { MaritalStatus::Married };
    let mut applicant = scene.make(applicant_sex, years, marital);
    applicant.phone = Some(scene.family().phone());
    applicant.recording_state = Some(RecordingState::Prr);
    scene.put(APPLICANT, applicant);
    if scene.case.as_str() == "KK-2" {
        let late = deceased(scene, years + 4);
        scene.put(Role::Deceased, late);
        let (child, grown) = children(scene, years);
        scene.put(Role::Member(3), child);
        scene.put(Role::Member(4), grown);
        scene.family_card(&[
            (Role::Deceased, FamilyRelation::Head),
            (APPLICANT, FamilyRelation::Wife),
            (Role::Member(3), FamilyRelation::Child),
            (Role::Member(4), FamilyRelation::Child),
        ]);
        return;
    }
    let spouse = scene.make(Sex::Female, years - 3, MaritalStatus::Married);
    scene.put(Role::Spouse, spouse);
    let mut members = vec![(APPLICANT, FamilyRelation::Head), (Role::Spouse, FamilyRelation::Wife)];
    if scene.case.as_str() != "KK-1" {
        let (elder, younger) = children(scene, years);
        scene.put(Role::Member(3), elder);
        scene.put(Role::Member(4), younger);
        members.extend([(Role::Member(3), FamilyRelation::Child), (Role::Member(4), FamilyRelation::Child)]);
    }
    scene.family_card(&members);
}

fn children(scene: &mut Scene<'_>, parent_years: i64) -> (Person, Person) {
    let oldest = (parent_years - 23).clamp(2, 16);
    let elder = scene.rng.pick(&[Sex::Male, Sex::Female]);
    let younger = scene.rng.pick(&[Sex::Male, Sex::Female]);
    let elder = scene.make(elder, oldest, MaritalStatus::Single);
    let younger = scene.make(younger, (oldest - 3).max(0), MaritalStatus::Single);
    (elder, younger)
}

fn deceased(scene: &mut Scene<'_>, years: i64) -> Person {
    let mut person = scene.make(Sex::Male, years, MaritalStatus::Married);
    person.alive = Some(false);
    person
}

fn new_family(scene: &mut Scene<'_>) {
    scene.declare("marriage_recorded", true);
    let dated = scene.days_ago(3, 120);
    let number = scene.number_of(dated);
    let names = couple(scene, APPLICANT, Role::Spouse);
    scene.paper(Paper::new(Kind::BukuNikah, APPLICANT).with(|attrs| {
        attrs.number = Some(number);
        attrs.dated = Some(dated);
        attrs.issuer = Some("kua".to_owned());
        attrs.names = names;
    }));
    // Each comes from another household.
    if let Some(mut spouse) = scene.person(Role::Spouse).cloned() {
        spouse.kk_number = scene.make_stranger(50).kk_number;
        scene.put(Role::Spouse, spouse);
    }
    scene.paper_kk(Role::Spouse);
}

/// The names of a couple as their marriage book has them.
pub(super) fn couple(scene: &Scene<'_>, man: Role, woman: Role) -> std::collections::BTreeMap<Role, String> {
    let name = |role| scene.person(role).map(|person| (role, person.name.clone()));
    [name(man), name(woman)].into_iter().flatten().collect()
}

fn birth(scene: &mut Scene<'_>) {
    scene.same(Role::Father, APPLICANT);
    scene.same(Role::Mother, Role::Spouse);
    scene.declare("new_member_unregistered", true);
    scene.paper(Paper::form(Kind::FormF101, &[APPLICANT]));
    let sex = scene.rng.pick(&[Sex::Male, Sex::Female]);
    let mut child = scene.make(sex, 0, MaritalStatus::Single);
    child.nik = None;
    child.birth_date = Some(scene.days_ago(5, 50));
    let born = child.birth_date;
    scene.put(Role::Child, child);
    let number = scene.number();
    scene.paper(Paper::new(Kind::SuratKetLahir, Role::Child).with(|attrs| {
        attrs.number = Some(number);
        attrs.dated = born;
        attrs.issuer = Some("bidan".to_owned());
    }));
    let names = couple(scene, APPLICANT, Role::Spouse);
    let dated = scene.days_ago(1_500, 3_500);
    let number = scene.number_of(dated);
    scene.paper(Paper::new(Kind::BukuNikah, APPLICANT).with(|attrs| {
        attrs.number = Some(number);
        attrs.dated = Some(dated);
        attrs.issuer = Some("kua".to_owned());
        attrs.names = names;
    }));
}

fn joins(scene: &mut Scene<'_>) {
    let years = scene.rng.whole(40, 65);
    let host = scene.make_stranger(years);
    scene.put(Role::Host, host);
    scene.family_card(&[(Role::Host, FamilyRelation::Head), (APPLICANT, FamilyRelation::OtherRelative)]);
    scene.paper_dated(Kind::Skpwni, APPLICANT, "dispendukcapil", (1, 25));
    let number = scene.number();
    scene.paper(Paper::form(Kind::SuratPernyataan, &[Role::Host]).with(|attrs| {
        attrs.number = Some(number);
        attrs.purpose = Some("tidak_keberatan".to_owned());
    }));
}

fn removal(scene: &mut Scene<'_>) {
    let years = scene.rng.whole(60, 80);
    let mut late = deceased(scene, years);
    late.marital_status = Some(MaritalStatus::Widowed);
    scene.put(Role::Deceased, late);
    scene.same(Role::Subject, Role::Deceased);
    scene.family_card(&[
        (APPLICANT, FamilyRelation::Head),
        (Role::Spouse, FamilyRelation::Wife),
        (Role::Member(3), FamilyRelation::Child),
        (Role::Member(4), FamilyRelation::Child),
        (Role::Deceased, FamilyRelation::Parent),
    ]);
    scene.paper_dated(Kind::AktaKematian, Role::Deceased, "dispendukcapil", (5, 90));
}

fn data_change(scene: &mut Scene<'_>) {
    scene.paper(Paper::form(Kind::FormF106, &[APPLICANT]));
    let (element, reason, proof, issuer) = scene.rng.pick(&[
        (ChangeElement::Education, "lulus", Kind::Ijazah, "sekolah"),
        (ChangeElement::Occupation, "pekerjaan_baru", Kind::SuratKetKerja, "perusahaan"),
        (ChangeElement::Name, "perbaikan_nama", Kind::AktaKelahiran, "dispendukcapil"),
    ]);
    scene.change(element, reason);
    scene.paper_dated(proof, APPLICANT, issuer, (5, 400));
}

fn foreigner(scene: &mut Scene<'_>) {
    if let Some(mut spouse) = scene.person(Role::Spouse).cloned() {
        spouse.citizenship = Some("MY".to_owned());
        spouse.birth_place = Some("JOHOR BAHRU".to_owned());
        scene.put(Role::Spouse, spouse);
    }
    scene.same(Role::Subject, Role::Spouse);
    paper_passport(scene, Role::Spouse);
    paper_permit(scene, Kind::Itap, Role::Spouse);
}
