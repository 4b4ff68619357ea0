//! When verification of a submission is due.

use berkas_domain::{OfficeCalendar, OfficeHours};
use chrono::{DateTime, TimeDelta, Utc};

/// What is assumed when the holiday table does not reach far enough: a weekend and a day.
const WITHOUT_CALENDAR: TimeDelta = TimeDelta::days(3);

/// Adds `office_minutes` of opening hours to `received_at`.
///
/// A year that the holiday table does not cover is an operator's mistake and no reason to refuse a resident: the
/// submission is taken with a plain term, and the log says loudly that the table must be extended.
pub(crate) fn due_at(hours: OfficeHours, office_minutes: u32, received_at: DateTime<Utc>) -> DateTime<Utc> {
    let calendar = OfficeCalendar::embedded(hours);
    let term = TimeDelta::minutes(office_minutes.into());
    calendar.add_office_time(received_at, term).unwrap_or_else(|error| {
        tracing::error!(
            error.code = "no_calendar",
            error = &error as &dyn std::error::Error,
            "due times are wrong until the holiday table is extended"
        );
        received_at + WITHOUT_CALENDAR
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> DateTime<Utc> {
        text.parse().unwrap()
    }

    #[test]
    fn an_office_day_later_is_the_closing_hour_or_the_next_morning() {
        let hours = OfficeHours::default();
        // A Tuesday, 07:30 WIB: 450 minutes end with the day at 16:00 WIB.
        assert_eq!(due_at(hours, 450, at("2026-11-24T00:30:00Z")), at("2026-11-24T09:00:00Z"));
        assert_eq!(due_at(hours, 450, at("2026-11-24T01:30:00Z")), at("2026-11-25T01:30:00Z"));
    }

    #[test]
    fn a_year_without_a_calendar_takes_three_plain_days() {
        let received = at("2099-03-02T01:00:00Z");
        assert_eq!(due_at(OfficeHours::default(), 450, received), received + TimeDelta::days(3));
    }
}
