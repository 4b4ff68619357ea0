//! The broker's promises, kept against a real RabbitMQ.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test or measurement that fails says where; its helpers are not test functions"
)]

mod bench;
mod consume;
mod faults;
mod publish;
mod rights;
mod topology;
