//! Why a supervisor takes a task from somebody or hands it to somebody.

use crate::text_enum::text_enum;

text_enum! {
    /// Why a supervisor moves a task.
    HandReason, "reason for moving a task", {
        /// Whoever has it is not there.
        Absent = "absent",
        /// Whoever has it has too much.
        Workload = "workload",
        /// It cannot wait for its turn.
        Urgent = "urgent",
        /// Somebody else knows more of it.
        Competence = "competence",
        /// Somebody should not judge it.
        Interest = "interest",
    }
}

impl HandReason {
    /// What the supervisor chooses, in Indonesian.
    #[must_use]
    pub const fn text_id(self) -> &'static str {
        match self {
            Self::Absent => "Petugas tidak di tempat",
            Self::Workload => "Beban terlalu banyak",
            Self::Urgent => "Mendesak",
            Self::Competence => "Perlu petugas yang lebih paham",
            Self::Interest => "Benturan kepentingan",
        }
    }

    /// What the supervisor chooses, in English.
    #[must_use]
    pub const fn text_en(self) -> &'static str {
        match self {
            Self::Absent => "Not at their desk",
            Self::Workload => "Too much work",
            Self::Urgent => "Urgent",
            Self::Competence => "Needs somebody who knows more of it",
            Self::Interest => "Conflict of interest",
        }
    }
}
