//! The whole chain on real servers: end to end, under faults, in a browser.

#![expect(
    clippy::expect_used,
    clippy::panic_in_result_fn,
    clippy::unwrap_used,
    unreachable_pub,
    reason = "a test or measurement that fails says where; its helpers are not test functions"
)]

mod bench;
mod chain;
mod commands;
mod compose;
mod faults;
mod layering;
mod notices;
mod observed;
mod papers;
mod practice;
mod rounds;
mod rules;
mod short_messages;
mod standbys;
mod traced;
mod typed;
mod unnamed;
