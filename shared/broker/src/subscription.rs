//! One subscription while it lasts: a channel, and the stream of what arrives on it.

use std::sync::Arc;
use std::time::Duration;

use futures::{FutureExt, StreamExt};
use lapin::Channel;
use lapin::options::{BasicCancelOptions, BasicConsumeOptions, BasicNackOptions, BasicQosOptions};
use lapin::types::FieldTable;
use tokio::time::{Instant, sleep_until, timeout};
use tokio_util::task::AbortOnDropHandle;

use crate::broker::{look_at, short};
use crate::burst::{Burst, PAUSE};
use crate::config::ConsumeOptions;
use crate::delivery::Delivery;
use crate::error::BrokerError;
use crate::outstanding::Outstanding;
use crate::session::Session;

/// A channel and the stream of what arrives on it.
pub(crate) struct Subscription {
    pub(crate) session: Arc<Session>,
    queue: String,
    channel: Channel,
    stream: lapin::Consumer,
    outstanding: Arc<Outstanding>,
    looks: Looks,
}

/// The looks whether something waits. They outlast each call of `next_chunk`: a caller that gives up and asks again every
/// second would otherwise never come to the second look.
struct Looks {
    next: Instant,
    waited_before: bool,
    /// The look under way, in a task: the caller may give up sooner than the broker answers.
    under_way: Option<AbortOnDropHandle<bool>>,
}

/// The subscription is over, from the other side.
pub(crate) struct Over;

impl Subscription {
    /// Subscribes to `queue` on a channel of its own: a channel's fault then hits one queue only.
    pub(crate) async fn open(
        session: Arc<Session>,
        queue: &str,
        options: &ConsumeOptions,
    ) -> Result<Self, BrokerError> {
        let channel = session.channel().await?;
        let stream = subscribe(&session, &channel, queue, options).await?;
        let looks = Looks::new(&session);
        Ok(Self { session, queue: queue.to_owned(), channel, stream, outstanding: Arc::default(), looks })
    }

    /// Waits for the first delivery, then takes what is there already, and in a burst what comes a moment later, up to
    /// `most`. What a caller that gives up in between was not handed goes back to the broker.
    pub(crate) async fn next_chunk(&mut self, most: usize, burst: &mut Burst) -> Result<Vec<Delivery>, Over> {
        let first = tokio::select! {
            first = self.stream.next() => first,
            () = self.session.ended() => None,
            () = self.looks.forgotten(&self.session, &self.queue, &self.outstanding) => None,
        };
        self.looks.start_over();
        let mut chunk = vec![self.hand_out(first).ok_or(Over)?];
        self.add_what_is_there(&mut chunk, most);
        let mut before = 0;
        while burst.goes_on(before, chunk.len(), most) {
            before = chunk.len();
            tokio::time::sleep(PAUSE).await;
            self.add_what_is_there(&mut chunk, most);
        }
        burst.end(chunk.len(), most);
        Ok(chunk)
    }

    fn add_what_is_there(&mut self, chunk: &mut Vec<Delivery>, most: usize) {
        while chunk.len() < most {
            // What comes after an end shows at the next call.
            let Some(next) = self.stream.next().now_or_never() else { break };
            let Some(delivery) = self.hand_out(next) else { break };
            chunk.push(delivery);
        }
    }

    fn hand_out(&self, item: Option<lapin::Result<lapin::message::Delivery>>) -> Option<Delivery> {
        match item {
            Some(Ok(message)) => Some(Delivery::new(message, Arc::clone(&self.outstanding))),
            Some(Err(_)) | None => None,
        }
    }

    /// Unsubscribes and gives back what nobody was handed; what was handed out can still be settled, as long as the
    /// returned channel is kept.
    pub(crate) async fn cancel(mut self) -> Channel {
        let tag = self.stream.tag();
        let cancelled =
            self.session.request(self.channel.basic_cancel(tag, BasicCancelOptions::default())).await;
        if cancelled.is_ok() {
            // The stream ends by itself once the broker has agreed.
            let giving_back = async {
                while let Some(Ok(message)) = self.stream.next().await {
                    let _ = message.nack(BasicNackOptions { requeue: true, multiple: false }).await;
                }
            };
            let _ = timeout(Duration::from_secs(5), giving_back).await;
        }
        self.channel.clone()
    }
}

impl Looks {
    fn new(session: &Session) -> Self {
        Self { next: Instant::now() + session.look_every, waited_before: false, under_way: None }
    }

    /// Something has come: what was seen before says nothing any more.
    fn start_over(&mut self) {
        self.waited_before = false;
        self.under_way = None;
    }

    /// Resolves when messages wait in `queue` and none comes here, although nothing is in hand.
    ///
    /// The broker tells its consumers when a queue is deleted, but not when it has to delete a quorum queue by force
    /// because that answers nobody (seen on 3.10): they then wait for ever, also after the queue was made anew.
    async fn forgotten(&mut self, session: &Arc<Session>, queue: &str, outstanding: &Outstanding) {
        loop {
            sleep_until(self.next).await;
            // Between its publish and its delivery a message waits for a moment, but not from one look to the next.
            let waits = outstanding.is_empty() && self.look(session, queue).await;
            self.next = Instant::now() + session.look_every;
            if waits && self.waited_before {
                tracing::warn!(queue, "the broker has forgotten a consumer, subscribing again");
                return;
            }
            self.waited_before = waits;
        }
    }

    /// Whether messages wait in `queue`; goes on with the look that an earlier caller did not wait for.
    async fn look(&mut self, session: &Arc<Session>, queue: &str) -> bool {
        let look = || AbortOnDropHandle::new(tokio::spawn(has_waiting(session.clone(), queue.to_owned())));
        let waits = self.under_way.get_or_insert_with(look).await.unwrap_or(false);
        self.under_way = None;
        waits
    }
}

async fn has_waiting(session: Arc<Session>, queue: String) -> bool {
    let Ok(name) = short(&queue) else { return false };
    session.ask(|channel| look_at(channel, name)).await.is_ok_and(|queue| queue.message_count() > 0)
}

async fn subscribe(
    session: &Session,
    channel: &Channel,
    queue: &str,
    options: &ConsumeOptions,
) -> Result<lapin::Consumer, BrokerError> {
    let (queue, tag) = (short(queue)?, short(&options.tag)?);
    session.request(channel.basic_qos(options.prefetch.max(1), BasicQosOptions::default())).await?;
    let consuming = channel.basic_consume(queue, tag, BasicConsumeOptions::default(), FieldTable::default());
    session.request(consuming).await
}
