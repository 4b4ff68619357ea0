//! The trait that every step implements. A worker is this and its real work.

use std::future::Future;

use berkas_domain::Step;
use berkas_store::WorkRef;

use crate::{Failure, Outcome};

/// One piece of work as a worker gets it.
#[derive(Debug, Clone)]
pub struct Job {
    /// What is due.
    pub work: WorkRef,
    /// The `traceparent` it came with.
    pub trace: Option<String>,
}

/// Does one step of the chain.
///
/// `handle` runs outside any transaction and may run twice for the same work (after a crash, or when a message was
/// published twice), so whatever it does itself must be idempotent. What must happen exactly once it returns as
/// effects: they are written in the transaction that moves the submission on.
pub trait Worker: Send + Sync + 'static {
    /// The step it does.
    const STEP: Step;

    /// Does the work.
    fn handle(&self, job: &Job) -> impl Future<Output = Result<Outcome, Failure>> + Send;
}
