//! Ids and small newtypes.

use uuid::Uuid;

/// Declares a newtype over [`Uuid`].
macro_rules! uuid_id {
    ($(#[$meta:meta])* $name:ident) => {
        $(#[$meta])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
        #[serde(transparent)]
        #[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(transparent))]
        pub struct $name(pub Uuid);

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result { self.0.fmt(f) }
        }

        impl std::str::FromStr for $name {
            type Err = uuid::Error;
            fn from_str(text: &str) -> Result<Self, Self::Err> { text.parse().map(Self) }
        }
    };
}

uuid_id! {
    /// One dossier over all its revisions.
    SubmissionId
}
uuid_id! {
    /// One piece of human work: one revision of a submission before one verifier.
    TaskId
}
uuid_id! {
    /// One notice to an office.
    NoticeId
}
uuid_id! {
    /// A verifier, supervisor, operator or viewer.
    UserId
}
uuid_id! {
    /// One message; the same at every re-publish.
    MessageId
}

impl MessageId {
    /// Names the work message for `step` of `submission` at `generation`: always the same for the same work.
    #[must_use]
    pub fn of_work(submission: SubmissionId, step: crate::Step, generation: Generation) -> Self {
        let name = format!("{}/{generation}", step.as_str());
        Self(Uuid::new_v5(&submission.0, name.as_bytes()))
    }
}

/// Counts the transitions of a submission; never reset. Every transition, retry, replay, undo and revision adds one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
#[serde(transparent)]
pub struct Generation(pub i64);

impl Generation {
    /// The generation after this one.
    #[must_use]
    pub const fn next(self) -> Self {
        Self(self.0 + 1)
    }
}

impl std::fmt::Display for Generation {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.fmt(f)
    }
}

/// Counts the revisions of a submission from 1; each repair adds one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
#[serde(transparent)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(transparent))]
pub struct Revision(pub i32);

impl std::fmt::Display for Revision {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.fmt(f)
    }
}

/// A code that does not have the shape it must have.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("`{what}` does not have the shape of such a code")]
pub struct InvalidCode {
    /// Which kind of code.
    pub what: &'static str,
}

/// The variant of a service, for example `LHR-1`; two or three capital letters, a dash, one or two digits.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
#[serde(try_from = "String", into = "String")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(with = "String"))]
pub struct CaseCode(String);

impl CaseCode {
    /// The code as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for CaseCode {
    type Error = InvalidCode;
    fn try_from(text: String) -> Result<Self, InvalidCode> {
        let shape = |(letters, digits): (&str, &str)| {
            (2..=3).contains(&letters.len())
                && letters.bytes().all(|byte| byte.is_ascii_uppercase())
                && (1..=2).contains(&digits.len())
                && digits.bytes().all(|byte| byte.is_ascii_digit())
        };
        if text.split_once('-').is_some_and(shape) {
            Ok(Self(text))
        } else {
            Err(InvalidCode { what: "case" })
        }
    }
}

impl std::str::FromStr for CaseCode {
    type Err = InvalidCode;
    fn from_str(text: &str) -> Result<Self, InvalidCode> {
        Self::try_from(text.to_owned())
    }
}

impl From<CaseCode> for String {
    fn from(code: CaseCode) -> Self {
        code.0
    }
}

impl std::fmt::Display for CaseCode {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Step;

    #[test]
    fn the_same_work_always_has_the_same_message_id() {
        let submission = SubmissionId(Uuid::from_u128(7));
        let first = MessageId::of_work(submission, Step::Scan, Generation(1));
        assert_eq!(first, MessageId::of_work(submission, Step::Scan, Generation(1)));
        assert_ne!(first, MessageId::of_work(submission, Step::Scan, Generation(2)));
        assert_ne!(first, MessageId::of_work(submission, Step::Completeness, Generation(1)));
    }

    #[test]
    fn a_case_code_has_letters_a_dash_and_digits() {
        assert!("LHR-1".parse::<CaseCode>().is_ok() && "KK-10".parse::<CaseCode>().is_ok());
        for wrong in ["", "LHR1", "lhr-1", "LHR-", "LHR-123", "LHR-1; drop", "A-1"] {
            assert!(wrong.parse::<CaseCode>().is_err(), "{wrong}");
        }
    }
}
