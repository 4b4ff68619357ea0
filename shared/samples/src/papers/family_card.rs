//! The family card: a wide table on its side.

use berkas_domain::DocumentKind as Kind;
use berkas_domain::form::{FamilyMember, Person};

use super::words::{self, long_date, short_date};
use super::{A4_LANDSCAPE, Content, Press, Sheet};
use crate::ink::{Area, BLACK, Face, GREY, Ink, Page};

const PAPER: Ink = [246, 248, 244];
const ROWS: usize = 8;

pub(super) fn draw(press: &mut Press<'_>, content: &Content<'_>) -> Vec<Sheet> {
    let sheet = press.sheet(A4_LANDSCAPE, PAPER, |page| {
        page.mark_line((14.0, 12.0), 8.0);
        heading(page, content);
        let members = content.form.family.as_ref().map_or(&[][..], |family| &family.members);
        upper_table(page, content, members);
        lower_table(page, content, members);
        foot(page, content);
        if content.paper.shows == Kind::KkRusak {
            damage(page);
        }
    });
    vec![sheet]
}

fn heading(page: &mut Page<'_>, content: &Content<'_>) {
    let person = content.holder();
    page.emblem((24.0, 25.0), 8.5, GREY);
    page.centred((148.5, 22.0), (Face::SansBold, 20.0), BLACK, "KARTU KELUARGA");
    let number = content.paper.attrs.number.as_deref().or(person.kk_number.as_deref()).unwrap_or("-");
    page.centred((148.5, 30.0), (Face::SansBold, 12.0), BLACK, &format!("No. {number}"));
    let head = content.form.family.as_ref().and_then(|family| family.members.first());
    let head = head.map_or("-", |member| content.name(member.role));
    let left = [
        ("Nama Kepala Keluarga", head.to_owned()),
        ("Alamat", words::text(&person.address).to_owned()),
        ("Desa/Kelurahan", words::desa(person)),
        ("Kode Pos", words::postal(person).to_owned()),
    ];
    let right = [
        ("Kecamatan", words::kecamatan(person)),
        ("Kabupaten/Kota", "JOMBANG".to_owned()),
        ("Provinsi", "JAWA TIMUR".to_owned()),
        ("Status", "CONTOH".to_owned()),
    ];
    for (x, pairs) in [(14.0, left), (190.0, right)] {
        for (row, (label, value)) in pairs.into_iter().enumerate() {
            let y = 39.0 + row as f32 * 4.6;
            page.text((x, y), (Face::Sans, 8.0), BLACK, label);
            page.text((x + 36.0, y), (Face::Sans, 8.0), BLACK, &format!(": {value}"));
        }
    }
}

