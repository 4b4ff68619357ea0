//! Both doors of the intake, before a real RabbitMQ and a real PostgreSQL.
#![expect(clippy::unwrap_used, clippy::expect_used, reason = "in a test a panic is the verdict")]

mod amqp;
mod back_pressure;
mod bench;
mod contact;
mod counter;
mod crossed;
mod doors;
mod dossier;
mod doubles;
mod example;
mod faults;
mod http_submissions;
mod http_uploads;
mod inbox;
mod pages;
mod papers;
mod printed;
mod repairs;
mod thumbnails;
