//! Opening hours and the terms that are counted in them.

use berkas_domain::{
    DayHours, OfficeCalendar, OfficeHours, Pause, ServiceClocks, WIB_OFFSET_HOURS, WeekHours,
};
use chrono::{DateTime, NaiveDateTime, NaiveTime, TimeDelta, Utc};
use serde::{Deserialize, Deserializer};

/// When the office is open; section `[office_time]`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OfficeTimeSettings {
    /// Opening hours, in WIB.
    pub hours: OfficeHours,
    /// Office minutes from receipt until a submission is due.
    pub due_minutes: u32,
    /// Office minutes from the moment a submission is complete until its certificate is due.
    pub issue_minutes: u32,
    /// Declared outages, in which no clock runs.
    pub outages: Vec<Pause>,
}

impl OfficeTimeSettings {
    /// The clocks of a submission.
    #[must_use]
    pub fn clocks(&self) -> ServiceClocks {
        let term = |minutes: u32| TimeDelta::minutes(minutes.into());
        let calendar = OfficeCalendar::embedded(self.hours);
        ServiceClocks::new(calendar, term(self.due_minutes), term(self.issue_minutes), self.outages.clone())
    }
}

/// The section as it is written.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    monday_to_thursday: String,
    friday: String,
    saturday: String,
    sunday: String,
    ramadan_monday_to_thursday: String,
    ramadan_friday: String,
    ramadan_saturday: String,
    ramadan_sunday: String,
    due_minutes: u32,
    issue_minutes: u32,
    outages: Vec<String>,
}

impl<'de> Deserialize<'de> for OfficeTimeSettings {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let written = Written::deserialize(deserializer)?;
        let day = |key: &str, text: &str| {
            let shape = "like `07:30-16:00/12:00-13:00`, or empty for closed";
            read_day(text)
                .ok_or_else(|| serde::de::Error::custom(format!("`office_time.{key}` must be {shape}")))
        };
        let ordinary = WeekHours {
            monday_to_thursday: day("monday_to_thursday", &written.monday_to_thursday)?,
            friday: day("friday", &written.friday)?,
            saturday: day("saturday", &written.saturday)?,
            sunday: day("sunday", &written.sunday)?,
        };
        let ramadan = WeekHours {
            monday_to_thursday: day("ramadan_monday_to_thursday", &written.ramadan_monday_to_thursday)?,
            friday: day("ramadan_friday", &written.ramadan_friday)?,
            saturday: day("ramadan_saturday", &written.ramadan_saturday)?,
            sunday: day("ramadan_sunday", &written.ramadan_sunday)?,
        };
        let outages = written.outages.iter().map(|text| {
            let shape = "`office_time.outages` must be like `2026-12-01T08:00/2026-12-01T11:00`, in WIB, without an end while it lasts";
            read_outage(text).ok_or_else(|| serde::de::Error::custom(shape))
        });
        Ok(Self {
            hours: OfficeHours { ordinary, ramadan },
            due_minutes: written.due_minutes,
            issue_minutes: written.issue_minutes,
            outages: outages.collect::<Result<_, _>>()?,
        })
    }
}

/// Reads one day; `None` when it is malformed, `Some(None)` when the office is closed.
fn read_day(text: &str) -> Option<Option<DayHours>> {
    if text.is_empty() {
        return Some(None);
    }
    let (open, pause) = text.split_once('/')?;
    let ((opens, closes), (break_from, break_to)) = (read_span(open)?, read_span(pause)?);
    let ordered = opens < break_from && break_from <= break_to && break_to < closes;
    ordered.then_some(Some(DayHours { opens, break_from, break_to, closes }))
}

/// Reads one declared outage; `None` when it is malformed or ends before it begins.
fn read_outage(text: &str) -> Option<Pause> {
    let (from, to) = text.split_once('/')?;
    let from = read_instant(from)?;
    let to = if to.is_empty() { None } else { Some(read_instant(to)?) };
    to.is_none_or(|to| from < to).then_some(Pause { from, to })
}

fn read_instant(text: &str) -> Option<DateTime<Utc>> {
    let on_the_wall = NaiveDateTime::parse_from_str(text, "%Y-%m-%dT%H:%M").ok()?;
    Some(on_the_wall.and_utc() - TimeDelta::hours(WIB_OFFSET_HOURS.into()))
}

fn read_span(text: &str) -> Option<(NaiveTime, NaiveTime)> {
    let (from, to) = text.split_once('-')?;
    let time = |text: &str| NaiveTime::parse_from_str(text, "%H:%M").ok();
    Some((time(from)?, time(to)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_is_read_in_order_or_not_at_all() {
        assert_eq!(read_day(""), Some(None));
        assert!(read_day("07:30-16:00/12:00-13:00").flatten().is_some());
        for wrong in ["07:30", "16:00-07:30/12:00-13:00", "07:30-16:00/06:00-07:00", "07:30-16:00", "a-b/c-d"]
        {
            assert_eq!(read_day(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn an_outage_is_read_in_wib_with_or_without_an_end_or_not_at_all() {
        let from = "2026-12-01T01:00:00Z".parse().unwrap();
        let to = Some("2026-12-01T04:30:00Z".parse().unwrap());
        assert_eq!(read_outage("2026-12-01T08:00/2026-12-01T11:30"), Some(Pause { from, to }));
        assert_eq!(read_outage("2026-12-01T08:00/"), Some(Pause { from, to: None }));
        for wrong in ["2026-12-01T08:00", "2026-12-01T08:00/2026-12-01T07:00", "/2026-12-01T07:00", "x/y", ""]
        {
            assert_eq!(read_outage(wrong), None, "{wrong}");
        }
    }
}
