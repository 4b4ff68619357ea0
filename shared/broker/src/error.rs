//! What can go wrong. Callers branch on the variant; the text is for logs and never holds a message's content.

use std::time::Duration;

/// A request to the broker that failed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BrokerError {
    /// There is no connection, or it ended meanwhile.
    #[error("not connected to the broker")]
    Disconnected,
    /// No connection could be made, in the words of the network.
    #[error("{0}")]
    Unreachable(String),
    /// The broker did not answer in time.
    #[error("the broker did not answer in time")]
    Timeout,
    /// The broker said no.
    #[error("the broker refused with {code}: {text}")]
    Refused {
        /// AMQP's reply code: 403 no right, 404 no such thing, 406 differs.
        code: u16,
        /// The broker's words.
        text: String,
    },
    /// Something exists with other properties than it must have; an operator has to delete it.
    #[error("exists with other properties than it must have: {}", names.join(", "))]
    Different {
        /// Names of exchanges and queues.
        names: Vec<String>,
    },
    /// Only queues of due work may be made anew; others hold messages that nobody can emit again.
    #[error("`{queue}` holds messages of others and is not made anew")]
    NotWork {
        /// The queue.
        queue: String,
    },
    /// A setting that cannot be used.
    #[error("{0}")]
    Config(String),
}

/// The broker did not let us in. It names the places, never a password.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("RabbitMQ at {places} did not let us in within {} seconds: {cause}", patience.as_secs())]
pub struct NotLetIn {
    /// Host and port of each node.
    pub places: String,
    /// How long it was waited for.
    pub patience: Duration,
    /// Why the last attempt failed.
    pub cause: BrokerError,
}

/// A message that was not, or perhaps not, put into a queue.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, thiserror::Error)]
pub enum PublishError {
    /// No queue is bound for its key; it was returned.
    #[error("no queue is bound for the routing key")]
    Unroutable,
    /// The broker did not take it: the queue is full, or failed.
    #[error("the broker did not take the message")]
    Nacked,
    /// No confirm came in time; it may be in the queue or not.
    #[error("no confirm came in time")]
    Timeout,
    /// The connection was down or ended; it may be in the queue or not.
    #[error("not connected to the broker")]
    Disconnected,
    /// The broker takes nothing at present (memory or disk alarm). If it was under way, it may arrive later.
    #[error("the broker takes nothing at present")]
    Blocked,
    /// The broker closed the channel over the batch: 403 no right, 404 no such exchange, 406 the user is not the one named.
    #[error("the broker refused with {code}")]
    Refused {
        /// AMQP's reply code.
        code: u16,
    },
    /// A name is longer than AMQP's 255 bytes; nothing was sent.
    #[error("`{what}` is longer than 255 bytes")]
    TooLong {
        /// Which one.
        what: &'static str,
    },
}

impl From<&lapin::Error> for BrokerError {
    fn from(error: &lapin::Error) -> Self {
        match error.kind() {
            lapin::ErrorKind::ProtocolError(refusal) => {
                Self::Refused { code: refusal.get_id(), text: refusal.get_message().to_string() }
            }
            _ => Self::Disconnected,
        }
    }
}

impl From<lapin::Error> for BrokerError {
    fn from(error: lapin::Error) -> Self {
        Self::from(&error)
    }
}

impl From<&lapin::Error> for PublishError {
    fn from(error: &lapin::Error) -> Self {
        match error.kind() {
            // A connection that the broker closes in good order is a lost connection, not a refusal.
            lapin::ErrorKind::ProtocolError(refusal) if error.is_amqp_soft_error() => {
                Self::Refused { code: refusal.get_id() }
            }
            _ => Self::Disconnected,
        }
    }
}
