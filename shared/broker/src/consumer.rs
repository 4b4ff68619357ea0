//! Consuming a queue, over any number of connections.

use std::sync::Arc;

use lapin::Channel;
use tokio_util::sync::CancellationToken;
use tokio_util::task::AbortOnDropHandle;

use crate::backoff::Backoff;
use crate::burst::Burst;
use crate::config::ConsumeOptions;
use crate::delivery::Delivery;
use crate::error::BrokerError;
use crate::link::Link;
use crate::session::Session;
use crate::subscription::Subscription;

/// Consumes one queue, over any number of connections.
pub struct Consumer {
    link: Link,
    queue: String,
    options: ConsumeOptions,
    /// Cancelled when the process begins to drain; owned by whoever started the broker.
    shutdown: CancellationToken,
    state: State,
    backoff: Backoff,
    burst: Burst,
}

enum State {
    /// Not subscribed, but wants to be.
    Idle,
    /// Subscribing, in a task: a caller that gives up after less than that takes would otherwise never be subscribed.
    Opening(AbortOnDropHandle<Result<Subscription, BrokerError>>),
    /// Subscribed.
    Active(Box<Subscription>),
    /// Wants nothing for now; keeps the channel, on which the last chunk may still be settled.
    Paused(Option<Channel>),
    /// Wants nothing any more; keeps the channel likewise.
    Stopped(Option<Channel>),
}

impl Consumer {
    pub(crate) fn new(
        link: Link,
        queue: String,
        options: ConsumeOptions,
        backoff: Backoff,
        shutdown: CancellationToken,
    ) -> Self {
        Self { link, queue, options, shutdown, state: State::Idle, backoff, burst: Burst::default() }
    }

    /// The queue it consumes.
    #[must_use]
    pub fn queue(&self) -> &str {
        &self.queue
    }

    /// Waits for the first delivery, then adds those that are there already, up to the chunk's size; on a busy queue
    /// also those that come within the next milliseconds, twenty at most.
    ///
    /// Survives every loss of the connection and of the queue. Subscribes again after a [`pause`](Self::pause).
    /// Returns `None` once the process shuts down or the consumer was stopped; what was handed out can be settled
    /// until the consumer is dropped. Cancel-safe: a delivery that was not handed out stays with the broker.
    pub async fn next_chunk(&mut self) -> Option<Vec<Delivery>> {
        loop {
            let shutdown = self.shutdown.clone();
            let Some(chunk) = shutdown.run_until_cancelled(self.attempt()).await else {
                self.stop().await;
                return None;
            };
            match chunk {
                Attempt::Chunk(chunk) => return Some(chunk),
                Attempt::Again => {}
                Attempt::Stopped => return None,
            }
        }
    }

    async fn attempt(&mut self) -> Attempt {
        match &mut self.state {
            State::Stopped(_) => Attempt::Stopped,
            State::Idle | State::Opening(_) | State::Paused(_) => {
                if self.subscribe().await {
                    Attempt::Again
                } else {
                    Attempt::Stopped
                }
            }
            State::Active(subscription) => {
                match subscription.next_chunk(self.options.chunk, &mut self.burst).await {
                    Ok(chunk) => {
                        self.backoff.reset();
                        Attempt::Chunk(chunk)
                    }
                    Err(_over) => {
                        self.state = State::Idle;
                        tokio::time::sleep(self.backoff.next()).await;
                        Attempt::Again
                    }
                }
            }
        }
    }

    /// Subscribes, for as long as it takes; `false` when the broker was closed.
    pub(crate) async fn subscribe(&mut self) -> bool {
        loop {
            let State::Opening(opening) = &mut self.state else {
                let Some(session) = self.link.session().await else {
                    self.state = State::Stopped(None);
                    return false;
                };
                let opening = open(session, self.queue.clone(), self.options.clone());
                self.state = State::Opening(AbortOnDropHandle::new(tokio::spawn(opening)));
                continue;
            };
            match opening.await {
                Ok(Ok(subscription)) => {
                    self.state = State::Active(Box::new(subscription));
                    return true;
                }
                Ok(Err(error)) => tracing::warn!(queue = self.queue, %error, "cannot consume"),
                Err(error) => tracing::error!(queue = self.queue, %error, "cannot consume"),
            }
            self.state = State::Idle;
            tokio::time::sleep(self.backoff.next()).await;
        }
    }

    /// Takes nothing more until [`resume`](Self::resume) or [`next_chunk`](Self::next_chunk) is called; gives back what
    /// was not handed out. What was can be settled until then.
    pub async fn pause(&mut self) {
        if let State::Active(subscription) = std::mem::replace(&mut self.state, State::Idle) {
            self.state = State::Paused(Some(subscription.cancel().await));
        }
    }

    /// Subscribes again after a [`pause`](Self::pause).
    pub async fn resume(&mut self) {
        if matches!(self.state, State::Paused(_)) {
            let shutdown = self.shutdown.clone();
            let _ = shutdown.run_until_cancelled(self.subscribe()).await;
        }
    }

    /// Takes nothing more, ever; gives back what was not handed out. What was can be settled until the consumer is
    /// dropped.
    pub async fn stop(&mut self) {
        let channel = match std::mem::replace(&mut self.state, State::Stopped(None)) {
            State::Active(subscription) => Some(subscription.cancel().await),
            State::Paused(channel) | State::Stopped(channel) => channel,
            State::Idle | State::Opening(_) => None,
        };
        self.state = State::Stopped(channel);
    }
}

async fn open(
    session: Arc<Session>,
    queue: String,
    options: ConsumeOptions,
) -> Result<Subscription, BrokerError> {
    let opened = Subscription::open(Arc::clone(&session), &queue, &options).await;
    // A refusal (the queue is missing, say) leaves the connection to the other queues.
    if matches!(opened, Err(BrokerError::Timeout)) {
        session.end("the broker did not answer a consumer");
    }
    opened
}

/// What one step of [`Consumer::next_chunk`] came to.
enum Attempt {
    Chunk(Vec<Delivery>),
    Again,
    Stopped,
}
