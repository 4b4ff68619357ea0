//! Processor time, which a page does not use more of on a busy machine, as it does of the time by the clock.

use std::future::pending;
use std::time::Duration;

use tokio::time::sleep;

/// How `/proc` counts processor time: hundredths of a second on every architecture that this is built for.
const TICK: Duration = Duration::from_millis(10);
/// A budget has at least this: what is counted in ticks says little of less, and a second attempt costs as little.
const LEAST: Duration = Duration::from_secs(1);

/// The processor time that a piece of work may have, from when this was made.
#[derive(Debug)]
pub(crate) struct Budget {
    stat: Option<String>,
    granted: Duration,
    /// What the worker will have used when all of it is spent; none where the system does not say.
    end: Option<Duration>,
}

impl Budget {
    /// Of a process with all its threads; without a process nothing is ever spent.
    pub(crate) fn of_process(id: Option<u32>, granted: Duration) -> Self {
        Self::of(id.map(|id| format!("/proc/{id}/stat")), granted)
    }

    /// Of the thread that makes and asks it.
    pub(crate) fn of_this_thread(granted: Duration) -> Self {
        Self::of(Some("/proc/thread-self/stat".to_owned()), granted)
    }

    fn of(stat: Option<String>, granted: Duration) -> Self {
        let granted = granted.max(LEAST);
        let mut budget = Self { stat, granted, end: None };
        budget.end = budget.used().map(|used| used.saturating_add(granted));
        budget
    }

    /// Whether nine tenths of it are used: work that the clock ended then was not kept waiting for a processor.
    pub(crate) fn is_spent(&self) -> bool {
        self.left().is_some_and(|left| left <= self.granted / 10)
    }

    /// Waits until all of it is used: for ever when the work ends before, or where the system does not say.
    pub(crate) async fn spent(&self) {
        while let Some(left) = self.left() {
            if left.is_zero() {
                return;
            }
            // One thread cannot use it up sooner. Several can; then it is seen later.
            sleep(left.max(TICK)).await;
        }
        pending().await
    }

    fn left(&self) -> Option<Duration> {
        Some(self.end?.saturating_sub(self.used()?))
    }

    fn used(&self) -> Option<Duration> {
        ticks(&std::fs::read_to_string(self.stat.as_ref()?).ok()?).map(|ticks| TICK.saturating_mul(ticks))
    }
}

/// Reads `utime` and `stime`, the 14th and 15th field. The name before the third may hold anything, so it is left out.
fn ticks(stat: &str) -> Option<u32> {
    let (_, fields) = stat.rsplit_once(')')?;
    let mut times = fields.split_whitespace().skip(11).map(|field| field.parse::<u32>().ok());
    times.next()??.checked_add(times.next()??)
}

#[cfg(test)]
mod tests {
    use std::hint::black_box;
    use std::time::Instant;

    use super::*;

    #[test]
    fn the_ticks_of_a_process_are_read_past_its_name() {
        let stat =
            "7 (a) b (c) R 1 7 7 0 -1 4194304 90 0 0 0 250 31 5 6 20 0 1 0 66 3 4 18446744073709551615";
        assert_eq!(ticks(stat), Some(281));
        assert_eq!(ticks("7 (a) R 1"), None);
    }

    #[test]
    fn work_spends_its_budget_and_waiting_does_not() {
        let budget = Budget::of_this_thread(LEAST);
        let idle = Budget::of_process(None, LEAST);
        let until = Instant::now() + Duration::from_secs(60);
        assert!(!budget.is_spent());
        while !budget.is_spent() {
            assert!(Instant::now() < until);
            (0..1_000_000_u64).for_each(|number| _ = black_box(number));
        }
        assert!(!idle.is_spent());
    }

    #[tokio::test]
    async fn who_waits_for_the_end_is_told_when_all_is_used() {
        let used_up = Budget { end: Some(Duration::ZERO), ..Budget::of_this_thread(LEAST) };
        used_up.spent().await;
        let nobody = Budget::of_process(None, LEAST);
        tokio::select! {
            biased;
            () = nobody.spent() => panic!("nobody used it"),
            () = std::future::ready(()) => {}
        }
    }
}
