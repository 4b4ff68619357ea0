//! The scan worker.
