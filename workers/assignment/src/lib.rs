//! The assignment worker: puts a checked submission into the pool of human work, and the policy of who gets what next.

pub mod district;
pub mod effort;
pub mod exclusion;
mod loads;
pub mod policy;
mod pool;
mod second_look;
mod settings;
pub mod simulation;
mod worker;

pub use pool::PoolKeeper;
pub use settings::reserve;
pub use worker::Assignment;
