//! Label values.

use berkas_domain::{Stage, StandbyKind, Step};
use prometheus_client::encoding::{EncodeLabelValue, LabelValueEncoder};

/// A label value. It can only be made of an enum, so the set of values is closed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Word(&'static str);

impl Word {
    /// The role of the process: a literal of the program.
    pub(super) const fn of_role(role: &'static str) -> Self {
        Self(role)
    }
}

impl EncodeLabelValue for Word {
    fn encode(&self, encoder: &mut LabelValueEncoder<'_>) -> Result<(), std::fmt::Error> {
        EncodeLabelValue::encode(&self.0, encoder)
    }
}

impl From<Stage> for Word {
    fn from(stage: Stage) -> Self {
        Self(stage.as_str())
    }
}

impl From<Step> for Word {
    fn from(step: Step) -> Self {
        Self(step.as_str())
    }
}

impl From<StandbyKind> for Word {
    fn from(kind: StandbyKind) -> Self {
        Self(kind.as_str())
    }
}

/// Declares an enum of label values with their spelling.
macro_rules! words {
    ($(#[$meta:meta])* $name:ident { $($(#[$vmeta:meta])* $variant:ident = $text:literal),+ $(,)? }) => {
        $(#[$meta])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum $name { $($(#[$vmeta])* $variant),+ }

        impl $name {
            /// Every one of them.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];
        }

        impl From<$name> for Word {
            fn from(word: $name) -> Self {
                Self(match word { $($name::$variant => $text),+ })
            }
        }
    };
}

words! {
    /// How one piece of work ended.
    JobOutcome {
        /// The submission went on.
        Done = "done",
        /// Somebody did it before.
        Stale = "stale",
        /// Later, not counted.
        Snoozed = "snoozed",
        /// Failed, to be tried again.
        Transient = "transient",
        /// Failed for good.
        Permanent = "permanent",
        /// Something it needs is down.
        DependencyDown = "dependency_down",
        /// The worker's code panicked.
        Panicked = "panicked",
        /// It took too long.
        TimedOut = "timed_out",
        /// The message could not be read.
        Unreadable = "unreadable",
        /// The database refused what it came to.
        Refused = "refused",
    }
}

words! {
    /// Why work is parked, as far as a graph has to tell; the row holds the exact code.
    ParkedCause {
        /// Retries were used up, or the worker said that it can never succeed.
        Failed = "failed",
        /// It crashed its worker too often.
        Crashed = "crashed",
        /// A message that no worker can read.
        Unreadable = "unreadable",
        /// The broker gave it up.
        DeadLettered = "dead_lettered",
    }
}

words! {
    /// A channel that notices are delivered on.
    Channel {
        /// The office's queue.
        Amqp = "amqp",
        /// The office's signed webhook.
        Webhook = "webhook",
        /// E-mail.
        Mail = "mail",
        /// Short messages to applicants.
        Sms = "sms",
    }
}

/// A queue, the return queues of all offices being one: a label for each office would be many series and a map of
/// who is silent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum QueueName {
    /// What offices send.
    Intake,
    /// Due work.
    Work(Step),
    /// What was refused.
    Dead,
    /// What offices have not fetched.
    Returns,
}

impl From<QueueName> for Word {
    fn from(queue: QueueName) -> Self {
        Self(match queue {
            QueueName::Intake => "intake",
            QueueName::Work(Step::Scan) => "work.scan",
            QueueName::Work(Step::Completeness) => "work.completeness",
            QueueName::Work(Step::Assignment) => "work.assignment",
            QueueName::Work(Step::Notification) => "work.notification",
            QueueName::Dead => "dead",
            QueueName::Returns => "return",
        })
    }
}
