//! Registration numbers: `351709-261124-0042-7`.

use chrono::NaiveDate;

use crate::{InvalidCode, OfficeCode};

/// The number on the receipt: office, day of receipt, serial of the day, check digit.
///
/// Gaps are allowed, doubles are not. The check digit is Luhn's over all digits before it, which catches every
/// single wrong digit and nearly every swap of neighbours.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
#[serde(try_from = "String", into = "String")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(with = "String"))]
pub struct RegistrationNumber(String);

impl RegistrationNumber {
    /// Composes the number for the `serial`-th acceptance (from 1) of `office` on `day` (in WIB).
    #[must_use]
    pub fn compose(office: &OfficeCode, day: NaiveDate, serial: u32) -> Self {
        let head = format!("{office}-{}-{serial:04}", day.format("%y%m%d"));
        let check = luhn(&head);
        Self(format!("{head}-{check}"))
    }

    /// The number as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Luhn's check digit over the digits of `text`; everything else is skipped.
fn luhn(text: &str) -> u32 {
    let digits = text.chars().rev().filter_map(|c| c.to_digit(10));
    let sum: u32 = digits
        .enumerate()
        .map(|(place, digit)| if place % 2 == 0 { digit * 2 / 10 + digit * 2 % 10 } else { digit })
        .sum();
    (10 - sum % 10) % 10
}

impl TryFrom<String> for RegistrationNumber {
    type Error = InvalidCode;
    fn try_from(text: String) -> Result<Self, InvalidCode> {
        let refusal = InvalidCode { what: "registration number" };
        let (head, check) = text.rsplit_once('-').ok_or(refusal)?;
        let parts: Vec<&str> = head.split('-').collect();
        let digits = |part: &&str| part.bytes().all(|byte| byte.is_ascii_digit());
        let [office, day, serial] = parts[..] else { return Err(refusal) };
        let right_lengths = matches!(office.len(), 6 | 10) && day.len() == 6 && serial.len() >= 4;
        if right_lengths && parts.iter().all(digits) && check == luhn(head).to_string() {
            Ok(Self(text))
        } else {
            Err(refusal)
        }
    }
}

impl std::str::FromStr for RegistrationNumber {
    type Err = InvalidCode;
    fn from_str(text: &str) -> Result<Self, InvalidCode> {
        Self::try_from(text.to_owned())
    }
}

impl From<RegistrationNumber> for String {
    fn from(number: RegistrationNumber) -> Self {
        number.0
    }
}

impl std::fmt::Display for RegistrationNumber {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_composed_number_reads_back_and_one_wrong_digit_does_not() {
        let office: OfficeCode = "351709".parse().unwrap();
        let day = NaiveDate::from_ymd_opt(2026, 11, 24).unwrap();
        let number = RegistrationNumber::compose(&office, day, 42);
        assert!(number.as_str().starts_with("351709-261124-0042-"));
        assert_eq!(number.as_str().parse(), Ok(number.clone()));
        for place in 0..number.as_str().len() {
            let mut wrong: Vec<u8> = number.as_str().bytes().collect();
            if wrong[place].is_ascii_digit() {
                wrong[place] = b'0' + (wrong[place] - b'0' + 1) % 10;
                assert!(String::from_utf8(wrong).unwrap().parse::<RegistrationNumber>().is_err(), "{place}");
            }
        }
    }
}
