//! Identity cards and child cards, laid on a light sheet a little larger than the card.

use berkas_domain::DocumentKind as Kind;

use super::words::{self, short_date};
use super::{Content, Press, Sheet, Size};
use crate::ink::{Area, BLACK, Face, GREY, Ink, Page, WHITE};

/// The sheet the card lies on, mm.
const SHEET: Size = (105.0, 74.0);
const CARD: Area = Area::new(9.7, 10.0, 85.6, 54.0);
/// Cards are scanned finer than sheets: their letters are small.
const DPI: u16 = 300;

pub(super) fn draw(press: &mut Press<'_>, content: &Content<'_>) -> Vec<Sheet> {
    let sheet = press.sheet_at(DPI, SHEET, WHITE, |page| {
        let child_card = content.paper.shows == Kind::Kia;
        let tone: Ink = if child_card { [238, 206, 214] } else { [178, 212, 232] };
        page.fill(CARD, tone, 1.0);
        let darker = tone.map(|value| value - 26);
        page.waves(CARD, 1.6, darker);
        page.centred(
            (CARD.x + 34.0, CARD.y + 36.0),
            (Face::SansBold, 42.0),
            tone.map(|value| value - 16),
            "CONTOH",
        );
        page.frame(CARD, 0.25, GREY);
        heading(page, content, child_card);
        details(page, content);
        picture(page, content);
        page.mark_line((CARD.x + 1.0, CARD.y + 58.5), 6.0);
        if content.paper.shows == Kind::KtpElRusak {
            damage(page);
        }
    });
    vec![sheet]
}

fn heading(page: &mut Page<'_>, content: &Content<'_>, child_card: bool) {
    let middle = CARD.x + CARD.w / 2.0;
    let title = if child_card { "KARTU IDENTITAS ANAK" } else { "PROVINSI JAWA TIMUR" };
    page.centred((middle, CARD.y + 4.6), (Face::SansBold, 8.0), BLACK, title);
    page.centred((middle, CARD.y + 8.2), (Face::SansBold, 8.0), BLACK, "KABUPATEN JOMBANG");
    let of = content.paper.of.unwrap_or(berkas_domain::form::Role::Applicant);
    let nik = content.paper.attrs.niks.get(&of).or(content.holder().nik.as_ref());
    page.text((CARD.x + 3.0, CARD.y + 14.0), (Face::SansBold, 10.0), BLACK, "NIK");
    let number = format!(": {}", nik.map_or("-", |nik| nik.as_str()));
    page.text((CARD.x + 18.0, CARD.y + 14.0), (Face::Mono, 10.0), BLACK, &number);
}

fn details(page: &mut Page<'_>, content: &Content<'_>) {
    let person = content.holder();
    let lines = [
        ("Nama", content.holder_name().to_owned()),
        ("Tempat/Tgl Lahir", words::birth(person)),
        ("Jenis Kelamin", words::sex(person.sex).to_owned()),
        ("Alamat", words::text(&person.address).to_owned()),
        ("   Kel/Desa", words::desa(person)),
        ("   Kecamatan", words::kecamatan(person)),
        ("Agama", words::text(&person.religion).to_owned()),
        ("Status Perkawinan", words::marital(person.marital_status).to_owned()),
        ("Pekerjaan", words::text(&person.occupation).to_owned()),
        ("Kewarganegaraan", words::citizenship(person).to_owned()),
        ("Berlaku Hingga", "SEUMUR HIDUP".to_owned()),
    ];
    let mut y = CARD.y + 18.2;
    for (label, value) in lines {
        page.text((CARD.x + 3.0, y), (Face::Sans, 6.0), BLACK, label);
        page.text((CARD.x + 20.5, y), (Face::Sans, 6.0), BLACK, &format!(": {value}"));
        y += 3.15;
    }
    let blood = format!("Gol. Darah : {}", words::text(&person.blood_group));
    page.text((CARD.x + 46.0, CARD.y + 24.5), (Face::Sans, 6.0), BLACK, &blood);
}

fn picture(page: &mut Page<'_>, content: &Content<'_>) {
    let person = content.holder();
    let year = person.birth_date.map_or(1990, |date| chrono::Datelike::year(&date));
    page.portrait(Area::new(CARD.x + 64.0, CARD.y + 10.5, 18.5, 24.5), person.sex, year);
    page.centred((CARD.x + 73.2, CARD.y + 39.0), (Face::Sans, 5.5), BLACK, "JOMBANG");
    let issued = short_date(content.form.handed_in - chrono::Days::new(1_200));
    page.centred((CARD.x + 73.2, CARD.y + 41.6), (Face::Sans, 5.5), BLACK, &issued);
    page.signature(Area::new(CARD.x + 65.0, CARD.y + 43.0, 17.0, 8.0));
}

/// A crack across the card and a corner rubbed off.
fn damage(page: &mut Page<'_>) {
    let (mut points, mut x) = (Vec::new(), CARD.x + page.rng.betweenf(20.0, 50.0));
    for step in 0..=9 {
        points.push((x, CARD.y + step as f32 * 6.0));
        x += page.rng.betweenf(-2.5, 3.5);
    }
    page.line(&points, 0.5, WHITE, 0.9);
    page.line(&points, 0.18, BLACK, 0.7);
    for _ in 0..60 {
        let (dx, dy) = (page.rng.betweenf(0.0, 22.0), page.rng.betweenf(0.0, 13.0));
        page.fill(Area::new(CARD.x + dx, CARD.y + 41.0 + dy * 0.95, 1.8, 0.7), WHITE, 0.6);
    }
}
