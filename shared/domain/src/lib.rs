//! Plain types of the office: ids, services, the stage machine, NIK and KK, reason codes, office time.
//!
//! Nothing here does I/O, and nothing is asynchronous; every other crate may depend on this one.

mod clock;
mod conflict;
mod document_kind;
pub mod form;
mod form_fields;
mod form_text;
mod hand_reason;
mod hash;
mod ids;
mod kk;
mod lookup;
mod name;
mod nik;
mod note;
mod office;
mod office_time;
mod outcome;
mod person_entry;
mod phone;
mod reason;
mod region;
mod registration;
mod reversal;
mod role;
mod roster;
mod service;
mod service_clock;
mod stage;
mod standby;
mod text_enum;
pub mod turn;

pub use clock::{Clock, FixedClock, SystemClock, WIB_OFFSET_HOURS, wib};
pub use conflict::{ConflictReason, Exclusion, ExclusionCode};
pub use document_kind::DocumentKind;
pub use form_fields::{FORM_FIELDS, PERSON_FIELDS};
pub use form_text::{LONGEST_TEXT, TextFlaw, TextFlawKind, is_unprintable};
pub use hand_reason::HandReason;
pub use hash::{ParseHashError, Sha256Hash};
pub use ids::{
    CaseCode, Generation, InvalidCode, MessageId, NoticeId, Revision, SubmissionId, TaskId, UserId,
};
pub use kk::{check_kk, compose_kk};
pub use lookup::{LookupHash, LookupKeys};
pub use name::{NameFlaw, NameLikeness, NameMatch, compare_names, name_flaws, normalize_name};
pub use nik::{
    Declared, NumberCode, NumberKind, NumberReport, Verdict, check_nik, compose_nik, without_separators,
};
pub use note::{NoteFlaw, VerifierNote};
pub use office::{OfficeCode, OfficeMode};
pub use office_time::{
    CalendarTableError, DayHours, NoCalendar, OfficeCalendar, OfficeHours, Pause, WeekHours,
};
pub use outcome::{DocumentVerdict, Outcome};
pub use phone::MobileNumber;
pub use reason::ReasonCode;
pub use region::{Desa, RegionStatus, RegionTableError, Regions};
pub use registration::RegistrationNumber;
pub use reversal::ReversalReason;
pub use roster::{MOST_SHIFTS, Roster, RosterDay, RosterError, Shift, WeekPlan};
pub use service::Service;
pub use service_clock::ServiceClocks;
pub use stage::{IllegalMove, Stage, Step};
pub use standby::{StandbyKind, StandbyState};
pub use text_enum::UnknownWord;
