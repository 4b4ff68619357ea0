//! From a file to pages a person can read, each with a verdict: the page normalizer as a service of this process.
//!
//! [`Normalizer`] does the scan worker's, the intake's and the command line's files on a bounded number of cores.
//! Decoders of PDF, TIFF and HEIC run in a child process of the same program ([`decode_child_main`]) that can open no
//! file and no connection and whose memory and time are limited. [`words`] says a page's codes to a clerk.

mod child;
mod cpu;
#[cfg(any(test, feature = "testing"))]
pub mod fixtures;
mod lanes;
mod model;
mod normalizer;
pub mod words;

pub use child::{CHILD_COMMAND, decode_child_main};
pub use lanes::on_all_cores;
pub use normalizer::{NormalizeError, Normalizer, OpenFile};
