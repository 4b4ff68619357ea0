//! Region codes of the ministry, current and retired, and the desa of the district.
//!
//! Sets of codes change when regions split, so they are data with a version (`config/regions.csv`,
//! `config/desa.csv`), never an enum. Never check a NIK against codes of the statistics office: another system.

use std::collections::BTreeMap;
use std::sync::LazyLock;

/// Whether a region code is in use.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RegionStatus {
    /// In the present list.
    Current,
    /// In an older list only; numbers issued under it stay valid.
    Retired,
    /// In no list.
    Unknown,
}

/// A desa or kelurahan of the district.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Desa {
    /// Its name as the ministry spells it; not unique in the district.
    pub name: String,
    /// Whether it is a kelurahan.
    pub kelurahan: bool,
}

/// The known regions.
#[derive(Debug, Clone, Default)]
pub struct Regions {
    /// Version of the list, for example `2025.1`.
    version: String,
    /// Status by code, six digits with `00` for a level that is not named.
    statuses: BTreeMap<String, RegionStatus>,
    /// Desa of the district by ten digits.
    desa: BTreeMap<String, Desa>,
}

/// A line of a region table that cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("line {line} of the {table} table: {problem}")]
pub struct RegionTableError {
    /// `region` or `desa`.
    pub table: &'static str,
    /// Line, from 1.
    pub line: usize,
    /// What is wrong.
    pub problem: &'static str,
}

impl Regions {
    /// The lists that are part of the program.
    #[must_use]
    pub fn embedded() -> &'static Self {
        static EMBEDDED: LazyLock<Regions> = LazyLock::new(|| {
            let regions = include_str!("../../../config/regions.csv");
            let desa = include_str!("../../../config/desa.csv");
            #[expect(clippy::expect_used, reason = "the tables are part of the program; a test reads them")]
            Regions::parse(regions, desa).expect("the embedded region tables are well formed")
        });
        &EMBEDDED
    }

    /// Reads `code,status,last_listed,name` and `code,name,kecamatan_code,kind,postal`, each with a heading.
    ///
    /// # Errors
    /// The first line that has the wrong shape.
    pub fn parse(regions: &str, desa: &str) -> Result<Self, RegionTableError> {
        let mut this = Self::default();
        for (index, line) in regions.lines().enumerate() {
            this.read_region(line).map_err(|problem| RegionTableError {
                table: "region",
                line: index + 1,
                problem,
            })?;
        }
        for (index, line) in desa.lines().enumerate() {
            this.read_desa(line).map_err(|problem| RegionTableError {
                table: "desa",
                line: index + 1,
                problem,
            })?;
        }
        Ok(this)
    }

    fn read_region(&mut self, line: &str) -> Result<(), &'static str> {
        if let Some(comment) = line.strip_prefix('#') {
            if let Some(version) = comment.trim().strip_prefix("version ") {
                version.clone_into(&mut self.version);
            }
            return Ok(());
        }
        let mut cells = line.split(',');
        let code = cells.next().unwrap_or_default();
        if code == "code" || code.is_empty() {
            return Ok(());
        }
        let status = match cells.next() {
            Some("current") => RegionStatus::Current,
            Some("retired") => RegionStatus::Retired,
            _ => return Err("the status is neither `current` nor `retired`"),
        };
        let digits = digits(code).filter(|digits| matches!(digits.len(), 2 | 4 | 6)).ok_or("not a code")?;
        self.statuses.insert(format!("{digits:0<6}"), status);
        Ok(())
    }

    fn read_desa(&mut self, line: &str) -> Result<(), &'static str> {
        let cells: Vec<&str> = line.split(',').collect();
        let [code, name, _kecamatan, kind, _postal] = cells[..] else {
            return if line.is_empty() { Ok(()) } else { Err("not five cells") };
        };
        if code == "code" {
            return Ok(());
        }
        let digits = digits(code).filter(|digits| digits.len() == 10).ok_or("not a code")?;
        self.desa.insert(digits, Desa { name: name.to_owned(), kelurahan: kind == "kelurahan" });
        Ok(())
    }

    /// Version of the region list.
    #[must_use]
    pub fn version(&self) -> &str {
        &self.version
    }

    /// Status of a code of two, four or six digits; dots are ignored.
    #[must_use]
    pub fn status(&self, code: &str) -> RegionStatus {
        let Some(digits) = digits(code).filter(|digits| matches!(digits.len(), 2 | 4 | 6)) else {
            return RegionStatus::Unknown;
        };
        self.statuses.get(&format!("{digits:0<6}")).copied().unwrap_or(RegionStatus::Unknown)
    }

    /// The desa of a kecamatan of the district, each with its ten digits; dots in `kecamatan` are ignored.
    pub fn desa_of(&self, kecamatan: &str) -> impl Iterator<Item = (&str, &Desa)> {
        let digits = digits(kecamatan).unwrap_or_default();
        let from = self.desa.range(digits.clone()..);
        from.take_while(move |(code, _)| code.starts_with(&digits)).map(|(code, desa)| (code.as_str(), desa))
    }

    /// Finds a desa of the district by its ten digits; dots are ignored.
    #[must_use]
    pub fn desa(&self, code: &str) -> Option<&Desa> {
        self.desa.get(&digits(code)?)
    }
}

/// Removes dots; `None` when something else than digits is left, or the text is absurdly long.
fn digits(code: &str) -> Option<String> {
    if code.len() > 16 {
        return None;
    }
    let digits: String = code.chars().filter(|c| *c != '.').collect();
    digits.bytes().all(|byte| byte.is_ascii_digit()).then_some(digits)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_embedded_lists_tell_current_from_retired_from_never_existed() {
        let regions = Regions::embedded();
        assert_eq!(regions.version(), "2025.1");
        assert_eq!(regions.status("35.17.09"), RegionStatus::Current);
        assert_eq!(regions.status("9301"), RegionStatus::Current);
        assert_eq!(regions.status("91.01"), RegionStatus::Retired);
        assert_eq!(regions.status("91.01.01"), RegionStatus::Retired);
        assert_eq!(regions.status("35.17.99"), RegionStatus::Unknown);
        assert_eq!(regions.status("99"), RegionStatus::Unknown);
    }

    #[test]
    fn the_lists_have_the_published_sizes() {
        let regions = Regions::embedded();
        let count = |tail: &str| regions.statuses.iter().filter(|(code, _)| code.ends_with(tail)).count();
        let current = regions.statuses.values().filter(|status| **status == RegionStatus::Current).count();
        assert_eq!(count("0000"), 38);
        assert_eq!(current, 38 + 514 + 7285);
        assert_eq!(regions.desa.len(), 306);
        assert_eq!(regions.desa_of("35.17.09").count(), 20);
        assert_eq!(regions.desa.values().filter(|desa| desa.kelurahan).count(), 4);
    }

    #[test]
    fn a_line_of_the_wrong_shape_is_named() {
        let problem = Regions::parse("35,current,,\n3x,current,,\n", "").unwrap_err();
        assert_eq!(problem.to_string(), "line 2 of the region table: not a code");
    }
}
