//! What the console's handlers can reach.

use axum::extract::FromRef;
use berkas_blobs::Seal;
use berkas_domain::{OfficeCalendar, OfficeHours};
use berkas_web::WebState;
use chrono::{DateTime, TimeDelta, Utc};

/// The state of the console. Clones share everything.
#[derive(Debug, Clone)]
pub struct ConsoleState {
    /// Store, clock, sessions.
    pub web: WebState,
    /// When the office is open.
    pub hours: OfficeHours,
    /// How much office time passes until an unacknowledged decision is shown.
    pub silent_after: TimeDelta,
    /// Seals what an operator writes to an office.
    pub seal: Seal,
}

impl FromRef<ConsoleState> for WebState {
    fn from_ref(state: &ConsoleState) -> Self {
        state.web.clone()
    }
}

impl From<WebState> for ConsoleState {
    /// The hours of the regulation, one office day, and no key.
    fn from(web: WebState) -> Self {
        Self {
            web,
            hours: OfficeHours::default(),
            silent_after: TimeDelta::minutes(450),
            seal: Seal::default(),
        }
    }
}

impl ConsoleState {
    /// Before when a decision was made that somebody should have acknowledged by `now`. Without a calendar for these days
    /// all hours count.
    pub(crate) fn silent_since(&self, now: DateTime<Utc>) -> DateTime<Utc> {
        let calendar = OfficeCalendar::embedded(self.hours);
        calendar.since(now, self.silent_after).unwrap_or(now - self.silent_after)
    }
}
