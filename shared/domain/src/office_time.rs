//! Office time: what counts when a time limit is measured in hours in which the office is open (`domain.md` 5).
//!
//! Holidays and the first days of Ramadan are data (`config/hari-libur.csv`); a year that the table does not cover is
//! an error, never a year without holidays.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

use chrono::{DateTime, Datelike, NaiveDate, NaiveTime, TimeDelta, Utc, Weekday};

use crate::clock::{WIB_OFFSET_HOURS, wib};

/// Opening hours of one day, in WIB.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DayHours {
    /// The office opens.
    pub opens: NaiveTime,
    /// The break begins.
    pub break_from: NaiveTime,
    /// The break ends.
    pub break_to: NaiveTime,
    /// The office closes.
    pub closes: NaiveTime,
}

/// Opening hours of one week; `None` is closed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct WeekHours {
    /// Monday to Thursday.
    pub monday_to_thursday: Option<DayHours>,
    /// Friday.
    pub friday: Option<DayHours>,
    /// Saturday.
    pub saturday: Option<DayHours>,
    /// Sunday.
    pub sunday: Option<DayHours>,
}

/// Opening hours of the year.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OfficeHours {
    /// Outside Ramadan.
    pub ordinary: WeekHours,
    /// In Ramadan.
    pub ramadan: WeekHours,
}

/// The minutes after midnight of a time of day; out of range is midnight.
fn minutes(minutes: u32) -> NaiveTime {
    NaiveTime::from_num_seconds_from_midnight_opt(minutes * 60, 0).unwrap_or_default()
}

impl DayHours {
    /// From minutes after midnight.
    fn of(opens: u32, break_from: u32, break_to: u32, closes: u32) -> Self {
        Self {
            opens: minutes(opens),
            break_from: minutes(break_from),
            break_to: minutes(break_to),
            closes: minutes(closes),
        }
    }
}

impl Default for OfficeHours {
    /// Perpres 21/2023: Monday to Friday from 07:30 with breaks of 60 and on Friday 90 minutes, 37.5 hours a week;
    /// in Ramadan from 08:00 with breaks of 30 and 60 minutes, 32.5 hours.
    fn default() -> Self {
        let week = |monday_to_thursday, friday| WeekHours {
            monday_to_thursday: Some(monday_to_thursday),
            friday: Some(friday),
            saturday: None,
            sunday: None,
        };
        Self {
            ordinary: week(DayHours::of(450, 720, 780, 960), DayHours::of(450, 690, 780, 990)),
            ramadan: week(DayHours::of(480, 720, 750, 900), DayHours::of(480, 690, 750, 930)),
        }
    }
}

/// The year for which office time was asked, and which the table does not cover.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the holiday table has no data for {year}")]
pub struct NoCalendar {
    /// The year.
    pub year: i32,
}

/// A line of the holiday table that cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("line {line} of the holiday table: {problem}")]
pub struct CalendarTableError {
    /// Line, from 1.
    pub line: usize,
    /// What is wrong.
    pub problem: &'static str,
}

/// A span in which the clock stands still: the case lies with the kecamatan, or an outage was declared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pause {
    /// It begins.
    pub from: DateTime<Utc>,
    /// It ends; `None` while it lasts.
    pub to: Option<DateTime<Utc>>,
}

/// From and to.
type Span = (DateTime<Utc>, DateTime<Utc>);

/// The office's calendar.
#[derive(Debug, Clone)]
pub struct OfficeCalendar {
    hours: OfficeHours,
    closed: BTreeSet<NaiveDate>,
    /// First and last day of each Ramadan.
    ramadans: Vec<(NaiveDate, NaiveDate)>,
    years: BTreeSet<i32>,
}

/// How far back [`OfficeCalendar::since`] looks at most, in minutes.
const LONGEST_BACK_MIN: i64 = 366 * 24 * 60;

