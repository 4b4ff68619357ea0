//! The notification worker.
