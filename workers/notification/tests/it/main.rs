//! Notices from the decision to the office, on a real database, a real broker and a receiver of webhooks.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test or measurement that fails says where; its helpers are not test functions"
)]

mod amqp;
mod bench;
mod notice;
mod receiver;
mod webhook;
