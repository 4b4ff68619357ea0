//! What every worker gets: the runner, retries, relay, lifecycle, health, telemetry, settings.

mod app;
mod attempts;
mod breaker;
mod crash;
mod dead;
mod handle;
pub mod health;
pub mod lifecycle;
pub mod metrics;
mod observer;
mod orphans;
mod outcome;
mod relay;
pub mod retry;
mod runner;
pub mod settings;
mod settler;
mod silence;
mod sweeper;
pub mod telemetry;
mod topology;
mod worker;

pub use app::{App, StartError};
pub use attempts::OpenAttempts;
pub use breaker::Breaker;
pub use crash::{CRASH_POINTS, crash_point};
pub use dead::park_dead_letters;
pub use observer::observe;
pub use orphans::{remove_orphans, sweep_orphans};
pub use outcome::{Failure, Outcome};
pub use relay::{Relay, Relayed};
pub use runner::{PARKED_SEAL, Runner, park_unreadable};
pub use sweeper::Sweeper;
pub use topology::{TopologyError, restore_topology, watch_topology};
pub use worker::{Job, Worker};
