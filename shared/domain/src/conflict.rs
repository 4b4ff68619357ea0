//! Conflict of interest, as a verifier declares it.

use crate::text_enum::text_enum;

text_enum! {
    /// Why somebody should not judge a submission.
    ConflictReason, "reason of a conflict", {
        /// Knows the people.
        Acquainted = "acquainted",
        /// Is one of the people, or their family.
        Party = "party",
        /// Entered or sent it.
        Sent = "sent",
    }
}

impl ConflictReason {
    /// What the verifier says, in Indonesian.
    #[must_use]
    pub const fn text_id(self) -> &'static str {
        match self {
            Self::Acquainted => "Saya mengenal orang-orang dalam berkas ini",
            Self::Party => "Saya atau keluarga saya adalah pihak dalam berkas ini",
            Self::Sent => "Saya yang mengentri atau mengirim berkas ini",
        }
    }

    /// What the verifier says, in English.
    #[must_use]
    pub const fn text_en(self) -> &'static str {
        match self {
            Self::Acquainted => "I know the people in this dossier",
            Self::Party => "I am, or my family is, a party in this dossier",
            Self::Sent => "I entered or sent this dossier myself",
        }
    }
}
