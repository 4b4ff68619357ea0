//! The scan worker: from what the office scanned to pages a person can read, each with a verdict.
//!
//! [`ScanWorker`] does the step; the pages are made by `berkas-normalizer`.

mod file;
mod record;
mod worker;

pub use worker::ScanWorker;
