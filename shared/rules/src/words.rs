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

/// A document and whose it is, in Indonesian and in English.
pub fn document(kind: DocumentKind, of: Option<Role>) -> (String, String) {
    match of {
        Some(of) => {
            let (id, en) = role(of);
            (format!("{} ({id})", kind.name_id()), format!("{} ({en})", kind.name_en()))
        }
        None => (kind.name_id().to_owned(), kind.name_en().to_owned()),
    }
}
