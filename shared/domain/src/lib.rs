//! Plain types of the office: ids, services, the stage machine, NIK and KK, reason codes, office time.
//!
//! Nothing here does I/O, and nothing is asynchronous; every other crate may depend on this one.

mod clock;
mod document_kind;
pub mod form;
mod hash;
mod ids;
mod office;
mod outcome;
mod reason;
mod registration;
mod service;
mod stage;
mod text_enum;

pub use clock::{Clock, FixedClock, SystemClock, WIB_OFFSET_HOURS, wib};
pub use document_kind::DocumentKind;
pub use hash::{ParseHashError, Sha256Hash};
pub use ids::{
    CaseCode, Generation, InvalidCode, MessageId, NoticeId, Revision, SubmissionId, TaskId, UserId,
};
pub use office::{OfficeCode, OfficeMode};
pub use outcome::{DocumentVerdict, Outcome};
pub use reason::ReasonCode;
pub use registration::RegistrationNumber;
pub use service::Service;
pub use stage::{IllegalMove, Stage, Step};
pub use text_enum::UnknownWord;
