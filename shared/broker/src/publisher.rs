//! Publishing with confirms.

use std::sync::Arc;
use std::time::Duration;

use lapin::options::{BasicPublishOptions, ConfirmSelectOptions, QueueDeclareOptions, QueueDeleteOptions};
use lapin::types::FieldTable;
use lapin::{BasicProperties, Channel, Confirmation};
use tokio::sync::Mutex;
use tokio::time::{Instant, timeout, timeout_at};

use crate::batch::{self, Outcomes};
use crate::config::BrokerConfig;
use crate::error::{BrokerError, PublishError};
use crate::link::Link;
use crate::outgoing::Outgoing;
use crate::session::Session;

/// Publishes batches, one at a time, on a channel of its own; clones share the channel and take turns.
#[derive(Clone)]
pub struct Publisher {
    link: Link,
    config: Arc<BrokerConfig>,
    line: Arc<Mutex<Option<Line>>>,
}

/// A channel in confirm mode and the connection it belongs to.
#[derive(Clone)]
struct Line {
    session: Arc<Session>,
    channel: Channel,
}

impl Publisher {
    pub(crate) fn new(link: Link, config: Arc<BrokerConfig>) -> Self {
        Self { link, config, line: Arc::default() }
    }

    /// Publishes `messages`, all at once, and says of each whether a queue has it; in their order.
    ///
    /// Gives up after [`confirm_timeout`](BrokerConfig::confirm_timeout), which also covers waiting for a connection
    /// and for a broker that takes nothing at present. Of a message with [`PublishError::Timeout`],
    /// [`Disconnected`](PublishError::Disconnected) or [`Blocked`](PublishError::Blocked) nobody knows whether it
    /// arrived: publish it again under the same id.
    pub async fn publish_batch(&self, messages: Vec<Outgoing>) -> Outcomes {
        if messages.is_empty() {
            return Vec::new();
        }
        let deadline = Instant::now() + self.config.confirm_timeout;
        // Taking turns is what keeps one batch in flight on a channel.
        let Ok(mut line) = timeout_at(deadline, self.line.lock()).await else {
            return all(&messages, PublishError::Timeout);
        };
        let Line { session, channel } = match self.line(&mut line, deadline).await {
            Ok(line) => line,
            Err(error) => return all(&messages, error),
        };
        let mut outcomes = batch::publish(&channel, &messages, deadline).await;
        if outcomes.iter().any(|outcome| outcome.is_err_and(leaves_doubt)) {
            *line = None;
            tell_blocked(&session, &mut outcomes);
            if outcomes.iter().all(|outcome| *outcome == Err(PublishError::Timeout)) {
                tokio::spawn(give_up_if_silent(session, self.config.confirm_timeout));
            }
        }
        outcomes
    }

    /// Publishes one message.
    ///
    /// # Errors
    /// As [`publish_batch`](Self::publish_batch).
    pub async fn publish(&self, message: Outgoing) -> Result<(), PublishError> {
        self.publish_batch(vec![message]).await.pop().unwrap_or(Ok(()))
    }

    /// A usable channel on a connection that takes messages.
    async fn line(&self, line: &mut Option<Line>, deadline: Instant) -> Result<Line, PublishError> {
        let waiting = timeout_at(deadline, self.link.session()).await;
        let session = waiting.ok().flatten().ok_or(PublishError::Disconnected)?;
        timeout_at(deadline, session.unblocked()).await.map_err(|_| PublishError::Blocked)?;
        if let Some(line) = line.as_ref().filter(|line| line.is_usable(&session)) {
            return Ok(line.clone());
        }
        let opened = timeout_at(deadline, open(&session)).await.map_err(|_| PublishError::Timeout)?;
        let channel = opened.map_err(|error| match error {
            BrokerError::Refused { code, .. } => PublishError::Refused { code },
            BrokerError::Timeout => PublishError::Timeout,
            _ => PublishError::Disconnected,
        })?;
        Ok(line.insert(Line { session, channel }).clone())
    }
}

impl Line {
    fn is_usable(&self, session: &Arc<Session>) -> bool {
        Arc::ptr_eq(&self.session, session) && self.channel.status().connected()
    }
}

async fn open(session: &Session) -> Result<Channel, BrokerError> {
    let channel = session.channel().await?;
    session.request(channel.confirm_select(ConfirmSelectOptions::default())).await?;
    Ok(channel)
}

/// Publishes one message to a queue that only this connection sees; says whether it was confirmed.
pub(crate) async fn probe(session: &Session) -> Result<bool, BrokerError> {
    let channel = open(session).await?;
    let options =
        QueueDeclareOptions { exclusive: true, auto_delete: true, ..QueueDeclareOptions::default() };
    let made = session.request(channel.queue_declare("".into(), options, FieldTable::default())).await?;
    let queue = made.name().clone();
    let published = async {
        let options = BasicPublishOptions::default();
        channel.basic_publish("".into(), queue.clone(), options, b"", BasicProperties::default()).await?.await
    };
    let confirmed = matches!(session.request(published).await?, Confirmation::Ack(_));
    session.request(channel.queue_delete(queue, QueueDeleteOptions::default())).await?;
    session.request(channel.close(200, "asked".into())).await?;
    Ok(confirmed)
}

fn all(messages: &[Outgoing], error: PublishError) -> Outcomes {
    messages.iter().map(|_| Err(error)).collect()
}

/// Whether the channel may still owe an answer, so that it cannot be used for another batch.
fn leaves_doubt(error: PublishError) -> bool {
    match error {
        PublishError::Timeout | PublishError::Disconnected | PublishError::Refused { .. } => true,
        PublishError::Blocked
        | PublishError::Unroutable
        | PublishError::Nacked
        | PublishError::TooLong { .. } => false,
    }
}

/// A missing confirm on a blocked connection has its reason in that.
fn tell_blocked(session: &Session, outcomes: &mut Outcomes) {
    if session.is_blocked() {
        outcomes.iter_mut().filter(|outcome| **outcome == Err(PublishError::Timeout)).for_each(|outcome| {
            *outcome = Err(PublishError::Blocked);
        });
    }
}

/// After a batch without a single answer: either the connection is dead, or all of the batch went to a queue that never
/// confirms (a wedged quorum queue). The others shall not lose the connection over such a queue, so it is tried first.
async fn give_up_if_silent(session: Arc<Session>, wait: Duration) {
    let confirmed = matches!(timeout(wait, probe(&session)).await, Ok(Ok(true)));
    // A blocked connection confirms nothing and is kept; see `watch_over`.
    if !confirmed && !session.is_blocked() {
        session.end("no confirm came in time");
    }
}
