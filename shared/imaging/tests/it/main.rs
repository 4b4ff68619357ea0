//! What the normalizer promises, tried on pages drawn here and on the real scans where they are at hand.

#![expect(
    clippy::expect_used,
    reason = "a test or measurement that fails says where; its helpers are not test functions"
)]

mod again;
#[path = "../../examples/accuracy/binding.rs"]
mod binding;
mod border;
mod degradations;
mod draw;
mod files;
mod formats;
mod fuzz;
mod heic;
mod malformed;
#[path = "../../examples/accuracy/mapping.rs"]
mod mapping;
mod normalizing;
mod orientation;
mod perspective;
mod scans;
mod skew;
mod spread;
mod verdict;
