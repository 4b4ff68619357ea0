use proptest::prelude::*;

use super::*;

fn roster(week: &str) -> Roster {
    Roster { week: week.parse().unwrap(), days: BTreeMap::new() }
}

fn otherwise(mut roster: Roster, day: &str, off: bool, extra: &[&str]) -> Roster {
    let extra = extra.iter().map(|shift| shift.parse().unwrap()).collect();
    roster.days.insert(day.parse().unwrap(), RosterDay { off, extra });
    roster
}

/// Office time.
fn at(text: &str) -> DateTime<Utc> {
    format!("{text}:00+07:00").parse().unwrap()
}

#[test]
fn a_plan_is_read_and_written_alike() {
    for text in [
        "",
        "mon-fri 07:30-15:30",
        "mon-thu 07:30-12:00, mon-thu 13:00-16:00, fri 07:30-11:30, sun 22:00-06:00",
    ] {
        assert_eq!(text.parse::<WeekPlan>().unwrap().to_string(), text);
    }
    let refused = [
        ("mon-fri", RosterError::Part),
        ("fri-mon 07:30-15:30", RosterError::Day),
        ("sen 07:30-15:30", RosterError::Day),
        ("mon 7.30-15.30", RosterError::Hours),
        ("mon 07:30-24:30", RosterError::Hours),
    ];
    for (text, error) in refused {
        assert_eq!(text.parse::<WeekPlan>(), Err(error), "{text}");
    }
}

#[test]
fn a_shift_counts_by_the_clock_on_the_office_wall_and_its_end_is_outside() {
    let roster = roster("mon-fri 07:30-15:30");
    assert!(!roster.is_on(at("2026-11-24T07:29")));
    assert!(roster.is_on(at("2026-11-24T07:30")));
    assert!(roster.is_on("2026-11-24T08:29:59Z".parse().unwrap()));
    assert!(!roster.is_on("2026-11-24T08:30:00Z".parse().unwrap()));
    assert!(!roster.is_on(at("2026-11-28T09:00")), "a Saturday");
}

#[test]
fn a_shift_over_midnight_belongs_to_the_day_on_which_it_begins() {
    let night = roster("tue 22:00-06:00");
    assert!(night.is_on(at("2026-11-24T23:00")) && night.is_on(at("2026-11-25T05:59")));
    assert!(!night.is_on(at("2026-11-25T06:00")) && !night.is_on(at("2026-11-24T05:00")));
    let off = otherwise(night, "2026-11-24", true, &[]);
    assert!(!off.is_on(at("2026-11-24T23:00")) && !off.is_on(at("2026-11-25T05:59")));
}

#[test]
fn a_day_can_be_free_and_have_a_shift_of_its_own() {
    let half = otherwise(roster("mon-fri 07:30-15:30"), "2026-11-24", true, &["08:00-12:00"]);
    assert!(half.is_on(at("2026-11-24T11:59")) && !half.is_on(at("2026-11-24T12:00")));
    let extra = otherwise(roster("mon-fri 07:30-15:30"), "2026-11-28", false, &["08:00-12:00"]);
    assert!(extra.is_on(at("2026-11-28T08:00")));
}

#[test]
fn without_a_plan_everybody_is_always_on_duty_but_for_the_days_they_are_off() {
    assert!(Roster::default().is_on(at("2026-11-29T03:00")));
    assert_eq!(Roster::default().ended(at("2026-11-29T03:00")), None);
    let off = otherwise(Roster::default(), "2026-11-24", true, &[]);
    assert!(off.is_on(at("2026-11-23T23:59")) && !off.is_on(at("2026-11-24T00:00")));
    assert!(off.is_over(at("2026-11-23T20:00"), at("2026-11-24T00:00")));
}

