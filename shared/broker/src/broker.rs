//! The way to RabbitMQ.

use std::sync::Arc;
use std::time::Duration;

use lapin::Channel;
use lapin::options::QueueDeclareOptions;
use lapin::types::{FieldTable, ShortString};
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::backoff::Backoff;
use crate::config::{BrokerConfig, ConsumeOptions};
use crate::consumer::Consumer;
use crate::error::{BrokerError, NotLetIn};
use crate::link::Link;
use crate::publisher::{Publisher, probe};
use crate::session::{Session, parse, places};

/// The way to RabbitMQ: two connections, one for publishing and one for the rest, rebuilt for ever. Clones share them.
#[derive(Clone)]
pub struct Broker {
    inner: Arc<Inner>,
}

struct Inner {
    config: Arc<BrokerConfig>,
    publishing: Link,
    /// Also for requests: it never publishes, so no alarm at the broker can block it.
    consuming: Link,
    shutdown: CancellationToken,
    tasks: TaskTracker,
    /// Ends the connections with the last clone.
    closing: Closing,
}

/// How the connections are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Health {
    /// Both are up.
    Up,
    /// The broker takes no messages at present (memory or disk alarm), but delivers.
    Blocked,
    /// At least one is down.
    Down,
}

/// How much is in a queue.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QueueDepth {
    /// Its name.
    pub queue: String,
    /// Messages that wait to be delivered, not those under way; `None` when there is no such queue.
    pub ready: Option<u32>,
    /// Who consumes it.
    pub consumers: u32,
}

impl Broker {
    /// Starts connecting and returns at once. When `shutdown` is cancelled the consumers end; the connections stay
    /// until [`close`](Self::close), so that what is under way can be settled.
    ///
    /// # Errors
    /// [`BrokerError::Config`] when there is no address.
    pub fn start(config: BrokerConfig, shutdown: CancellationToken) -> Result<Self, BrokerError> {
        if config.urls.is_empty() {
            return Err(BrokerError::Config("no address of the broker is set".to_owned()));
        }
        for url in &config.urls {
            parse(&config, url)?;
        }
        let (config, closing, tasks) = (Arc::new(config), CancellationToken::new(), TaskTracker::new());
        let link = |purpose| Link::start(config.clone(), purpose, closing.clone(), &tasks);
        let (publishing, consuming) = (link("publishing"), link("consuming"));
        tasks.close();
        let closing = Closing(closing);
        Ok(Self { inner: Arc::new(Inner { config, publishing, consuming, shutdown, tasks, closing }) })
    }

    /// Waits until both connections are up; [`BrokerError::Disconnected`] when the broker was closed meanwhile.
    ///
    /// # Errors
    /// As said; otherwise it waits for ever.
    pub async fn ready(&self) -> Result<(), BrokerError> {
        let up = tokio::join!(self.inner.publishing.session(), self.inner.consuming.session());
        if matches!(up, (Some(_), Some(_))) { Ok(()) } else { Err(BrokerError::Disconnected) }
    }

    /// As [`ready`](Self::ready), but only for so long.
    ///
    /// # Errors
    /// [`NotLetIn`], with why the last attempt failed.
    pub async fn ready_within(&self, patience: Duration) -> Result<(), NotLetIn> {
        let cause = match timeout(patience, self.ready()).await {
            Ok(Ok(())) => return Ok(()),
            Ok(Err(error)) => error,
            // Nothing was refused: nobody has answered yet.
            Err(_) => {
                let refused = || self.inner.publishing.refused().or_else(|| self.inner.consuming.refused());
                refused().unwrap_or(BrokerError::Timeout)
            }
        };
        Err(NotLetIn { places: places(&self.inner.config), patience, cause })
    }

    /// How the connections are now.
    #[must_use]
    pub fn health(&self) -> Health {
        match (self.inner.publishing.present(), self.inner.consuming.present()) {
            (Some(publishing), Some(_)) if publishing.is_blocked() => Health::Blocked,
            (Some(_), Some(_)) => Health::Up,
            _ => Health::Down,
        }
    }

