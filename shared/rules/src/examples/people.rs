//! Made-up people. Serials of numbers stay in 9000 to 9999, which no office has reached.

use berkas_domain::form::{MaritalStatus, Person, RecordingState, Sex};
use berkas_domain::{Desa, Regions, compose_kk, compose_nik};
use chrono::{Days, NaiveDate};

use super::random::Random;

const MEN: &[&str] = &[
    "AHMAD", "BUDI", "CAHYO", "DEDI", "EKO", "FAJAR", "GUNAWAN", "HADI", "IMAM", "JOKO", "KUSNO", "LUTFI",
    "MUHAMMAD", "NANANG", "PRASETYO", "RUDI", "SLAMET", "TAUFIK", "WAHYU", "YUSUF",
];
const WOMEN: &[&str] = &[
    "AMINAH", "BINTI", "CITRA", "DEWI", "ENDANG", "FATIMAH", "GITA", "HANIFAH", "INDAH", "JUMIATI",
    "KARTIKA", "LESTARI", "MARYAM", "NUR", "PUTRI", "RATNA", "SITI", "TUTIK", "WATI", "YULIANA",
];
/// Second words that show that nobody is meant: *example*, *instance*, *model* and so on.
const LAST: &[&str] = &[
    "CONTOH",
    "MISAL",
    "TELADAN",
    "UMPAMA",
    "LATIHAN",
    "PERAGA",
    "CONTOHWATI",
    "MISALAN",
    "PERCOBAAN",
    "UJICOBA",
];
const RELIGIONS: &[&str] = &["Islam", "Islam", "Islam", "Kristen", "Katolik", "Hindu"];
const OCCUPATIONS: &[&str] =
    &["Petani", "Wiraswasta", "Karyawan swasta", "Mengurus rumah tangga", "Buruh tani", "Guru", "Pedagang"];

/// Makes people who live in one kecamatan.
#[derive(Debug)]
pub(crate) struct Makers {
    pub(crate) random: Random,
    serial: u16,
    kecamatan: String,
    desa: Vec<(String, Desa)>,
}

impl Makers {
    pub(crate) fn new(seed: u64, salt: &str, kecamatan: &str) -> Self {
        let desa = Regions::embedded().desa_of(kecamatan).map(|(code, desa)| (code.to_owned(), desa.clone()));
        let mut random = Random::seeded(seed, salt);
        let serial = u16::try_from(random.between(0, 999)).unwrap_or(0);
        Self { random, serial, kecamatan: kecamatan.to_owned(), desa: desa.collect() }
    }

    /// A serial of its own for every number of a dossier.
    fn serial(&mut self) -> u16 {
        self.serial = (self.serial + 1) % 1000;
        9000 + self.serial
    }

    pub(crate) fn name(&mut self, sex: Sex) -> String {
        let first = self.random.pick(if sex == Sex::Female { WOMEN } else { MEN });
        format!("{first} {}", self.random.pick(LAST))
    }

    pub(crate) fn kk_number(&mut self) -> String {
        let days = u64::try_from(self.random.between(0, 3000)).unwrap_or(0);
        let recorded = NaiveDate::from_ymd_opt(2015, 3, 2).unwrap_or_default() + Days::new(days);
        let serial = self.serial();
        compose_kk(&self.kecamatan, recorded, serial).unwrap_or_default()
    }

    /// A citizen with everything a card shows.
    pub(crate) fn citizen(&mut self, sex: Sex, birth: NaiveDate, status: MaritalStatus) -> Person {
        let (desa, place) = match self.desa.is_empty() {
            true => (None, "JOMBANG".to_owned()),
            false => {
                let (code, desa) = self.random.pick(&self.desa).clone();
                (Some(code), desa.name.to_uppercase())
            }
        };
        let serial = self.serial();
        Person {
            name: self.name(sex),
            nik: compose_nik(&self.kecamatan, birth, sex, serial),
            sex: Some(sex),
            birth_place: Some("JOMBANG".to_owned()),
            birth_date: Some(birth),
            address: Some(format!(
                "DUSUN {place} RT {:03} RW {:03}",
                self.random.between(1, 12),
                self.random.between(1, 6)
            )),
            kecamatan: Some(self.kecamatan.clone()),
            desa,
            religion: Some((*self.random.pick(RELIGIONS)).to_owned()),
            occupation: Some((*self.random.pick(OCCUPATIONS)).to_owned()),
            marital_status: Some(status),
            citizenship: Some("ID".to_owned()),
            recording_state: Some(RecordingState::Prr),
            alive: Some(true),
            ..Person::default()
        }
    }

    /// Somebody of `years` and some days on `day`.
    pub(crate) fn aged(&mut self, sex: Sex, years: i64, day: NaiveDate, status: MaritalStatus) -> Person {
        let days = u64::try_from(years * 365 + years / 4 + self.random.between(20, 300)).unwrap_or(0);
        self.citizen(sex, day - Days::new(days), status)
    }
}
