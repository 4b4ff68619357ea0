//! The completeness worker.
