//! The scan worker: from what the office scanned to pages a person can read, each with a verdict.
//!
//! [`ScanWorker`] does the step, [`Normalizer`] one file of it; the latter also serves the command line. Decoders of
//! PDF, TIFF and HEIC run in a child process of the same program ([`decode_child_main`]) that can open no file and no
//! connection and whose memory and time are limited.

mod child;
mod file;
#[cfg(test)]
mod fixtures;
mod normalizer;
mod record;
mod worker;

pub use child::{CHILD_COMMAND, decode_child_main};
pub use normalizer::{NormalizeError, Normalizer, OpenFile};
pub use worker::ScanWorker;
