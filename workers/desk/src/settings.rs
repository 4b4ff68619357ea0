//! The knobs of the desk.

use chrono::TimeDelta;

/// How long things may take at the desk.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DeskSettings {
    /// How long a task may be held without being touched: `lease.minutes`.
    pub lease: TimeDelta,
    /// How long a decision can be undone before its notice leaves: `hold.minutes`.
    pub hold: TimeDelta,
}

impl Default for DeskSettings {
    fn default() -> Self {
        Self { lease: TimeDelta::minutes(15), hold: TimeDelta::minutes(10) }
    }
}
