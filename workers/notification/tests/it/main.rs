//! Notices from the decision to the office, on a real database, a real broker and receivers of webhooks and mail.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test or measurement that fails says where; its helpers are not test functions"
)]

mod amqp;
mod bench;
mod mail;
mod notice;
mod offline;
mod pulse;
mod receiver;
mod reference;
mod sink;
mod sms;
mod webhook;
