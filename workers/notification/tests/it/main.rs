//! Notices from the decision to the office, on a real database, a real broker and a receiver of webhooks.

mod amqp;
mod bench;
mod notice;
mod receiver;
mod webhook;
