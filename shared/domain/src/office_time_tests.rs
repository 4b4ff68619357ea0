use super::*;

fn calendar() -> OfficeCalendar {
    OfficeCalendar::embedded(OfficeHours::default())
}

/// An instant given in WIB, `2026-11-24 08:00`.
fn at(text: &str) -> DateTime<Utc> {
    DateTime::parse_from_str(&format!("{text} +0700"), "%Y-%m-%d %H:%M %z").unwrap().to_utc()
}

fn add(from: &str, minutes: i64) -> DateTime<Utc> {
    calendar().add_office_time(at(from), TimeDelta::minutes(minutes)).unwrap()
}

fn between(from: &str, to: &str) -> i64 {
    calendar().office_time_between(at(from), at(to)).unwrap().num_minutes()
}

#[test]
fn an_ordinary_week_has_37_and_a_half_hours_and_one_in_ramadan_32_and_a_half() {
    assert_eq!(between("2026-11-23 00:00", "2026-11-30 00:00"), 37 * 60 + 30);
    assert_eq!(between("2026-02-23 00:00", "2026-03-02 00:00"), 32 * 60 + 30);
}

#[test]
fn the_two_years_have_the_published_number_of_working_days() {
    let count = |year: i32| {
        let first = NaiveDate::from_ymd_opt(year, 1, 1).unwrap();
        let open = |date: &NaiveDate| calendar().is_office_day(*date).unwrap();
        first.iter_days().take_while(|date| date.year() == year).filter(open).count()
    };
    assert_eq!((count(2026), count(2027)), (240, 242));
}

#[test]
fn time_runs_over_the_break_and_over_night() {
    assert_eq!(add("2026-11-24 11:00", 90), at("2026-11-24 13:30"));
    assert_eq!(add("2026-11-24 15:00", 120), at("2026-11-25 08:30"));
    assert_eq!(add("2026-11-24 15:00", 60), at("2026-11-24 16:00"));
    assert_eq!(add("2026-11-24 20:00", 30), at("2026-11-25 08:00"));
}

#[test]
fn on_friday_the_break_is_longer_and_the_week_end_does_not_count() {
    assert_eq!(add("2026-11-27 11:00", 60), at("2026-11-27 13:30"));
    assert_eq!(add("2026-11-27 16:00", 60), at("2026-11-30 08:00"));
}

#[test]
fn the_long_closure_of_idulfitri_is_skipped() {
    assert_eq!(add("2026-03-17 14:30", 60), at("2026-03-25 08:00"));
}

#[test]
fn ramadan_hours_begin_and_end_with_the_month() {
    assert_eq!(add("2026-02-18 15:30", 60), at("2026-02-19 08:30"));
    assert_eq!(between("2026-03-25 00:00", "2026-03-26 00:00"), 450);
}

#[test]
fn a_year_without_data_is_an_error() {
    let late = at("2027-12-31 15:00");
    let day = TimeDelta::hours(8);
    assert_eq!(calendar().add_office_time(late, day), Err(NoCalendar { year: 2028 }));
    assert_eq!(calendar().office_time_between(at("2025-12-31 08:00"), late), Err(NoCalendar { year: 2025 }));
}

#[test]
fn the_clock_stands_still_while_the_case_lies_with_the_kecamatan() {
    let pause = Pause { from: at("2026-11-24 09:00"), to: Some(at("2026-11-26 14:00")) };
    let due = calendar().due(at("2026-11-24 08:00"), TimeDelta::hours(2), &[pause]).unwrap();
    assert_eq!(due, at("2026-11-26 15:00"));
    let lasting = Pause { from: at("2026-11-24 09:00"), to: None };
    let spent = calendar().elapsed(at("2026-11-24 08:00"), at("2026-11-25 12:00"), &[lasting]).unwrap();
    assert_eq!(spent, TimeDelta::hours(1));
}

#[test]
fn overlapping_pauses_are_counted_once() {
    let morning = Pause { from: at("2026-11-24 08:00"), to: Some(at("2026-11-24 10:00")) };
    let outage = Pause { from: at("2026-11-24 09:00"), to: Some(at("2026-11-24 11:00")) };
    let spent =
        calendar().elapsed(at("2026-11-24 07:30"), at("2026-11-24 12:00"), &[morning, outage]).unwrap();
    assert_eq!(spent, TimeDelta::minutes(90));
}

#[test]
fn what_was_added_is_what_lies_between() {
    for minute in (0..14 * 24 * 60).step_by(97) {
        let from = at("2026-03-12 00:00") + TimeDelta::minutes(minute);
        for span in [1, 59, 450, 24 * 60] {
            let span = TimeDelta::minutes(span);
            let to = calendar().add_office_time(from, span).unwrap();
            assert_eq!(calendar().office_time_between(from, to), Ok(span));
        }
    }
}

#[test]
fn a_broken_table_is_named_by_its_line() {
    let parse = |lines: &str| {
        let table = format!("date,name,kind,decree\n{lines}");
        OfficeCalendar::parse(&table, OfficeHours::default()).map_err(|error| error.to_string()).map(|_| ())
    };
    assert_eq!(parse("2026-02-30,x,libur_nasional,y"), Err("line 2 of the holiday table: not a date".into()));
    assert_eq!(parse("2026-02-03,x,libur,y"), Err("line 2 of the holiday table: unknown kind".into()));
    let no_feast = "line 2 of the holiday table: no Idulfitri after this Ramadan";
    assert_eq!(parse("2026-02-19,x,awal_ramadan,y"), Err(no_feast.into()));
}

#[test]
fn looking_back_finds_the_latest_minute_since_which_the_office_was_open_long_enough() {
    let since = |now: &str, minutes: i64| calendar().since(at(now), TimeDelta::minutes(minutes)).unwrap();
    assert_eq!(since("2026-11-24 10:00", 60), at("2026-11-24 09:00"));
    // Over the night, and over a week-end.
    assert_eq!(since("2026-11-24 08:30", 120), at("2026-11-23 15:00"));
    assert_eq!(since("2026-11-30 08:00", 60), at("2026-11-27 16:00"));
    // One office day back from before opening is yesterday's opening.
    assert_eq!(since("2026-11-25 07:00", 450), at("2026-11-24 07:30"));
}
