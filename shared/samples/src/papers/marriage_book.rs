//! The marriage book: an open spread with two portraits.

use berkas_domain::form::{Person, Role};
use chrono::Datelike;

use super::words::{self, long_date};
use super::{Content, Press, Sheet, Size};
use crate::ink::{Area, BLACK, Face, Ink, Page};

const SPREAD: Size = (176.0, 125.0);
const PAPER: Ink = [232, 242, 226];
const GREEN: Ink = [52, 110, 70];

pub(super) fn draw(press: &mut Press<'_>, content: &Content<'_>) -> Vec<Sheet> {
    let (man, woman) = couple(content);
    let dpi = press.dpi.max(200);
    let sheet = press.sheet_at(dpi, SPREAD, PAPER, |page| {
        page.waves(Area::new(0.0, 0.0, SPREAD.0, SPREAD.1), 3.2, [206, 226, 200]);
        page.vline((88.0, 0.0), SPREAD.1, 0.5, [150, 160, 146]);
        page.frame(Area::new(5.0, 5.0, 78.0, 115.0), 0.5, GREEN);
        page.frame(Area::new(93.0, 5.0, 78.0, 115.0), 0.5, GREEN);
        left_page(page, content, man, woman);
        right_page(page, content, man, woman);
    });
    vec![sheet]
}

/// Parents in a birth file, the applicant and the spouse elsewhere.
fn couple(content: &Content<'_>) -> (Role, Role) {
    let parents = content.form.person(Role::Father).is_some() && content.form.person(Role::Child).is_some();
    if parents { (Role::Father, Role::Mother) } else { (Role::Applicant, Role::Spouse) }
}

fn left_page(page: &mut Page<'_>, content: &Content<'_>, man: Role, woman: Role) {
    page.mark_line((9.0, 11.5), 6.5);
    page.emblem((44.0, 23.0), 6.5, GREEN);
    page.centred((44.0, 36.0), (Face::SerifBold, 12.0), GREEN, "BUKU NIKAH");
    page.centred((44.0, 41.0), (Face::Serif, 7.5), BLACK, "KANTOR URUSAN AGAMA (CONTOH)");
    for (x, role, title) in [(13.0, man, "SUAMI"), (49.0, woman, "ISTRI")] {
        let person = content.person(role);
        let year = person.birth_date.map_or(1990, |date| date.year());
        page.portrait(Area::new(x, 48.0, 26.0, 38.0), person.sex, year);
        page.centred((x + 13.0, 91.0), (Face::SerifBold, 7.5), BLACK, title);
        page.centred((x + 13.0, 95.0), (Face::Serif, 6.5), BLACK, content.name(role));
    }
    page.stamp((45.0, 88.0), 10.0, ["KUA", "CONTOH"]);
    let number = content.paper.attrs.number.as_deref().unwrap_or("-");
    page.centred((44.0, 112.0), (Face::Mono, 8.0), [170, 40, 40], &format!("JT {number}"));
}

fn right_page(page: &mut Page<'_>, content: &Content<'_>, man: Role, woman: Role) {
    page.centred((132.0, 13.0), (Face::SerifBold, 9.5), GREEN, "KUTIPAN AKTA NIKAH");
    let number = content.paper.attrs.number.as_deref().unwrap_or("-");
    page.centred((132.0, 18.0), (Face::Serif, 7.5), BLACK, &format!("Nomor : {number}"));
    let wedding = content.paper.attrs.dated.unwrap_or(content.form.handed_in);
    let text = format!(
        "Pada hari {}, tanggal {}, telah dilangsungkan akad nikah seorang laki-laki:",
        words::weekday(wedding),
        long_date(wedding)
    );
    let mut y = page.paragraph((97.0, 24.0), 70.0, (Face::Serif, 7.5), &text);
    y = spouse(page, y, content.name(man), content.person(man));
    y = page.paragraph((97.0, y + 1.0), 70.0, (Face::Serif, 7.5), "dengan seorang perempuan:");
    y = spouse(page, y, content.name(woman), content.person(woman));
    page.centred((146.0, y + 4.0), (Face::Serif, 7.5), BLACK, &format!("Jombang, {}", long_date(wedding)));
    page.centred((146.0, y + 8.0), (Face::Serif, 7.5), BLACK, "Kepala KUA,");
    page.signature(Area::new(132.0, y + 9.0, 28.0, 9.0));
    page.stamp((133.0, y + 14.0), 8.5, ["KUA", "CONTOH"]);
    page.centred((146.0, y + 22.0), (Face::SerifBold, 7.5), BLACK, "PENGHULU CONTOH");
}

fn spouse(page: &mut Page<'_>, top: f32, name: &str, person: &Person) -> f32 {
    let lines = [
        ("Nama", name.to_owned()),
        ("NIK", words::text(&person.nik).to_owned()),
        ("Tempat/tgl lahir", words::birth(person)),
        ("Agama", words::text(&person.religion).to_owned()),
        ("Pekerjaan", words::text(&person.occupation).to_owned()),
    ];
    let mut y = top + 1.0;
    for (label, value) in lines {
        page.text((97.0, y), (Face::Serif, 7.0), BLACK, label);
        page.text((118.0, y), (Face::SerifBold, 7.0), BLACK, &format!(": {value}"));
        y += 4.1;
    }
    y
}
