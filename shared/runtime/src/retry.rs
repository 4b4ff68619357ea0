//! Retries within one piece of work, for blinks of the database and the object store. Longer trouble is the
//! worker's return value, not a loop.
//!
//! This is the only file that names `backoff`, which is no longer maintained (RUSTSEC-2025-0012): what it does here is
//! to compute waits, and it can be replaced here.

use std::time::Duration;

use backoff::backoff::Backoff;
use backoff::exponential::ExponentialBackoff;
use backoff::{ExponentialBackoffBuilder, SystemClock};
use berkas_blobs::BlobError;
use berkas_store::StoreError;

/// How often and how long to try again.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct RetryPolicy {
    /// Calls at most, the first included.
    pub calls: u32,
    /// The wait after the first failed call; it doubles.
    pub first_wait: Duration,
    /// The longest wait.
    pub longest_wait: Duration,
    /// Each wait is this much longer or shorter, at random: 0 to 1.
    pub jitter: f64,
}

impl Default for RetryPolicy {
    /// Four calls within about a third of a second: a dropped connection, not an outage.
    fn default() -> Self {
        Self {
            calls: 4,
            first_wait: Duration::from_millis(40),
            longest_wait: Duration::from_secs(1),
            jitter: 0.3,
        }
    }
}

/// An error that knows whether the same call may succeed when it is made again.
pub trait Passing {
    /// Whether it may.
    fn is_passing(&self) -> bool;
}

impl Passing for BlobError {
    fn is_passing(&self) -> bool {
        // A refused login does not pass within a second.
        self.is_transient() && !matches!(self, Self::Denied { .. })
    }
}

impl Passing for StoreError {
    fn is_passing(&self) -> bool {
        StoreError::is_passing(self)
    }
}

/// Calls `operation` until it succeeds, fails for good, or the policy is used up. It must be safe to repeat.
///
/// # Errors
/// The last error of `operation`.
pub async fn retry<T, E, F>(policy: &RetryPolicy, mut operation: impl FnMut() -> F) -> Result<T, E>
where
    E: Passing,
    F: Future<Output = Result<T, E>>,
{
    let mut waits = waits(policy);
    let mut calls = 1;
    loop {
        let error = match operation().await {
            Ok(value) => return Ok(value),
            Err(error) => error,
        };
        let wait = if calls < policy.calls && error.is_passing() { waits.next_backoff() } else { None };
        let Some(wait) = wait else { return Err(error) };
        tokio::time::sleep(wait).await;
        calls += 1;
    }
}

fn waits(policy: &RetryPolicy) -> ExponentialBackoff<SystemClock> {
    ExponentialBackoffBuilder::new()
        .with_initial_interval(policy.first_wait)
        .with_max_interval(policy.longest_wait)
        .with_multiplier(2.0)
        .with_randomization_factor(policy.jitter)
        .with_max_elapsed_time(None)
        .build()
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use tokio::time::Instant;

    use super::*;

    #[derive(Debug, PartialEq)]
    struct Fault {
        passes: bool,
    }

    impl Passing for Fault {
        fn is_passing(&self) -> bool {
            self.passes
        }
    }

    const STEADY: RetryPolicy = RetryPolicy {
        calls: 5,
        first_wait: Duration::from_secs(1),
        longest_wait: Duration::from_secs(3),
        jitter: 0.0,
    };

    async fn calls_until(good: u32, passes: bool) -> (Result<(), Fault>, u32) {
        let calls = Cell::new(0);
        let done = retry(&STEADY, || {
            calls.set(calls.get() + 1);
            let done = if calls.get() >= good { Ok(()) } else { Err(Fault { passes }) };
            std::future::ready(done)
        });
        (done.await, calls.get())
    }

    #[tokio::test(start_paused = true)]
    async fn waits_double_up_to_the_longest() {
        let started = Instant::now();
        assert_eq!(calls_until(5, true).await, (Ok(()), 5));
        assert_eq!(started.elapsed().as_secs(), 1 + 2 + 3 + 3);
    }

    #[tokio::test(start_paused = true)]
    async fn the_last_error_is_returned_when_the_calls_are_used_up() {
        assert_eq!(calls_until(6, true).await, (Err(Fault { passes: true }), 5));
    }

    #[tokio::test(start_paused = true)]
    async fn what_does_not_pass_is_not_tried_again() {
        assert_eq!(calls_until(2, false).await, (Err(Fault { passes: false }), 1));
    }

    #[tokio::test(start_paused = true)]
    async fn jitter_stays_within_its_bounds() {
        let policy = RetryPolicy { jitter: 0.3, ..STEADY };
        for _ in 0..200 {
            let wait = waits(&policy).next_backoff().unwrap();
            assert!((700..=1300).contains(&wait.as_millis()), "{wait:?}");
        }
    }
}
