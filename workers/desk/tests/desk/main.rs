//! The desk over the real database and a directory of objects.

#![expect(
    clippy::unwrap_used,
    reason = "a test or measurement that fails says where; its helpers are not test functions"
)]

mod access;
mod browser;
mod conflict;
mod drafts;
mod events;
mod flow;
#[path = "../../../../shared/contract/tests/it/json_schema.rs"]
mod json_schema;
mod lock;
mod malformed;
mod note;
mod openapi;
mod pages;
mod queues;
mod reversal;
mod roster;
mod scans;
mod second_look;
mod seed;
mod standby;
mod supervise;
mod support;
