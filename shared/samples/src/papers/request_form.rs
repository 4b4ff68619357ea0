//! F-1.01, F-1.02, F-1.03 and F-1.06: requests for population documents.

use berkas_domain::DocumentKind as Kind;
use berkas_domain::form::{ChangeElement, Role};

use super::form_sheet::Lines;
use super::words::{self, long_date};
use super::{A4, Content, Press, Sheet};
use crate::ink::{Area, BLACK, Face, WHITE};

pub(super) fn draw(press: &mut Press<'_>, content: &Content<'_>) -> Vec<Sheet> {
    let sheet = press.sheet(A4, WHITE, |page| {
        let (code, title) = heading(content);
        let mut lines = Lines::start(page, code, &title);
        applicant(&mut lines, content);
        match content.paper.shows {
            Kind::FormF101 => members(&mut lines, content),
            Kind::FormF106 => changes(&mut lines, content),
            Kind::FormF103 => moving(&mut lines, content),
            _ => choices(&mut lines, content),
        }
        closing(&mut lines, content);
    });
    vec![sheet]
}

/// Code and title; the outdated print is the old request for a card.
fn heading(content: &Content<'_>) -> (&'static str, [&'static str; 2]) {
    if content.paper.model == Some("2010") {
        return ("F-1.21", ["FORMULIR PERMOHONAN KARTU TANDA PENDUDUK", "(MODEL LAMA)"]);
    }
    match content.paper.shows {
        Kind::FormF101 => ("F-1.01", ["FORMULIR BIODATA KELUARGA", "WARGA NEGARA INDONESIA"]),
        Kind::FormF103 => ("F-1.03", ["FORMULIR PENDAFTARAN", "PERPINDAHAN PENDUDUK"]),
        Kind::FormF106 => ("F-1.06", ["SURAT PERNYATAAN PERUBAHAN", "ELEMEN DATA KEPENDUDUKAN"]),
        _ => ("F-1.02", ["FORMULIR PENDAFTARAN", "PERISTIWA KEPENDUDUKAN"]),
    }
}

fn applicant(lines: &mut Lines<'_, '_>, content: &Content<'_>) {
    let person = content.person(Role::Applicant);
    lines.section("I. DATA PEMOHON");
    lines.boxes("Nama Lengkap", 30, &person.name);
    lines.boxes("NIK", 16, words::text(&person.nik));
    lines.boxes("Nomor Kartu Keluarga", 16, words::text(&person.kk_number));
    lines.line("Nomor HP/WA", person.phone.as_deref().unwrap_or(""));
    lines.line("Alamat", words::text(&person.address));
    lines.line("Desa/Kelurahan", &words::desa(person));
    lines.line("Kecamatan", &words::kecamatan(person));
    lines.y += 3.0;
}

fn choices(lines: &mut Lines<'_, '_>, content: &Content<'_>) {
    let case = content.form.case.as_str();
    let ticked = |cases: &[&str]| cases.contains(&case);
    lines.section("II. JENIS PERMOHONAN");
    lines.choices(&[
        ("KK baru: membentuk keluarga baru", ticked(&["KK-1"])),
        ("KTP-el baru", ticked(&["KTP-1", "KTP-6", "KTP-8"])),
        ("KK: penggantian kepala keluarga", ticked(&["KK-2"])),
        ("KTP-el: pindah datang", ticked(&["KTP-5"])),
        ("KK: pisah KK", ticked(&["KK-3"])),
        ("KTP-el: hilang", ticked(&["KTP-2"])),
        ("KK: penambahan anggota keluarga", ticked(&["KK-4", "KK-5", "KK-10"])),
        ("KTP-el: rusak", ticked(&["KTP-3", "KTP-9"])),
        ("KK: pengurangan anggota keluarga", ticked(&["KK-6"])),
        ("KTP-el: perubahan data", ticked(&["KTP-4"])),
        ("KK: hilang atau rusak", ticked(&["KK-8", "KK-9"])),
        ("KTP-el: perpanjangan (OA)", ticked(&["KTP-7"])),
        ("KK: perubahan data", ticked(&["KK-7"])),
        ("Lainnya: ....................", false),
    ]);
    let has = |kinds: &[Kind]| kinds.iter().any(|kind| attached(content, *kind));
    lines.section("III. PERSYARATAN YANG DILAMPIRKAN");
    lines.choices(&[
        ("KK lama / KK rusak", true),
        ("KTP-el lama / rusak", has(&[Kind::KtpElRusak])),
        ("Buku nikah / kutipan akta perkawinan", has(&[Kind::BukuNikah])),
        ("Surat kehilangan dari kepolisian", has(&[Kind::SuratPolisiKehilangan])),
        ("Surat keterangan lahir", has(&[Kind::SuratKetLahir])),
        ("Surat keterangan pindah", has(&[Kind::Skpwni])),
        ("Kutipan akta kematian", has(&[Kind::AktaKematian])),
        ("Dokumen lain", false),
    ]);
}

/// Which papers go with each case, as far as the list on the form knows.
fn attached(content: &Content<'_>, kind: Kind) -> bool {
    let case = content.form.case.as_str();
    match kind {
        Kind::BukuNikah => matches!(case, "KK-1" | "KK-4"),
        Kind::SuratPolisiKehilangan => matches!(case, "KTP-2" | "KK-8"),
        Kind::SuratKetLahir => case == "KK-4",
        Kind::Skpwni => matches!(case, "KTP-5" | "KK-5"),
        Kind::AktaKematian => matches!(case, "KK-2" | "KK-6"),
        Kind::KtpElRusak => matches!(case, "KTP-3" | "KTP-4"),
        _ => false,
    }
}

fn changes(lines: &mut Lines<'_, '_>, content: &Content<'_>) {
    lines.section("II. ELEMEN DATA YANG BERUBAH");
    let top = lines.y - 4.0;
    let columns = [16.0, 28.0, 82.0, 138.0, 195.0];
    for (column, title) in ["No", "Elemen data", "Semula", "Menjadi"].into_iter().enumerate() {
        let middle = (columns[column] + columns[column + 1]) / 2.0;
        lines.page.centred((middle, top + 5.0), (Face::SansBold, 8.5), BLACK, title);
    }
    let changed = content.form.change.as_ref().map_or(&[][..], |change| &change.elements);
    let ink = lines.page.hand;
    for row in 0..6 {
        let y = top + 8.0 * (row + 1) as f32;
        lines.page.hline((16.0, y), 179.0, 0.2, BLACK);
        if let Some(element) = changed.get(row) {
            lines.page.handwrite((31.0, y + 5.6), 3.0, ink, element_name(*element));
            lines.page.handwrite((85.0, y + 5.6), 3.0, ink, "DATA LAMA");
            lines.page.handwrite((141.0, y + 5.6), 3.0, ink, "SESUAI LAMPIRAN");
        }
    }
    for x in columns {
        lines.page.vline((x, top), 56.0, 0.2, BLACK);
    }
    lines.page.frame(Area::new(16.0, top, 179.0, 56.0), 0.3, BLACK);
    lines.y = top + 64.0;
}

const fn element_name(element: ChangeElement) -> &'static str {
    match element {
        ChangeElement::Name => "NAMA",
        ChangeElement::BirthPlace => "TEMPAT LAHIR",
        ChangeElement::BirthDate => "TANGGAL LAHIR",
        ChangeElement::Sex => "JENIS KELAMIN",
        ChangeElement::Religion => "AGAMA",
        ChangeElement::Education => "PENDIDIKAN",
        ChangeElement::Occupation => "PEKERJAAN",
        ChangeElement::BloodGroup => "GOLONGAN DARAH",
        ChangeElement::MaritalStatus => "STATUS KAWIN",
        ChangeElement::Address => "ALAMAT",
        ChangeElement::Citizenship => "KEWARGANEGARAAN",
        ChangeElement::FamilyRelation => "HUBUNGAN KELUARGA",
        ChangeElement::ParentName => "NAMA ORANG TUA",
        ChangeElement::Photo => "FOTO",
        ChangeElement::Signature => "TANDA TANGAN",
        ChangeElement::Other => "LAINNYA",
    }
}

