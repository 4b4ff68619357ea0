//! The sections as types. What each key means stands once, in `config/berkas.toml`; units are in the names.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use berkas_domain::{Revision, Step};
use berkas_notices::{BrokenOverlay, NoticeTexts};
use serde::Deserialize;

use super::{Secret, SettingsError};

/// Section `[database]`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DatabaseSettings {
    /// `postgres://…`; empty when not set, see [`DatabaseSettings::required_url`].
    pub url: Secret,
    /// Connections of one process at most.
    pub max_connections: u32,
    /// How far this machine's clock may be off the database's, in milliseconds.
    pub max_clock_skew_ms: u64,
}

impl DatabaseSettings {
    /// The address of the database.
    ///
    /// # Errors
    /// [`SettingsError::Missing`] when it was not set.
    pub fn required_url(&self) -> Result<&str, SettingsError> {
        match self.url.expose() {
            "" => Err(SettingsError::Missing { key: "database.url", variable: "BERKAS_DATABASE_URL" }),
            url => Ok(url),
        }
    }
}

/// Section `[broker]`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(missing_docs, reason = "each key is documented in `config/berkas.toml`")]
pub struct BrokerSettings {
    pub urls: Vec<Secret>,
    pub queue_type: QueueType,
    pub heartbeat_s: u16,
    pub confirm_timeout_ms: u64,
    pub reconnect_min_ms: u64,
    pub reconnect_max_ms: u64,
    pub max_length_intake: u32,
    pub max_length_work: u32,
    pub max_length_returns: u32,
}

impl BrokerSettings {
    /// The addresses of the broker's nodes, at least one.
    ///
    /// # Errors
    /// [`SettingsError::Missing`] when none was set.
    pub fn required_urls(&self) -> Result<Vec<&str>, SettingsError> {
        if self.urls.is_empty() {
            return Err(SettingsError::Missing { key: "broker.urls", variable: "BERKAS_AMQP_URL" });
        }
        Ok(self.urls.iter().map(Secret::expose).collect())
    }
}

/// What kind of queues the deployment uses.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum QueueType {
    /// For one broker.
    Classic,
    /// For a cluster.
    Quorum,
}

/// Section `[blobs]`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(missing_docs, reason = "each key is documented in `config/berkas.toml`")]
pub struct BlobsSettings {
    pub url: String,
    pub access_key_id: String,
    pub secret_access_key: Secret,
    pub key: Secret,
    pub key_file: PathBuf,
    pub opens_plain: bool,
    pub orphan_days: u32,
}

/// Section `[http]`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(missing_docs, reason = "each key is documented in `config/berkas.toml`")]
pub struct HttpSettings {
    pub listen: String,
    pub public_url: String,
    pub observe_listen: String,
    pub request_timeout_s: u64,
    pub upload_timeout_s: u64,
}

/// Section `[worker]`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(missing_docs, reason = "each key is documented in `config/berkas.toml`")]
pub struct WorkerSettings {
    pub prefetch: u16,
    pub chunk: usize,
    pub chunk_heavy: usize,
    pub retry_s: Vec<u64>,
    pub retry_jitter: f64,
    pub crash_limit: u32,
    pub drain_s: u64,
    pub breaker_min_ms: u64,
    pub breaker_max_ms: u64,
    pub handle_timeout_s: HandleTimeouts,
}

impl WorkerSettings {
    /// How long one piece of work of `step` may take.
    #[must_use]
    pub const fn handle_timeout(&self, step: Step) -> Duration {
        let timeouts = &self.handle_timeout_s;
        Duration::from_secs(match step {
            Step::Scan => timeouts.scan,
            Step::Completeness => timeouts.completeness,
            Step::Assignment => timeouts.assignment,
            Step::Notification => timeouts.notification,
        })
    }

    /// The wait before the retry that follows `attempts` failed ones, without jitter; `None` when it is time to park.
    #[must_use]
    pub fn retry_after(&self, attempts: u32) -> Option<Duration> {
        let index = usize::try_from(attempts).unwrap_or(usize::MAX);
        self.retry_s.get(index.checked_sub(1)?).copied().map(Duration::from_secs)
    }

    /// How many deliveries of `step` are done in one transaction at most.
    #[must_use]
    pub const fn chunk_of(&self, step: Step) -> usize {
        match step {
            Step::Scan => self.chunk_heavy,
            Step::Completeness | Step::Assignment | Step::Notification => self.chunk,
        }
    }
}

/// Section `[worker.handle_timeout_s]`, seconds for each step.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(missing_docs, reason = "named like the steps")]
pub struct HandleTimeouts {
    pub scan: u64,
    pub completeness: u64,
    pub assignment: u64,
    pub notification: u64,
}

/// Section `[sweeper]`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(missing_docs, reason = "each key is documented in `config/berkas.toml`")]
pub struct SweeperSettings {
    pub interval_ms: u64,
    pub unpublished_after_ms: u64,
    pub republish_after_s: u64,
    pub republish_max_s: u64,
    pub batch: u32,
}

/// Section `[lease]`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LeaseSettings {
    /// How long a verifier may hold a task without touching it.
    pub minutes: u32,
}

