//! The only crate that speaks AMQP: topology, connection, publisher, consumer.
