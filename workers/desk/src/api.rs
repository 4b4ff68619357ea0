//! The JSON API.

pub(crate) mod agreement;
pub(crate) mod conflict;
pub(crate) mod drafts;
pub(crate) mod duty;
pub(crate) mod fence;
pub(crate) mod peek;
pub(crate) mod problems;
pub(crate) mod queues;
pub(crate) mod reversal;
pub(crate) mod roster;
pub(crate) mod scans;
pub(crate) mod standby;
pub(crate) mod supervise;
pub(crate) mod tasks;
pub(crate) mod verdicts;

pub use agreement::{Agreement, CodeLine, VerifierLine};
pub use conflict::ConflictRequest;
pub use duty::Duty;
pub use peek::Peeked;
pub use queues::{Tasks, View};
pub use reversal::{History, ReversalRequest};
pub use roster::{DayRequest, DayView, RosterView, Rosters, WeekRequest};
pub use standby::{BlanksRequest, SetAsideRequest, StandbyView, Standbys};
pub use supervise::{ColleagueView, ReassignRequest, TakeBackRequest, Verifiers};
pub use tasks::Renewed;
pub use verdicts::{DecisionRequest, DecisionTaken, ReasonRequest, VerdictRequest};
