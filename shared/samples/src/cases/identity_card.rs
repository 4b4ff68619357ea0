//! KTP-1 to KTP-9.

use berkas_domain::DocumentKind as Kind;
use berkas_domain::form::{ChangeElement, FamilyRelation, MaritalStatus, Person, RecordingState, Role, Sex};

use super::scene::{Paper, Scene};

const APPLICANT: Role = Role::Applicant;

pub(super) fn fill(scene: &mut Scene<'_>) {
    let first = scene.case.as_str() == "KTP-1";
    let applicant = applicant(scene, first);
    let foreign = applicant.citizenship.as_deref() != Some("ID");
    scene.put(APPLICANT, applicant);
    household(scene, first, foreign);
    if scene.case.as_str() != "KTP-9" {
        scene.paper(Paper::form(Kind::FormF102, &[APPLICANT]));
    }
    match scene.case.as_str() {
        "KTP-2" => scene.paper_dated(Kind::SuratPolisiKehilangan, APPLICANT, "polsek", (0, 10)),
        "KTP-3" => scene.paper(Paper::new(Kind::KtpElRusak, APPLICANT)),
        "KTP-4" => data_change(scene),
        "KTP-5" => {
            scene.paper_dated(Kind::Skpwni, APPLICANT, "dispendukcapil", (1, 25));
            paper_card(scene);
        }
        "KTP-6" => {
            paper_passport(scene, APPLICANT);
            paper_permit(scene, Kind::Itap, APPLICANT);
        }
        "KTP-7" => {
            paper_card(scene);
            paper_permit(scene, Kind::Itap, APPLICANT);
        }
        "KTP-8" => scene.paper_dated(Kind::SuketKtp, APPLICANT, "dispendukcapil", (30, 300)),
        "KTP-9" => {
            scene.paper_dated(Kind::SuratPermohonan, APPLICANT, "pemohon", (0, 3));
            paper_card(scene);
        }
        _ => {}
    }
    if !matches!(scene.case.as_str(), "KTP-5" | "KTP-7" | "KTP-9") {
        scene.paper_kk(APPLICANT);
    }
}

fn applicant(scene: &mut Scene<'_>, first: bool) -> Person {
    let sex = scene.rng.pick(&[Sex::Male, Sex::Female]);
    let (years, marital) = if first {
        (scene.rng.whole(17, 19), MaritalStatus::Single)
    } else {
        (scene.rng.whole(22, 67), MaritalStatus::Married)
    };
    let mut person = scene.make(sex, years, marital);
    person.had_card = Some(!first && scene.case.as_str() != "KTP-6");
    person.recording_state = Some(RecordingState::Prr);
    person.phone = Some(scene.family().phone());
    if matches!(scene.case.as_str(), "KTP-6" | "KTP-7") {
        person.citizenship = Some("MY".to_owned());
        person.birth_place = Some("JOHOR BAHRU".to_owned());
    }
    person
}

/// A first applicant still lives with the parents; the others head their family or are married to its head.
fn household(scene: &mut Scene<'_>, first: bool, foreign: bool) {
    if first {
        let (father, mother) = (scene.rng.whole(42, 55), scene.rng.whole(38, 50));
        let father = scene.make(Sex::Male, father, MaritalStatus::Married);
        let mother = scene.make(Sex::Female, mother, MaritalStatus::Married);
        scene.put(Role::Father, father);
        scene.put(Role::Mother, mother);
        scene.family_card(&[
            (Role::Father, FamilyRelation::Head),
            (Role::Mother, FamilyRelation::Wife),
            (APPLICANT, FamilyRelation::Child),
        ]);
        return;
    }
    let man = scene.person(APPLICANT).is_some_and(|person| person.sex == Some(Sex::Male));
    let (spouse_sex, years) = if man { (Sex::Female, 35) } else { (Sex::Male, 40) };
    let spouse = scene.make(spouse_sex, years, MaritalStatus::Married);
    scene.put(Role::Spouse, spouse);
    if man && !foreign {
        scene.family_card(&[(APPLICANT, FamilyRelation::Head), (Role::Spouse, FamilyRelation::Wife)]);
    } else {
        let relation = if man { FamilyRelation::Husband } else { FamilyRelation::Wife };
        scene.family_card(&[(Role::Spouse, FamilyRelation::Head), (APPLICANT, relation)]);
    }
}

fn data_change(scene: &mut Scene<'_>) {
    // F-1.02 alone is enough unless the district asks for more.
    scene.paper(Paper::form(Kind::FormF106, &[APPLICANT]).extra());
    paper_card(scene);
    let (element, reason, proof, issuer) = scene.rng.pick(&[
        (ChangeElement::MaritalStatus, "perkawinan", Kind::BukuNikah, "kua"),
        (ChangeElement::Name, "perbaikan_nama", Kind::Ijazah, "sekolah"),
        (ChangeElement::Occupation, "pekerjaan_baru", Kind::SuratKetKerja, "perusahaan"),
        (ChangeElement::Religion, "pindah_agama", Kind::SuratKetAgama, "pemuka_agama"),
    ]);
    scene.change(element, reason);
    scene.paper_dated(proof, APPLICANT, issuer, (5, 400));
}

/// The applicant's present card.
pub(super) fn paper_card(scene: &mut Scene<'_>) {
    let card = card_of(scene, APPLICANT);
    scene.paper(card);
}

/// Somebody's card; what stands on it is what the form says.
pub(super) fn card_of(scene: &Scene<'_>, role: Role) -> Paper {
    let holder = scene.person(role).cloned().unwrap_or_default();
    Paper::new(Kind::KtpEl, role).with(|attrs| {
        attrs.niks.extend(holder.nik.map(|nik| (role, nik)));
        attrs.names.insert(role, holder.name);
    })
}

/// A stay permit that is still valid.
pub(super) fn paper_permit(scene: &mut Scene<'_>, kind: Kind, of: Role) {
    let (number, ends) = (scene.number(), scene.rng.whole(90, 1_500).unsigned_abs());
    let valid_until = scene.today.checked_add_days(chrono::Days::new(ends));
    scene.paper(Paper::new(kind, of).with(|attrs| {
        attrs.number = Some(number);
        attrs.valid_until = valid_until;
    }));
}

/// A passport that is still valid.
pub(super) fn paper_passport(scene: &mut Scene<'_>, of: Role) {
    let number = format!("X0{:06}", scene.rng.whole(0, 999_999));
    let ends = scene.rng.whole(200, 1_800).unsigned_abs();
    let valid_until = scene.today.checked_add_days(chrono::Days::new(ends));
    scene.paper(Paper::new(Kind::Paspor, of).with(|attrs| {
        attrs.number = Some(number);
        attrs.valid_until = valid_until;
    }));
}