    /// How often a connection was lost and made anew since the start, both together.
    #[must_use]
    pub fn reconnects(&self) -> u64 {
        self.inner.publishing.remade() + self.inner.consuming.remade()
    }

    /// What it was started with.
    #[must_use]
    pub fn config(&self) -> &BrokerConfig {
        &self.inner.config
    }

    /// Makes a publisher with a channel of its own.
    #[must_use]
    pub fn publisher(&self) -> Publisher {
        Publisher::new(self.inner.publishing.clone(), self.inner.config.clone())
    }

    /// Whether the broker confirms at all: publishes to a queue of its own, which is gone afterwards.
    pub async fn confirms(&self) -> bool {
        let wait = self.inner.config.confirm_timeout;
        let probe = async {
            let session = self.inner.publishing.session().await?;
            probe(&session).await.ok()
        };
        timeout(wait, probe).await.ok().flatten().unwrap_or(false)
    }

    /// Consumes `queue`; returns once subscribed, or at shutdown.
    pub async fn consume(&self, queue: &str, options: ConsumeOptions) -> Consumer {
        let shutdown = self.inner.shutdown.clone();
        let link = self.inner.consuming.clone();
        let backoff = Backoff::new(&self.inner.config);
        let mut consumer = Consumer::new(link, queue.to_owned(), options, backoff, shutdown.clone());
        let _ = shutdown.run_until_cancelled(consumer.subscribe()).await;
        consumer
    }

    /// Asks how much is in each of `queues`, in their order.
    ///
    /// # Errors
    /// When the broker does not answer.
    pub async fn queue_depths(&self, queues: &[&str]) -> Result<Vec<QueueDepth>, BrokerError> {
        let mut depths = Vec::with_capacity(queues.len());
        for queue in queues {
            depths.push(self.queue_depth(queue).await?);
        }
        Ok(depths)
    }

    async fn queue_depth(&self, queue: &str) -> Result<QueueDepth, BrokerError> {
        let name = short(queue)?;
        let (ready, consumers) = match self.ask(|channel| look_at(channel, name.clone())).await {
            Ok(answer) => (Some(answer.message_count()), answer.consumer_count()),
            Err(BrokerError::Refused { code: 404, .. }) => (None, 0),
            Err(error) => return Err(error),
        };
        Ok(QueueDepth { queue: queue.to_owned(), ready, consumers })
    }

    /// Sends one request; once more if the connection is lost over it, for every request can be repeated.
    pub(crate) async fn ask<T, F>(&self, question: impl Fn(Channel) -> F) -> Result<T, BrokerError>
    where
        F: Future<Output = lapin::Result<T>>,
    {
        match self.control().await?.ask(&question).await {
            Err(BrokerError::Disconnected) => self.control().await?.ask(&question).await,
            answer => answer,
        }
    }

    /// The connection for requests; waits for one, but not for ever.
    async fn control(&self) -> Result<Arc<Session>, BrokerError> {
        let waiting = timeout(self.inner.config.request_timeout, self.inner.consuming.session()).await;
        waiting.ok().flatten().ok_or(BrokerError::Disconnected)
    }

    /// Says goodbye to the broker; settle what is under way before. All clones are closed with it.
    pub async fn close(self) {
        self.inner.closing.0.cancel();
        self.inner.tasks.wait().await;
    }
}

/// Cancels its token when dropped.
struct Closing(CancellationToken);

impl Drop for Closing {
    fn drop(&mut self) {
        self.0.cancel();
    }
}

/// Asks how a queue stands, without making it.
pub(crate) async fn look_at(channel: Channel, queue: ShortString) -> lapin::Result<lapin::Queue> {
    let options = QueueDeclareOptions { passive: true, ..QueueDeclareOptions::default() };
    channel.queue_declare(queue, options, FieldTable::default()).await
}

/// Makes a name of AMQP's.
pub(crate) fn short(name: &str) -> Result<ShortString, BrokerError> {
    ShortString::try_new(name)
        .map_err(|_| BrokerError::Config("a name at the broker is longer than 255 bytes".to_owned()))
}
