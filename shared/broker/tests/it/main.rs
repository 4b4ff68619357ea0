//! The broker's promises, kept against a real RabbitMQ.

mod bench;
mod consume;
mod faults;
mod publish;
mod rights;
mod topology;
