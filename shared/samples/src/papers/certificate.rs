//! Deeds of the civil register and diplomas: a border, an emblem, a text in the middle.

use berkas_domain::DocumentKind as Kind;
use berkas_domain::form::{Person, Role};

use super::words::{self, long_date};
use super::{A4, Content, Press, Sheet};
use crate::ink::{Area, BLACK, Face, GREY, Ink, Page};

const PAPER: Ink = [252, 250, 242];
const EDGE: Ink = [96, 74, 40];

pub(super) fn draw(press: &mut Press<'_>, content: &Content<'_>) -> Vec<Sheet> {
    let sheet = press.sheet(A4, PAPER, |page| {
        page.ornate_border(Area::new(10.0, 10.0, 190.0, 277.0), EDGE);
        page.mark_line((20.0, 24.0), 8.0);
        page.emblem((105.0, 38.0), 11.0, GREY);
        heading(page, content);
        let y = body(page, content);
        foot(page, content, y);
    });
    vec![sheet]
}

fn titles(kind: Kind) -> [&'static str; 3] {
    match kind {
        Kind::AktaKelahiran => ["PENCATATAN SIPIL", "KUTIPAN AKTA KELAHIRAN", "No. Akta"],
        Kind::AktaKematian => ["PENCATATAN SIPIL", "KUTIPAN AKTA KEMATIAN", "No. Akta"],
        Kind::AktaPerkawinan => ["PENCATATAN SIPIL", "KUTIPAN AKTA PERKAWINAN", "No. Akta"],
        Kind::AktaPerceraian => ["PENCATATAN SIPIL", "KUTIPAN AKTA PERCERAIAN", "No. Akta"],
        _ => ["SEKOLAH MENENGAH ATAS CONTOH", "IJAZAH", "Nomor Ijazah"],
    }
}

fn heading(page: &mut Page<'_>, content: &Content<'_>) {
    let [office, title, number_label] = titles(content.paper.shows);
    page.centred((105.0, 58.0), (Face::Serif, 12.0), BLACK, office);
    let scope = if content.paper.shows == Kind::Ijazah {
        "TAHUN PELAJARAN CONTOH"
    } else {
        "WARGA NEGARA INDONESIA (CONTOH)"
    };
    page.centred((105.0, 65.0), (Face::Serif, 11.0), BLACK, scope);
    page.centred((105.0, 80.0), (Face::SerifBold, 20.0), BLACK, title);
    let number = content.paper.attrs.number.as_deref().unwrap_or("-");
    page.centred((105.0, 88.0), (Face::Serif, 11.0), BLACK, &format!("{number_label} : {number}"));
}

fn body(page: &mut Page<'_>, content: &Content<'_>) -> f32 {
    let person = content.holder();
    let text = match content.paper.shows {
        Kind::AktaKematian => death_text(content),
        Kind::AktaPerkawinan | Kind::AktaPerceraian => couple_text(content),
        Kind::AktaKelahiran => birth_text(person),
        _ => "Kepala sekolah menerangkan dengan sesungguhnya bahwa yang namanya tersebut di bawah ini telah LULUS \
              dari satuan pendidikan setelah memenuhi seluruh kriteria."
            .to_owned(),
    };
    let mut y = page.paragraph((26.0, 104.0), 158.0, (Face::Serif, 12.0), &text) + 6.0;
    page.centred((105.0, y), (Face::SerifBold, 17.0), BLACK, content.holder_name());
    y += 12.0;
    let lines = [
        ("NIK", words::text(&person.nik).to_owned()),
        ("Tempat, tanggal lahir", words::birth(person)),
        ("Jenis kelamin", words::sex(person.sex).to_owned()),
        ("Kewarganegaraan", words::citizenship(person).to_owned()),
    ];
    for (label, value) in lines {
        page.text((40.0, y), (Face::Serif, 11.0), BLACK, label);
        page.text((84.0, y), (Face::Serif, 11.0), BLACK, &format!(": {value}"));
        y += 7.5;
    }
    y + 8.0
}

fn birth_text(person: &Person) -> String {
    let date = person.birth_date.map_or("-".to_owned(), long_date);
    format!(
        "Berdasarkan akta kelahiran nomor tersebut di atas, bahwa di {} pada tanggal {date} telah lahir anak \
         dengan nama:",
        words::text(&person.birth_place)
    )
}

fn death_text(content: &Content<'_>) -> String {
    let date = content.paper.attrs.dated.map_or("-".to_owned(), long_date);
    format!(
        "Berdasarkan akta kematian nomor tersebut di atas, bahwa di JOMBANG menjelang tanggal {date} telah \
         meninggal dunia seorang bernama:"
    )
}

fn couple_text(content: &Content<'_>) -> String {
    let date = content.paper.attrs.dated.map_or("-".to_owned(), long_date);
    let names = [Role::Applicant, Role::Spouse, Role::Father, Role::Mother].map(|role| content.name(role));
    let names: Vec<_> = names.into_iter().filter(|name| !name.is_empty()).take(2).collect();
    format!(
        "Bahwa di JOMBANG pada tanggal {date} telah dicatat peristiwa antara {}, atas nama:",
        names.join(" dan ")
    )
}

fn foot(page: &mut Page<'_>, content: &Content<'_>, y: f32) {
    let dated = content.paper.attrs.dated.unwrap_or(content.form.handed_in);
    let diploma = content.paper.shows == Kind::Ijazah;
    let signer = if diploma { "Kepala Sekolah," } else { "Pejabat Pencatatan Sipil," };
    page.centred((150.0, y), (Face::Serif, 11.0), BLACK, &format!("Jombang, {}", long_date(dated)));
    page.centred((150.0, y + 6.0), (Face::Serif, 11.0), BLACK, signer);
    if diploma {
        let person = content.holder();
        let year = person.birth_date.map_or(2000, |date| chrono::Datelike::year(&date));
        page.portrait(Area::new(40.0, y, 28.0, 38.0), person.sex, year);
        page.signature(Area::new(130.0, y + 8.0, 40.0, 16.0));
        page.stamp((128.0, y + 20.0), 15.0, ["SEKOLAH", "CONTOH"]);
    } else {
        page.code_square(Area::new(137.0, y + 10.0, 26.0, 26.0));
    }
    page.centred((150.0, y + 43.0), (Face::SerifBold, 11.0), BLACK, "PEJABAT CONTOH");
}
