//! What roles and fields are called.

use berkas_domain::form::{ChangeElement, FamilyRelation, MaritalStatus, RecordingState, Role, Sex};

/// A text in Indonesian and in English.
pub(crate) type Pair = (&'static str, &'static str);

/// A role in Indonesian and in English.
pub(crate) fn role_name(role: Role) -> (String, String) {
    let (id, en) = match role {
        Role::Applicant => ("Pemohon", "Applicant"),
        Role::Reporter => ("Pelapor", "Reporter"),
        Role::Subject => ("Yang bersangkutan", "Person concerned"),
        Role::Child => ("Anak", "Child"),
        Role::Mother => ("Ibu", "Mother"),
        Role::Father => ("Ayah", "Father"),
        Role::Spouse => ("Suami atau istri", "Spouse"),
        Role::Deceased => ("Almarhum/almarhumah", "Deceased"),
        Role::Guardian => ("Wali", "Guardian"),
        Role::Finder => ("Penemu", "Finder"),
        Role::Attorney => ("Penerima kuasa", "Attorney"),
        Role::Host => ("Pemilik KK yang ditumpangi", "Host"),
        Role::Witness1 => ("Saksi I", "First witness"),
        Role::Witness2 => ("Saksi II", "Second witness"),
        Role::SptjmWitness1 => ("Saksi I SPTJM", "First witness of the statement"),
        Role::SptjmWitness2 => ("Saksi II SPTJM", "Second witness of the statement"),
        Role::Member(n) => return (format!("Anggota keluarga {n}"), format!("Family member {n}")),
    };
    (id.to_owned(), en.to_owned())
}

pub(super) const fn sex(sex: Sex) -> Pair {
    match sex {
        Sex::Male => ("Laki-laki", "Male"),
        Sex::Female => ("Perempuan", "Female"),
    }
}

pub(super) const fn marital(status: MaritalStatus) -> Pair {
    match status {
        MaritalStatus::Single => ("Belum kawin", "Never married"),
        MaritalStatus::Married => ("Kawin tercatat", "Married, recorded"),
        MaritalStatus::MarriedUnrecorded => ("Kawin belum tercatat", "Married, not recorded"),
        MaritalStatus::Divorced => ("Cerai hidup", "Divorced"),
        MaritalStatus::Widowed => ("Cerai mati", "Widowed"),
    }
}

pub(super) const fn recording(state: RecordingState) -> Pair {
    match state {
        RecordingState::None => ("Belum rekam", "Not recorded"),
        RecordingState::Pro => ("PRO (diproses)", "PRO (in process)"),
        RecordingState::Sfe => ("SFE (dikirim ke pusat)", "SFE (sent to the centre)"),
        RecordingState::Prr => ("PRR (siap cetak)", "PRR (ready to print)"),
        RecordingState::Dup => ("DUP (rekam ganda)", "DUP (recorded twice)"),
        RecordingState::Efac => ("EFAC (tidak lengkap)", "EFAC (incomplete)"),
    }
}

pub(super) const fn change_element(element: ChangeElement) -> Pair {
    match element {
        ChangeElement::Name => ("Nama", "Name"),
        ChangeElement::BirthPlace => ("Tempat lahir", "Place of birth"),
        ChangeElement::BirthDate => ("Tanggal lahir", "Date of birth"),
        ChangeElement::Sex => ("Jenis kelamin", "Sex"),
        ChangeElement::Religion => ("Agama", "Religion"),
        ChangeElement::Education => ("Pendidikan", "Education"),
        ChangeElement::Occupation => ("Pekerjaan", "Occupation"),
        ChangeElement::BloodGroup => ("Golongan darah", "Blood group"),
        ChangeElement::MaritalStatus => ("Status perkawinan", "Marital status"),
        ChangeElement::Address => ("Alamat", "Address"),
        ChangeElement::Citizenship => ("Kewarganegaraan", "Citizenship"),
        ChangeElement::FamilyRelation => ("Hubungan dalam keluarga", "Relation to the head"),
        ChangeElement::ParentName => ("Nama orang tua", "Name of a parent"),
        ChangeElement::Photo => ("Foto", "Photo"),
        ChangeElement::Signature => ("Tanda tangan", "Signature"),
        ChangeElement::Other => ("Lainnya", "Other"),
    }
}

pub(super) const fn relation(relation: FamilyRelation) -> Pair {
    match relation {
        FamilyRelation::Head => ("Kepala keluarga", "Head of the family"),
        FamilyRelation::Husband => ("Suami", "Husband"),
        FamilyRelation::Wife => ("Istri", "Wife"),
        FamilyRelation::Child => ("Anak", "Child"),
        FamilyRelation::ChildInLaw => ("Menantu", "Child in law"),
        FamilyRelation::Grandchild => ("Cucu", "Grandchild"),
        FamilyRelation::Parent => ("Orang tua", "Parent"),
        FamilyRelation::ParentInLaw => ("Mertua", "Parent in law"),
        FamilyRelation::OtherRelative => ("Famili lain", "Other relative"),
        FamilyRelation::Servant => ("Pembantu", "Servant"),
        FamilyRelation::Other => ("Lainnya", "Other"),
    }
}

pub(super) const fn yes_no(yes: bool) -> Pair {
    if yes { ("Ya", "Yes") } else { ("Tidak", "No") }
}
