//! Versions of rule files: year, edition, correction.

/// `2024.1.0`: a correction has the same validity as what it corrects and a higher last number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Version {
    pub(crate) year: u16,
    pub(crate) edition: u16,
    pub(crate) correction: u16,
}

impl std::str::FromStr for Version {
    type Err = ();
    fn from_str(text: &str) -> Result<Self, ()> {
        let mut numbers = text.split('.').map(|part| part.parse::<u16>().map_err(|_| ()));
        let mut next = || numbers.next().unwrap_or(Err(()));
        let version = Self { year: next()?, edition: next()?, correction: next()? };
        if numbers.next().is_some() { Err(()) } else { Ok(version) }
    }
}

impl std::fmt::Display for Version {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}.{}.{}", self.year, self.edition, self.correction)
    }
}
