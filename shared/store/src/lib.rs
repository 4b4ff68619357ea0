//! The only crate that speaks SQL: migrations, one module for each aggregate, due work.
//!
//! Truth is in PostgreSQL; the broker carries what is due next. Time is a parameter of every function that needs it.

mod advance;
mod agreement;
mod api_key;
mod attempt;
mod audit;
mod blob;
mod bundle;
mod carry;
mod channel;
mod claim;
mod console;
mod decision;
mod delivery;
mod desk;
mod draft;
mod due;
mod due_time;
mod effect;
mod error;
mod exclusion;
mod exclusion_rule;
mod gauges;
mod happening;
mod history;
mod intake;
mod legibility;
mod look;
mod neraca;
mod note;
mod notice;
mod office;
mod owed;
mod page;
mod paper;
mod parked;
mod peek;
mod pool;
mod pull;
mod purge;
mod reach;
mod rejection;
mod report;
mod reversal;
mod roster;
mod rule_set;
mod send;
mod session;
mod short_message;
mod standby;
mod store;
mod submission;
mod supervise;
mod task;
#[cfg(feature = "testing")]
mod testing;
mod timeline;
mod turnaround;
mod user;
mod watcher;
mod withdrawal;

pub use advance::{Applied, Settled, Settlement};
pub use agreement::{CodeAgreement, VerifierAgreement};
pub use api_key::{ApiKeyRecord, KeyOwner};
pub use attempt::{AttemptGuard, AttemptStart};
pub use audit::{Actor, AuditEntry, AuditLine};
pub use blob::{BlobRecord, Orphans};
pub use channel::OfficeChannel;
pub use console::{OfficeStatus, StageStatus};
pub use decision::{Taken, VerifierDecision};
pub use delivery::{ClaimedDelivery, DeliveryState, Resend};
pub use desk::{
    DeskDocument, DeskPage, DeskTask, DeskVerdict, PageFiles, QueueFilter, TaskDecision, TaskLine,
};
pub use draft::StoredDraft;
pub use due::{DueWork, WorkRef};
pub use due_time::{DueSubmission, MovedDue};
pub use effect::Effect;
pub use error::StoreError;
pub use exclusion_rule::{ExclusionRule, RulesSet};
pub use gauges::{ParkedCount, PendingDeliveries};
pub use happening::{HeldTask, OpenedTask, Parting};
pub use history::KnownElsewhere;
pub use intake::{
    AcceptedArrival, AcceptedData, Arrival, ArrivalAnswer, ArrivalDocument, Door, DueAt, RefusedArrival,
};
pub use legibility::PageLegibility;
pub use look::{GivenLook, GivenVerdict};
pub use neraca::Neraca;
pub use note::{SealedNote, note_place};
pub use notice::{Acknowledged, DecisionForNotice, InboxItem, InboxPlace};
pub use office::OfficeRecord;
pub use owed::{ChannelFault, DeliveryRecord, DeliveryTry, OwedNotice};
pub use page::{DerivedPage, StoredPage, StoredScan};
pub use paper::{DecidedNotice, Receipt};
pub use parked::{ParkedItem, ParkedReturn, ResolveError, SealFor, UnreadableMessage};
pub use peek::FirstPage;
pub use pool::{Eyes, PoolEntry};
pub use purge::Purge;
pub use reach::{Unreachable, UnreachableCause};
pub use rejection::RejectionNotice;
pub use report::{ReportLine, ReturnedExample, StageWait};
pub use reversal::{Reversal, ReversalError};
pub use roster::PlanError;
pub use rule_set::{NewRuleSet, Publication, PublishError};
pub use session::SessionUser;
pub use short_message::ShortMessageTo;
pub use standby::{
    Aside, BlanksMissing, Standby, StandbyCount, StandbyData, StandbyError, StandbyLine, ToldStandby,
};
pub use store::Store;
pub use submission::{Dossier, Submission, SubmittedDocument};
pub use supervise::{Colleague, SuperviseError, SupervisorAct, Unfit};
pub use task::{LeasedTask, TaskError, VerdictOnDocument, VerifierLoad};
#[cfg(feature = "testing")]
pub use testing::{BareInbox, Held, PlanFor, PooledTask, TestDatabase};
pub use timeline::{
    Timeline, TimelineDecision, TimelineExclusion, TimelineNotice, TimelineStage, TimelineStandby,
};
pub use turnaround::{Turnaround, TurnaroundExample};
pub use user::{ListedUser, NewUser, UserAccount, UserRole};
pub use withdrawal::{Withdrawing, Withdrawn};
