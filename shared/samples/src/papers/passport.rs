//! Passports and stay permits: a data page with a portrait and machine-readable lines.

use berkas_domain::DocumentKind as Kind;
use chrono::Datelike;

use super::words::{self, short_date};
use super::{Content, Press, Sheet, Size};
use crate::ink::{Area, BLACK, Face, Ink, Page};

const DATA_PAGE: Size = (125.0, 88.0);
const DPI: u16 = 250;

pub(super) fn draw(press: &mut Press<'_>, content: &Content<'_>) -> Vec<Sheet> {
    let (tone, title): (Ink, &str) = match content.paper.shows {
        Kind::Paspor => ([226, 232, 240], "PASPOR / PASSPORT"),
        Kind::Itap => ([236, 226, 214], "IZIN TINGGAL TETAP / PERMANENT STAY PERMIT"),
        _ => ([228, 238, 222], "IZIN TINGGAL TERBATAS / LIMITED STAY PERMIT"),
    };
    let sheet = press.sheet_at(DPI, DATA_PAGE, tone, |page| {
        page.waves(Area::new(0.0, 0.0, 125.0, 66.0), 2.2, tone.map(|value| value - 22));
        page.mark_line((5.0, 7.0), 6.0);
        page.text((5.0, 14.0), (Face::SansBold, 9.0), BLACK, title);
        details(page, content);
        lines(page, content);
    });
    vec![sheet]
}

fn details(page: &mut Page<'_>, content: &Content<'_>) {
    let person = content.holder();
    let year = person.birth_date.map_or(1990, |date| date.year());
    page.portrait(Area::new(5.0, 18.0, 30.0, 40.0), person.sex, year);
    let ends = content.paper.attrs.valid_until.map_or("-".to_owned(), short_date);
    let fields = [
        ("Nomor / Number", content.paper.attrs.number.as_deref().unwrap_or("-").to_owned()),
        ("Nama / Name", content.holder_name().to_owned()),
        ("Kebangsaan / Nationality", words::text(&person.citizenship).to_owned()),
        ("Tempat, tgl lahir / Birth", words::birth(person)),
        ("Jenis kelamin / Sex", words::sex(person.sex).to_owned()),
        ("Berlaku sampai / Expiry", ends),
    ];
    let mut y = 20.0;
    for (label, value) in fields {
        page.text((40.0, y), (Face::Sans, 5.5), BLACK, label);
        page.text((40.0, y + 3.8), (Face::SansBold, 8.0), BLACK, &value);
        y += 7.2;
    }
    page.signature(Area::new(92.0, 52.0, 26.0, 9.0));
}

/// Two lines in the shape of machine-readable ones; the issuing state `XXC` does not exist.
fn lines(page: &mut Page<'_>, content: &Content<'_>) {
    let name = content.holder_name().replace(' ', "<");
    let number = content.paper.attrs.number.as_deref().unwrap_or("X").replace(['/', ' '], "<");
    for (row, text) in [format!("P<XXC{name}"), format!("{number}<XXC<CONTOH")].into_iter().enumerate() {
        let padded: String = text.chars().chain(std::iter::repeat('<')).take(44).collect();
        page.text((5.0, 73.0 + row as f32 * 7.0), (Face::Mono, 12.2), BLACK, &padded);
    }
}
