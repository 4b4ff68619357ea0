//! A received message and its settlement.

use std::sync::Arc;

use futures::FutureExt;
use lapin::Acker;
use lapin::options::{BasicAckOptions, BasicNackOptions, BasicRejectOptions};
use lapin::types::{AMQPValue, DeliveryTag, FieldTable};

use crate::outstanding::Outstanding;

/// What settling came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Settled {
    /// The broker was told.
    Told,
    /// The connection it came on is gone, so nothing happened; the broker delivers it again.
    Lost,
}

/// A received message. It is consumed by its settlement; dropped without one it goes back to the queue.
pub struct Delivery {
    /// The message itself.
    pub body: Vec<u8>,
    /// The sender's id of the message.
    pub message_id: Option<String>,
    /// The AMQP user that published it; the broker vouches for it.
    pub user_id: Option<String>,
    /// The exchange it was published to.
    pub exchange: String,
    /// The routing key it was published with.
    pub routing_key: String,
    /// Whether it was delivered before, to whomever.
    pub redelivered: bool,
    /// W3C trace context.
    pub traceparent: Option<String>,
    /// Whether it was addressed to further keys. RabbitMQ before 4.0.3 checks topic permissions on the routing key
    /// only, so a `CC` walks round them.
    pub has_cc: bool,
    /// Whether the header `BCC` is there; the broker takes it off a message before it delivers it.
    pub has_bcc: bool,
    /// How often a quorum queue has delivered it before without success.
    pub delivery_count: Option<i64>,
    /// Why it was dead-lettered, the latest time, if it was.
    pub death: Option<Death>,
    ticket: Ticket,
}

/// Where and why a message was dead-lettered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Death {
    /// The queue it was in.
    pub queue: String,
    /// `rejected`, `expired`, `maxlen` or `delivery_limit`.
    pub reason: String,
}

/// The right to settle one delivery, once.
struct Ticket {
    /// Gone once used.
    acker: Option<Acker>,
    tag: DeliveryTag,
    /// Of the channel it came on; two tickets belong to the same channel if they share it.
    outstanding: Arc<Outstanding>,
}

impl Delivery {
    pub(crate) fn new(message: lapin::message::Delivery, outstanding: Arc<Outstanding>) -> Self {
        outstanding.hand_out(message.delivery_tag);
        let properties = &message.properties;
        let empty = FieldTable::default();
        let headers = properties.headers().as_ref().unwrap_or(&empty);
        Self {
            message_id: properties.message_id().as_ref().map(ToString::to_string),
            user_id: properties.user_id().as_ref().map(ToString::to_string),
            traceparent: text(headers, "traceparent"),
            has_cc: headers.contains_key("CC"),
            has_bcc: headers.contains_key("BCC"),
            delivery_count: integer(headers, "x-delivery-count"),
            death: death(headers),
            exchange: message.exchange.to_string(),
            routing_key: message.routing_key.to_string(),
            redelivered: message.redelivered,
            ticket: Ticket { tag: message.delivery_tag, acker: Some(message.acker), outstanding },
            body: message.data,
        }
    }

    /// Tells the broker that it is done.
    pub async fn ack(self) -> Settled {
        self.ticket.ack(false).await
    }

    /// Puts it back into its queue.
    pub async fn requeue(mut self) -> Settled {
        let Some(acker) = self.ticket.take() else { return Settled::Lost };
        told(acker.nack(BasicNackOptions { requeue: true, multiple: false }).await)
    }

    /// Refuses it for good; the broker dead-letters it.
    pub async fn reject(mut self) -> Settled {
        let Some(acker) = self.ticket.take() else { return Settled::Lost };
        told(acker.reject(BasicRejectOptions { requeue: false }).await)
    }
}

impl std::fmt::Debug for Delivery {
    /// Leaves the body out.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Delivery")
            .field("message_id", &self.message_id)
            .field("routing_key", &self.routing_key)
            .field("redelivered", &self.redelivered)
            .field("bytes", &self.body.len())
            .finish_non_exhaustive()
    }
}

