//! The office's webhook: signed after Standard Webhooks, to addresses that may be reached, with an end to everything.

mod address;
mod channel;
mod client;
mod signature;

pub(crate) use channel::WebhookChannel;
pub use client::SetupError;
pub(crate) use client::{CallError, WebhookClient};
pub use signature::{InvalidSecret, SigningKeys, SigningSecret};
