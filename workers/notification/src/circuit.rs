//! A circuit breaker for each receiver: one that is down costs one trial now and then, not a timeout for each notice it is
//! owed.

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::{Mutex, PoisonError};

use chrono::{DateTime, TimeDelta, Utc};

/// Failures in a row that open the circuit.
const TOLERATED: u32 = 3;
/// How long it stays open: from … to, doubling with each failed trial.
const OPEN_FOR_S: (i64, i64) = (30, 900);
/// How long a trial keeps others out; longer than any call takes.
const TRIAL: TimeDelta = TimeDelta::seconds(60);

/// The circuits of all receivers that failed lately, by what tells one from another: an office, or `()` for one they
/// share.
#[derive(Debug)]
pub(crate) struct Circuits<K> {
    states: Mutex<HashMap<K, State>>,
}

impl<K> Default for Circuits<K> {
    fn default() -> Self {
        Self { states: Mutex::default() }
    }
}

#[derive(Debug, Clone, Copy, Default)]
struct State {
    /// In a row.
    failures: u32,
    open_until: Option<DateTime<Utc>>,
}

impl<K: Hash + Eq + Clone> Circuits<K> {
    /// Lets a call to `receiver` pass. Of an open circuit whose time is over one call passes as a trial.
    ///
    /// # Errors
    /// Until when to wait.
    pub(crate) fn admit(&self, receiver: &K, now: DateTime<Utc>) -> Result<(), DateTime<Utc>> {
        let mut states = self.states.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(state) = states.get_mut(receiver) else { return Ok(()) };
        match state.open_until {
            Some(until) if now < until => Err(until),
            Some(_) => {
                state.open_until = Some(now + TRIAL);
                Ok(())
            }
            None => Ok(()),
        }
    }

    /// Notes that a call to `receiver` came through.
    pub(crate) fn came_through(&self, receiver: &K) {
        self.states.lock().unwrap_or_else(PoisonError::into_inner).remove(receiver);
    }

    /// Notes that a call to `receiver` failed.
    pub(crate) fn failed(&self, receiver: &K, now: DateTime<Utc>) {
        let mut states = self.states.lock().unwrap_or_else(PoisonError::into_inner);
        let state = states.entry(receiver.clone()).or_default();
        state.failures = state.failures.saturating_add(1);
        if let Some(beyond) = state.failures.checked_sub(TOLERATED) {
            let (first, longest) = OPEN_FOR_S;
            let seconds = first.saturating_mul(1 << beyond.min(16)).min(longest);
            state.open_until = Some(now + TimeDelta::seconds(seconds));
        }
    }
}

#[cfg(test)]
mod tests {
    use berkas_domain::OfficeCode;

    use super::*;

    fn at(seconds: i64) -> DateTime<Utc> {
        DateTime::from_timestamp(1_795_000_000 + seconds, 0).unwrap()
    }

    #[test]
    fn the_third_failure_in_a_row_opens_the_circuit_of_that_office_only() {
        let (circuits, office, other) =
            (Circuits::<OfficeCode>::default(), "351709".parse().unwrap(), "351710".parse().unwrap());
        circuits.failed(&office, at(0));
        circuits.failed(&office, at(1));
        circuits.came_through(&office);
        for second in 2..5 {
            assert_eq!(circuits.admit(&office, at(second)), Ok(()));
            circuits.failed(&office, at(second));
        }
        assert_eq!(circuits.admit(&office, at(5)), Err(at(34)));
        assert_eq!(circuits.admit(&other, at(5)), Ok(()));
    }

    #[test]
    fn one_trial_passes_when_the_time_is_over_and_decides() {
        let (circuits, office) = (Circuits::<OfficeCode>::default(), "351709".parse().unwrap());
        (0..3).for_each(|second| circuits.failed(&office, at(second)));
        assert_eq!(circuits.admit(&office, at(40)), Ok(()));
        assert_eq!(circuits.admit(&office, at(41)), Err(at(100)), "the trial is under way");
        circuits.failed(&office, at(42));
        assert_eq!(circuits.admit(&office, at(43)), Err(at(42 + 60)), "twice as long");
        assert_eq!(circuits.admit(&office, at(110)), Ok(()));
        circuits.came_through(&office);
        assert_eq!(circuits.admit(&office, at(110)), Ok(()));
    }

    #[test]
    fn a_circuit_never_stays_open_for_more_than_a_quarter_of_an_hour() {
        let (circuits, office) = (Circuits::<OfficeCode>::default(), "351709".parse().unwrap());
        (0..100).for_each(|_| circuits.failed(&office, at(0)));
        assert_eq!(circuits.admit(&office, at(1)), Err(at(900)));
    }
}
