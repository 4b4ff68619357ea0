//! The whole chain on real servers: end to end, under faults, in a browser.

mod bench;
mod chain;
mod compose;
mod faults;
mod layering;
