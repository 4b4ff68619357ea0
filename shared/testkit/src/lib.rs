//! The whole application on a bench, for tests.

mod services;

pub use services::{Services, Vhost, services};
