//! The JSON API.

pub(crate) mod agreement;
pub(crate) mod conflict;
pub(crate) mod drafts;
pub(crate) mod duty;
pub(crate) mod fence;
pub(crate) mod problems;
pub(crate) mod reversal;
pub(crate) mod scans;
pub(crate) mod tasks;
pub(crate) mod verdicts;

pub use agreement::{Agreement, CodeLine, VerifierLine};
pub use conflict::ConflictRequest;
pub use duty::Duty;
pub use reversal::{History, ReversalRequest};
pub use tasks::Tasks;
pub use verdicts::{DecisionRequest, ReasonRequest, VerdictRequest};
