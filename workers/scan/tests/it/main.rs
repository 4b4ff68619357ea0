//! The scan step on a real database and a real object store.

mod bench;
#[path = "../../src/fixtures.rs"]
#[expect(dead_code, reason = "the crate's own tests use the rest")]
mod fixtures;
mod worker;
