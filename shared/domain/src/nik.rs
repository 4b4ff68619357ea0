//! The NIK, a citizen's number, and what its structure tells (`domain.md` 2).
//!
//! A check of structure is no check of the register. A number stays as it was issued when its bearer moves, when a
//! region splits and when a birth date is corrected; that is why most disagreements are warnings for a person.

use chrono::{Datelike, NaiveDate};

use crate::form::Sex;
use crate::region::{RegionStatus, Regions};
use crate::text_enum::text_enum;

text_enum! {
    /// Which number was read.
    NumberKind, "number kind", {
        /// A citizen's number.
        Nik = "nik",
        /// A family card's number.
        Kk = "kk",
    }
}

text_enum! {
    /// What the structure of a number is worth.
    Verdict, "verdict", {
        /// Nothing to say, or only separators were removed.
        Ok = "ok",
        /// Possible; a person should look.
        Warn = "warn",
        /// Impossible.
        Error = "error",
    }
}

text_enum! {
    /// What there is to say about a number.
    NumberCode, "number code", {
        /// Separators were removed.
        Separators = "separators",
        /// Something else than digits.
        NotDigits = "not_digits",
        /// Not sixteen digits.
        Length = "length",
        /// No such province.
        Province = "province",
        /// The regency or the kecamatan is `00`.
        RegionZero = "region_zero",
        /// No list has the region.
        RegionUnknown = "region_unknown",
        /// Only an older list has the region.
        RegionRetired = "region_retired",
        /// The birth date exists in no century.
        BirthDate = "birth_date",
        /// The serial number is `0000`.
        SerialZero = "serial_zero",
        /// An infant or a centenarian; only the declared date tells.
        CenturyAmbiguous = "century_ambiguous",
        /// The declared birth date is another one.
        DateMismatch = "date_mismatch",
        /// The declared sex is the other one.
        SexMismatch = "sex_mismatch",
        /// The recording date of a family card number does not exist or lies ahead.
        KkDate = "kk_date",
    }
}

impl NumberCode {
    /// What a number with this code is worth at best.
    #[must_use]
    pub const fn verdict(self) -> Verdict {
        match self {
            Self::Separators => Verdict::Ok,
            Self::RegionUnknown
            | Self::RegionRetired
            | Self::CenturyAmbiguous
            | Self::DateMismatch
            | Self::SexMismatch
            | Self::KkDate => Verdict::Warn,
            Self::NotDigits
            | Self::Length
            | Self::Province
            | Self::RegionZero
            | Self::BirthDate
            | Self::SerialZero => Verdict::Error,
        }
    }
}

/// What the form says about the bearer.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Declared {
    /// Date of birth.
    pub birth_date: Option<NaiveDate>,
    /// Sex.
    pub sex: Option<Sex>,
}

/// What the structure of a number tells.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NumberReport {
    /// Which number was read.
    pub input_kind: NumberKind,
    /// The sixteen digits, when there are sixteen.
    pub normalized: Option<String>,
    /// The worst of the codes.
    pub verdict: Verdict,
    /// Every code, each once, in the order of [`NumberCode::ALL`].
    pub codes: Vec<NumberCode>,
    /// Sex by the day of birth; only of a NIK.
    pub sex: Option<Sex>,
    /// The likeliest birth date; only of a NIK.
    pub birth_date: Option<NaiveDate>,
    /// Region of first registration, `pp.rr.kk`; a hint, never proof of a domicile.
    pub region: Option<String>,
}

impl NumberReport {
    pub(crate) fn for_kind(input_kind: NumberKind) -> Self {
        let (normalized, verdict, codes) = (None, Verdict::Ok, Vec::new());
        Self { input_kind, normalized, verdict, codes, sex: None, birth_date: None, region: None }
    }

    /// Whether `code` was given.
    #[must_use]
    pub fn has(&self, code: NumberCode) -> bool {
        self.codes.contains(&code)
    }

    pub(crate) fn add(&mut self, code: NumberCode) {
        self.codes.push(code);
    }

    /// Sorts the codes and takes the worst verdict; a number with an error tells nothing about its bearer.
    pub(crate) fn finish(mut self) -> Self {
        self.codes.sort_unstable();
        self.codes.dedup();
        self.verdict = self.codes.iter().map(|code| code.verdict()).max().unwrap_or(Verdict::Ok);
        if self.verdict == Verdict::Error {
            (self.sex, self.birth_date) = (None, None);
        }
        self
    }
}

/// Women's day of birth has this added.
const FEMALE_OFFSET: u32 = 40;

/// Nobody older is considered when the century is open, unless that date is declared. With 110, only a child of ten
/// or younger can be taken for a centenarian; a higher bound would send more children's numbers to a person.
const OLDEST_YEARS: i32 = 110;

