//! What every worker gets: the runner, retries, relay, lifecycle, health, telemetry, settings.

pub mod settings;
