//! How often an office may ask something that costs work and leaves nothing behind.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use berkas_domain::OfficeCode;
use chrono::{DateTime, Utc};

/// Counts the questions of each office in the running minute.
#[derive(Debug)]
pub(super) struct Quota {
    per_minute: u32,
    asked: Mutex<HashMap<OfficeCode, Minute>>,
}

#[derive(Debug, Clone, Copy)]
struct Minute {
    number: i64,
    asked: u32,
}

impl Quota {
    pub(super) fn per_minute(per_minute: u32) -> Self {
        Self { per_minute, asked: Mutex::default() }
    }

    /// Counts a question of `office`.
    ///
    /// # Errors
    /// The seconds until the next minute, when the office has asked as often as it may.
    pub(super) fn take(&self, office: &OfficeCode, now: DateTime<Utc>) -> Result<(), u64> {
        let (number, second) = (now.timestamp().div_euclid(60), now.timestamp().rem_euclid(60));
        let mut asked = self.asked.lock().unwrap_or_else(PoisonError::into_inner);
        let minute = asked.entry(office.clone()).or_insert(Minute { number, asked: 0 });
        if minute.number != number {
            *minute = Minute { number, asked: 0 };
        }
        if minute.asked >= self.per_minute {
            return Err(u64::try_from(60 - second).unwrap_or(60));
        }
        minute.asked += 1;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use chrono::TimeDelta;

    use super::*;

    #[test]
    fn an_office_that_asks_too_often_waits_for_the_next_minute_and_no_other_office_does() {
        let quota = Quota::per_minute(2);
        let (jombang, gudo): (OfficeCode, OfficeCode) =
            ("351709".parse().unwrap(), "351701".parse().unwrap());
        let now = "2026-11-24T01:30:20Z".parse().unwrap();
        assert_eq!([quota.take(&jombang, now), quota.take(&jombang, now)], [Ok(()), Ok(())]);
        assert_eq!(quota.take(&jombang, now), Err(40));
        assert_eq!(quota.take(&gudo, now), Ok(()));
        assert_eq!(quota.take(&jombang, now + TimeDelta::seconds(40)), Ok(()));
    }
}
