//! The number of a family card (`domain.md` 2.4): region of issue, day of recording, serial.

use chrono::NaiveDate;

use crate::nik::{NumberCode, NumberKind, NumberReport, compose, read_digits, read_region};
use crate::region::Regions;

/// Reads a family card number as of `reference`.
///
/// The region may be anything below a known province. An impossible day or one that lies ahead is a warning only:
/// old numbers are messy.
#[must_use]
pub fn check_kk(input: &str, reference: NaiveDate, regions: &Regions) -> NumberReport {
    let mut report = NumberReport::for_kind(NumberKind::Kk);
    let Some(number) = read_digits(input, &mut report) else { return report.finish() };
    read_region(&number, regions, &mut report);
    if recorded_on(&number).is_none_or(|date| date > reference) {
        report.add(NumberCode::KkDate);
    }
    report.finish()
}

/// The day of recording; family cards with such numbers began in this century.
fn recorded_on(number: &str) -> Option<NaiveDate> {
    let two = |at: usize| number.get(at..at + 2)?.parse::<u32>().ok();
    NaiveDate::from_ymd_opt(2000 + i32::try_from(two(10)?).ok()?, two(8)?, two(6)?)
}

/// Writes a family card number: `region` is six digits, `serial` 1 to 9999. `None` when a part does not fit.
#[must_use]
pub fn compose_kk(region: &str, recorded: NaiveDate, serial: u16) -> Option<String> {
    compose(region, chrono::Datelike::day(&recorded), recorded, serial)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::nik::Verdict;

    fn check(input: &str) -> NumberReport {
        check_kk(input, "2026-11-24".parse().unwrap(), Regions::embedded())
    }

    #[test]
    fn a_number_that_was_composed_is_in_order() {
        let number = compose_kk("351709", "2017-04-01".parse().unwrap(), 9001).unwrap();
        assert_eq!(number, "3517090104179001");
        assert_eq!(check(&number).verdict, Verdict::Ok);
        assert_eq!(check(&number).region.as_deref(), Some("35.17.09"));
    }

    #[test]
    fn an_impossible_or_future_day_is_a_warning_and_any_region_will_do() {
        assert_eq!(check("3517094204179001").codes, [NumberCode::KkDate]);
        assert_eq!(check("3517090112269001").codes, [NumberCode::KkDate]);
        assert_eq!(check("3599990104179001").verdict, Verdict::Ok);
        assert_eq!(check("9917090104179001").codes, [NumberCode::Province]);
        assert_eq!(check("351709").codes, [NumberCode::Length]);
    }
}
