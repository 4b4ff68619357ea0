//! F-2.01: report of a birth or a death, two pages.

use berkas_domain::form::{Event, Person, Role};
use berkas_domain::{DocumentKind, Service};

use super::form_sheet::Lines;
use super::words::{self, long_date};
use super::{A4, Content, Press, Sheet};
use crate::ink::{BLACK, Face, WHITE};

pub(super) fn draw(press: &mut Press<'_>, content: &Content<'_>) -> Vec<Sheet> {
    debug_assert_eq!(content.paper.shows, DocumentKind::FormF201);
    let first = press.sheet(A4, WHITE, |page| {
        let old = content.paper.model == Some("2010");
        let code = if old { "F-2.28" } else { "F-2.01" };
        let mut lines =
            Lines::start(page, code, &["FORMULIR PELAPORAN PENCATATAN SIPIL", "DI DALAM WILAYAH NKRI"]);
        person(&mut lines, "DATA PELAPOR", content.person(Role::Reporter));
        person(&mut lines, "DATA SAKSI I", content.person(Role::Witness1));
        person(&mut lines, "DATA SAKSI II", content.person(Role::Witness2));
        parents(&mut lines, content);
    });
    let second = press.sheet(A4, WHITE, |page| {
        let mut lines = Lines::start(page, "F-2.01", &["LEMBAR 2"]);
        let event = content.form.event.clone().unwrap_or_default();
        if content.form.service == Service::AktaKelahiran {
            child(&mut lines, content, &event);
        } else {
            deceased(&mut lines, content, &event);
        }
        signatures(&mut lines, content);
    });
    vec![first, second]
}

fn person(lines: &mut Lines<'_, '_>, title: &str, person: &Person) {
    lines.section(title);
    lines.boxes("Nama", 30, &person.name);
    lines.boxes("NIK", 16, person.nik.as_deref().unwrap_or(""));
    lines.boxes("Nomor Kartu Keluarga", 16, person.kk_number.as_deref().unwrap_or(""));
    let citizenship = if person.name.is_empty() { "" } else { words::citizenship(person) };
    lines.line("Kewarganegaraan", citizenship);
    lines.y += 1.0;
}

fn parents(lines: &mut Lines<'_, '_>, content: &Content<'_>) {
    for (title, role) in [("DATA AYAH", Role::Father), ("DATA IBU", Role::Mother)] {
        let person = content.person(role);
        lines.section(title);
        lines.boxes("Nama", 30, &person.name);
        lines.boxes("NIK", 16, person.nik.as_deref().unwrap_or(""));
        let birth = if person.name.is_empty() { String::new() } else { words::birth(person) };
        lines.line("Tempat, tanggal lahir", &birth);
        lines.y += 1.0;
    }
}

fn child(lines: &mut Lines<'_, '_>, content: &Content<'_>, event: &Event) {
    let child = content.person(Role::Child);
    lines.section("DATA ANAK");
    lines.boxes("Nama", 30, &child.name);
    lines.line("Jenis kelamin", words::sex(child.sex));
    lines.line("Tempat dilahirkan", &plain(&event.place_kind));
    lines.line("Tempat kelahiran", words::text(&event.place));
    lines.line("Hari", event.date.map_or("", words::weekday));
    lines.boxes("Tanggal lahir", 8, &words::box_date(event.date));
    lines.line("Pukul", &event.time.map_or(String::new(), |time| time.format("%H.%M").to_string()));
    lines.line("Jenis kelahiran", if event.plurality == Some(1) { "TUNGGAL" } else { "KEMBAR" });
    lines.line("Kelahiran ke", &event.birth_order.map_or(String::new(), |order| order.to_string()));
    lines.line("Penolong kelahiran", &plain(&event.helper));
    lines.line(
        "Berat bayi",
        &event.weight_g.map_or(String::new(), |grams| format!("{:.1} KG", f64::from(grams) / 1e3)),
    );
    lines.line(
        "Panjang bayi",
        &event.length_mm.map_or(String::new(), |mm| format!("{:.1} CM", f64::from(mm) / 10.0)),
    );
    lines.y += 3.0;
}

fn deceased(lines: &mut Lines<'_, '_>, content: &Content<'_>, event: &Event) {
    let person = content.person(Role::Deceased);
    lines.section("DATA KEMATIAN");
    lines.boxes("Nama", 30, &person.name);
    lines.boxes("NIK", 16, person.nik.as_deref().unwrap_or(""));
    lines.line("Hari", event.date.map_or("", words::weekday));
    lines.boxes("Tanggal kematian", 8, &words::box_date(event.date));
    lines.line("Pukul", &event.time.map_or(String::new(), |time| time.format("%H.%M").to_string()));
    lines.line("Sebab kematian", &plain(&event.cause));
    lines.line("Tempat kematian", words::text(&event.place));
    lines.line("Yang menerangkan", &plain(&event.certifier));
    lines.line("Hubungan pelapor", &plain(&event.reporter_relation));
    lines.y += 3.0;
}

fn plain(word: &Option<String>) -> String {
    word.as_deref().unwrap_or("").replace('_', " ")
}

fn signatures(lines: &mut Lines<'_, '_>, content: &Content<'_>) {
    let reporter = content.person(Role::Reporter);
    let place = format!("JOMBANG, {}", long_date(content.form.handed_in));
    lines.y += 6.0;
    lines.page.centred((155.0, lines.y), (Face::Sans, 9.0), BLACK, &place);
    lines.y += 6.0;
    let signed = |role| content.paper.signed_by.as_ref().is_some_and(|signers| signers.contains(&role));
    lines.sign(155.0, "Pelapor,", signed(Role::Reporter), &reporter.name);
    lines.sign(55.0, "Petugas pendaftaran,", true, "PETUGAS CONTOH");
    lines.y += 32.0;
    lines.sign(55.0, "Saksi I,", signed(Role::Witness1), &content.person(Role::Witness1).name);
    lines.sign(155.0, "Saksi II,", signed(Role::Witness2), &content.person(Role::Witness2).name);
}