impl OfficeCalendar {
    /// The table that is part of the program, with `hours`.
    #[must_use]
    pub fn embedded(hours: OfficeHours) -> Self {
        static TABLE: LazyLock<OfficeCalendar> = LazyLock::new(|| {
            let table = include_str!("../../../config/hari-libur.csv");
            #[expect(clippy::expect_used, reason = "the table is part of the program; a test reads it")]
            OfficeCalendar::parse(table, OfficeHours::default())
                .expect("the embedded holiday table is well formed")
        });
        Self { hours, ..TABLE.clone() }
    }

    /// Reads `date,name,kind,decree` with a heading; kinds are `libur_nasional`, `cuti_bersama`, `awal_ramadan`.
    ///
    /// A year counts as covered when it has both holidays and a first day of Ramadan. Ramadan lasts to the eve of
    /// the first national holiday after it whose name begins with `Idulfitri`.
    ///
    /// # Errors
    /// The first line that has the wrong shape, or a Ramadan without an Idulfitri.
    pub fn parse(table: &str, hours: OfficeHours) -> Result<Self, CalendarTableError> {
        let mut closed = BTreeMap::new();
        let mut first_days = BTreeMap::new();
        for (index, line) in table.lines().enumerate().skip(1) {
            let wrong = |problem| CalendarTableError { line: index + 1, problem };
            let cells: Vec<&str> = line.splitn(4, ',').collect();
            let [date, name, kind, _decree] = cells[..] else { return Err(wrong("not four cells")) };
            let date: NaiveDate = date.parse().map_err(|_| wrong("not a date"))?;
            match kind {
                "libur_nasional" => closed.insert(date, name.starts_with("Idulfitri")),
                "cuti_bersama" => closed.insert(date, false),
                "awal_ramadan" => first_days.insert(date, index + 1).map(|_| false),
                _ => return Err(wrong("unknown kind")),
            };
        }
        let mut ramadans = Vec::new();
        for (first, line) in &first_days {
            let feast = closed.range(*first..).find(|(_, is_feast)| **is_feast).map(|(date, _)| *date);
            let eve = feast.and_then(|date| date.pred_opt());
            let no_feast = CalendarTableError { line: *line, problem: "no Idulfitri after this Ramadan" };
            ramadans.push((*first, eve.ok_or(no_feast)?));
        }
        let with_ramadan: BTreeSet<i32> = first_days.keys().map(Datelike::year).collect();
        let years = closed.keys().map(Datelike::year).filter(|year| with_ramadan.contains(year)).collect();
        Ok(Self { hours, closed: closed.into_keys().collect(), ramadans, years })
    }

    /// Adds `span` of office time to `from`. With zero or less the answer is `from` itself.
    ///
    /// The end of a span that fills a day is the hour of closing, not the next opening.
    ///
    /// # Errors
    /// [`NoCalendar`] when the span reaches into a year without data.
    pub fn add_office_time(&self, from: DateTime<Utc>, span: TimeDelta) -> Result<DateTime<Utc>, NoCalendar> {
        self.due(from, span, &[])
    }

    /// Adds `limit` of office time to `from`, not counting what falls into a pause. A pause that lasts holds the
    /// due time back as if it ended at its beginning; ask again when it has ended.
    ///
    /// # Errors
    /// [`NoCalendar`] when the span reaches into a year without data.
    pub fn due(
        &self,
        from: DateTime<Utc>,
        limit: TimeDelta,
        pauses: &[Pause],
    ) -> Result<DateTime<Utc>, NoCalendar> {
        let mut left = limit;
        let mut date = wib(from).date_naive();
        if left <= TimeDelta::zero() {
            return Ok(from);
        }
        loop {
            for (opens, closes) in self.sessions(date)? {
                for (start, end) in cut(opens.max(from), closes, pauses) {
                    if end - start >= left {
                        return Ok(start + left);
                    }
                    left -= end - start;
                }
            }
            date = date.succ_opt().ok_or(NoCalendar { year: date.year() })?;
        }
    }

    /// Office time between two instants; zero when `to` is not after `from`.
    ///
    /// # Errors
    /// [`NoCalendar`] when the span touches a year without data.
    pub fn office_time_between(
        &self,
        from: DateTime<Utc>,
        to: DateTime<Utc>,
    ) -> Result<TimeDelta, NoCalendar> {
        self.elapsed(from, to, &[])
    }

