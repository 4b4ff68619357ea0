//! Reading what others wrote: bounded, typed, and silent about values.

use berkas_domain::form::{Form, Role};
use serde::Deserialize;
use serde::de::IgnoredAny;
use serde_path_to_error::{Path, Segment};
use uuid::Uuid;

use crate::district::{Accepted, Correction, Decision, Rejected, Standby};
use crate::envelope::{Envelope, Event};
use crate::office::{Acknowledgement, Submission, Withdrawal};
use crate::schema::vocabulary;
use crate::{OFFICE_MESSAGE_LIMIT, RejectionCode};

/// A message that cannot be read. It names fields, never values: a value may be a citizen's.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DecodeError {
    /// More than [`OFFICE_MESSAGE_LIMIT`] bytes.
    #[error("a message of {size} bytes is over the limit of {OFFICE_MESSAGE_LIMIT}")]
    TooLarge {
        /// Its size in bytes.
        size: usize,
    },
    /// Not JSON.
    #[error("not JSON, at line {line} column {column}")]
    NotJson {
        /// The line, from 1.
        line: usize,
        /// The column, from 1.
        column: usize,
    },
    /// JSON, but a field is missing or not what it must be.
    #[error("field `{path}` is missing or not what it must be")]
    Field {
        /// The path of the innermost field that could be entered, for example `data.documents[2].size`.
        path: String,
        /// The message's own id, if it could be read.
        id: Option<Uuid>,
    },
    /// A `type` that this reader does not know, or not in this version.
    #[error("the type or version of the message is not known")]
    TypeUnknown {
        /// The message's own id.
        id: Uuid,
    },
}

impl DecodeError {
    /// The code to answer the sender with.
    #[must_use]
    pub const fn code(&self) -> RejectionCode {
        match self {
            Self::TooLarge { .. } => RejectionCode::TooLarge,
            Self::NotJson { .. } | Self::Field { .. } => RejectionCode::EnvelopeInvalid,
            Self::TypeUnknown { .. } => RejectionCode::TypeUnknown,
        }
    }

    /// The field it is about.
    #[must_use]
    pub fn field(&self) -> Option<&str> {
        match self {
            Self::Field { path, .. } => Some(path),
            Self::TypeUnknown { .. } => Some("type"),
            Self::TooLarge { .. } | Self::NotJson { .. } => None,
        }
    }

    /// The id of the message that could not be read, as far as it could.
    #[must_use]
    pub const fn message(&self) -> Option<Uuid> {
        match self {
            Self::Field { id, .. } => *id,
            Self::TypeUnknown { id } => Some(*id),
            Self::TooLarge { .. } | Self::NotJson { .. } => None,
        }
    }
}

/// Declares the closed set of messages of one direction and its reader.
macro_rules! messages {
    ($(#[$meta:meta])* $name:ident, $(#[$read_meta:meta])* $read:ident, { $($(#[$vmeta:meta])* $variant:ident),+ $(,)? }) => {
        $(#[$meta])*
        #[derive(Debug, Clone, PartialEq)]
        pub enum $name { $($(#[$vmeta])* $variant(Envelope<$variant>)),+ }

        $(#[$read_meta])*
        pub fn $read(body: &[u8]) -> Result<$name, DecodeError> {
            let head = read_head(body)?;
            match head.kind.as_str() {
                $(<$variant as Event>::TYPE => read(body, Some(head.id)).map($name::$variant),)+
                _ => Err(DecodeError::TypeUnknown { id: head.id }),
            }
        }
    };
}

messages! {
    /// What an office can send.
    OfficeMessage,
    /// Reads a message from an office.
    ///
    /// # Errors
    /// [`DecodeError`] when it is too large, not JSON, of an unknown type, or lacks what its type says.
    decode_office_message,
    {
        /// A dossier, or a repaired one.
        Submission,
        /// A dossier taken back.
        Withdrawal,
        /// A notice that was read.
        Acknowledgement,
    }
}

messages! {
    /// What the district can send.
    DistrictMessage,
    /// Reads a message from the district, as an office does.
    ///
    /// # Errors
    /// [`DecodeError`] when it is too large, not JSON, of an unknown type, or lacks what its type says.
    decode_district_message,
    {
        /// Received.
        Accepted,
        /// Not taken.
        Rejected,
        /// Decided.
        Decision,
        /// Decided otherwise.
        Correction,
        /// Passed, and waits to be printed.
        Standby,
    }
}

/// What must be readable before the type is known.
#[derive(Deserialize)]
struct Head {
    id: Uuid,
    #[serde(rename = "type")]
    kind: String,
}

fn read_head(body: &[u8]) -> Result<Head, DecodeError> {
    if body.len() > OFFICE_MESSAGE_LIMIT {
        return Err(DecodeError::TooLarge { size: body.len() });
    }
    check_json(body)?;
    read(body, None)
}

/// Reads the whole text first, so that broken JSON is told from a wrong field whatever comes first.
fn check_json(body: &[u8]) -> Result<(), DecodeError> {
    let outcome = serde_json::from_slice::<IgnoredAny>(body);
    outcome.map(|_| ()).map_err(|error| DecodeError::NotJson { line: error.line(), column: error.column() })
}

fn read<'de, T: Deserialize<'de>>(body: &'de [u8], id: Option<Uuid>) -> Result<T, DecodeError> {
    let mut reader = serde_json::Deserializer::from_slice(body);
    serde_path_to_error::deserialize(&mut reader)
        .map_err(|error| DecodeError::Field { path: field_path(error.path()), id })
}

/// Reads an uploaded form, which must be `form.v1`.
///
/// # Errors
/// [`DecodeError::NotJson`] or [`DecodeError::Field`]. How large a form may be is for the caller to say.
pub fn decode_form(body: &[u8]) -> Result<Form, DecodeError> {
    check_json(body)?;
    read(body, None)
}

/// Writes the path of a field, for example `data.documents[2].size`, without anything a sender may have put into it:
/// a word that no schema knows becomes `*`.
#[must_use]
pub fn field_path(path: &Path) -> String {
    let mut text = String::new();
    for segment in path.iter() {
        match segment {
            Segment::Seq { index } => text.push_str(&format!("[{index}]")),
            Segment::Map { key: word } | Segment::Enum { variant: word } => push_word(&mut text, word),
            Segment::Unknown => push_word(&mut text, "*"),
        }
    }
    if text.is_empty() { ".".to_owned() } else { text }
}

fn push_word(text: &mut String, word: &str) {
    let known = vocabulary().contains(word) || word.parse::<Role>().is_ok();
    if !text.is_empty() {
        text.push('.');
    }
    text.push_str(if known { word } else { "*" });
}
