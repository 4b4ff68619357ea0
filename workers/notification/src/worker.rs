//! Making the notice of one decision.

use berkas_domain::{NoticeId, ServiceClocks, Stage, Step};
use berkas_runtime::{App, Failure, Job, Outcome, Worker};
use berkas_store::Effect;
use uuid::Uuid;

use crate::compose::compose;

/// Makes the notice of a decision once its hold is over. An undo moves the same row, so that either the notice is made
/// or the decision is undone, never both.
pub struct Notification {
    app: App,
    clocks: ServiceClocks,
}

impl Notification {
    /// Makes the worker.
    #[must_use]
    pub fn new(app: App) -> Self {
        let clocks = app.settings.office_time.clocks();
        Self { app, clocks }
    }
}

impl Worker for Notification {
    const STEP: Step = Step::Notification;

    async fn handle(&self, job: &Job) -> Result<Outcome, Failure> {
        let submission = job.work.submission;
        let Some(decision) = self.app.store.decision_for_notice(submission).await? else {
            return Ok(Outcome::Stale);
        };
        let told = compose(submission, &decision, &self.app.texts, &self.clocks)
            .map_err(|error| Failure::permanent("decision_unreadable", error.to_string()))?;
        let (kind, data) = told.message().map_err(|error| Failure::transient("notice_unwritable", error))?;
        Ok(Outcome::forward(Stage::Noticed).with(Effect::Notice {
            id: notice_of(decision.decision),
            decision: decision.decision,
            kind,
            data,
        }))
    }
}

/// The id of the notice of a decision: always the same, whoever makes it.
fn notice_of(decision: Uuid) -> NoticeId {
    NoticeId(Uuid::new_v5(&decision, b"notice"))
}
