//! What documents and roles are called in findings.

use berkas_domain::DocumentKind;
use berkas_domain::form::Role;

/// A role in Indonesian and in English.
pub(crate) fn role(role: Role) -> (String, String) {
    let (id, en) = match role {
        Role::Applicant => ("pemohon", "the applicant"),
        Role::Reporter => ("pelapor", "the reporter"),
        Role::Subject => ("yang bersangkutan", "the person concerned"),
        Role::Child => ("anak", "the child"),
        Role::Mother => ("ibu", "the mother"),
        Role::Father => ("ayah", "the father"),
        Role::Spouse => ("suami atau istri", "the spouse"),
        Role::Deceased => ("almarhum atau almarhumah", "the deceased"),
        Role::Guardian => ("wali", "the guardian"),
        Role::Finder => ("penemu", "the finder"),
        Role::Attorney => ("penerima kuasa", "the attorney"),
        Role::Host => ("pemilik KK yang ditumpangi", "the host"),
        Role::Witness1 => ("saksi I", "the first witness"),
        Role::Witness2 => ("saksi II", "the second witness"),
        Role::SptjmWitness1 => ("saksi I SPTJM", "the first witness of the statement"),
        Role::SptjmWitness2 => ("saksi II SPTJM", "the second witness of the statement"),
        Role::Member(n) => return (format!("anggota keluarga ke-{n}"), format!("family member {n}")),
    };
    (id.to_owned(), en.to_owned())
}

/// A document kind in English; its Indonesian name is in the domain.
pub(crate) const fn kind_en(kind: DocumentKind) -> &'static str {
    match kind {
        DocumentKind::FormF101 => "form F-1.01",
        DocumentKind::FormF102 => "form F-1.02",
        DocumentKind::FormF103 => "form F-1.03",
        DocumentKind::FormF104 => "form F-1.04",
        DocumentKind::FormF105 => "form F-1.05 (statement on the marriage)",
        DocumentKind::FormF106 => "form F-1.06 (changed data)",
        DocumentKind::FormF107 => "form F-1.07 (power of attorney)",
        DocumentKind::FormF201 => "form F-2.01",
        DocumentKind::FormF203 => "form F-2.03 (statement on the birth)",
        DocumentKind::FormF204 => "form F-2.04 (statement on the couple)",
        DocumentKind::Kk => "family card",
        DocumentKind::KkRusak => "damaged family card",
        DocumentKind::KtpEl => "identity card",
        DocumentKind::KtpElRusak => "damaged identity card",
        DocumentKind::SuketKtp => "interim letter for an identity card",
        DocumentKind::Kia => "child card",
        DocumentKind::BukuNikah => "marriage book",
        DocumentKind::AktaPerkawinan => "marriage certificate",
        DocumentKind::AktaPerceraian => "divorce certificate",
        DocumentKind::AktaKelahiran => "birth certificate",
        DocumentKind::AktaKematian => "death certificate",
        DocumentKind::SuratKetLahir => "birth letter",
        DocumentKind::SuratKetKematian => "death letter",
        DocumentKind::SuratPolisiKehilangan => "police loss letter",
        DocumentKind::BeritaAcaraPolisi => "police report",
        DocumentKind::PenetapanPengadilan => "court order",
        DocumentKind::SuratMaskapai => "statement of the airline",
        DocumentKind::SuratPerwakilanRi => "letter of an Indonesian mission",
        DocumentKind::Skpwni => "move letter (SKPWNI)",
        DocumentKind::Skdln => "letter of arrival from abroad (SKDLN)",
        DocumentKind::Paspor => "passport",
        DocumentKind::Itap => "permanent stay permit (ITAP)",
        DocumentKind::Itas => "limited stay permit (ITAS)",
        DocumentKind::Ijazah => "diploma",
        DocumentKind::SuratPernyataan => "statement",
        DocumentKind::SuratKuasa => "letter of attorney",
        DocumentKind::PengantarRtRw => "letter of the neighbourhood head",
        DocumentKind::SuratKetKerja => "work letter",
        DocumentKind::SuratKetAgama => "letter on religion",
        DocumentKind::SuratPerwalian => "guardianship letter",
        DocumentKind::SuratPermohonan => "letter of request",
        DocumentKind::SptjmKematian => "statement on the death",
        DocumentKind::IzinKunjungan => "visit permit",
        DocumentKind::KeputusanKepalaDinas => "decision of the head of the office",
    }
}

/// A document and whose it is, in Indonesian and in English.
pub(crate) fn document(kind: DocumentKind, of: Option<Role>) -> (String, String) {
    match of {
        Some(of) => {
            let (id, en) = role(of);
            (format!("{} ({id})", kind.name_id()), format!("{} ({en})", kind_en(kind)))
        }
        None => (kind.name_id().to_owned(), kind_en(kind).to_owned()),
    }
}
