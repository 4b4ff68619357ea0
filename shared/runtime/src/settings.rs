//! Settings: defaults that are part of the program, over them a file, over that the environment.
//!
//! `config/berkas.toml` holds every setting with its default and is the documentation. What it does not hold does
//! not exist: a key elsewhere that is not in it is refused by name.

mod error;
mod hours;
mod mail;
mod objects;
mod overlay;
mod secret;
mod sections;
mod sms;

use std::path::{Path, PathBuf};

use berkas_domain::OfficeCalendar;
use chrono::{DateTime, TimeDelta, Utc};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use toml::{Table, Value};

pub use error::SettingsError;
pub use hours::OfficeTimeSettings;
pub use mail::{MailSettings, MailTls};
pub use objects::OpenBlobsError;
pub use secret::Secret;
pub use sections::{
    BlobsSettings, BrokerSettings, Confinement, DatabaseSettings, DeskSettings, HandleTimeouts, HoldSettings,
    HttpSettings, IntakeSettings, LeaseSettings, LogFormat, NoticeSettings, PageCheckSettings, QueueType,
    RepairSettings, ScanOutput, ScanSettings, StandbySettings, SweeperSettings, TelemetrySettings,
    WebhookSettings, WorkerSettings,
};
pub use sms::{SmsLanguage, SmsSettings};

/// The defaults and the documentation of every setting.
pub const DEFAULTS: &str = include_str!("../../../config/berkas.toml");

/// Environment variables with a name of their own, beside `BERKAS_<SECTION>__<KEY>`.
const SHORT_NAMES: [(&str, &str, &str); 6] = [
    ("BERKAS_DATABASE_URL", "database", "url"),
    ("BERKAS_AMQP_URL", "broker", "urls"),
    ("BERKAS_AMQP_URLS", "broker", "urls"),
    ("BERKAS_BLOBS_URL", "blobs", "url"),
    ("BERKAS_SEAL_KEY", "blobs", "key"),
    ("BERKAS_SEAL_KEY_FILE", "blobs", "key_file"),
];

/// Names the file of settings when no path is given.
const CONFIG_VARIABLE: &str = "BERKAS_CONFIG";

/// Every setting of a process. Printing it shows no secret.
#[derive(Debug, Clone, Deserialize)]
pub struct Settings {
    /// PostgreSQL.
    pub database: DatabaseSettings,
    /// RabbitMQ.
    pub broker: BrokerSettings,
    /// The object store and the master key.
    pub blobs: BlobsSettings,
    /// Where the process listens.
    pub http: HttpSettings,
    /// What all workers have in common.
    pub worker: WorkerSettings,
    /// Publishing of what is due.
    pub sweeper: SweeperSettings,
    /// Leases on human tasks.
    pub lease: LeaseSettings,
    /// The time in which a decision can be undone.
    pub hold: HoldSettings,
    /// The verifiers' desk.
    pub desk: DeskSettings,
    /// How long what nobody here can hurry is out of view.
    pub standby: StandbySettings,
    /// How often a submission may come back.
    pub repair: RepairSettings,
    /// What is accepted from offices.
    pub intake: IntakeSettings,
    /// What one file and one page may cost.
    pub scan: ScanSettings,
    /// Signed webhooks.
    pub webhook: WebhookSettings,
    /// E-mail to offices.
    pub mail: MailSettings,
    /// Short messages to applicants.
    pub sms: SmsSettings,
    /// Sending and sending again.
    pub notices: NoticeSettings,
    /// When the office is open.
    pub office_time: OfficeTimeSettings,
    /// Logs and spans.
    pub telemetry: TelemetrySettings,
    /// All of it again, for sections whose types live in other crates.
    #[serde(skip)]
    all: Everything,
}

/// The merged settings. It holds secrets in the clear, so it does not print itself.
#[derive(Clone, Default)]
struct Everything(Table);

impl std::fmt::Debug for Everything {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("…")
    }
}

impl Settings {
    /// Reads the defaults, then the file at `path` (or the one that `BERKAS_CONFIG` names), then the variables.
    ///
    /// `env` is usually `std::env::vars()`. A variable `BERKAS_…` without a double underscore that is none of the
    /// short names is not a setting and is left alone.
    ///
    /// # Errors
    /// [`SettingsError`], naming the key or file and what is wrong with it.
    pub fn load(
        path: Option<&Path>,
        env: impl IntoIterator<Item = (String, String)>,
    ) -> Result<Self, SettingsError> {
        let env: Vec<_> = env.into_iter().filter(|(_, value)| !value.is_empty()).collect();
        let named =
            env.iter().find(|(name, _)| name == CONFIG_VARIABLE).map(|(_, value)| PathBuf::from(value));
        let mut all = defaults()?;
        if let Some(path) = path.map(Path::to_owned).or(named) {
            let origin = format!("`{}`", path.display());
            overlay::table(&mut all, read(&path)?, &origin)?;
        }
        for (name, value) in &env {
            if let Some(keys) = keys_of(name) {
                overlay::text(&mut all, &keys, value, &format!("variable `{name}`"))?;
            }
        }
        Self::from_table(all)
    }

