//! The console over the real database.

mod parked;
mod status;
mod support;