fn members(lines: &mut Lines<'_, '_>, content: &Content<'_>) {
    let roles = content.form.family.iter().flat_map(|family| &family.members);
    for (index, member) in roles.take(3).enumerate() {
        let person = content.person(member.role);
        lines.section(&format!("II.{} ANGGOTA KELUARGA", index + 1));
        lines.boxes("Nama Lengkap", 30, &person.name);
        lines.boxes("NIK", 16, words::text(&person.nik));
        lines.line("Tempat, tanggal lahir", &words::birth(person));
        lines.line("Hubungan keluarga", &words::relation(member.relation));
    }
}

fn moving(lines: &mut Lines<'_, '_>, content: &Content<'_>) {
    let person = content.person(Role::Applicant);
    lines.section("II. DATA PERPINDAHAN");
    lines.line("Alamat asal", "LUAR KABUPATEN");
    lines.line("Alamat tujuan", words::text(&person.address));
    lines.line("Alasan pindah", "KELUARGA");
    lines.boxes("Tanggal", 8, &words::box_date(Some(content.form.handed_in)));
}

fn closing(lines: &mut Lines<'_, '_>, content: &Content<'_>) {
    let person = content.person(Role::Applicant);
    lines.y = (lines.y + 6.0).min(262.0);
    let place = format!("{}, {}", words::kecamatan(person), long_date(content.form.handed_in));
    lines.page.centred((155.0, lines.y), (Face::Sans, 9.0), BLACK, &place);
    lines.y += 5.0;
    let signed = content.paper.signed_by.as_ref().is_none_or(|signers| !signers.is_empty());
    lines.sign(155.0, "Pemohon,", signed, &person.name);
    lines.sign(55.0, "Petugas,", true, "PETUGAS CONTOH");
}
