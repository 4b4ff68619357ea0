//! MTI-1 to MTI-7.

use berkas_domain::DocumentKind as Kind;
use berkas_domain::form::{Event, FamilyRelation, MaritalStatus, Role, Sex};
use chrono::{NaiveDate, NaiveTime};

use super::identity_card::{card_of, paper_passport};
use super::scene::{Paper, Scene};

const WITNESSES: [Role; 2] = [Role::Witness1, Role::Witness2];
const DECEASED: Role = Role::Deceased;

pub(super) fn fill(scene: &mut Scene<'_>) {
    let long_ago = scene.case.as_str() == "MTI-7";
    let date = if long_ago { scene.days_ago(1_500, 9_000) } else { scene.days_ago(1, 28) };
    people(scene);
    death(scene, date);
    scene.put_witnesses(WITNESSES);
    scene.paper(Paper::form(Kind::FormF201, &[Role::Reporter]).witnessed(WITNESSES));
    papers(scene, date);
}

fn people(scene: &mut Scene<'_>) {
    let sex = scene.rng.pick(&[Sex::Male, Sex::Female]);
    let years = scene.rng.whole(55, 88);
    let mut deceased = scene.make(sex, years, MaritalStatus::Widowed);
    deceased.alive = Some(false);
    scene.put(DECEASED, deceased);
    let child_sex = scene.rng.pick(&[Sex::Male, Sex::Female]);
    let mut reporter = scene.make(child_sex, years - 27, MaritalStatus::Married);
    reporter.phone = Some(scene.family().phone());
    scene.put(Role::Reporter, reporter);
    if scene.case.as_str() != "MTI-6" {
        scene.family_card(&[(Role::Reporter, FamilyRelation::Head), (DECEASED, FamilyRelation::Parent)]);
    }
}

fn death(scene: &mut Scene<'_>, date: NaiveDate) {
    let minutes = scene.rng.whole(0, 1_439) as u32;
    let (place, cause, certifier) = match scene.case.as_str() {
        "MTI-2" => ("lainnya", "lainnya", "kepolisian"),
        "MTI-3" | "MTI-4" => ("lainnya", "kecelakaan", "lainnya"),
        "MTI-5" => ("luar_negeri", "sakit_usia_lanjut", "dokter"),
        _ => ("rumah", "sakit_usia_lanjut", "tenaga_kesehatan"),
    };
    scene.event(Event {
        date: Some(date),
        time: NaiveTime::from_num_seconds_from_midnight_opt(minutes * 60, 0),
        place: Some("JOMBANG".to_owned()),
        place_kind: Some(place.to_owned()),
        cause: Some(cause.to_owned()),
        certifier: Some(certifier.to_owned()),
        reporter_relation: Some("anak".to_owned()),
        ..Event::default()
    });
}

fn papers(scene: &mut Scene<'_>, date: NaiveDate) {
    let issuer = scene.rng.pick(&["dokter", "kepala_desa"]);
    match scene.case.as_str() {
        "MTI-2" => dated(scene, Kind::BeritaAcaraPolisi, "polsek", date),
        "MTI-3" => dated(scene, Kind::PenetapanPengadilan, "pengadilan_negeri", date),
        "MTI-4" => dated(scene, Kind::SuratMaskapai, "maskapai", date),
        "MTI-5" => {
            dated(scene, Kind::SuratPerwakilanRi, "perwakilan_ri", date);
            paper_passport(scene, DECEASED);
        }
        "MTI-6" => {
            dated(scene, Kind::SuratKetKematian, issuer, date);
            scene.paper_dated(Kind::AktaKelahiran, DECEASED, "dispendukcapil", (4_000, 9_000));
        }
        "MTI-7" => {
            scene.put_witnesses([Role::SptjmWitness1, Role::SptjmWitness2]);
            let statement = Paper::form(Kind::SptjmKematian, &[Role::Reporter]);
            scene.paper(statement.witnessed([Role::SptjmWitness1, Role::SptjmWitness2]));
            scene.paper_kk(Role::Reporter);
        }
        _ => {
            dated(scene, Kind::SuratKetKematian, issuer, date);
            // Either of card and family card is enough, so neither is missed.
            scene.paper_kk(DECEASED);
            scene.last_is_extra();
            let card = card_of(scene, DECEASED).extra();
            scene.paper(card);
        }
    }
}

/// A letter about the death, written on the day after it.
fn dated(scene: &mut Scene<'_>, kind: Kind, issuer: &str, date: NaiveDate) {
    let dated = date.succ_opt().map(|day| day.min(scene.today));
    let number = scene.number_of(dated.unwrap_or(date));
    let name = scene.person(DECEASED).map(|person| person.name.clone());
    scene.paper(Paper::new(kind, DECEASED).with(|attrs| {
        attrs.number = Some(number);
        attrs.dated = dated;
        attrs.issuer = Some(issuer.to_owned());
        attrs.names.extend(name.map(|name| (DECEASED, name)));
    }));
}
