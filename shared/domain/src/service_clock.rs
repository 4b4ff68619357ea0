//! The two clocks of a submission: verification runs from its receipt, issue from the moment it is complete (Permendagri
//! 19/2018 art. 3). Both count office time and stand still in a declared outage; the first also while the case lies with
//! the kecamatan.

use chrono::{DateTime, TimeDelta, Utc};

use crate::{NoCalendar, OfficeCalendar, Pause};

/// Computes what is due when.
#[derive(Debug, Clone)]
pub struct ServiceClocks {
    calendar: OfficeCalendar,
    verification: TimeDelta,
    issue: TimeDelta,
    outages: Vec<Pause>,
}

impl ServiceClocks {
    /// Clocks with these limits in office time, which stand still in `outages`.
    #[must_use]
    pub const fn new(
        calendar: OfficeCalendar,
        verification: TimeDelta,
        issue: TimeDelta,
        outages: Vec<Pause>,
    ) -> Self {
        Self { calendar, verification, issue, outages }
    }

    /// The same clocks as they are seen at `now`: an outage that lasts is counted up to then.
    #[must_use]
    pub fn seen_at(&self, now: DateTime<Utc>) -> Self {
        let until = |outage: &Pause| Pause { to: Some(outage.to.unwrap_or(now)), ..*outage };
        // What begins later has not been.
        let begun = self.outages.iter().filter(|outage| outage.to.is_some() || outage.from < now);
        Self { outages: begun.map(until).collect(), ..self.clone() }
    }

    /// When verification of what was `received` is due; `with_kecamatan` are the spans it lay there for repair.
    ///
    /// # Errors
    /// [`NoCalendar`] when the term reaches into a year without data.
    pub fn verification_due(
        &self,
        received: DateTime<Utc>,
        with_kecamatan: &[Pause],
    ) -> Result<DateTime<Utc>, NoCalendar> {
        let pauses: Vec<Pause> = self.outages.iter().chain(with_kecamatan).copied().collect();
        self.calendar.due(received, self.verification, &pauses)
    }

    /// When the certificate of what was found `complete` is due.
    ///
    /// # Errors
    /// [`NoCalendar`] when the term reaches into a year without data.
    pub fn issue_due(&self, complete: DateTime<Utc>) -> Result<DateTime<Utc>, NoCalendar> {
        self.calendar.due(complete, self.issue, &self.outages)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::OfficeHours;

    /// An instant in WIB.
    fn at(text: &str) -> DateTime<Utc> {
        format!("{}:00+07:00", text.replace(' ', "T")).parse::<DateTime<Utc>>().unwrap()
    }

    fn pause(from: &str, to: &str) -> Pause {
        Pause { from: at(from), to: Some(at(to)) }
    }

    /// One office day for verification, 24 hours for issue.
    fn clocks(outages: Vec<Pause>) -> ServiceClocks {
        let calendar = OfficeCalendar::embedded(OfficeHours::default());
        ServiceClocks::new(calendar, TimeDelta::minutes(450), TimeDelta::hours(24), outages)
    }

    #[test]
    fn verification_stands_still_while_the_case_lies_with_the_kecamatan() {
        // Received Monday 10:00, returned Tuesday 08:30, back a week later at 13:30: one hour and a half was left.
        let away = pause("2026-11-24 08:30", "2026-12-01 13:30");
        let due = clocks(Vec::new()).verification_due(at("2026-11-23 10:00"), &[away]);
        assert_eq!(due, Ok(at("2026-12-01 15:00")));
    }

    #[test]
    fn both_clocks_stand_still_in_a_declared_outage() {
        let outage = pause("2026-11-24 08:00", "2026-11-24 10:00");
        let (with, without) = (clocks(vec![outage]), clocks(Vec::new()));
        assert_eq!(without.verification_due(at("2026-11-24 07:30"), &[]), Ok(at("2026-11-24 16:00")));
        assert_eq!(with.verification_due(at("2026-11-24 07:30"), &[]), Ok(at("2026-11-25 09:30")));
        // 24 hours of office time are three days of seven and a half hours and one hour and a half.
        assert_eq!(without.issue_due(at("2026-11-24 07:30")), Ok(at("2026-11-27 09:00")));
        assert_eq!(with.issue_due(at("2026-11-24 07:30")), Ok(at("2026-11-27 11:00")));
    }

    #[test]
    fn an_outage_that_lasts_holds_the_clocks_as_long_as_it_has_lasted() {
        let lasting = Pause { from: at("2026-11-24 08:00"), to: None };
        let due =
            |now: &str| clocks(vec![lasting]).seen_at(at(now)).verification_due(at("2026-11-24 07:30"), &[]);
        assert_eq!(due("2026-11-24 07:45"), Ok(at("2026-11-24 16:00")));
        assert_eq!(due("2026-11-24 10:00"), Ok(at("2026-11-25 09:30")));
        assert_eq!(due("2026-11-24 11:00"), Ok(at("2026-11-25 10:30")));
    }

    #[test]
    fn what_used_its_time_up_before_the_return_is_due_at_once() {
        let away = pause("2026-11-24 15:00", "2026-12-01 13:30");
        let due = clocks(Vec::new()).verification_due(at("2026-11-23 10:00"), &[away]).unwrap();
        assert!(due < at("2026-11-24 15:00"));
    }
}
