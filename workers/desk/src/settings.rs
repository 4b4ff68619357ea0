//! The knobs of the desk.

use berkas_domain::OfficeHours;
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
    /// How long what nobody here can hurry is out of view.
    pub standby: StandbyTerms,
}

/// How long what nobody here can hurry is out of view: `[standby]`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StandbyTerms {
    /// Office time until a task that was set aside comes back: `register_office_min`.
    pub register: TimeDelta,
    /// Office time until blanks are looked for again: `blanks_office_min`.
    pub blanks: TimeDelta,
    /// Days ahead that can be named, at most: `most_days`.
    pub most_days: u16,
    /// How long a task that comes back is kept for who set it aside: `assignment.reserve_min`.
    pub reserve: TimeDelta,
    /// When the office is open.
    pub hours: OfficeHours,
}

impl Default for StandbyTerms {
    fn default() -> Self {
        Self {
            register: TimeDelta::minutes(450),
            blanks: TimeDelta::minutes(2250),
            most_days: 60,
            reserve: TimeDelta::minutes(30),
            hours: OfficeHours::default(),
        }
    }
}

impl Default for DeskSettings {
    fn default() -> Self {
        Self {
            lease: TimeDelta::minutes(15),
            hold: TimeDelta::minutes(10),
            lock: TimeDelta::minutes(5),
            locked_lease: TimeDelta::minutes(30),
            standby: StandbyTerms::default(),
        }
    }
}
