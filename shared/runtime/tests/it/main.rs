//! The protocol of workers, kept against a real RabbitMQ and a real PostgreSQL.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test that fails says where; its helpers are not test functions"
)]

mod attempts;
mod bench;
mod failures;
mod in_place;
mod log_fields;
mod parked;
mod pulse;
mod refused;
mod standstill;
mod topology;