/// Section `[hold]`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HoldSettings {
    /// How long a decision can be undone before its notice leaves.
    pub minutes: u32,
}

/// Section `[desk]`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DeskSettings {
    /// How long nobody may touch the desk before it locks itself; 0: it does not.
    pub lock_minutes: u32,
    /// How long a locked desk keeps its task.
    pub locked_lease_minutes: u32,
    /// Pages of originals that are drawn at the same time.
    pub originals_at_once: usize,
    /// Longest edge of such a page, in pixels.
    pub original_px: u32,
    /// Its bytes at most.
    pub original_bytes: usize,
}

/// Section `[standby]`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StandbySettings {
    /// Office minutes for which a task is set aside for an answer of the central register.
    pub register_office_min: u32,
    /// Office minutes after which blanks that were missing are looked for again.
    pub blanks_office_min: u32,
    /// Days that somebody may choose instead, at most.
    pub most_days: u16,
}

/// Section `[repair]`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RepairSettings {
    /// How often a submission may be returned before a supervisor decides.
    pub most_rounds: u16,
}

impl RepairSettings {
    /// Whether a supervisor decides on this revision of a submission.
    #[must_use]
    pub fn is_for_supervisor(&self, revision: Revision, training: bool) -> bool {
        !training && revision.0 > i32::from(self.most_rounds)
    }
}

/// Section `[intake]`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(missing_docs, reason = "each key is documented in `config/berkas.toml`")]
pub struct IntakeSettings {
    pub max_files: usize,
    pub max_file_bytes: u64,
    pub max_total_bytes: u64,
    pub max_form_bytes: u64,
    pub max_message_bytes: usize,
    pub max_backlog: u64,
    pub retry_after_s: u64,
    pub checks_per_minute: u32,
    pub thumbnails_per_minute: u32,
    pub page_check: PageCheckSettings,
}

/// Section `[intake.page_check]`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(missing_docs, reason = "each key is documented in `config/berkas.toml`")]
pub struct PageCheckSettings {
    pub concurrency: usize,
    pub retry_after_s: u64,
    pub per_minute: u32,
    pub max_file_ms: u64,
    pub preview_px: u32,
    pub preview_bytes: usize,
}

/// Section `[scan]`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(missing_docs, reason = "each key is documented in `config/berkas.toml`")]
pub struct ScanSettings {
    pub max_bytes: usize,
    pub max_pages: u32,
    pub max_file_ms: u64,
    pub max_pixels: u64,
    pub max_page_ms: u64,
    pub patient_page_ms: u64,
    pub max_memory_bytes: u64,
    pub threads: usize,
    pub target_dpi: u32,
    pub jpeg_quality: u8,
    pub output: ScanOutput,
    pub bilevel: bool,
    pub preview_px: u32,
    pub orientation_model: PathBuf,
    pub child: PathBuf,
    pub child_cpu_s: u64,
    pub child_memory_bytes: u64,
    pub child_heic_memory_bytes: u64,
    pub child_confinement: Confinement,
}

/// What a decoder does where the system cannot filter its calls.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Confinement {
    /// It opens no file.
    Required,
    /// It goes on with its other limits.
    IfPossible,
}

/// How normalized pages are coded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ScanOutput {
    /// JPEG of `jpeg_quality`.
    Jpeg,
    /// Lossless WebP.
    Webp,
}

/// Section `[webhook]`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(missing_docs, reason = "each key is documented in `config/berkas.toml`")]
pub struct WebhookSettings {
    pub allow_cidrs: Vec<String>,
    pub require_https: bool,
    pub connect_timeout_ms: u64,
    pub timeout_ms: u64,
    pub max_answer_bytes: usize,
    pub concurrency: usize,
    pub per_office: u32,
}

/// Section `[notices]`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(missing_docs, reason = "each key is documented in `config/berkas.toml`")]
pub struct NoticeSettings {
    pub dir: PathBuf,
    pub lease_s: u64,
    pub resend_s: Vec<u64>,
    pub retry_s: Vec<u64>,
    pub unacknowledged_office_min: u32,
    pub answers_again_days: u32,
}

impl NoticeSettings {
    /// What offices are told: the built-in texts with those of `dir` in their place.
    ///
    /// # Errors
    /// [`BrokenOverlay`]: a text that is wrong would otherwise be found out by an office.
    pub fn texts(&self) -> Result<Arc<NoticeTexts>, BrokenOverlay> {
        match self.dir.as_os_str().is_empty() {
            true => Ok(NoticeTexts::built_in()),
            false => NoticeTexts::load(&self.dir).map(Arc::new),
        }
    }
}

/// Section `[telemetry]`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TelemetrySettings {
    /// How a line of the log looks.
    pub log_format: LogFormat,
    /// A level, or directives of tracing's `EnvFilter`.
    pub log_level: String,
    /// Where spans are sent; empty for nowhere.
    pub otlp_endpoint: String,
}

/// How a line of the log looks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LogFormat {
    /// One JSON object a line.
    Json,
    /// For people.
    Pretty,
}
