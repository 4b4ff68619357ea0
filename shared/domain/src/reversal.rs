//! Why a decision that an office was told is reversed.

use crate::text_enum::text_enum;

text_enum! {
    /// Why a supervisor reverses a decision that has been told.
    ReversalReason, "reason of a reversal", {
        /// A document was judged wrongly.
        Misjudged = "misjudged",
        /// Something was overlooked.
        Overlooked = "overlooked",
        /// A rule was applied that does not hold here, or one that holds was not.
        RuleMisapplied = "rule_misapplied",
        /// It was meant for another dossier.
        MixedUp = "mixed_up",
        /// The office objected, and rightly.
        Objection = "objection",
    }
}

impl ReversalReason {
    /// What it means, in Indonesian.
    #[must_use]
    pub const fn text_id(self) -> &'static str {
        match self {
            Self::Misjudged => "Dokumen dinilai keliru",
            Self::Overlooked => "Ada yang terlewat",
            Self::RuleMisapplied => "Ketentuan diterapkan keliru",
            Self::MixedUp => "Keputusan untuk berkas lain",
            Self::Objection => "Keberatan kecamatan diterima",
        }
    }

    /// What it means, in English.
    #[must_use]
    pub const fn text_en(self) -> &'static str {
        match self {
            Self::Misjudged => "A document was judged wrongly",
            Self::Overlooked => "Something was overlooked",
            Self::RuleMisapplied => "A rule was misapplied",
            Self::MixedUp => "It was meant for another dossier",
            Self::Objection => "The office objected, and rightly",
        }
    }
}