/// Reads a NIK as of `reference`, the day on which nobody may be born later.
///
/// Accepts spaces, dots and dashes between the digits. Never panics, whatever the text.
#[must_use]
pub fn check_nik(
    input: &str,
    declared: Option<Declared>,
    reference: NaiveDate,
    regions: &Regions,
) -> NumberReport {
    let mut report = NumberReport::for_kind(NumberKind::Nik);
    let Some(number) = read_digits(input, &mut report) else { return report.finish() };
    read_region(&number, regions, &mut report);
    if !report.has(NumberCode::Province) {
        grade_region(&number, regions, &mut report);
    }
    read_bearer(&number, declared.unwrap_or_default(), reference, &mut report);
    if number.ends_with("0000") {
        report.add(NumberCode::SerialZero);
    }
    report.finish()
}

/// The sixteen digits of a number however they are spelled; `None` when it does not have sixteen.
pub(crate) fn plain_digits(input: &str) -> Option<String> {
    read_digits(input, &mut NumberReport::for_kind(NumberKind::Nik))
}

/// A number without what people put between its digits: spaces, dots, hyphens and dashes.
#[must_use]
pub fn without_separators(text: &str) -> String {
    let is_separator = |c: char| matches!(c, ' ' | '.' | '-' | '\u{a0}' | '\u{2010}'..='\u{2013}');
    text.trim().chars().filter(|c| !is_separator(*c)).collect()
}

/// Normalises the text to sixteen digits, or says why that is impossible.
pub(crate) fn read_digits(input: &str, report: &mut NumberReport) -> Option<String> {
    // A NIK with a separator after each digit is 31 characters; anything much longer is no typing slip.
    const LONGEST: usize = 64;
    let trimmed = input.trim();
    if trimmed.len() > LONGEST {
        report.add(NumberCode::Length);
        return None;
    }
    let number = without_separators(trimmed);
    if number.len() != input.len() {
        report.add(NumberCode::Separators);
    }
    if !number.bytes().all(|byte| byte.is_ascii_digit()) {
        report.add(NumberCode::NotDigits);
    }
    if number.chars().count() != 16 {
        report.add(NumberCode::Length);
    }
    if report.has(NumberCode::NotDigits) || report.has(NumberCode::Length) {
        return None;
    }
    report.normalized = Some(number.clone());
    Some(number)
}

/// Checks the province and notes the region; both numbers begin with it.
pub(crate) fn read_region(number: &str, regions: &Regions, report: &mut NumberReport) {
    if regions.status(&number[..2]) == RegionStatus::Unknown {
        report.add(NumberCode::Province);
    }
    report.region = Some(format!("{}.{}.{}", &number[..2], &number[2..4], &number[4..6]));
}

fn grade_region(number: &str, regions: &Regions, report: &mut NumberReport) {
    if &number[2..4] == "00" || &number[4..6] == "00" {
        report.add(NumberCode::RegionZero);
        return;
    }
    match regions.status(&number[..6]) {
        RegionStatus::Current => {}
        RegionStatus::Retired => report.add(NumberCode::RegionRetired),
        RegionStatus::Unknown => report.add(NumberCode::RegionUnknown),
    }
}

fn read_bearer(number: &str, declared: Declared, reference: NaiveDate, report: &mut NumberReport) {
    let two = |at: usize| number[at..at + 2].parse::<u32>().unwrap_or_default();
    let (day, sex) =
        if two(6) > FEMALE_OFFSET { (two(6) - FEMALE_OFFSET, Sex::Female) } else { (two(6), Sex::Male) };
    let candidates = birth_dates(two(10), two(8), day, reference);
    let Some(youngest) = candidates.last().copied() else {
        report.add(NumberCode::BirthDate);
        return;
    };
    report.sex = Some(sex);
    if declared.sex.is_some_and(|other| other != sex) {
        report.add(NumberCode::SexMismatch);
    }
    report.birth_date = Some(youngest);
    match declared.birth_date {
        Some(date) if candidates.contains(&date) => report.birth_date = Some(date),
        Some(_) => report.add(NumberCode::DateMismatch),
        None if candidates.iter().filter(|date| is_plausible(**date, reference)).count() > 1 => {
            report.add(NumberCode::CenturyAmbiguous);
        }
        None => {}
    }
}

/// The dates that `year` (two digits) may mean, oldest first, none after `reference`.
fn birth_dates(year: u32, month: u32, day: u32, reference: NaiveDate) -> Vec<NaiveDate> {
    [1900, 2000]
        .into_iter()
        .filter_map(|century| NaiveDate::from_ymd_opt(century + i32::try_from(year).ok()?, month, day))
        .filter(|date| *date <= reference)
        .collect()
}

fn is_plausible(birth: NaiveDate, reference: NaiveDate) -> bool {
    reference.year() - birth.year() <= OLDEST_YEARS
}

/// Writes the NIK of a bearer: `region` is six digits, `serial` 1 to 9999. `None` when a part does not fit.
#[must_use]
pub fn compose_nik(region: &str, birth: NaiveDate, sex: Sex, serial: u16) -> Option<String> {
    let day = birth.day() + if sex == Sex::Female { FEMALE_OFFSET } else { 0 };
    compose(region, day, birth, serial)
}

