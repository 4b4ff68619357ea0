//! How long to wait before trying again.

use std::time::Duration;

use crate::config::BrokerConfig;

/// Doubles from the shortest wait to the longest, with jitter so that a broker's return is not met by everybody at once.
#[derive(Debug)]
pub(crate) struct Backoff {
    first: Duration,
    longest: Duration,
    failures: u32,
}

impl Backoff {
    /// Waits as `config` says.
    pub(crate) const fn new(config: &BrokerConfig) -> Self {
        Self { first: config.reconnect_min, longest: config.reconnect_max, failures: 0 }
    }

    /// The next wait: between half and the whole of the step.
    pub(crate) fn next(&mut self) -> Duration {
        let wait = self.delay(rand::random());
        self.failures = self.failures.saturating_add(1);
        wait
    }

    /// Begins anew after a success.
    pub(crate) fn reset(&mut self) {
        self.failures = 0;
    }

    fn delay(&self, jitter: f64) -> Duration {
        let step = self.first.saturating_mul(2_u32.saturating_pow(self.failures.min(16))).min(self.longest);
        step.mul_f64(0.5 + jitter.clamp(0.0, 1.0) / 2.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn after(failures: u32) -> Backoff {
        let mut config = BrokerConfig::new(Vec::new(), "test");
        config.reconnect_min = Duration::from_millis(100);
        config.reconnect_max = Duration::from_secs(5);
        Backoff { failures, ..Backoff::new(&config) }
    }

    #[test]
    fn waits_double_from_the_shortest_to_the_longest() {
        let waits: Vec<u128> = (0..8).map(|failures| after(failures).delay(1.0).as_millis()).collect();
        assert_eq!(waits, [100, 200, 400, 800, 1600, 3200, 5000, 5000]);
        assert_eq!(after(u32::MAX).delay(0.0), Duration::from_millis(2500));
    }
}
