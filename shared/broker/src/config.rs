//! What an operator can set.

use std::time::Duration;

/// How to reach RabbitMQ and how patient to be.
#[derive(Clone)]
pub struct BrokerConfig {
    /// `amqp://user:password@host:port/vhost`, one for each node; tried in turn.
    pub urls: Vec<String>,
    /// The name shown beside the connections, for example `scan@host`.
    pub connection_name: String,
    /// How often both sides say that they live. A frozen process's messages come back after about two of these: 28.5 s
    /// were measured at 10 s, 10.5 s at 4 s.
    pub heartbeat: Duration,
    /// What queues are made of.
    pub queue_type: QueueType,
    /// How long to wait for a confirm, and for a blocked or lost connection before a publish gives up.
    pub confirm_timeout: Duration,
    /// How long connecting or one request to the broker may take.
    pub request_timeout: Duration,
    /// The wait after the first failed attempt to connect or to consume; it doubles, with jitter.
    pub reconnect_min: Duration,
    /// The longest such wait.
    pub reconnect_max: Duration,
    /// How often a consumer to which nothing comes looks whether something waits in its queue.
    pub look_every: Duration,
}

impl BrokerConfig {
    /// Takes the defaults for `urls`: heartbeat 5 s, classic queues, 10 s for a confirm and for a request, 100 ms to 5 s
    /// between attempts to connect, a look every 5 s.
    #[must_use]
    pub fn new(urls: Vec<String>, connection_name: impl Into<String>) -> Self {
        Self {
            urls,
            connection_name: connection_name.into(),
            heartbeat: Duration::from_secs(5),
            queue_type: QueueType::Classic,
            confirm_timeout: Duration::from_secs(10),
            request_timeout: Duration::from_secs(10),
            reconnect_min: Duration::from_millis(100),
            reconnect_max: Duration::from_secs(5),
            look_every: Duration::from_secs(5),
        }
    }
}

impl std::fmt::Debug for BrokerConfig {
    /// Leaves the addresses out: they hold passwords.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("BrokerConfig")
            .field("urls", &self.urls.len())
            .field("connection_name", &self.connection_name)
            .field("heartbeat", &self.heartbeat)
            .field("queue_type", &self.queue_type)
            .field("confirm_timeout", &self.confirm_timeout)
            .field("request_timeout", &self.request_timeout)
            .field("reconnect_min", &self.reconnect_min)
            .field("reconnect_max", &self.reconnect_max)
            .field("look_every", &self.look_every)
            .finish()
    }
}

/// What queues are made of.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum QueueType {
    /// For one node: nothing is lost when it is killed, and there is nothing to settle after declaring.
    #[default]
    Classic,
    /// For a cluster: replicated; a fresh one needs two seconds before it may be relied upon.
    Quorum,
}

impl QueueType {
    /// Its one spelling, also RabbitMQ's.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Classic => "classic",
            Self::Quorum => "quorum",
        }
    }
}

impl std::str::FromStr for QueueType {
    type Err = berkas_domain::UnknownWord;
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text {
            "classic" => Ok(Self::Classic),
            "quorum" => Ok(Self::Quorum),
            _ => Err(berkas_domain::UnknownWord { what: "queue type" }),
        }
    }
}

/// How to consume a queue.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConsumeOptions {
    /// How many deliveries the broker may have under way at once; at least `chunk`, more keeps the next chunk ready.
    pub prefetch: u16,
    /// How many deliveries one [`next_chunk`](crate::Consumer::next_chunk) hands out at most.
    pub chunk: usize,
    /// The consumer's name in the broker's lists.
    pub tag: String,
}

impl ConsumeOptions {
    /// Hands out `chunk` deliveries at a time and keeps as many again ready.
    #[must_use]
    pub fn chunks_of(chunk: usize, tag: impl Into<String>) -> Self {
        let chunk = chunk.max(1);
        let prefetch = u16::try_from(chunk.saturating_mul(2)).unwrap_or(u16::MAX);
        Self { prefetch, chunk, tag: tag.into() }
    }
}