/// Joins the parts that both numbers have.
pub(crate) fn compose(region: &str, day: u32, date: NaiveDate, serial: u16) -> Option<String> {
    let fits =
        region.len() == 6 && region.bytes().all(|b| b.is_ascii_digit()) && (1..=9999).contains(&serial);
    let year = date.year().rem_euclid(100);
    fits.then(|| format!("{region}{day:02}{:02}{year:02}{serial:04}", date.month()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    fn check(input: &str, declared: Option<Declared>) -> NumberReport {
        check_nik(input, declared, day("2026-11-24"), Regions::embedded())
    }

    fn born(date: &str) -> Option<Declared> {
        Some(Declared { birth_date: Some(day(date)), sex: None })
    }

    #[test]
    fn a_leap_day_needs_a_leap_year_in_its_century() {
        assert_eq!(check("3517092902009001", None).birth_date, Some(day("2000-02-29")));
        assert_eq!(check("3517092902019001", None).codes, [NumberCode::BirthDate]);
        assert_eq!(check("3517096902049001", None).sex, Some(Sex::Female));
    }

    #[test]
    fn the_declared_date_decides_between_an_infant_and_a_centenarian() {
        assert_eq!(check("3517091501269001", None).codes, [NumberCode::CenturyAmbiguous]);
        let old = check("3517091501269001", born("1926-01-15"));
        assert_eq!((old.verdict, old.birth_date), (Verdict::Ok, Some(day("1926-01-15"))));
        assert_eq!(check("3517091501269001", born("2026-01-15")).verdict, Verdict::Ok);
    }

    #[test]
    fn a_date_later_this_year_can_only_be_the_last_century() {
        let report = check_nik("3517091512269001", None, day("2026-07-01"), Regions::embedded());
        assert_eq!(report.birth_date, Some(day("1926-12-15")));
        assert_eq!(report.verdict, Verdict::Ok);
    }

    #[test]
    fn another_declared_date_or_sex_is_a_warning_never_an_error() {
        let declared = Declared { birth_date: Some(day("1990-08-06")), sex: Some(Sex::Female) };
        let report = check("3517090508909001", Some(declared));
        assert_eq!(report.codes, [NumberCode::DateMismatch, NumberCode::SexMismatch]);
        assert_eq!(report.verdict, Verdict::Warn);
    }

    #[test]
    fn a_serial_of_zero_and_an_unknown_region_are_told_apart() {
        assert_eq!(check("3517090508900000", None).codes, [NumberCode::SerialZero]);
        assert_eq!(check("3517990508909001", None).codes, [NumberCode::RegionUnknown]);
        assert_eq!(check("0017090508909001", None).codes, [NumberCode::Province]);
    }

    #[test]
    fn any_text_is_answered() {
        for text in [
            "",
            " ",
            "٣٥١٧٠٩٠٥٠٨٩٠٩٠٠١",
            "\u{0}",
            &"9".repeat(1 << 20),
            "3517\u{2013}0905\u{2013}0890\u{2013}9001",
        ] {
            let report = check(text, None);
            assert_eq!(report.normalized.is_some(), report.verdict == Verdict::Ok, "{}", text.len());
        }
    }

    #[test]
    fn the_oldest_and_the_youngest_day_of_both_sexes_read_back() {
        let mut date = day("1916-11-25");
        while date <= day("2026-11-24") {
            for sex in [Sex::Male, Sex::Female] {
                let nik = compose_nik("351709", date, sex, 9001).unwrap();
                let declared = Declared { birth_date: Some(date), sex: Some(sex) };
                let report = check(&nik, Some(declared));
                assert_eq!(
                    (report.verdict, report.birth_date, report.sex),
                    (Verdict::Ok, Some(date), Some(sex))
                );
            }
            date += chrono::TimeDelta::days(13);
        }
    }

    proptest::proptest! {
        #![proptest_config(proptest::prelude::ProptestConfig { failure_persistence: None, ..Default::default() })]

        #[test]
        fn what_goes_into_a_number_comes_out_of_it_however_it_is_written(
            kecamatan in 1_u32..=21, days_ago in 0_i64..40_000, is_woman: bool, serial in 9000_u16..=9999,
            separator in "[ .\u{a0}\u{2010}-\u{2013}-]?", every in 1_usize..=16,
        ) {
            let date = day("2026-11-24") - chrono::TimeDelta::days(days_ago);
            let sex = if is_woman { Sex::Female } else { Sex::Male };
            let nik = compose_nik(&format!("3517{kecamatan:02}"), date, sex, serial).unwrap();
            let digits: Vec<char> = nik.chars().collect();
            let written: Vec<String> = digits.chunks(every).map(|part| part.iter().collect()).collect();
            let report = check(&written.join(&separator), Some(Declared { birth_date: Some(date), sex: Some(sex) }));
            proptest::prop_assert_eq!(report.normalized.as_deref(), Some(nik.as_str()));
            proptest::prop_assert_eq!((report.birth_date, report.sex), (Some(date), Some(sex)));
            proptest::prop_assert_eq!(report.region, Some(format!("35.17.{kecamatan:02}")));
        }
    }
}
