//! What a submission may wait for that neither its office nor a verifier can hurry.

use crate::Service;
use crate::text_enum::text_enum;

text_enum! {
    /// What is waited for.
    StandbyKind, "kind of standby", {
        /// An answer of the central register, before anything is decided.
        Register = "register",
        /// Blanks of the identity card, for what has passed.
        KtpBlanks = "ktp_blanks",
        /// Blanks of certificates, for what has passed.
        AktaBlanks = "akta_blanks",
    }
}

impl StandbyKind {
    /// The blanks that what `service` asks for is printed on; a family card is printed on plain paper.
    #[must_use]
    pub const fn blanks_of(service: Service) -> Option<Self> {
        match service {
            Service::KtpEl => Some(Self::KtpBlanks),
            Service::AktaKelahiran | Service::AktaKematian => Some(Self::AktaBlanks),
            Service::KartuKeluarga => None,
        }
    }

    /// Its name, in Indonesian.
    #[must_use]
    pub const fn name_id(self) -> &'static str {
        match self {
            Self::Register => "Menunggu data pusat",
            Self::KtpBlanks => "Menunggu blanko KTP-el",
            Self::AktaBlanks => "Menunggu blanko akta",
        }
    }

    /// Its name, in English.
    #[must_use]
    pub const fn name_en(self) -> &'static str {
        match self {
            Self::Register => "Waiting for the central register",
            Self::KtpBlanks => "Waiting for identity card blanks",
            Self::AktaBlanks => "Waiting for certificate blanks",
        }
    }

    /// That it is here, in Indonesian.
    #[must_use]
    pub const fn over_id(self) -> &'static str {
        match self {
            Self::Register => "Data pusat sudah ada",
            Self::KtpBlanks => "Blanko KTP-el sudah tersedia",
            Self::AktaBlanks => "Blanko akta sudah tersedia",
        }
    }

    /// That it is here, in English.
    #[must_use]
    pub const fn over_en(self) -> &'static str {
        match self {
            Self::Register => "The central register has answered",
            Self::KtpBlanks => "Identity card blanks are here",
            Self::AktaBlanks => "Certificate blanks are here",
        }
    }
}

text_enum! {
    /// Whether it is still waited for.
    StandbyState, "state of a standby", {
        /// It is.
        Waiting = "waiting",
        /// It has come.
        Over = "over",
    }
}
