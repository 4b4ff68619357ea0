//! The four services a resident can ask for.

use crate::text_enum::text_enum;

text_enum! {
    /// What the resident asks for.
    Service, "service", {
        /// Identity card.
        KtpEl = "ktp_el",
        /// Family card.
        KartuKeluarga = "kartu_keluarga",
        /// Birth certificate.
        AktaKelahiran = "akta_kelahiran",
        /// Death certificate.
        AktaKematian = "akta_kematian",
    }
}

impl Service {
    /// Its name as a clerk says it, in Indonesian.
    #[must_use]
    pub const fn name_id(self) -> &'static str {
        match self {
            Self::KtpEl => "KTP-el",
            Self::KartuKeluarga => "Kartu keluarga",
            Self::AktaKelahiran => "Akta kelahiran",
            Self::AktaKematian => "Akta kematian",
        }
    }

    /// Its name in English.
    #[must_use]
    pub const fn name_en(self) -> &'static str {
        match self {
            Self::KtpEl => "Identity card",
            Self::KartuKeluarga => "Family card",
            Self::AktaKelahiran => "Birth certificate",
            Self::AktaKematian => "Death certificate",
        }
    }
}