/// Titles with the right edge of each column in mm.
type Columns = [(&'static str, f32)];

const UPPER: [(&str, f32); 9] = [
    ("No", 21.0),
    ("Nama Lengkap", 82.0),
    ("NIK", 118.0),
    ("Jenis Kelamin", 141.0),
    ("Tempat Lahir", 168.0),
    ("Tgl Lahir", 190.0),
    ("Agama", 212.0),
    ("Jenis Pekerjaan", 265.0),
    ("Gol. Drh", 283.0),
];
const LOWER: [(&str, f32); 7] = [
    ("No", 21.0),
    ("Status Perkawinan", 66.0),
    ("Hubungan dalam Keluarga", 112.0),
    ("Kewarganegaraan", 146.0),
    ("No. Paspor", 176.0),
    ("Ayah", 230.0),
    ("Ibu", 283.0),
];

fn upper_table(page: &mut Page<'_>, content: &Content<'_>, members: &[FamilyMember]) {
    let cells = |person: &Person| {
        vec![
            person.name.clone(),
            words::text(&person.nik).to_owned(),
            words::sex(person.sex).to_owned(),
            words::text(&person.birth_place).to_owned(),
            person.birth_date.map_or("-".to_owned(), short_date),
            words::text(&person.religion).to_owned(),
            words::text(&person.occupation).to_owned(),
            words::text(&person.blood_group).to_owned(),
        ]
    };
    let rows = members.iter().map(|member| cells(content.person(member.role))).collect();
    table(page, 60.0, &UPPER, rows);
}

fn lower_table(page: &mut Page<'_>, content: &Content<'_>, members: &[FamilyMember]) {
    let cells = |member: &FamilyMember| {
        let person = content.person(member.role);
        vec![
            words::marital(person.marital_status).to_owned(),
            words::relation(member.relation),
            words::citizenship(person).to_owned(),
            "-".to_owned(),
            "AYAH CONTOH".to_owned(),
            "IBU CONTOH".to_owned(),
        ]
    };
    let rows = members.iter().map(cells).collect();
    table(page, 115.0, &LOWER, rows);
}

fn table(page: &mut Page<'_>, top: f32, columns: &Columns, rows: Vec<Vec<String>>) {
    const LEFT: f32 = 14.0;
    const ROW: f32 = 5.4;
    let right = columns.last().map_or(LEFT, |column| column.1);
    let height = ROW * (ROWS as f32 + 1.0);
    page.fill(Area::new(LEFT, top, right - LEFT, ROW), [214, 222, 226], 1.0);
    page.frame(Area::new(LEFT, top, right - LEFT, height), 0.35, BLACK);
    for row in 1..=ROWS {
        page.hline((LEFT, top + ROW * row as f32), right - LEFT, 0.2, BLACK);
    }
    let mut left = LEFT;
    for (index, &(title, edge)) in columns.iter().enumerate() {
        page.vline((edge, top), height, 0.2, BLACK);
        page.centred(((left + edge) / 2.0, top + 3.9), (Face::SansBold, 6.5), BLACK, title);
        for line in 0..ROWS {
            let y = top + ROW * (line as f32 + 1.0) + 3.8;
            let number = (line + 1).to_string();
            let row = rows.get(line);
            let cell = if index == 0 { Some(&number) } else { row.and_then(|row| row.get(index - 1)) };
            page.text((left + 1.2, y), (Face::Sans, 7.0), BLACK, cell.map_or("", |cell| cell));
        }
        left = edge;
    }
}

fn foot(page: &mut Page<'_>, content: &Content<'_>) {
    let issued = content.paper.attrs.dated.unwrap_or(content.form.handed_in);
    let dated = format!("Dikeluarkan Tanggal : {}", long_date(issued));
    page.text((14.0, 172.0), (Face::Sans, 8.0), BLACK, &dated);
    page.centred((60.0, 179.0), (Face::SansBold, 8.0), BLACK, "KEPALA KELUARGA");
    page.signature(Area::new(42.0, 181.0, 36.0, 13.0));
    page.centred((240.0, 172.0), (Face::SansBold, 8.0), BLACK, "KEPALA DINAS (CONTOH)");
    page.code_square(Area::new(229.0, 174.5, 22.0, 22.0));
    page.centred(
        (240.0, 201.0),
        (Face::Sans, 7.0),
        BLACK,
        "Ditandatangani secara elektronik \u{2013} CONTOH",
    );
}

/// A water stain, a fold and a torn corner.
fn damage(page: &mut Page<'_>) {
    let scale = page.scale;
    let (x, y) = (page.rng.betweenf(60.0, 220.0), page.rng.betweenf(60.0, 140.0));
    for ring in 0..6 {
        let size = 34.0 - ring as f32 * 5.0;
        page.raster.ellipse(
            (x * scale, y * scale),
            (size * scale, size * 0.7 * scale),
            [176, 150, 104],
            0.12,
        );
    }
    page.line(&[(148.0, 0.0), (149.0, 210.0)], 0.5, [150, 150, 150], 0.8);
    for row in 0..40 {
        page.fill(Area::new(257.0 + row as f32, row as f32, 40.0 - row as f32, 1.0), [90, 84, 80], 1.0);
    }
    page.line(&[(257.0, 0.0), (297.0, 40.0)], 0.6, [230, 230, 226], 1.0);
}
