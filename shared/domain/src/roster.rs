//! Who is on duty when: a plan for the week, and days on which it is otherwise.
//!
//! Everything here is pure: (roster, instant) → on duty or not. Hours are those of the clock on the office wall (WIB). A shift
//! belongs to the day on which it begins, also when it ends after midnight.

use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;

use chrono::{
    DateTime, Datelike, Days, NaiveDate, NaiveDateTime, NaiveTime, TimeDelta, Timelike, Utc, Weekday,
};

use crate::clock::{WIB_OFFSET_HOURS, wib};

/// Minutes of a day.
const DAY: u16 = 24 * 60;

/// How many days back an end of duty is looked for: longer than a session lives.
const LOOK_BACK_DAYS: u64 = 8;

/// Shifts that one day may have.
pub const MOST_SHIFTS: usize = 6;

/// The days of the week, as a plan writes them.
const DAYS: [(&str, Weekday); 7] = [
    ("mon", Weekday::Mon),
    ("tue", Weekday::Tue),
    ("wed", Weekday::Wed),
    ("thu", Weekday::Thu),
    ("fri", Weekday::Fri),
    ("sat", Weekday::Sat),
    ("sun", Weekday::Sun),
];

/// One shift: from and to in minutes after midnight. One that ends when or before it begins ends on the next day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Shift {
    from: u16,
    to: u16,
}

/// A plan that cannot be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum RosterError {
    /// A day is none of `mon` to `sun`, or a range of them runs backwards.
    #[error("a day is not one of mon, tue, wed, thu, fri, sat, sun, or a range of them")]
    Day,
    /// Hours are not `HH:MM-HH:MM`.
    #[error("hours are not like 07:30-15:30")]
    Hours,
    /// A part has not both days and hours.
    #[error("a part is not like `mon-fri 07:30-15:30`")]
    Part,
    /// A day has more shifts than one can have.
    #[error("a day has too many shifts")]
    TooMany,
}

impl Shift {
    /// From and to in minutes after midnight; `None` unless both are below 1,440.
    #[must_use]
    pub const fn of_minutes(from: u16, to: u16) -> Option<Self> {
        if from < DAY && to < DAY { Some(Self { from, to }) } else { None }
    }

    /// The whole day.
    const WHOLE: Self = Self { from: 0, to: 0 };

    /// From, in minutes after midnight.
    #[must_use]
    pub const fn from_minutes(self) -> u16 {
        self.from
    }

    /// To, in minutes after midnight; of the next day when that is not later than where it begins.
    #[must_use]
    pub const fn to_minutes(self) -> u16 {
        self.to
    }

    /// Beginning and end of the shift that begins on `day`.
    fn on(self, day: NaiveDate) -> Option<Span> {
        let lasts = if self.to > self.from { self.to - self.from } else { DAY + self.to - self.from };
        let midnight =
            NaiveDateTime::new(day, NaiveTime::MIN) - TimeDelta::hours(i64::from(WIB_OFFSET_HOURS));
        let begins = midnight.and_utc().checked_add_signed(TimeDelta::minutes(i64::from(self.from)))?;
        Some((begins, begins.checked_add_signed(TimeDelta::minutes(i64::from(lasts)))?))
    }
}

impl fmt::Display for Shift {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { from, to } = self;
        write!(f, "{:02}:{:02}-{:02}:{:02}", from / 60, from % 60, to / 60, to % 60)
    }
}

impl FromStr for Shift {
    type Err = RosterError;
    fn from_str(text: &str) -> Result<Self, RosterError> {
        let minutes = |text: &str| {
            let time = NaiveTime::parse_from_str(text, "%H:%M").ok()?;
            u16::try_from(time.num_seconds_from_midnight() / 60).ok()
        };
        let both = text.split_once('-').and_then(|(from, to)| Some((minutes(from)?, minutes(to)?)));
        let (from, to) = both.ok_or(RosterError::Hours)?;
        Self::of_minutes(from, to).ok_or(RosterError::Hours)
    }
}

/// The shifts of each day of the week, from Monday; written `mon-fri 07:30-15:30, sat 08:00-12:00`. Empty: no plan.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct WeekPlan([Vec<Shift>; 7]);

impl WeekPlan {
    /// Whether there is no shift in it.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.iter().all(Vec::is_empty)
    }

    /// The shifts of one day of the week.
    #[must_use]
    pub fn of(&self, day: Weekday) -> &[Shift] {
        self.0.get(index(day)).map(Vec::as_slice).unwrap_or_default()
    }

    /// Adds a shift.
    ///
    /// # Errors
    /// [`RosterError::TooMany`].
    pub fn add(&mut self, day: Weekday, shift: Shift) -> Result<(), RosterError> {
        let Some(shifts) = self.0.get_mut(index(day)) else { return Ok(()) };
        if !shifts.contains(&shift) {
            shifts.push(shift);
            shifts.sort_unstable();
        }
        if shifts.len() > MOST_SHIFTS { Err(RosterError::TooMany) } else { Ok(()) }
    }

    /// Every shift with its day, from Monday.
    pub fn shifts(&self) -> impl Iterator<Item = (Weekday, Shift)> + '_ {
        DAYS.iter().flat_map(|(_, day)| self.of(*day).iter().map(|shift| (*day, *shift)))
    }
}

