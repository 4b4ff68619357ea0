//! The knobs of the desk.

use chrono::TimeDelta;

/// How long things may take at the desk.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DeskSettings {
    /// How long a task may be held without being touched: `lease.minutes`.
    pub lease: TimeDelta,
    /// How long a decision can be undone before its notice leaves: `hold.minutes`.
    pub hold: TimeDelta,
    /// How long nobody may touch the desk before it locks itself, zero for never: `desk.lock_minutes`.
    pub lock: TimeDelta,
    /// How long a locked desk keeps its task: `desk.locked_lease_minutes`.
    pub locked_lease: TimeDelta,
}

impl Default for DeskSettings {
    fn default() -> Self {
        Self {
            lease: TimeDelta::minutes(15),
            hold: TimeDelta::minutes(10),
            lock: TimeDelta::minutes(5),
            locked_lease: TimeDelta::minutes(30),
        }
    }
}
