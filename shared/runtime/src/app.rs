//! What every role holds: the store, the broker, the objects, the clock, the settings.

use std::sync::Arc;

use berkas_blobs::Blobs;
use berkas_broker::{Broker, BrokerConfig, QueueType as BrokerQueueType, Topology, TopologyOptions};
use berkas_domain::{Clock, OfficeCode, SystemClock};
use berkas_notices::{BrokenOverlay, NoticeTexts};
use berkas_store::{Store, StoreError};
use tokio_util::sync::CancellationToken;

use berkas_blobs::Seal;

use crate::attempts::OpenAttempts;
use crate::health::Health;
use crate::metrics::Metrics;
use crate::settings::{QueueType, Settings, SettingsError};

/// The services of one process; clones share them.
#[derive(Clone)]
pub struct App {
    /// The database.
    pub store: Store,
    /// The object store.
    pub blobs: Blobs,
    /// Encrypts small values: facts, parked messages.
    pub seal: Seal,
    /// What is counted.
    pub metrics: Metrics,
    /// What the process watches of itself.
    pub health: Health,
    /// The attempts that run alone now.
    pub attempts: OpenAttempts,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// Every setting.
    pub settings: Arc<Settings>,
    /// What offices are told about decisions.
    pub texts: Arc<NoticeTexts>,
}

/// Why a process could not start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// A setting is missing or wrong.
    #[error(transparent)]
    Settings(#[from] SettingsError),
    /// The database.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The object store.
    #[error(transparent)]
    Blobs(#[from] crate::settings::OpenBlobsError),
    /// The texts in `notices.dir`.
    #[error(transparent)]
    Texts(#[from] BrokenOverlay),
    /// The broker's address.
    #[error(transparent)]
    Broker(#[from] berkas_broker::BrokerError),
}

impl App {
    /// Connects to the database and opens the object store, for a process that plays `role`.
    ///
    /// # Errors
    /// [`StartError`], naming the setting to change.
    pub async fn start(settings: Settings, role: &'static str) -> Result<Self, StartError> {
        let texts = settings.notices.texts()?;
        let store =
            Store::connect(settings.database.required_url()?, settings.database.max_connections).await?;
        let blobs = settings.open_blobs()?;
        let seal = settings.blobs.seal()?;
        let metrics = Metrics::new(role);
        let watching = metrics.clone();
        let store = store.watched_by(move |stage, count| watching.entered(stage, count as u64));
        let (clock, settings) = (Arc::new(SystemClock), Arc::new(settings));
        let (health, attempts) = (Health::default(), OpenAttempts::default());
        Ok(Self { store, blobs, seal, metrics, health, attempts, clock, settings, texts })
    }

    /// Starts a broker connection named after `role`; it is made, and made again, in the background.
    ///
    /// # Errors
    /// [`StartError`] when the address is missing or malformed.
    pub fn broker(&self, role: &str, shutdown: CancellationToken) -> Result<Broker, StartError> {
        let settings = &self.settings.broker;
        let urls = settings.required_urls()?.into_iter().map(str::to_owned).collect();
        let mut config = BrokerConfig::new(urls, format!("berkas-{role}"));
        config.heartbeat = std::time::Duration::from_secs(u64::from(settings.heartbeat_s));
        config.confirm_timeout = std::time::Duration::from_millis(settings.confirm_timeout_ms);
        config.reconnect_min = std::time::Duration::from_millis(settings.reconnect_min_ms);
        config.reconnect_max = std::time::Duration::from_millis(settings.reconnect_max_ms);
        config.queue_type = self.queue_type();
        Ok(Broker::start(config, shutdown)?)
    }

    /// What the broker must have for these offices.
    #[must_use]
    pub fn topology(&self, offices: Vec<OfficeCode>) -> Topology {
        let settings = &self.settings.broker;
        let mut options = TopologyOptions::new(self.queue_type(), offices);
        options.intake_max_length = settings.max_length_intake;
        options.work_max_length = settings.max_length_work;
        options.return_max_length = settings.max_length_returns;
        Topology::new(&options)
    }

    fn queue_type(&self) -> BrokerQueueType {
        match self.settings.broker.queue_type {
            QueueType::Classic => BrokerQueueType::Classic,
            QueueType::Quorum => BrokerQueueType::Quorum,
        }
    }
}
