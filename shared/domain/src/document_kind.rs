//! The kinds of paper a dossier may hold (`domain.md` 3.7 and `form-and-rules.md` 12).

use crate::text_enum::text_enum;

text_enum! {
    /// What a document is.
    DocumentKind, "document kind", {
        /// F-1.01, biodata of the family.
        FormF101 = "form_f101",
        /// F-1.02, registration of population events.
        FormF102 = "form_f102",
        /// F-1.03, moving.
        FormF103 = "form_f103",
        /// F-1.04, statement of having no documents.
        FormF104 = "form_f104",
        /// F-1.05, statement of an unrecorded marriage or divorce.
        FormF105 = "form_f105",
        /// F-1.06, statement of changed data.
        FormF106 = "form_f106",
        /// F-1.07, power of attorney.
        FormF107 = "form_f107",
        /// F-2.01, report of civil registration.
        FormF201 = "form_f201",
        /// F-2.03, statement of the truth of birth data.
        FormF203 = "form_f203",
        /// F-2.04, statement of being husband and wife.
        FormF204 = "form_f204",
        /// Family card.
        Kk = "kk",
        /// Damaged family card.
        KkRusak = "kk_rusak",
        /// Identity card.
        KtpEl = "ktp_el",
        /// Damaged identity card.
        KtpElRusak = "ktp_el_rusak",
        /// Interim letter for an identity card.
        SuketKtp = "suket_ktp",
        /// Child card.
        Kia = "kia",
        /// Marriage book.
        BukuNikah = "buku_nikah",
        /// Marriage certificate.
        AktaPerkawinan = "akta_perkawinan",
        /// Divorce certificate.
        AktaPerceraian = "akta_perceraian",
        /// Birth certificate.
        AktaKelahiran = "akta_kelahiran",
        /// Death certificate.
        AktaKematian = "akta_kematian",
        /// Birth letter.
        SuratKetLahir = "surat_ket_lahir",
        /// Death letter.
        SuratKetKematian = "surat_ket_kematian",
        /// Police loss letter.
        SuratPolisiKehilangan = "surat_polisi_kehilangan",
        /// Police report.
        BeritaAcaraPolisi = "berita_acara_polisi",
        /// Court order.
        PenetapanPengadilan = "penetapan_pengadilan",
        /// Statement of an airline.
        SuratMaskapai = "surat_maskapai",
        /// Letter of an Indonesian mission abroad.
        SuratPerwakilanRi = "surat_perwakilan_ri",
        /// Move letter.
        Skpwni = "skpwni",
        /// Letter of arrival from abroad.
        Skdln = "skdln",
        /// Passport.
        Paspor = "paspor",
        /// Permanent stay permit.
        Itap = "itap",
        /// Limited stay permit.
        Itas = "itas",
        /// Diploma.
        Ijazah = "ijazah",
        /// Statement (no objection, gap over ten years, mother only).
        SuratPernyataan = "surat_pernyataan",
        /// Letter of attorney.
        SuratKuasa = "surat_kuasa",
        /// Letter of the neighbourhood head.
        PengantarRtRw = "pengantar_rt_rw",
        /// Work letter.
        SuratKetKerja = "surat_ket_kerja",
        /// Letter about religion.
        SuratKetAgama = "surat_ket_agama",
        /// Guardianship letter.
        SuratPerwalian = "surat_perwalian",
        /// Letter of request.
        SuratPermohonan = "surat_permohonan",
        /// Statement of the truth of death data.
        SptjmKematian = "sptjm_kematian",
        /// Visit permit.
        IzinKunjungan = "izin_kunjungan",
        /// Decision of the head of the office.
        KeputusanKepalaDinas = "keputusan_kepala_dinas",
    }
}