    fn from_table(all: Table) -> Result<Self, SettingsError> {
        let mut settings: Self = Value::Table(all.clone())
            .try_into()
            .map_err(|error: toml::de::Error| SettingsError::unreadable("the settings", &error))?;
        settings.all = Everything(all);
        settings.check()?;
        Ok(settings)
    }

    /// Reads the section `name` as a type of another crate, for example `[web]`.
    ///
    /// # Errors
    /// [`SettingsError`] when there is no such section or the type does not fit it.
    pub fn section<T: DeserializeOwned>(&self, name: &str) -> Result<T, SettingsError> {
        let section =
            self.all.0.get(name).cloned().ok_or_else(|| SettingsError::unknown(name, "this program"))?;
        section.try_into().map_err(|error: toml::de::Error| SettingsError::unreadable(name, &error))
    }

    /// Before when a decision was made that somebody should have acknowledged by now. Without a calendar for these days all
    /// hours count.
    #[must_use]
    pub fn silent_since(&self, now: DateTime<Utc>) -> DateTime<Utc> {
        let after = TimeDelta::minutes(self.notices.unacknowledged_office_min.into());
        OfficeCalendar::embedded(self.office_time.hours).since(now, after).unwrap_or(now - after)
    }

    /// Checks what the types alone do not hold.
    fn check(&self) -> Result<(), SettingsError> {
        let worker = &self.worker;
        let rules = [
            (worker.chunk > 0 && worker.chunk_heavy > 0, "worker.chunk", "it must be at least 1"),
            (worker.prefetch > 0, "worker.prefetch", "it must be at least 1"),
            (!worker.retry_s.is_empty(), "worker.retry_s", "it must have at least one wait"),
            (
                (0.0..1.0).contains(&worker.retry_jitter),
                "worker.retry_jitter",
                "it must be from 0 to below 1",
            ),
            (worker.crash_limit > 0, "worker.crash_limit", "it must be at least 1"),
            (self.broker.heartbeat_s > 0, "broker.heartbeat_s", "it must be at least 1"),
            (
                self.broker.reconnect_min_ms > 0
                    && self.broker.reconnect_max_ms >= self.broker.reconnect_min_ms,
                "broker.reconnect_max_ms",
                "the waits must be at least 1, and the longest no shorter than the first",
            ),
            (self.http.request_timeout_s > 0, "http.request_timeout_s", "it must be at least 1"),
            (self.lease.minutes > 0, "lease.minutes", "it must be at least 1"),
            (!self.notices.resend_s.is_empty(), "notices.resend_s", "it must have at least one wait"),
            (!self.notices.retry_s.is_empty(), "notices.retry_s", "it must have at least one wait"),
            (self.scan.jpeg_quality <= 100 && self.scan.jpeg_quality > 0, "scan.jpeg_quality", "1 to 100"),
            (self.database.max_connections > 0, "database.max_connections", "it must be at least 1"),
        ];
        match rules.into_iter().find(|(holds, _, _)| !holds) {
            Some((_, key, reason)) => Err(SettingsError::wrong(key, "the settings", reason)),
            None => Ok(()),
        }
    }
}

fn defaults() -> Result<Table, SettingsError> {
    DEFAULTS.parse().map_err(|error| SettingsError::unreadable("the built-in `berkas.toml`", &error))
}

fn read(path: &Path) -> Result<Table, SettingsError> {
    let text = std::fs::read_to_string(path)
        .map_err(|source| SettingsError::File { path: path.to_owned(), source })?;
    text.parse().map_err(|error| SettingsError::unreadable(&format!("`{}`", path.display()), &error))
}

/// The path of keys that a variable stands for, in lower case; `None` when it is not a setting.
fn keys_of(variable: &str) -> Option<Vec<String>> {
    if let Some((_, section, key)) = SHORT_NAMES.iter().find(|(name, _, _)| *name == variable) {
        return Some(vec![(*section).to_owned(), (*key).to_owned()]);
    }
    let keys = variable.strip_prefix("BERKAS_")?;
    keys.contains("__").then(|| keys.split("__").map(str::to_lowercase).collect())
}

#[cfg(test)]
mod tests;
