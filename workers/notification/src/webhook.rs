//! The office's webhook: signed after Standard Webhooks, to addresses that may be reached, with an end to everything.

mod address;
mod channel;
mod client;
mod signature;

pub(crate) use channel::WebhookChannel;
pub(crate) use client::{CallError, WebhookClient};
pub use client::{SetupError, is_webhook_address};
pub use signature::{InvalidSecret, SigningKeys, SigningSecret};
