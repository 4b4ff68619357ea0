//! When a delivery that failed is tried again.

use chrono::{DateTime, TimeDelta, Utc};

/// Waits are up to this much longer or shorter, so that what failed together does not come back together.
const JITTER: f64 = 0.2;

/// The wait after the `attempts`-th failed attempt (from 1): the rung of `waits_s`, in seconds, the last of which
/// stays; `luck` from 0 to 1 is what chance says.
pub(crate) fn wait(waits_s: &[u64], attempts: i32, luck: f64) -> TimeDelta {
    let rung = usize::try_from(attempts.saturating_sub(1)).unwrap_or_default();
    let seconds = waits_s.get(rung).or(waits_s.last()).copied().unwrap_or(60);
    let factor = 1.0 + JITTER * (luck.clamp(0.0, 1.0) * 2.0 - 1.0);
    TimeDelta::from_std(std::time::Duration::from_secs(seconds).mul_f64(factor)).unwrap_or(TimeDelta::MAX)
}

/// When to try again what failed just now for the `attempts`-th time.
pub(crate) fn next_try(waits_s: &[u64], attempts: i32, now: DateTime<Utc>) -> DateTime<Utc> {
    now.checked_add_signed(wait(waits_s, attempts, rand::random())).unwrap_or(DateTime::<Utc>::MAX_UTC)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn waits_climb_the_ladder_and_the_last_rung_stays() {
        let waits: Vec<i64> =
            (0..6).map(|attempts| wait(&[5, 30, 120], attempts, 0.5).num_seconds()).collect();
        assert_eq!(waits, [5, 5, 30, 120, 120, 120]);
        assert_eq!(wait(&[], 1, 0.5).num_seconds(), 60);
    }

    proptest! {
        #[test]
        fn chance_moves_a_wait_by_a_fifth_at_most(
            waits in proptest::collection::vec(1_u64..100_000, 1..8),
            attempts in -3_i32..100,
            luck in 0.0_f64..=1.0,
        ) {
            let (least, most) = (wait(&waits, attempts, 0.0), wait(&waits, attempts, 1.0));
            let waited = wait(&waits, attempts, luck);
            prop_assert!(least <= waited && waited <= most);
            let middle = wait(&waits, attempts, 0.5).num_milliseconds() as f64;
            prop_assert!(least.num_milliseconds() as f64 >= middle * 0.79);
            prop_assert!(most.num_milliseconds() as f64 <= middle * 1.21);
        }
    }
}
