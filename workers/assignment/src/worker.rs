//! Putting one submission before a person.

use berkas_domain::{Stage, Step};
use berkas_runtime::{App, Failure, Job, Outcome, Worker};
use berkas_store::{Effect, Submission};

use crate::loads::Loads;

/// Puts submissions into the pool, each meant first for the least loaded verifier on duty.
///
/// What is meant for somebody is not kept from the others: whoever pulls gets the oldest due work, their own first.
pub struct Assignment {
    app: App,
    loads: Loads,
}

impl Assignment {
    /// Makes the worker.
    #[must_use]
    pub fn new(app: App) -> Self {
        Self { app, loads: Loads::default() }
    }
}

impl Worker for Assignment {
    const STEP: Step = Step::Assignment;

    async fn handle(&self, job: &Job) -> Result<Outcome, Failure> {
        let submission = self.app.store.submission(job.work.submission).await?;
        let due = |submission: &Submission| submission.generation == job.work.generation;
        let Some(submission) = submission.filter(due) else { return Ok(Outcome::Stale) };
        let preferred = self.loads.choose(&self.app.store, submission.service, submission.training).await?;
        Ok(Outcome::forward(Stage::Waiting).with(Effect::Task { preferred }))
    }
}
