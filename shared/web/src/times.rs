//! Times as people read them: on the office clock, in words.

use berkas_domain::wib;
use chrono::{DateTime, Datelike, NaiveDate, TimeDelta, Timelike, Utc};

use crate::Lang;

const MONTHS_ID: [&str; 12] =
    ["Jan", "Feb", "Mar", "Apr", "Mei", "Jun", "Jul", "Agu", "Sep", "Okt", "Nov", "Des"];
const MONTHS_EN: [&str; 12] =
    ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/// A day: `3 Agu 2026`.
#[must_use]
pub fn day(lang: Lang, date: NaiveDate) -> String {
    let months = if lang == Lang::Id { MONTHS_ID } else { MONTHS_EN };
    let month = months.get(date.month0() as usize).copied().unwrap_or_default();
    format!("{} {month} {}", date.day(), date.year())
}

/// An hour of the office clock, in WIB: `08.15` in Indonesian, `08:15` in English.
#[must_use]
pub fn hour(lang: Lang, instant: DateTime<Utc>) -> String {
    let local = wib(instant);
    let separator = lang.say(".", ":");
    format!("{:02}{separator}{:02}", local.hour(), local.minute())
}

/// An hour of the office clock with its seconds, in WIB.
#[must_use]
pub fn clock(lang: Lang, instant: DateTime<Utc>) -> String {
    format!("{}{}{:02}", hour(lang, instant), lang.say(".", ":"), wib(instant).second())
}

/// A day and hour of the office clock, in WIB, with the day left out when it is `today`'s.
#[must_use]
pub fn moment(lang: Lang, instant: DateTime<Utc>, today: DateTime<Utc>) -> String {
    let date = wib(instant).date_naive();
    let hour = hour(lang, instant);
    if date == wib(today).date_naive() { hour } else { format!("{}, {hour}", day(lang, date)) }
}

/// How long something lasts, in its two largest units: `3 mnt 20 dtk`, `2 jam 5 mnt`, `4 hari 3 jam`.
#[must_use]
pub fn span(lang: Lang, length: TimeDelta) -> String {
    let seconds = length.num_seconds().max(0);
    let units = [
        (seconds / 86_400, lang.say("hari", "d")),
        (seconds / 3_600 % 24, lang.say("jam", "h")),
        (seconds / 60 % 60, lang.say("mnt", "min")),
        (seconds % 60, lang.say("dtk", "s")),
    ];
    let first = units.iter().position(|(count, _)| *count > 0).unwrap_or(3);
    let shown = units.iter().skip(first).take(2).filter(|(count, _)| *count > 0 || seconds == 0);
    shown.map(|(count, unit)| format!("{count} {unit}")).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_are_told_in_their_two_largest_units() {
        let told = |seconds| span(Lang::Id, TimeDelta::seconds(seconds));
        assert_eq!([told(0), told(7), told(200)], ["0 dtk", "7 dtk", "3 mnt 20 dtk"]);
        assert_eq!([told(7200), told(90_061)], ["2 jam", "1 hari 1 jam"]);
        assert_eq!(span(Lang::En, TimeDelta::seconds(-5)), "0 s");
    }

    #[test]
    fn the_office_clock_is_seven_hours_ahead() {
        let instant: DateTime<Utc> = "2026-11-24T20:05:00Z".parse().unwrap();
        assert_eq!(hour(Lang::Id, instant), "03.05");
        assert_eq!(moment(Lang::Id, instant, instant), "03.05");
        assert_eq!(moment(Lang::En, instant, instant - TimeDelta::hours(5)), "25 Nov 2026, 03:05");
    }
}
