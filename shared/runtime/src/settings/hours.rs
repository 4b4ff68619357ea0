//! Opening hours.

use berkas_domain::{DayHours, OfficeHours, WeekHours};
use chrono::NaiveTime;
use serde::{Deserialize, Deserializer};

/// When the office is open; section `[office_time]`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OfficeTimeSettings {
    /// Opening hours, in WIB.
    pub hours: OfficeHours,
    /// Office minutes from receipt until a submission is due.
    pub due_minutes: u32,
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
        Ok(Self { hours: OfficeHours { ordinary, ramadan }, due_minutes: written.due_minutes })
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
}
