//! The scan step on a real database and a real object store.

#![expect(
    clippy::unwrap_used,
    reason = "a test or measurement that fails says where; its helpers are not test functions"
)]

mod bench;
mod worker;