impl Ticket {
    fn take(&mut self) -> Option<Acker> {
        self.outstanding.settle(self.tag);
        self.acker.take()
    }

    async fn ack(mut self, multiple: bool) -> Settled {
        let Some(acker) = self.take() else { return Settled::Lost };
        told(acker.ack(BasicAckOptions { multiple }).await)
    }
}

impl Drop for Ticket {
    /// Whoever panicked or forgot shall not keep the message from others until the broker's own timeout.
    fn drop(&mut self) {
        if let Some(acker) = self.take() {
            // The request is queued by the first poll; whether it is written nobody waits for.
            let _ = acker.nack(BasicNackOptions { requeue: true, multiple: false }).now_or_never();
        }
    }
}

fn told(outcome: lapin::Result<bool>) -> Settled {
    // Any error means that the channel is gone, and with it the right to settle.
    if matches!(outcome, Ok(true)) { Settled::Told } else { Settled::Lost }
}

/// Acknowledges many deliveries with as few requests as can be; [`Settled::Lost`] if any of them was lost.
pub async fn ack_all(deliveries: Vec<Delivery>) -> Settled {
    let mut tickets: Vec<Ticket> = deliveries.into_iter().map(|delivery| delivery.ticket).collect();
    tickets.sort_by_key(|ticket| (Arc::as_ptr(&ticket.outstanding), ticket.tag));
    let mut settled = Settled::Told;
    while let Some(first) = tickets.first() {
        let channel = Arc::clone(&first.outstanding);
        let rest =
            tickets.partition_point(|ticket| Arc::as_ptr(&ticket.outstanding) <= Arc::as_ptr(&channel));
        let later = tickets.split_off(rest);
        if ack_on_channel(tickets, &channel).await == Settled::Lost {
            settled = Settled::Lost;
        }
        tickets = later;
    }
    settled
}

async fn ack_on_channel(mut tickets: Vec<Ticket>, channel: &Outstanding) -> Settled {
    let tags: Vec<DeliveryTag> = tickets.iter().map(|ticket| ticket.tag).collect();
    let single = tickets.split_off(channel.settle_oldest(&tags));
    let mut acks = Vec::with_capacity(single.len() + 1);
    if let Some(last) = tickets.pop() {
        acks.push(last.ack(true));
    }
    for ticket in &mut tickets {
        // Covered by the one above; using it would be an error at the broker.
        ticket.acker = None;
    }
    acks.extend(single.into_iter().map(|ticket| ticket.ack(false)));
    let outcomes = futures::future::join_all(acks).await;
    if outcomes.contains(&Settled::Lost) { Settled::Lost } else { Settled::Told }
}

fn find<'a>(table: &'a FieldTable, key: &str) -> Option<&'a AMQPValue> {
    table.inner().get(key)
}

fn text(table: &FieldTable, key: &str) -> Option<String> {
    match find(table, key)? {
        AMQPValue::LongString(text) => Some(text.to_string()),
        AMQPValue::ShortString(text) => Some(text.to_string()),
        _ => None,
    }
}

fn integer(table: &FieldTable, key: &str) -> Option<i64> {
    match find(table, key)? {
        AMQPValue::LongLongInt(number) => Some(*number),
        AMQPValue::LongInt(number) => Some(i64::from(*number)),
        AMQPValue::ShortInt(number) => Some(i64::from(*number)),
        AMQPValue::ShortShortInt(number) => Some(i64::from(*number)),
        _ => None,
    }
}

/// The newest entry of `x-death`, which the broker keeps first.
fn death(headers: &FieldTable) -> Option<Death> {
    let AMQPValue::FieldArray(deaths) = find(headers, "x-death")? else { return None };
    let AMQPValue::FieldTable(latest) = deaths.as_slice().first()? else { return None };
    Some(Death { queue: text(latest, "queue")?, reason: text(latest, "reason")? })
}
