//! The only crate that speaks AMQP: topology, connection, publisher, consumer.
//!
//! A [`Broker`] keeps two connections, one for publishing and one for consuming, and rebuilds either for ever. On a
//! shared one a memory alarm at RabbitMQ would stop the acknowledgements as well. What was received on a connection
//! that is gone can still be settled: nothing happens, and the broker delivers it again.

mod backoff;
mod batch;
mod broker;
mod burst;
mod config;
mod consumer;
mod declare;
mod definitions;
mod delivery;
mod error;
mod link;
mod outgoing;
mod outstanding;
mod publisher;
mod session;
mod subscription;
mod topology;

pub use broker::{Broker, Health, QueueDepth};
pub use config::{BrokerConfig, ConsumeOptions, QueueType};
pub use consumer::Consumer;
pub use declare::{Applied, Finding};
pub use definitions::{BrokerUser, PasswordHash, Rights, definitions_json};
pub use delivery::{Death, Delivery, Settled, ack_all};
pub use error::{BrokerError, NotLetIn, PublishError};
pub use outgoing::Outgoing;
pub use publisher::Publisher;
pub use topology::{Binding, ExchangeKind, ExchangeSpec, QueueSpec, Topology, TopologyOptions};
