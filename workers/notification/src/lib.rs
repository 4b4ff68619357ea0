//! The notification worker: makes the notice of a decision, and delivers notices to the offices' queues, webhooks and
//! mailboxes, and to applicants who agreed by short message.
//!
//! [`Notification`] is the last step of the chain: it writes the notice and its deliveries in the transaction that ends
//! the step. [`Dispatcher`] sends what is due, each channel by itself, until the office acknowledges it.

#![cfg_attr(test, expect(clippy::unwrap_in_result, reason = "tests say what they expect"))]

mod amqp;
mod circuit;
mod compose;
mod dispatcher;
mod ladder;
mod ledger;
mod mail;
mod message;
mod pump;
mod sms;
mod webhook;
mod worker;

pub use dispatcher::{Dispatcher, DispatcherError};
pub use mail::{MailSetupError, is_mail_address};
pub use sms::SmsSetupError;
pub use webhook::{InvalidSecret, SetupError, SigningKeys, SigningSecret, is_webhook_address};
pub use worker::Notification;
