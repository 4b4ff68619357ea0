//! Fictional people: names put together at random, NIKs whose serial lies between 9000 and 9999.

mod names;
mod numbers;

use berkas_domain::OfficeCode;
use berkas_domain::form::{MaritalStatus, Person, Sex};
use chrono::{Datelike, Days, NaiveDate};

use crate::places::{self, Desa, Kecamatan};
use crate::rng::Rng;

pub(crate) use names::full_name;
pub(crate) use numbers::{kk_number, nik};

/// One address: everybody of a household shares it.
#[derive(Debug, Clone)]
pub(crate) struct Home {
    pub(crate) kecamatan_code: String,
    pub(crate) desa: Option<Desa>,
    pub(crate) address: String,
    pub(crate) kk_number: String,
}

impl Home {
    /// A household below `office`.
    pub(crate) fn below(office: &OfficeCode, today: NaiveDate, rng: &mut Rng) -> Self {
        let desa = places::desa_below(office, rng);
        let kecamatan_code: String = office.as_str().chars().take(6).collect();
        let hamlet = rng.pick(&names::HAMLETS);
        let address = format!("DSN. {hamlet} RT {:03} RW {:03}", rng.whole(1, 12), rng.whole(1, 9));
        let recorded = days_before(today, rng.whole(400, 5_000));
        let kk_number = kk_number(&kecamatan_code, recorded, rng);
        Self { kecamatan_code, desa, address, kk_number }
    }

    /// The kecamatan it lies in.
    pub(crate) fn kecamatan(&self) -> Option<&'static Kecamatan> {
        places::kecamatan_of_office(&self.kecamatan_code.parse().ok()?)
    }
}

/// `days` days before `today`.
pub(crate) fn days_before(today: NaiveDate, days: i64) -> NaiveDate {
    today.checked_sub_days(Days::new(days.unsigned_abs())).unwrap_or(today)
}

/// The day on which somebody turned `years`, some days ago.
pub(crate) fn born(today: NaiveDate, years: i64, rng: &mut Rng) -> NaiveDate {
    let year = today.year() - years as i32;
    let birthday = today.with_year(year).or_else(|| NaiveDate::from_ymd_opt(year, 2, 28)).unwrap_or(today);
    days_before(birthday, rng.whole(1, 360))
}

/// Makes the people of one household.
pub(crate) struct Family<'a> {
    pub(crate) home: &'a Home,
    pub(crate) today: NaiveDate,
    pub(crate) rng: &'a mut Rng,
}

impl Family<'_> {
    /// A grown-up or a child of `years`, with everything a card shows.
    pub(crate) fn person(&mut self, sex: Sex, years: i64, marital: MaritalStatus) -> Person {
        let birth_date = born(self.today, years, self.rng);
        let birth_place = self.home.kecamatan().map_or("JOMBANG", |_| self.rng.pick(&names::BIRTH_PLACES));
        Person {
            name: full_name(sex, self.rng),
            nik: Some(nik(&self.home.kecamatan_code, birth_date, sex, self.rng)),
            kk_number: Some(self.home.kk_number.clone()),
            sex: Some(sex),
            birth_place: Some(birth_place.to_owned()),
            birth_date: Some(birth_date),
            address: Some(self.home.address.clone()),
            desa: self.home.desa.as_ref().map(|desa| desa.code.clone()),
            kecamatan: Some(self.home.kecamatan_code.clone()),
            religion: Some(self.rng.pick(&names::RELIGIONS).to_owned()),
            occupation: Some(self.occupation(sex, years).to_owned()),
            blood_group: Some(self.rng.pick(&["A", "B", "AB", "O", "-"]).to_owned()),
            marital_status: Some(marital),
            citizenship: Some("ID".to_owned()),
            alive: Some(true),
            ..Person::default()
        }
    }

    fn occupation(&mut self, sex: Sex, years: i64) -> &'static str {
        match years {
            0..=5 => "BELUM/TIDAK BEKERJA",
            6..=18 => "PELAJAR/MAHASISWA",
            _ if sex == Sex::Female && self.rng.chance(0.5) => "MENGURUS RUMAH TANGGA",
            _ => self.rng.pick(&names::OCCUPATIONS),
        }
    }

    /// A telephone number in one of the usual spellings; the block 0000 after the prefix is never given out.
    pub(crate) fn phone(&mut self) -> String {
        let tail = self.rng.whole(0, 9_999);
        let spelling = self.rng.pick(&["0812-0000-", "+62 812 0000 ", "628120000"]);
        format!("{spelling}{tail:04}")
    }
}