fn index(day: Weekday) -> usize {
    // Below seven.
    day.num_days_from_monday() as usize
}

fn day_named(text: &str) -> Result<usize, RosterError> {
    DAYS.iter().position(|(name, _)| *name == text).ok_or(RosterError::Day)
}

impl FromStr for WeekPlan {
    type Err = RosterError;
    fn from_str(text: &str) -> Result<Self, RosterError> {
        let mut plan = Self::default();
        for part in text.split(',').map(str::trim).filter(|part| !part.is_empty()) {
            let (days, hours) = part.split_once(' ').ok_or(RosterError::Part)?;
            let shift: Shift = hours.trim().parse()?;
            let (first, last) = days.split_once('-').unwrap_or((days, days));
            let (first, last) = (day_named(first)?, day_named(last)?);
            if first > last {
                return Err(RosterError::Day);
            }
            for (_, day) in DAYS.iter().take(last + 1).skip(first) {
                plan.add(*day, shift)?;
            }
        }
        Ok(plan)
    }
}

impl fmt::Display for WeekPlan {
    /// Days that follow each other and are alike are written once.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut first = true;
        let mut from = 0;
        while let Some((name, day)) = DAYS.get(from) {
            let shifts = self.of(*day);
            let alike = DAYS.iter().skip(from).take_while(|(_, other)| self.of(*other) == shifts).count();
            let last = DAYS.get(from + alike - 1).filter(|_| alike > 1);
            for shift in shifts {
                let comma = if first { "" } else { ", " };
                match last {
                    Some((last, _)) => write!(f, "{comma}{name}-{last} {shift}")?,
                    None => write!(f, "{comma}{name} {shift}")?,
                }
                first = false;
            }
            from += alike;
        }
        Ok(())
    }
}

/// How one day differs from the plan.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct RosterDay {
    /// The shifts of the plan do not count on this day.
    pub off: bool,
    /// Shifts of this day alone.
    pub extra: Vec<Shift>,
}

/// When somebody is on duty. Without a plan that is always, but for the days on which they are off.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Roster {
    /// The plan.
    pub week: WeekPlan,
    /// Days on which it is otherwise.
    pub days: BTreeMap<NaiveDate, RosterDay>,
}

/// From and to.
type Span = (DateTime<Utc>, DateTime<Utc>);

impl Roster {
    /// Whether it says nothing at all.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.week.is_empty() && self.days.is_empty()
    }

    /// The shifts that begin on `day`.
    #[must_use]
    pub fn shifts_on(&self, day: NaiveDate) -> Vec<Shift> {
        let otherwise = self.days.get(&day);
        let mut shifts = match otherwise {
            Some(day) if day.off => Vec::new(),
            _ if self.week.is_empty() => vec![Shift::WHOLE],
            _ => self.week.of(day.weekday()).to_vec(),
        };
        shifts.extend(otherwise.iter().flat_map(|day| &day.extra));
        shifts.sort_unstable();
        shifts.dedup();
        shifts
    }

    /// Whether `at` lies in a shift; the end of a shift does not.
    #[must_use]
    pub fn is_on(&self, at: DateTime<Utc>) -> bool {
        self.spans(at, 1).iter().any(|(from, to)| *from <= at && at < *to)
    }

    /// When duty ended last, seen from `at`: the latest end of a shift, not later than `at`, at which no other goes on. `None`
    /// when there was none within eight days.
    #[must_use]
    pub fn ended(&self, at: DateTime<Utc>) -> Option<DateTime<Utc>> {
        let ends = self.spans(at, LOOK_BACK_DAYS).into_iter().map(|(_, to)| to).filter(|to| *to <= at);
        ends.filter(|end| !self.is_on(*end)).max()
    }

    /// Whether somebody who is on duty since `since` is off duty at `at`: a shift has ended meanwhile, and none goes on. Who began
    /// outside a shift stays until the end of the next one.
    #[must_use]
    pub fn is_over(&self, since: DateTime<Utc>, at: DateTime<Utc>) -> bool {
        !self.is_on(at) && self.ended(at).is_some_and(|end| since < end)
    }

    /// The first and the last day of the office that [`Self::is_on`] and [`Self::is_over`] look at for `at`: on what is planned
    /// for other days they do not depend.
    #[must_use]
    pub fn touching(at: DateTime<Utc>) -> (NaiveDate, NaiveDate) {
        let today = wib(at).date_naive();
        // A shift that began on the first of the days looked back to may follow one of the day before without a gap.
        (today.checked_sub_days(Days::new(LOOK_BACK_DAYS + 1)).unwrap_or(today), today)
    }

    /// The shifts that begin on the office's day of `at`, or up to `back` days before.
    fn spans(&self, at: DateTime<Utc>, back: u64) -> Vec<Span> {
        let today = wib(at).date_naive();
        let days = (0..=back).filter_map(|back| today.checked_sub_days(Days::new(back)));
        days.flat_map(|day| self.shifts_on(day).into_iter().filter_map(move |shift| shift.on(day))).collect()
    }
}

#[cfg(test)]
#[path = "roster_tests.rs"]
mod tests;
