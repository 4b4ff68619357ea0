//! Numbers of the right structure that nobody can have: their serial lies between 9000 and 9999 (`domain.md` 2.5).

use berkas_domain::form::Sex;
use chrono::{Datelike, NaiveDate};

use crate::rng::Rng;

/// A NIK first registered in `kecamatan` (six digits); 16 digits.
pub(crate) fn nik(kecamatan: &str, birth_date: NaiveDate, sex: Sex, rng: &mut Rng) -> String {
    let day = birth_date.day() + if sex == Sex::Female { 40 } else { 0 };
    let year = birth_date.year() % 100;
    format!("{kecamatan}{day:02}{:02}{year:02}{}", birth_date.month(), serial(rng))
}

/// A family card number recorded on `recorded`; 16 digits.
pub(crate) fn kk_number(kecamatan: &str, recorded: NaiveDate, rng: &mut Rng) -> String {
    format!("{kecamatan}{}{}", recorded.format("%d%m%y"), serial(rng))
}

fn serial(rng: &mut Rng) -> i64 {
    rng.whole(9_000, 9_999)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_womans_day_is_forty_higher() {
        let mut rng = Rng::new(1, 1);
        let day = NaiveDate::from_ymd_opt(1990, 4, 1).unwrap();
        assert!(nik("351709", day, Sex::Female, &mut rng).starts_with("3517094104909"));
        assert!(nik("351709", day, Sex::Male, &mut rng).starts_with("3517090104909"));
        assert_eq!(kk_number("351709", day, &mut rng).len(), 16);
    }
}
