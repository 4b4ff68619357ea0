//! The assignment worker: puts a checked submission into the pool of human work, meant first for whoever has least.

mod leases;
mod loads;
mod policy;
mod worker;

pub use leases::expire_leases;
pub use policy::least_loaded;
pub use worker::Assignment;
