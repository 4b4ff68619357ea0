//! Writing what became of a chunk: as a whole, else one by one, and at least the fact that it could not be written.

use std::collections::{HashMap, HashSet};
use std::time::Duration;

use berkas_domain::Step;
use berkas_store::{DueWork, Settled, Settlement, StoreError, WorkRef};
use chrono::TimeDelta;
use tokio_util::sync::CancellationToken;

use crate::app::App;
use crate::breaker::Breaker;
use crate::crash::crash_point;
use crate::handle::{self, Handled};
use crate::health::Pulse;

/// The code of work whose result the database refuses.
const REFUSED: &str = "store_refused";

/// Writes the settlements of one step.
pub(crate) struct Settler<'a> {
    pub(crate) app: &'a App,
    pub(crate) step: Step,
    /// How long the worker was at each.
    pub(crate) worked: HashMap<WorkRef, TimeDelta>,
    pub(crate) pulse: &'a Pulse,
    /// Cancelled when the process begins to drain; then nothing is waited for any more.
    pub(crate) shutdown: &'a CancellationToken,
}

/// What was written of a chunk.
#[derive(Debug, Default)]
pub(crate) struct Written {
    /// Work that is due now.
    pub(crate) fresh: Vec<DueWork>,
    /// Work of which the database would write nothing at all, not even that it failed.
    pub(crate) refused: HashSet<WorkRef>,
    /// Whether the database stayed away until the drain: nobody knows what of the rest is written.
    pub(crate) gave_up: bool,
}

/// Why something is not written.
enum Unwritten {
    /// It cannot be written.
    Refused(StoreError),
    /// The database stayed away until the drain.
    GaveUp,
}

impl Settler<'_> {
    /// Settles a chunk; one by one when it cannot be written as a whole, so that one that cannot be written does not
    /// hold up the others.
    pub(crate) async fn settle(&self, settlements: Vec<Settlement>) -> Written {
        let mut written = Written::default();
        if settlements.is_empty() {
            return written;
        }
        crash_point("runner.before_settle");
        match self.write(&settlements).await {
            Ok(fresh) => written.fresh = fresh,
            Err(Unwritten::GaveUp) => written.gave_up = true,
            Err(Unwritten::Refused(error)) if settlements.len() == 1 => {
                for settlement in settlements {
                    self.write_failure(settlement, &error, &mut written).await;
                }
            }
            Err(Unwritten::Refused(_)) => {
                for settlement in settlements {
                    self.write_one(settlement, &mut written).await;
                }
            }
        }
        if !written.gave_up {
            crash_point("runner.after_settle");
        }
        written
    }

    async fn write_one(&self, settlement: Settlement, written: &mut Written) {
        match self.write(std::slice::from_ref(&settlement)).await {
            Ok(fresh) => written.fresh.extend(fresh),
            Err(Unwritten::GaveUp) => written.gave_up = true,
            Err(Unwritten::Refused(error)) => self.write_failure(settlement, &error, written).await,
        }
    }

    /// What cannot be written fails as a transient failure does. Where not even that can be written, the failure is
    /// counted in the due row alone and the row put off; and where the database refuses that too, it is told.
    async fn write_failure(&self, settlement: Settlement, error: &StoreError, written: &mut Written) {
        let work = settlement.work;
        tracing::error!(error = error as &dyn std::error::Error, submission.id = %work.submission,
            stage.step = %work.step, "could not write the result");
        self.app.metrics.refused(self.step);
        let settled = match handle::after_failure(self.app, work, REFUSED, self.pulse, self.shutdown).await {
            Handled::Settle(settled) => settled,
            Handled::Stale => return,
            Handled::GiveBack => {
                written.gave_up = true;
                return;
            }
        };
        let not_before = match &settled {
            Settled::Later { not_before, .. } => *not_before,
            Settled::Advance { .. } | Settled::Park { .. } => self.app.clock.now() + self.last_wait(),
        };
        match self.write(&[Settlement { settled, ..settlement }]).await {
            Ok(fresh) => written.fresh.extend(fresh),
            Err(Unwritten::GaveUp) => written.gave_up = true,
            Err(Unwritten::Refused(_)) => {
                if let Err(error) = self.app.store.postpone(work, not_before).await {
                    tracing::error!(error = &error as &dyn std::error::Error, submission.id = %work.submission,
                        stage.step = %work.step, "could not even count the failure");
                    written.refused.insert(work);
                }
            }
        }
    }

    /// Writes all of it or nothing; waits for the database.
    async fn write(&self, settlements: &[Settlement]) -> Result<Vec<DueWork>, Unwritten> {
        let mut breaker = Breaker::new(&self.app.settings.worker);
        loop {
            self.pulse.beat();
            match self.app.store.settle_worked(settlements.to_vec(), &self.worked, self.app.clock.now()).await
            {
                Ok(applied) => return Ok(applied.fresh),
                Err(error) if error.is_passing() => {
                    tracing::warn!(error = &error as &dyn std::error::Error, "waiting for the database");
                    if !self.pulse.idle(breaker.wait(self.shutdown)).await {
                        return Err(Unwritten::GaveUp);
                    }
                }
                Err(error) => return Err(Unwritten::Refused(error)),
            }
        }
    }

    /// The longest wait of the ladder, for work that is to be parked and cannot be.
    fn last_wait(&self) -> TimeDelta {
        let seconds = self.app.settings.worker.retry_s.last().copied().unwrap_or_default();
        TimeDelta::from_std(Duration::from_secs(seconds)).unwrap_or(TimeDelta::MAX)
    }
}