    /// The latest minute since which `span` of office time has passed until `now`, at most a year back.
    ///
    /// # Errors
    /// [`NoCalendar`] when the span touches a year without data.
    pub fn since(&self, now: DateTime<Utc>, span: TimeDelta) -> Result<DateTime<Utc>, NoCalendar> {
        // Office time never passes faster than any other.
        let (mut near, mut far) = (span.num_minutes(), span.num_minutes().max(1));
        let is_enough =
            |minutes: i64| Ok(self.office_time_between(now - TimeDelta::minutes(minutes), now)? >= span);
        while far < LONGEST_BACK_MIN && !is_enough(far)? {
            (near, far) = (far, far.saturating_mul(2).min(LONGEST_BACK_MIN));
        }
        while near + 1 < far {
            let middle = near.midpoint(far);
            if is_enough(middle)? { far = middle } else { near = middle }
        }
        Ok(now - TimeDelta::minutes(far))
    }

    /// Office time between two instants without what falls into a pause; a pause that lasts counts up to `to`.
    ///
    /// # Errors
    /// [`NoCalendar`] when the span touches a year without data.
    pub fn elapsed(
        &self,
        from: DateTime<Utc>,
        to: DateTime<Utc>,
        pauses: &[Pause],
    ) -> Result<TimeDelta, NoCalendar> {
        let lasting: Vec<Pause> =
            pauses.iter().map(|pause| Pause { to: Some(pause.to.unwrap_or(to)), ..*pause }).collect();
        let mut sum = TimeDelta::zero();
        let mut date = wib(from).date_naive();
        let last = wib(to).date_naive();
        while date <= last && from < to {
            for (opens, closes) in self.sessions(date)? {
                for (start, end) in cut(opens.max(from), closes.min(to), &lasting) {
                    sum += end - start;
                }
            }
            date = date.succ_opt().ok_or(NoCalendar { year: date.year() })?;
        }
        Ok(sum)
    }

    /// Whether the office is open at some time of `date`.
    ///
    /// # Errors
    /// [`NoCalendar`] when the year has no data.
    pub fn is_office_day(&self, date: NaiveDate) -> Result<bool, NoCalendar> {
        Ok(self.hours_of(date)?.is_some())
    }

    /// The opening hours of a day; none on a closed day.
    fn hours_of(&self, date: NaiveDate) -> Result<Option<DayHours>, NoCalendar> {
        if !self.years.contains(&date.year()) {
            return Err(NoCalendar { year: date.year() });
        }
        let in_ramadan = self.ramadans.iter().any(|(first, last)| *first <= date && date <= *last);
        let week = if in_ramadan { &self.hours.ramadan } else { &self.hours.ordinary };
        let hours = match date.weekday() {
            Weekday::Fri => week.friday,
            Weekday::Sat => week.saturday,
            Weekday::Sun => week.sunday,
            _ => week.monday_to_thursday,
        };
        Ok(hours.filter(|_| !self.closed.contains(&date)))
    }

    /// The two sessions of a day, before and after the break; none on a closed day.
    fn sessions(&self, date: NaiveDate) -> Result<Vec<Span>, NoCalendar> {
        let Some(day) = self.hours_of(date)? else { return Ok(Vec::new()) };
        let at =
            |time: NaiveTime| date.and_time(time).and_utc() - TimeDelta::hours(i64::from(WIB_OFFSET_HOURS));
        Ok(vec![(at(day.opens), at(day.break_from)), (at(day.break_to), at(day.closes))])
    }
}

/// What is left of a span when the pauses are cut out; empty when the span is.
fn cut(start: DateTime<Utc>, end: DateTime<Utc>, pauses: &[Pause]) -> Vec<Span> {
    let mut spans = vec![(start, end)];
    for pause in pauses {
        let Some(until) = pause.to else { continue };
        let parts = |(a, b): Span| [(a, b.min(pause.from)), (a.max(until), b)];
        spans = spans.into_iter().flat_map(parts).filter(|(a, b)| a < b).collect();
    }
    spans.retain(|(a, b)| a < b);
    spans
}

#[cfg(test)]
#[path = "office_time_tests.rs"]
mod tests;
