//! What every worker gets: the runner, retries, relay, lifecycle, health, telemetry, settings.

pub mod health;
pub mod metrics;
pub mod retry;
pub mod settings;
pub mod telemetry;
