//! Conflict of interest, as a verifier declares it and as a rule of the office says it.

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

text_enum! {
    /// Why a rule of the office keeps somebody from a submission.
    ExclusionCode, "reason of an exclusion", {
        /// Lives in the kecamatan.
        LivesThere = "lives_there",
        /// Is registered there.
        RegisteredThere = "registered_there",
        /// Worked there.
        WorkedThere = "worked_there",
        /// Has family there.
        FamilyThere = "family_there",
        /// Another reason that the office knows.
        OfficeRule = "office_rule",
    }
}

text_enum! {
    /// Why somebody is not given a submission, as supervisors are shown it. That they gave a verdict on which others have to
    /// agree is not among it: a supervisor may be the second who looks.
    Exclusion, "exclusion", {
        /// Knows the people.
        Acquainted = "acquainted",
        /// Is one of the people, or their family.
        Party = "party",
        /// Entered or sent it.
        Sent = "sent",
        /// Decided on the revision and took it back.
        Undone = "undone",
        /// Decided otherwise than it was decided in the end.
        Overruled = "overruled",
        /// A rule: lives in the kecamatan.
        LivesThere = "lives_there",
        /// A rule: is registered there.
        RegisteredThere = "registered_there",
        /// A rule: worked there.
        WorkedThere = "worked_there",
        /// A rule: has family there.
        FamilyThere = "family_there",
        /// A rule: another reason that the office knows.
        OfficeRule = "office_rule",
    }
}

impl Exclusion {
    /// What a supervisor reads, in Indonesian.
    #[must_use]
    pub const fn text_id(self) -> &'static str {
        match self {
            Self::Acquainted => "mengenal orang-orang dalam berkas",
            Self::Party => "pihak dalam berkas, atau keluarganya",
            Self::Sent => "mengentri atau mengirim berkas",
            Self::Undone => "mengurungkan keputusannya sendiri",
            Self::Overruled => "dulu memutuskan lain",
            Self::LivesThere => "aturan: tinggal di kecamatan itu",
            Self::RegisteredThere => "aturan: terdaftar di kecamatan itu",
            Self::WorkedThere => "aturan: pernah bekerja di sana",
            Self::FamilyThere => "aturan: mempunyai keluarga di sana",
            Self::OfficeRule => "aturan dinas",
        }
    }

    /// What a supervisor reads, in English.
    #[must_use]
    pub const fn text_en(self) -> &'static str {
        match self {
            Self::Acquainted => "knows the people in it",
            Self::Party => "is a party in it, or their family is",
            Self::Sent => "entered or sent it",
            Self::Undone => "took their own decision back",
            Self::Overruled => "decided otherwise before",
            Self::LivesThere => "by rule: lives in that kecamatan",
            Self::RegisteredThere => "by rule: is registered in that kecamatan",
            Self::WorkedThere => "by rule: worked there",
            Self::FamilyThere => "by rule: has family there",
            Self::OfficeRule => "by a rule of the office",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whatever_is_declared_or_a_rule_says_is_an_exclusion() {
        let declared = ConflictReason::ALL.iter().map(|reason| reason.as_str());
        for word in declared.chain(ExclusionCode::ALL.iter().map(|code| code.as_str())) {
            assert_eq!(word.parse::<Exclusion>().map(Exclusion::as_str), Ok(word));
        }
    }
}
