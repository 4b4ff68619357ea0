//! When verification of a submission is due.

use berkas_domain::{Pause, ServiceClocks};
use chrono::{DateTime, TimeDelta, Utc};

/// What is assumed when the holiday table does not reach far enough: a weekend and a day.
const WITHOUT_CALENDAR: TimeDelta = TimeDelta::days(3);

/// The due time of what was `received_at` and lay `with_kecamatan` for repair.
///
/// A year that the holiday table does not cover is an operator's mistake and no reason to refuse a resident: the
/// submission is taken with a plain term, and the log says loudly that the table must be extended.
pub(crate) fn due_at(
    clocks: &ServiceClocks,
    received_at: DateTime<Utc>,
    with_kecamatan: &[Pause],
) -> DateTime<Utc> {
    clocks.verification_due(received_at, with_kecamatan).unwrap_or_else(|error| {
        tracing::error!(
            error.code = "no_calendar",
            error = &error as &dyn std::error::Error,
            "due times are wrong until the holiday table is extended"
        );
        let back = with_kecamatan.iter().filter_map(|pause| pause.to).max();
        back.unwrap_or(received_at) + WITHOUT_CALENDAR
    })
}

#[cfg(test)]
mod tests {
    use berkas_domain::{OfficeCalendar, OfficeHours};

    use super::*;

    fn at(text: &str) -> DateTime<Utc> {
        text.parse().unwrap()
    }

    fn clocks() -> ServiceClocks {
        let calendar = OfficeCalendar::embedded(OfficeHours::default());
        ServiceClocks::new(calendar, TimeDelta::minutes(450), TimeDelta::hours(24), Vec::new())
    }

    #[test]
    fn an_office_day_later_is_the_closing_hour_or_the_next_morning() {
        // A Tuesday, 07:30 WIB: 450 minutes end with the day at 16:00 WIB.
        assert_eq!(due_at(&clocks(), at("2026-11-24T00:30:00Z"), &[]), at("2026-11-24T09:00:00Z"));
        assert_eq!(due_at(&clocks(), at("2026-11-24T01:30:00Z"), &[]), at("2026-11-25T01:30:00Z"));
    }

    #[test]
    fn a_year_without_a_calendar_takes_three_plain_days_from_when_it_came_in_or_back() {
        let received = at("2099-03-02T01:00:00Z");
        assert_eq!(due_at(&clocks(), received, &[]), received + TimeDelta::days(3));
        let back = at("2099-03-09T01:00:00Z");
        let away = Pause { from: received, to: Some(back) };
        assert_eq!(due_at(&clocks(), received, &[away]), back + TimeDelta::days(3));
    }
}
