//! Putting submissions before verifiers, on a real database.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test or measurement that fails says where; its helpers are not test functions"
)]

mod bench;
mod bundles;
mod carried;
mod conflict;
mod entering;
mod excluding;
mod leaving;
mod outages;
mod plans;
mod pulling;
mod second_look;
mod supervising;