#[test]
fn duty_ends_with_the_shift_and_not_before_the_next_one_for_who_began_outside() {
    let roster = roster("mon-fri 07:30-12:00, mon-fri 12:00-15:30");
    let (began, end) = (at("2026-11-24T07:10"), at("2026-11-24T15:30"));
    assert!(!roster.is_over(began, at("2026-11-24T12:00")), "the next shift goes on");
    assert!(roster.is_over(began, end) && roster.is_over(began, at("2026-11-24T20:00")));
    let late = at("2026-11-24T17:00");
    assert!(!roster.is_over(late, at("2026-11-25T03:00")) && roster.is_over(late, at("2026-11-25T15:30")));
}

fn shift() -> impl Strategy<Value = Shift> {
    (0..DAY, 0..DAY).prop_map(|(from, to)| Shift { from, to })
}

fn any_roster() -> impl Strategy<Value = Roster> {
    let week = proptest::array::uniform7(proptest::collection::vec(shift(), 0..3));
    let day = (0_u64..12, any::<bool>(), proptest::collection::vec(shift(), 0..2));
    (week, proptest::collection::vec(day, 0..4)).prop_map(|(week, days)| {
        let first: NaiveDate = "2026-11-20".parse().unwrap();
        let days =
            days.into_iter().map(|(after, off, extra)| (first + Days::new(after), RosterDay { off, extra }));
        Roster { week: WeekPlan(week), days: days.collect() }
    })
}

/// The same said otherwise: every minute of every shift is written down, by the wall clock, as a minute of some day.
fn covers(roster: &Roster, at: DateTime<Utc>) -> bool {
    let wall = wib(at).naive_local();
    let minute = |back: u16| wall.hour() * 60 + wall.minute() + u32::from(back) * u32::from(DAY);
    [0_u16, 1].into_iter().any(|back| {
        let day = wall.date() - Days::new(u64::from(back));
        let otherwise = roster.days.get(&day).cloned().unwrap_or_default();
        let planned = if roster.week.is_empty() {
            vec![Shift { from: 0, to: 0 }]
        } else {
            roster.week.of(day.weekday()).to_vec()
        };
        let planned = if otherwise.off { vec![] } else { planned };
        planned.into_iter().chain(otherwise.extra).any(|shift| {
            let end = u32::from(shift.to) + if shift.to <= shift.from { u32::from(DAY) } else { 0 };
            (u32::from(shift.from)..end).contains(&minute(back))
        })
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn on_duty_is_whoever_has_that_minute_in_a_shift(roster in any_roster(), minute in 0_i64..12 * 1440) {
        let at = at("2026-11-20T00:00") + TimeDelta::minutes(minute);
        prop_assert_eq!(roster.is_on(at), covers(&roster, at));
        prop_assert_eq!(roster.is_on(at + TimeDelta::seconds(59)), covers(&roster, at));
    }

    #[test]
    fn duty_has_ended_when_it_was_on_just_before_and_is_not_on_then(roster in any_roster(), minute in 9_i64 * 1440..12 * 1440) {
        let at = at("2026-11-20T00:00") + TimeDelta::minutes(minute);
        if let Some(end) = roster.ended(at) {
            prop_assert!(end <= at && !roster.is_on(end) && roster.is_on(end - TimeDelta::minutes(1)));
            // Nothing ended between it and now.
            let mut later = end + TimeDelta::minutes(1);
            while later <= at {
                prop_assert!(roster.is_on(later) || !roster.is_on(later - TimeDelta::minutes(1)));
                later += TimeDelta::minutes(1);
            }
        }
        prop_assert!(!roster.is_over(at, at));
    }

    #[test]
    fn what_is_planned_for_days_that_do_not_touch_now_changes_nothing(
        roster in any_roster(), minute in 9_i64 * 1440..14 * 1440, since in 1_i64..9 * 1440,
    ) {
        let at = at("2026-11-20T00:00") + TimeDelta::minutes(minute);
        let (first, last) = Roster::touching(at);
        let mut near = roster.clone();
        near.days.retain(|day, _| (first..=last).contains(day));
        prop_assert_eq!(near.is_on(at), roster.is_on(at));
        let since = at - TimeDelta::minutes(since);
        prop_assert_eq!(near.is_over(since, at), roster.is_over(since, at));
    }
}
