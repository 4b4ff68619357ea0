//! Coded reasons, the one vocabulary between the office and the district (`domain.md` 4.3, `form-and-rules.md` 4).

use crate::text_enum::text_enum;

text_enum! {
    /// Why a document, a field or a submission is not in order.
    ReasonCode, "reason code", {
        /// The scan cannot be read.
        TidakTerbaca = "TIDAK_TERBACA",
        /// A requirement is missing.
        TidakLengkap = "TIDAK_LENGKAP",
        /// A copy was scanned, not the original.
        BukanAsli = "BUKAN_ASLI",
        /// The document is not of the kind its slot says.
        SalahJenis = "SALAH_JENIS",
        /// The case that was ticked does not fit.
        SalahKasus = "SALAH_KASUS",
        /// An outdated form.
        FormulirLama = "FORMULIR_LAMA",
        /// The form is not signed.
        BelumTtd = "BELUM_TTD",
        /// Witnesses are missing.
        SaksiKurang = "SAKSI_KURANG",
        /// A witness does not qualify.
        SaksiTidakSah = "SAKSI_TIDAK_SAH",
        /// The number is malformed.
        NikTidakSah = "NIK_TIDAK_SAH",
        /// The NIK differs between documents.
        NikTidakSesuai = "NIK_TIDAK_SESUAI",
        /// The NIK is used twice.
        NikGanda = "NIK_GANDA",
        /// The NIK is not active.
        NikNonaktif = "NIK_NONAKTIF",
        /// The name differs between documents.
        NamaBerbeda = "NAMA_BERBEDA",
        /// The birth date differs between documents.
        TglLahirBerbeda = "TGL_LAHIR_BERBEDA",
        /// A date cannot be.
        TanggalTidakSah = "TANGGAL_TIDAK_SAH",
        /// A document is no longer valid.
        MasaBerlakuHabis = "MASA_BERLAKU_HABIS",
        /// The family card number or its members do not fit.
        KkTidakSesuai = "KK_TIDAK_SESUAI",
        /// Biometrics are not recorded yet.
        BelumRekam = "BELUM_REKAM",
        /// Not seventeen and never married.
        Belum17 = "BELUM_17",
        /// The police loss letter is missing or not valid.
        SuratKehilangan = "SURAT_KEHILANGAN",
        /// The name breaks Permendagri 73/2022.
        NamaTidakSesuaiAturan = "NAMA_TIDAK_SESUAI_ATURAN",
        /// The same request is already open.
        Ganda = "GANDA",
        /// The domicile lies outside the district.
        BukanWilayah = "BUKAN_WILAYAH",
        /// Something else; a text says what.
        Lainnya = "LAINNYA",
    }
}

impl ReasonCode {
    /// What the clerk reads, in Indonesian.
    #[must_use]
    pub const fn text_id(self) -> &'static str {
        match self {
            Self::TidakTerbaca => "Hasil pindai buram atau terpotong, mohon pindai ulang",
            Self::TidakLengkap => "Persyaratan belum lengkap",
            Self::BukanAsli => "Yang dipindai fotokopi, mohon dokumen asli",
            Self::SalahJenis => "Dokumen tidak sesuai jenis yang dipilih",
            Self::SalahKasus => "Jenis permohonan yang dipilih tidak sesuai",
            Self::FormulirLama => "Formulir bukan model terbaru",
            Self::BelumTtd => "Formulir belum ditandatangani",
            Self::SaksiKurang => "Saksi belum lengkap",
            Self::SaksiTidakSah => "Saksi tidak memenuhi syarat",
            Self::NikTidakSah => "Penulisan NIK atau nomor KK tidak benar",
            Self::NikTidakSesuai => "NIK berbeda antar dokumen",
            Self::NikGanda => "NIK ganda",
            Self::NikNonaktif => "NIK tidak aktif",
            Self::NamaBerbeda => "Ejaan nama berbeda dengan akta, ijazah atau buku nikah",
            Self::TglLahirBerbeda => "Tanggal lahir berbeda antar dokumen",
            Self::TanggalTidakSah => "Tanggal tidak benar",
            Self::MasaBerlakuHabis => "Masa berlaku dokumen sudah habis",
            Self::KkTidakSesuai => "Nomor KK atau anggota keluarga tidak sesuai",
            Self::BelumRekam => "Belum perekaman KTP-el",
            Self::Belum17 => "Belum berusia 17 tahun dan belum kawin",
            Self::SuratKehilangan => "Surat kehilangan tidak ada atau tidak berlaku",
            Self::NamaTidakSesuaiAturan => "Nama tidak sesuai Permendagri 73/2022",
            Self::Ganda => "Permohonan sejenis sudah ada",
            Self::BukanWilayah => "Domisili di luar wilayah",
            Self::Lainnya => "Lainnya (lihat keterangan)",
        }
    }

    /// The same in English.
    #[must_use]
    pub const fn text_en(self) -> &'static str {
        match self {
            Self::TidakTerbaca => "The scan is blurred or cut off, please scan it again",
            Self::TidakLengkap => "A requirement is missing",
            Self::BukanAsli => "A copy was scanned, please scan the original",
            Self::SalahJenis => "The document is not of the kind that was chosen",
            Self::SalahKasus => "The kind of request that was chosen does not fit",
            Self::FormulirLama => "The form is not the present model",
            Self::BelumTtd => "The form is not signed",
            Self::SaksiKurang => "A witness is missing",
            Self::SaksiTidakSah => "A witness does not qualify",
            Self::NikTidakSah => "A NIK or family card number is malformed",
            Self::NikTidakSesuai => "The NIK differs between documents",
            Self::NikGanda => "The NIK is used twice",
            Self::NikNonaktif => "The NIK is not active",
            Self::NamaBerbeda => "The name is spelt differently on a deed, diploma or marriage book",
            Self::TglLahirBerbeda => "The birth date differs between documents",
            Self::TanggalTidakSah => "A date is not possible",
            Self::MasaBerlakuHabis => "A document is no longer valid",
            Self::KkTidakSesuai => "The family card number or its members do not fit",
            Self::BelumRekam => "The biometric recording is not done yet",
            Self::Belum17 => "Not seventeen yet and never married",
            Self::SuratKehilangan => "The police loss letter is missing or not valid",
            Self::NamaTidakSesuaiAturan => "The name breaks Permendagri 73/2022",
            Self::Ganda => "The same request is already open",
            Self::BukanWilayah => "The domicile lies outside the district",
            Self::Lainnya => "Something else (see the remark)",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_has_a_text_in_both_languages_and_reads_back() {
        for code in ReasonCode::ALL {
            assert!(!code.text_id().is_empty() && !code.text_en().is_empty());
            assert_eq!(code.as_str().parse::<ReasonCode>(), Ok(*code));
        }
    }
}
