//! How long to wait before trying again.

use std::time::Duration;

const FIRST: Duration = Duration::from_millis(100);
const LONGEST: Duration = Duration::from_secs(5);

/// Doubles from 100 ms to 5 s, with jitter so that a broker's return is not met by everybody at once.
#[derive(Debug, Default)]
pub(crate) struct Backoff {
    failures: u32,
}

impl Backoff {
    /// The next wait: between half and the whole of the step.
    pub(crate) fn next(&mut self) -> Duration {
        let wait = delay(self.failures, rand::random());
        self.failures = self.failures.saturating_add(1);
        wait
    }

    /// Begins anew after a success.
    pub(crate) fn reset(&mut self) {
        self.failures = 0;
    }
}

fn delay(failures: u32, jitter: f64) -> Duration {
    let step = FIRST.saturating_mul(2_u32.saturating_pow(failures.min(16))).min(LONGEST);
    step.mul_f64(0.5 + jitter.clamp(0.0, 1.0) / 2.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_double_from_a_tenth_of_a_second_to_five_seconds() {
        let waits: Vec<u128> = (0..8).map(|failures| delay(failures, 1.0).as_millis()).collect();
        assert_eq!(waits, [100, 200, 400, 800, 1600, 3200, 5000, 5000]);
        assert_eq!(delay(u32::MAX, 0.0), LONGEST / 2);
    }
}
