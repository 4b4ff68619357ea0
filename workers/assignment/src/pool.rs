//! What happens to the pool as time goes by: leases and sessions run out, what was set aside comes back, tasks come near their due time, outages are declared.

use std::time::Duration;

use berkas_domain::ServiceClocks;
use berkas_runtime::settings::SettingsError;
use berkas_runtime::{App, Breaker};
use berkas_store::{DueSubmission, MovedDue, RulesSet, StoreError};
use chrono::{DateTime, TimeDelta, Utc};
use tokio_util::sync::CancellationToken;

use crate::exclusion;
use crate::settings::{self, AssignmentSettings};

/// How often the pool is looked at. A lease lasts minutes, and its holder cannot write with it any more.
const INTERVAL: Duration = Duration::from_secs(2);

/// How often due times are computed anew: an outage that lasts holds them back as long as it has lasted.
const DUE_INTERVAL: TimeDelta = TimeDelta::minutes(30);

/// Submissions whose due times are looked at together.
const DUES_AT_ONCE: i64 = 500;

/// Keeps the pool in order. Any number of processes may do it.
pub struct PoolKeeper {
    app: App,
    settings: AssignmentSettings,
    /// How long a session may be unused; whose last one ends is off duty.
    session_idle: TimeDelta,
}

impl PoolKeeper {
    /// Makes a keeper of the pool of `app`.
    ///
    /// # Errors
    /// [`SettingsError`] when the section `[assignment]` does not fit.
    pub fn new(app: App) -> Result<Self, SettingsError> {
        let settings = AssignmentSettings::load(&app.settings)?;
        let session_idle = settings::session_idle(&app.settings)?;
        Ok(Self { app, settings, session_idle })
    }

    /// Returns tasks whose lease ran out, or whose time aside is over, to the pool, ends the duty of whose session or shift has
    /// ended, and gives tasks that are due
    /// soon an earlier turn, until `shutdown`.
    pub async fn run(self, shutdown: CancellationToken) {
        let mut breaker = Breaker::new(&self.app.settings.worker);
        let mut dues_from: Option<DateTime<Utc>> = None;
        while !shutdown.is_cancelled() {
            let now = self.app.clock.now();
            // At the start, since declaring an outage takes one.
            let is_time = dues_from.is_none_or(|from| now - from >= DUE_INTERVAL);
            let kept = async {
                if is_time {
                    // Again and again: a rule may name somebody whose account is made later.
                    self.follow_rules().await?;
                    let clocks = self.app.settings.office_time.clocks();
                    self.follow_outages(&clocks).await?;
                }
                self.keep().await
            };
            if let Err(error) = kept.await {
                tracing::warn!(error = &error as &dyn std::error::Error, "could not keep the pool in order");
                breaker.wait(&shutdown).await;
                continue;
            }
            if is_time {
                dues_from = Some(now);
            }
            breaker = Breaker::new(&self.app.settings.worker);
            let _ = tokio::time::timeout(INTERVAL, shutdown.cancelled()).await;
        }
    }

    /// Lets the pool follow the rules about who is never given what, as the settings have them.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn follow_rules(&self) -> Result<RulesSet, StoreError> {
        let rules = exclusion::rows(self.settings.exclude());
        let set = self.app.store.set_exclusion_rules(&rules, self.app.clock.now()).await?;
        if !set.unknown.is_empty() {
            tracing::warn!(unknown = set.unknown.len(), "rules of exclusion name logins that nobody has");
        }
        if set.changed {
            tracing::info!(taken_back = set.taken_back, "the pool follows other rules of exclusion");
        }
        Ok(set)
    }

    /// Does it once.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn keep(&self) -> Result<(), StoreError> {
        let now = self.app.clock.now();
        let expired = self.app.store.expire_leases(now).await?;
        self.app.store.clear_drafts().await?;
        let gone = self.app.store.sweep_sessions(now, self.session_idle).await?;
        let shifts = self.app.store.end_shifts(now).await?;
        let back = self.app.store.bring_back_tasks(now + self.settings.reserve(), now).await?;
        let hurried = self.app.store.hurry_tasks(now + self.settings.urgent()).await?;
        if expired > 0 || hurried > 0 || gone > 0 || shifts > 0 || back > 0 {
            tracing::info!(expired, hurried, gone, shifts, back, "the pool of tasks has changed with time");
        }
        Ok(())
    }

    /// Computes every due time anew by `clocks`, and moves those that a declared outage has held back, or no longer holds.
    /// The answer is how many were moved.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn follow_outages(&self, clocks: &ServiceClocks) -> Result<u64, StoreError> {
        let now = self.app.clock.now();
        let clocks = clocks.seen_at(now);
        let (mut after, mut moved) = (None, 0);
        loop {
            let page = self.app.store.due_submissions(after, DUES_AT_ONCE, now).await?;
            let Some(last) = page.last() else { break };
            after = Some(last.submission);
            let dues: Vec<MovedDue> = page.iter().filter_map(|due| moved_due(&clocks, due)).collect();
            if !dues.is_empty() {
                moved += self.app.store.move_dues(&dues, now + self.settings.urgent()).await?;
            }
        }
        if moved > 0 {
            tracing::info!(moved, "due times have moved with declared outages");
        }
        Ok(moved)
    }
}

/// The due time of `due` when it is another than before. A year without a calendar, which was said when the submission
/// came in, changes nothing.
fn moved_due(clocks: &ServiceClocks, due: &DueSubmission) -> Option<MovedDue> {
    let to = clocks.verification_due(due.received_at, &due.with_kecamatan).ok()?;
    (to != due.due_at).then_some(MovedDue { submission: due.submission, from: due.due_at, to })
}
