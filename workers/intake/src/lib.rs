//! The intake worker.
