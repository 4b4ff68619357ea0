//! The completeness worker: judges a submission by the rules and sends it back or on to a person.

mod pages;
mod reasons;
mod snapshot;
mod worker;

pub use worker::Completeness;
