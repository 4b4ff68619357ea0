//! Sessions, roles, keys and headers, over the real database.

#![expect(
    clippy::unwrap_used,
    reason = "a test or measurement that fails says where; its helpers are not test functions"
)]

mod access;
mod guards;
mod lock;
mod support;
mod throttling;
