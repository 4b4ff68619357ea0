//! What goes over the wire: messages, names of exchanges, queues and keys, their schemas.
//!
//! Two families. What an office sends or reads is public: CloudEvents 1.0 attributes in structured JSON, the version
//! in the type name, described by JSON Schema and AsyncAPI in `docs/contract`. What the workers tell each other is a
//! [`WorkMessage`] and internal. Neither ever holds a name, a NIK or a value of a form: ids, hashes and codes only, and
//! the note of a verifier, who is told to name nobody in it.
//!
//! Fields are only ever added, and a reader ignores those it does not know; the samples in `golden/` must go on
//! decoding for as long as a sender of that version exists.

mod asyncapi;
mod decode;
mod district;
mod envelope;
mod files;
pub mod names;
mod office;
mod rejection;
mod schema;
mod text;
mod work;

pub use decode::{DecodeError, DistrictMessage, OfficeMessage, decode_form, field_path};
pub use decode::{decode_district_message, decode_office_message};
pub use district::{Accepted, Correction, Decision, Problem, Reason, Rejected, Standby, Told};
pub use envelope::{Envelope, Event, InvalidSource, Source, SpecVersion};
pub use files::{Drift, DriftKind, check, write};
pub use office::{
    Acknowledgement, Contact, DocumentRef, DossierRef, FormRef, Repairs, Submission, Withdrawal,
    WithdrawalReason,
};
pub use rejection::RejectionCode;
pub use schema::schemas;
pub use text::{ClerkId, InvalidText, MediaType};
pub use work::{WorkError, WorkMessage};

/// The most a message from an office may weigh, in bytes.
pub const OFFICE_MESSAGE_LIMIT: usize = 64 * 1024;
/// The most a work message may weigh, in bytes.
pub const WORK_MESSAGE_LIMIT: usize = 4 * 1024;
/// The most documents one submission may name.
pub const MAX_DOCUMENTS: usize = 100;
