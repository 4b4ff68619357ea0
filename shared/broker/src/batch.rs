//! One batch on one channel: everything is sent first, then every confirm is awaited.

use std::collections::HashSet;

use futures::future::join_all;
use lapin::options::BasicPublishOptions;
use lapin::{Channel, Confirmation};
use tokio::time::{Instant, timeout_at};

use crate::error::PublishError;
use crate::outgoing::{Address, Outgoing};

/// What became of each message of a batch, in its order.
pub(crate) type Outcomes = Vec<Result<(), PublishError>>;

/// A confirm that came, without its returned message.
enum Answer {
    Taken,
    Nacked,
    Failed(PublishError),
}

/// Publishes `messages` and waits until `deadline` for their confirms; what stays open is [`PublishError::Timeout`].
///
/// An unroutable message is confirmed like any other, and its return arrives just before. lapin hands a return to
/// whichever confirm it settles next, which with several outstanding is now and then the wrong one (1.4 % were seen).
/// So the returns are collected over the whole batch and matched by what they are. None is missed: each return comes
/// before its own confirm, and each confirm takes one.
pub(crate) async fn publish(channel: &Channel, messages: &[Outgoing], deadline: Instant) -> Outcomes {
    let sending = join_all(messages.iter().map(|message| send(channel, message, deadline)));
    let mut returned = HashSet::new();
    let answers: Vec<_> = sending.await.into_iter().map(|answer| sort(answer, &mut returned)).collect();
    messages.iter().zip(answers).map(|(message, answer)| settle(message, answer, &returned)).collect()
}

async fn send(
    channel: &Channel,
    message: &Outgoing,
    deadline: Instant,
) -> Result<Confirmation, PublishError> {
    let address = message.address()?;
    let properties = message.properties(&address)?;
    let options = BasicPublishOptions { mandatory: true, ..BasicPublishOptions::default() };
    let confirmed = async {
        let Address { exchange, routing_key, .. } = address;
        channel.basic_publish(exchange, routing_key, options, &message.body, properties).await?.await
    };
    match timeout_at(deadline, confirmed).await {
        Ok(confirmation) => confirmation.map_err(|error| PublishError::from(&error)),
        Err(_) => Err(PublishError::Timeout),
    }
}

fn sort(confirmation: Result<Confirmation, PublishError>, returned: &mut HashSet<Address>) -> Answer {
    let (answer, message) = match confirmation {
        Ok(Confirmation::Ack(message)) => (Answer::Taken, message),
        Ok(Confirmation::Nack(message)) => (Answer::Nacked, message),
        // Cannot be: the channel is in confirm mode before anybody publishes.
        Ok(Confirmation::NotRequested) => (Answer::Failed(PublishError::Disconnected), None),
        Err(error) => (Answer::Failed(error), None),
    };
    if let Some(message) = message {
        returned.insert(Address {
            exchange: message.delivery.exchange.clone(),
            routing_key: message.delivery.routing_key.clone(),
            message_id: message.delivery.properties.message_id().clone().unwrap_or_default(),
        });
    }
    answer
}

fn settle(message: &Outgoing, answer: Answer, returned: &HashSet<Address>) -> Result<(), PublishError> {
    match answer {
        Answer::Failed(error) => Err(error),
        _ if message.address().is_ok_and(|address| returned.contains(&address)) => {
            Err(PublishError::Unroutable)
        }
        Answer::Nacked => Err(PublishError::Nacked),
        Answer::Taken => Ok(()),
    }
}