impl DocumentKind {
    /// Its name as the clerk says it.
    #[must_use]
    pub const fn name_id(self) -> &'static str {
        match self {
            Self::FormF101 => "Formulir F-1.01",
            Self::FormF102 => "Formulir F-1.02",
            Self::FormF103 => "Formulir F-1.03",
            Self::FormF104 => "Formulir F-1.04",
            Self::FormF105 => "Formulir F-1.05 (SPTJM perkawinan)",
            Self::FormF106 => "Formulir F-1.06 (perubahan elemen data)",
            Self::FormF107 => "Formulir F-1.07 (surat kuasa)",
            Self::FormF201 => "Formulir F-2.01",
            Self::FormF203 => "Formulir F-2.03 (SPTJM kelahiran)",
            Self::FormF204 => "Formulir F-2.04 (SPTJM pasangan suami istri)",
            Self::Kk => "Kartu keluarga",
            Self::KkRusak => "Kartu keluarga rusak",
            Self::KtpEl => "KTP-el",
            Self::KtpElRusak => "KTP-el rusak",
            Self::SuketKtp => "Surat keterangan pengganti KTP",
            Self::Kia => "Kartu identitas anak",
            Self::BukuNikah => "Buku nikah",
            Self::AktaPerkawinan => "Akta perkawinan",
            Self::AktaPerceraian => "Akta perceraian",
            Self::AktaKelahiran => "Akta kelahiran",
            Self::AktaKematian => "Akta kematian",
            Self::SuratKetLahir => "Surat keterangan lahir",
            Self::SuratKetKematian => "Surat keterangan kematian",
            Self::SuratPolisiKehilangan => "Surat kehilangan dari kepolisian",
            Self::BeritaAcaraPolisi => "Berita acara kepolisian",
            Self::PenetapanPengadilan => "Penetapan pengadilan",
            Self::SuratMaskapai => "Surat pernyataan maskapai",
            Self::SuratPerwakilanRi => "Surat perwakilan RI",
            Self::Skpwni => "Surat keterangan pindah (SKPWNI)",
            Self::Skdln => "Surat keterangan datang dari luar negeri (SKDLN)",
            Self::Paspor => "Paspor",
            Self::Itap => "Kartu izin tinggal tetap (ITAP)",
            Self::Itas => "Kartu izin tinggal terbatas (ITAS)",
            Self::Ijazah => "Ijazah",
            Self::SuratPernyataan => "Surat pernyataan",
            Self::SuratKuasa => "Surat kuasa",
            Self::PengantarRtRw => "Surat pengantar RT/RW",
            Self::SuratKetKerja => "Surat keterangan kerja",
            Self::SuratKetAgama => "Surat keterangan agama",
            Self::SuratPerwalian => "Surat perwalian",
            Self::SuratPermohonan => "Surat permohonan",
            Self::SptjmKematian => "SPTJM kebenaran data kematian",
            Self::IzinKunjungan => "Izin kunjungan",
            Self::KeputusanKepalaDinas => "Keputusan kepala dinas",
        }
    }

    /// Its name in English.
    #[must_use]
    pub const fn name_en(self) -> &'static str {
        match self {
            Self::FormF101 => "form F-1.01",
            Self::FormF102 => "form F-1.02",
            Self::FormF103 => "form F-1.03",
            Self::FormF104 => "form F-1.04",
            Self::FormF105 => "form F-1.05 (statement on the marriage)",
            Self::FormF106 => "form F-1.06 (changed data)",
            Self::FormF107 => "form F-1.07 (power of attorney)",
            Self::FormF201 => "form F-2.01",
            Self::FormF203 => "form F-2.03 (statement on the birth)",
            Self::FormF204 => "form F-2.04 (statement on the couple)",
            Self::Kk => "family card",
            Self::KkRusak => "damaged family card",
            Self::KtpEl => "identity card",
            Self::KtpElRusak => "damaged identity card",
            Self::SuketKtp => "interim letter for an identity card",
            Self::Kia => "child card",
            Self::BukuNikah => "marriage book",
            Self::AktaPerkawinan => "marriage certificate",
            Self::AktaPerceraian => "divorce certificate",
            Self::AktaKelahiran => "birth certificate",
            Self::AktaKematian => "death certificate",
            Self::SuratKetLahir => "birth letter",
            Self::SuratKetKematian => "death letter",
            Self::SuratPolisiKehilangan => "police loss letter",
            Self::BeritaAcaraPolisi => "police report",
            Self::PenetapanPengadilan => "court order",
            Self::SuratMaskapai => "statement of the airline",
            Self::SuratPerwakilanRi => "letter of an Indonesian mission",
            Self::Skpwni => "move letter (SKPWNI)",
            Self::Skdln => "letter of arrival from abroad (SKDLN)",
            Self::Paspor => "passport",
            Self::Itap => "permanent stay permit (ITAP)",
            Self::Itas => "limited stay permit (ITAS)",
            Self::Ijazah => "diploma",
            Self::SuratPernyataan => "statement",
            Self::SuratKuasa => "letter of attorney",
            Self::PengantarRtRw => "letter of the neighbourhood head",
            Self::SuratKetKerja => "work letter",
            Self::SuratKetAgama => "letter on religion",
            Self::SuratPerwalian => "guardianship letter",
            Self::SuratPermohonan => "letter of request",
            Self::SptjmKematian => "statement on the death",
            Self::IzinKunjungan => "visit permit",
            Self::KeputusanKepalaDinas => "decision of the head of the office",
        }
    }
}
