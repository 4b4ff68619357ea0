//! The assignment worker.
