//! Letters: a head, a number, a person's data, a claim, signature and stamp.

use berkas_domain::DocumentKind as Kind;
use berkas_domain::form::Person;

use super::letter_text::{Wording, wording};
use super::words::{self, long_date};
use super::{A4, Content, Press, Sheet};
use crate::ink::{Area, BLACK, Face, GREY, Ink, Page, WHITE};

pub(super) fn draw(press: &mut Press<'_>, content: &Content<'_>) -> Vec<Sheet> {
    let wording = wording(content);
    let paper: Ink = if press.rng.chance(0.2) { [250, 248, 238] } else { WHITE };
    let sheet = press.sheet(A4, paper, |page| {
        head(page, &wording);
        page.mark_line((22.0, 43.0), 8.0);
        let y = title(page, content, &wording);
        let y = body(page, content, &wording, y);
        foot(page, content, &wording, y);
    });
    vec![sheet]
}

fn head(page: &mut Page<'_>, wording: &Wording) {
    page.emblem((30.0, 24.0), 10.0, GREY);
    page.centred((114.0, 18.0), (Face::SerifBold, 13.0), BLACK, wording.head[0]);
    page.centred((114.0, 25.0), (Face::SerifBold, 15.0), BLACK, wording.head[1]);
    page.centred(
        (114.0, 31.0),
        (Face::SerifItalic, 9.0),
        BLACK,
        "Jalan Contoh Nomor 0, Jombang \u{2013} alamat rekaan",
    );
    page.hline((20.0, 35.5), 170.0, 0.9, BLACK);
    page.hline((20.0, 36.8), 170.0, 0.3, BLACK);
}

fn title(page: &mut Page<'_>, content: &Content<'_>, wording: &Wording) -> f32 {
    let width = page.text_width((Face::SerifBold, 14.0), wording.title);
    page.centred((105.0, 55.0), (Face::SerifBold, 14.0), BLACK, wording.title);
    page.hline((105.0 - width / 2.0, 56.4), width, 0.4, BLACK);
    let number = content.paper.attrs.number.as_deref().unwrap_or("000/CONTOH");
    page.centred((105.0, 62.0), (Face::Serif, 11.0), BLACK, &format!("Nomor : {number}"));
    74.0
}

fn body(page: &mut Page<'_>, content: &Content<'_>, wording: &Wording, top: f32) -> f32 {
    let mut y = page.paragraph((22.0, top), 166.0, (Face::Serif, 11.5), wording.opening) + 2.0;
    y = identity(page, content.holder_name(), content.holder(), y) + 3.0;
    for text in &wording.claims {
        y = page.paragraph((22.0, y), 166.0, (Face::Serif, 11.5), text) + 2.0;
    }
    let closing = "Demikian surat ini dibuat dengan sebenarnya untuk dipergunakan sebagaimana mestinya. \
                   Surat ini adalah contoh, seluruh isinya rekaan.";
    page.paragraph((22.0, y), 166.0, (Face::Serif, 11.5), closing) + 8.0
}

fn identity(page: &mut Page<'_>, name: &str, person: &Person, top: f32) -> f32 {
    let lines = [
        ("Nama", name.to_owned()),
        ("NIK", words::text(&person.nik).to_owned()),
        ("Tempat, tanggal lahir", words::birth(person)),
        ("Jenis kelamin", words::sex(person.sex).to_owned()),
        ("Agama", words::text(&person.religion).to_owned()),
        ("Pekerjaan", words::text(&person.occupation).to_owned()),
        ("Alamat", words::text(&person.address).to_owned()),
        ("Desa, kecamatan", format!("{}, {}", words::desa(person), words::kecamatan(person))),
    ];
    let mut y = top;
    for (label, value) in lines {
        page.text((32.0, y), (Face::Serif, 11.5), BLACK, label);
        page.text((78.0, y), (Face::Serif, 11.5), BLACK, &format!(": {value}"));
        y += 6.4;
    }
    y
}

fn foot(page: &mut Page<'_>, content: &Content<'_>, wording: &Wording, y: f32) {
    let dated = content.paper.attrs.dated.unwrap_or(content.form.handed_in);
    page.centred((148.0, y), (Face::Serif, 11.5), BLACK, &format!("Jombang, {}", long_date(dated)));
    page.centred((148.0, y + 6.0), (Face::Serif, 11.5), BLACK, wording.signer);
    page.signature(Area::new(127.0, y + 9.0, 42.0, 17.0));
    let offset = page.rng.betweenf(-3.0, 4.0);
    if content.paper.shows == Kind::SuratPermohonan {
        return page.centred((148.0, y + 33.0), (Face::SerifBold, 11.5), BLACK, content.holder_name());
    }
    page.stamp((126.0 + offset, y + 19.0), 16.0, [wording.stamp, "CONTOH"]);
    page.centred((148.0, y + 33.0), (Face::SerifBold, 11.5), BLACK, "PEJABAT CONTOH");
}
