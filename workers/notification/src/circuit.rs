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
/// After how long a call that came during a trial asks again: a trial that succeeds shall not have kept it out for longer.
const ASK_AGAIN: TimeDelta = TimeDelta::seconds(2);

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
    /// Trials that were let pass since it opened.
    trials: u32,
    /// Whether what came of the last of them is not known yet.
    is_tried: bool,
}

/// That a call was let pass, to be handed back with what came of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[must_use = "what came of the call has to be noted"]
pub(crate) struct Pass {
    /// The number of the trial; 0 of an ordinary call.
    trial: u32,
}

impl<K: Hash + Eq + Clone> Circuits<K> {
    /// Lets a call to `receiver` pass. Of an open circuit whose time is over one call passes as a trial.
    ///
    /// # Errors
    /// Until when to wait; during a trial not longer than a moment.
    pub(crate) fn admit(&self, receiver: &K, now: DateTime<Utc>) -> Result<Pass, DateTime<Utc>> {
        let mut states = self.states.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(state) = states.get_mut(receiver) else { return Ok(Pass { trial: 0 }) };
        match state.open_until {
            Some(until) if now < until && state.is_tried => Err(until.min(now + ASK_AGAIN)),
            Some(until) if now < until => Err(until),
            Some(_) => {
                state.open_until = Some(now + TRIAL);
                state.trials = state.trials.saturating_add(1);
                state.is_tried = true;
                Ok(Pass { trial: state.trials })
            }
            None => Ok(Pass { trial: 0 }),
        }
    }

    /// Notes that a call to `receiver` came through.
    pub(crate) fn came_through(&self, receiver: &K) {
        self.states.lock().unwrap_or_else(PoisonError::into_inner).remove(receiver);
    }

    /// Notes that the call to `receiver` that had `pass` failed. Calls that were under way when the circuit opened tell
    /// nothing new: only the trial counts then.
    pub(crate) fn failed(&self, receiver: &K, pass: Pass, now: DateTime<Utc>) {
        let mut states = self.states.lock().unwrap_or_else(PoisonError::into_inner);
        let state = states.entry(receiver.clone()).or_default();
        let is_the_trial = pass.trial > 0 && pass.trial == state.trials;
        if state.open_until.is_some() && !is_the_trial {
            return;
        }
        state.failures = state.failures.saturating_add(1);
        if let Some(beyond) = state.failures.checked_sub(TOLERATED) {
            let (first, longest) = OPEN_FOR_S;
            let seconds = first.saturating_mul(1 << beyond.min(16)).min(longest);
            state.open_until = Some(now + TimeDelta::seconds(seconds));
            state.is_tried = false;
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

    /// A call that fails at once.
    fn fails(circuits: &Circuits<OfficeCode>, office: &OfficeCode, second: i64) {
        let pass = circuits.admit(office, at(second)).unwrap();
        circuits.failed(office, pass, at(second));
    }

    #[test]
    fn the_third_failure_in_a_row_opens_the_circuit_of_that_office_only() {
        let (circuits, office, other) =
            (Circuits::<OfficeCode>::default(), "351709".parse().unwrap(), "351710".parse().unwrap());
        fails(&circuits, &office, 0);
        fails(&circuits, &office, 1);
        circuits.came_through(&office);
        (2..5).for_each(|second| fails(&circuits, &office, second));
        assert_eq!(circuits.admit(&office, at(5)), Err(at(34)));
        assert!(circuits.admit(&other, at(5)).is_ok());
    }

    #[test]
    fn one_trial_passes_when_the_time_is_over_and_decides() {
        let (circuits, office) = (Circuits::<OfficeCode>::default(), "351709".parse().unwrap());
        (0..3).for_each(|second| fails(&circuits, &office, second));
        let trial = circuits.admit(&office, at(40)).unwrap();
        assert_eq!(circuits.admit(&office, at(41)), Err(at(43)), "the trial is under way");
        circuits.failed(&office, trial, at(42));
        assert_eq!(circuits.admit(&office, at(43)), Err(at(42 + 60)), "twice as long");
        assert!(circuits.admit(&office, at(110)).is_ok());
        circuits.came_through(&office);
        assert!(circuits.admit(&office, at(110)).is_ok());
    }

    #[test]
    fn calls_that_came_during_a_trial_pass_a_moment_after_it_succeeded() {
        let (circuits, office) = (Circuits::<OfficeCode>::default(), "351709".parse().unwrap());
        (0..3).for_each(|second| fails(&circuits, &office, second));
        let _trial = circuits.admit(&office, at(40)).unwrap();
        let put_off_until = circuits.admit(&office, at(40)).unwrap_err();
        circuits.came_through(&office);
        assert!(put_off_until <= at(42) && circuits.admit(&office, put_off_until).is_ok());
    }

    #[test]
    fn a_trial_that_nothing_came_of_is_followed_by_another() {
        let (circuits, office) = (Circuits::<OfficeCode>::default(), "351709".parse().unwrap());
        (0..3).for_each(|second| fails(&circuits, &office, second));
        let _lost = circuits.admit(&office, at(40)).unwrap();
        assert_eq!(circuits.admit(&office, at(99)), Err(at(100)), "bounded by the trial's own time");
        assert!(circuits.admit(&office, at(100)).is_ok());
    }

    #[test]
    fn calls_that_were_under_way_when_it_opened_are_one_outage_and_no_failed_trials() {
        let (circuits, office) = (Circuits::<OfficeCode>::default(), "351709".parse().unwrap());
        let under_way: Vec<Pass> = (0..16).map(|_| circuits.admit(&office, at(0)).unwrap()).collect();
        under_way.iter().for_each(|pass| circuits.failed(&office, *pass, at(1)));
        assert_eq!(circuits.admit(&office, at(2)), Err(at(31)));
        // A late one that fails during the trial does not speak for it.
        let trial = circuits.admit(&office, at(31)).unwrap();
        circuits.failed(&office, under_way[0], at(32));
        assert_eq!(circuits.admit(&office, at(33)), Err(at(35)), "it is still under way");
        circuits.failed(&office, trial, at(34));
        assert_eq!(circuits.admit(&office, at(35)), Err(at(94)));
    }

    #[test]
    fn a_circuit_never_stays_open_for_more_than_a_quarter_of_an_hour() {
        let (circuits, office) = (Circuits::<OfficeCode>::default(), "351709".parse().unwrap());
        (0..100).for_each(|hour| fails(&circuits, &office, hour * 3600));
        assert_eq!(circuits.admit(&office, at(99 * 3600 + 1)), Err(at(99 * 3600 + 900)));
    }
}
