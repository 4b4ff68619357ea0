//! The console over the real database.

#![expect(
    clippy::unwrap_used,
    reason = "a test or measurement that fails says where; its helpers are not test functions"
)]

mod parked;
mod practice;
mod status;
mod support;
