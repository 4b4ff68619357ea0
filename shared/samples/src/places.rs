//! Kecamatan and desa of the district, read from `config/kecamatan.csv` and `config/desa.csv`.

use std::sync::LazyLock;

use berkas_domain::OfficeCode;

use crate::rng::Rng;

/// A kecamatan with its weight.
#[derive(Debug, Clone)]
pub struct Kecamatan {
    /// Its office.
    pub office: OfficeCode,
    /// Its name.
    pub name: &'static str,
    /// Its postal code.
    pub postal: &'static str,
    /// How many people live there (2022, a weight and no statistic; `domain.md` 1).
    pub population: u32,
}

/// A desa or kelurahan.
#[derive(Debug, Clone)]
pub(crate) struct Desa {
    /// Ten digits, without the dots of the table.
    pub(crate) code: String,
    /// Its name.
    pub(crate) name: &'static str,
}

static KECAMATAN: LazyLock<Vec<Kecamatan>> =
    LazyLock::new(|| rows(include_str!("../../../config/kecamatan.csv")).filter_map(kecamatan_of).collect());
static DESA: LazyLock<Vec<Desa>> =
    LazyLock::new(|| rows(include_str!("../../../config/desa.csv")).filter_map(desa_of).collect());

/// Lists the kecamatan of the district with their weights, by code.
#[must_use]
pub fn kecamatan() -> &'static [Kecamatan] {
    &KECAMATAN
}

/// The kecamatan an office belongs to: a desa's kecamatan has the same first six digits.
pub(crate) fn kecamatan_of_office(office: &OfficeCode) -> Option<&'static Kecamatan> {
    let code = office.as_str().get(..6)?;
    KECAMATAN.iter().find(|kecamatan| kecamatan.office.as_str() == code)
}

/// A random desa below `office`, or that desa itself.
pub(crate) fn desa_below(office: &OfficeCode, rng: &mut Rng) -> Option<Desa> {
    let below: Vec<&Desa> = DESA.iter().filter(|desa| desa.code.starts_with(office.as_str())).collect();
    (!below.is_empty()).then(|| rng.pick(&below).clone())
}

/// The desa of a ten-digit code.
pub(crate) fn desa(code: &str) -> Option<&'static Desa> {
    DESA.iter().find(|desa| desa.code == code)
}

/// The lines of a table after its heading, split at commas; neither file holds a quoted field.
fn rows(table: &'static str) -> impl Iterator<Item = Vec<&'static str>> {
    table.lines().skip(1).map(|line| line.split(',').collect())
}

fn kecamatan_of(row: Vec<&'static str>) -> Option<Kecamatan> {
    let [code, name, postal, population, ..] = row[..] else { return None };
    Some(Kecamatan { office: code.parse().ok()?, name, postal, population: population.parse().ok()? })
}

fn desa_of(row: Vec<&'static str>) -> Option<Desa> {
    let [code, name, ..] = row[..] else { return None };
    Some(Desa { code: code.replace('.', ""), name })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_district_has_21_kecamatan_and_306_desa() {
        assert_eq!(kecamatan().len(), 21);
        assert_eq!(DESA.len(), 306);
        assert_eq!(kecamatan().iter().map(|kecamatan| kecamatan.population).sum::<u32>(), 1_335_972);
    }

    #[test]
    fn every_kecamatan_has_desa() {
        let mut rng = Rng::new(1, 1);
        for kecamatan in kecamatan() {
            let desa = desa_below(&kecamatan.office, &mut rng).unwrap();
            assert!(desa.code.starts_with(kecamatan.office.as_str()));
        }
    }
}
