//! Short messages to applicants who agreed: the registration number and one word, about decisions alone.

mod channel;
mod gateway;
mod template;

pub(crate) use channel::SmsChannel;
pub(crate) use gateway::HttpGateway;
pub use gateway::SmsSetupError;

use std::future::Future;

use berkas_domain::{MobileNumber, NoticeId};

/// What is told to whom.
#[derive(Debug, Clone)]
pub(crate) struct ShortMessage {
    /// The notice that it tells, the same at every try.
    pub(crate) notice: NoticeId,
    /// To whom.
    pub(crate) to: MobileNumber,
    /// The words.
    pub(crate) text: String,
}

/// Why a short message was not taken; the code is stored and shown to operators.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum NotTaken {
    /// The way is down or not set up as it wants it: tried again.
    Down(String),
    /// This message will never be taken.
    Final(String),
}

/// A way to send short messages.
pub(crate) trait ShortMessages: Send + Sync + 'static {
    /// Hands over one message. It may come more than once: after a kill nobody knows whether it was taken.
    fn send(&self, message: &ShortMessage) -> impl Future<Output = Result<(), NotTaken>> + Send;
}
