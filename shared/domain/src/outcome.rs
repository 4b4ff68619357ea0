//! How a submission, or one document of it, was decided.

use crate::text_enum::text_enum;

text_enum! {
    /// The decision on one revision of a submission.
    Outcome, "outcome", {
        /// *Lolos*: everything is in order.
        Passed = "passed",
        /// *Dikembalikan*: can be repaired; the same submission goes on as the next revision.
        Returned = "returned",
        /// *Ditolak*: final.
        Refused = "refused",
    }
}

impl Outcome {
    /// Whether nothing more can follow for the submission.
    #[must_use]
    pub const fn is_final(self) -> bool {
        matches!(self, Self::Passed | Self::Refused)
    }

    /// The word the kecamatan reads.
    #[must_use]
    pub const fn name_id(self) -> &'static str {
        match self {
            Self::Passed => "Lolos",
            Self::Returned => "Dikembalikan",
            Self::Refused => "Ditolak",
        }
    }

    /// The same in English.
    #[must_use]
    pub const fn name_en(self) -> &'static str {
        match self {
            Self::Passed => "Passed",
            Self::Returned => "Returned",
            Self::Refused => "Refused",
        }
    }
}

text_enum! {
    /// What a verifier says of one document.
    DocumentVerdict, "document verdict", {
        /// In order.
        Valid = "valid",
        /// Not in order; carries reason codes.
        NotValid = "not_valid",
        /// To be judged again.
        JudgeAgain = "judge_again",
    }
}
