//! A message on its way out.

use std::time::Duration;

use lapin::BasicProperties;
use lapin::types::{AMQPValue, FieldTable, ShortString};

use crate::error::PublishError;

const PERSISTENT: u8 = 2;
const TRANSIENT: u8 = 1;

/// A message on its way out; always `mandatory`, so that one that no queue takes comes back.
#[derive(Clone, PartialEq, Eq)]
pub struct Outgoing {
    /// The exchange.
    pub exchange: String,
    /// The routing key.
    pub routing_key: String,
    /// Names the message, the same at every re-publish; also tells which message of a batch came back.
    pub message_id: String,
    /// The message itself.
    pub body: Vec<u8>,
    /// W3C trace context.
    pub traceparent: Option<String>,
    /// Whether it survives a restart of the broker.
    pub persistent: bool,
    /// After which time in a queue it is worth nothing any more; the queue then dead-letters it.
    pub expiration: Option<Duration>,
    /// The AMQP user that publishes; the broker refuses any other.
    pub user_id: Option<String>,
}

impl Outgoing {
    /// Makes a persistent JSON message.
    #[must_use]
    pub fn new(
        exchange: impl Into<String>,
        routing_key: impl Into<String>,
        message_id: impl ToString,
        body: Vec<u8>,
    ) -> Self {
        Self {
            exchange: exchange.into(),
            routing_key: routing_key.into(),
            message_id: message_id.to_string(),
            body,
            traceparent: None,
            persistent: true,
            expiration: None,
            user_id: None,
        }
    }

    /// Sends the trace context along.
    #[must_use]
    pub fn traced(mut self, traceparent: Option<String>) -> Self {
        self.traceparent = traceparent;
        self
    }

    /// Names the user that publishes, which the broker checks and passes on.
    #[must_use]
    pub fn as_user(mut self, user: impl Into<String>) -> Self {
        self.user_id = Some(user.into());
        self
    }

    pub(crate) fn address(&self) -> Result<Address, PublishError> {
        Ok(Address {
            exchange: short(&self.exchange, "exchange")?,
            routing_key: short(&self.routing_key, "routing key")?,
            message_id: short(&self.message_id, "message id")?,
        })
    }

    pub(crate) fn properties(&self, address: &Address) -> Result<BasicProperties, PublishError> {
        let mut properties = BasicProperties::default()
            .with_content_type("application/json".into())
            .with_delivery_mode(if self.persistent { PERSISTENT } else { TRANSIENT })
            .with_message_id(address.message_id.clone());
        if let Some(user) = &self.user_id {
            properties = properties.with_user_id(short(user, "user id")?);
        }
        if let Some(expiration) = self.expiration {
            properties =
                properties.with_expiration(short(&expiration.as_millis().to_string(), "expiration")?);
        }
        if let Some(traceparent) = &self.traceparent {
            let mut headers = FieldTable::default();
            headers.insert("traceparent".into(), AMQPValue::LongString(traceparent.as_str().into()));
            properties = properties.with_headers(headers);
        }
        Ok(properties)
    }
}

impl std::fmt::Debug for Outgoing {
    /// Leaves the body out.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Outgoing")
            .field("exchange", &self.exchange)
            .field("routing_key", &self.routing_key)
            .field("message_id", &self.message_id)
            .field("bytes", &self.body.len())
            .finish_non_exhaustive()
    }
}

/// Where a message goes and which one it is; a returned message is known by it.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct Address {
    pub(crate) exchange: ShortString,
    pub(crate) routing_key: ShortString,
    pub(crate) message_id: ShortString,
}

fn short(text: &str, what: &'static str) -> Result<ShortString, PublishError> {
    ShortString::try_new(text).map_err(|_| PublishError::TooLong { what })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_that_amqp_cannot_hold_is_refused_before_anything_is_sent() {
        let message = Outgoing::new("work", "x".repeat(256), 1, Vec::new());
        assert_eq!(message.address(), Err(PublishError::TooLong { what: "routing key" }));
    }
}
