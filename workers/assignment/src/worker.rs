//! Putting one submission before a person.

use berkas_domain::{DocumentKind, Stage, Step};
use berkas_runtime::settings::SettingsError;
use berkas_runtime::{App, Failure, Job, Outcome, Worker};
use berkas_store::{Effect, Eyes, PoolEntry, Submission, SubmittedDocument};

use crate::effort::Effort;
use crate::loads::Loads;
use crate::second_look::Traits;
use crate::settings::AssignmentSettings;

/// Puts submissions into the pool. Between tasks whose turn is the same, each is meant for the least loaded verifier on
/// duty; a repaired submission is kept for a while for who returned it.
pub struct Assignment {
    app: App,
    settings: AssignmentSettings,
    effort: Effort,
    loads: Loads,
}

impl Assignment {
    /// Makes the worker.
    ///
    /// # Errors
    /// [`SettingsError`] when the section `[assignment]` does not fit.
    pub fn new(app: App) -> Result<Self, SettingsError> {
        let settings = AssignmentSettings::load(&app.settings)?;
        let effort = settings.effort();
        Ok(Self { app, settings, effort, loads: Loads::default() })
    }

    async fn entry(&self, submission: &Submission) -> Result<PoolEntry, Failure> {
        let store = &self.app.store;
        let documents = store.documents(submission.id, submission.revision).await?;
        let pages = store.page_counts(submission.id, submission.revision, &submission.office).await?;
        let effort_s = self.effort.of(submission.service, &pages);
        if self.app.settings.repair.is_for_supervisor(submission.revision, submission.training) {
            return Ok(PoolEntry { effort_s, eyes: Eyes::Supervisor, ..PoolEntry::default() });
        }
        let eyes = if self.needs_second_look(submission, &documents) { Eyes::Two } else { Eyes::One };
        if submission.revision.0 > 1
            && let Some(user) = store.knows_submission(submission.id).await?
        {
            let until = self.app.clock.now() + self.settings.reserve();
            return Ok(PoolEntry { preferred: Some(user), reserved_until: Some(until), effort_s, eyes });
        }
        let preferred = self.loads.choose(store, submission.service, submission.training, effort_s).await?;
        Ok(PoolEntry { preferred, reserved_until: None, effort_s, eyes })
    }

    /// Practice has one trainer at many offices, and nothing comes of it: one look is enough.
    fn needs_second_look(&self, submission: &Submission, documents: &[SubmittedDocument]) -> bool {
        let documents: Vec<DocumentKind> = documents.iter().map(|document| document.kind).collect();
        let traits = Traits {
            submission: submission.id,
            service: submission.service,
            case: &submission.case,
            documents: &documents,
        };
        !submission.training && self.settings.needs_second_look(&traits)
    }
}

impl Worker for Assignment {
    const STEP: Step = Step::Assignment;

    async fn handle(&self, job: &Job) -> Result<Outcome, Failure> {
        let submission = self.app.store.submission(job.work.submission).await?;
        let due = |submission: &Submission| submission.generation == job.work.generation;
        let Some(submission) = submission.filter(due) else { return Ok(Outcome::Stale) };
        let entry = self.entry(&submission).await?;
        Ok(Outcome::forward(Stage::Waiting).with(Effect::Task(entry)))
    }
}
