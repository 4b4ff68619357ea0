//! A mobile telephone number, as a form has it and as a gateway of short messages wants it.

/// Digits after the plus, country code included (E.164; nothing shorter is a mobile number anywhere).
const DIGITS: std::ops::RangeInclusive<usize> = 8..=15;
/// The same of an Indonesian mobile number, `62` included: `08…` with 10 to 13 digits.
const INDONESIAN_DIGITS: std::ops::RangeInclusive<usize> = 11..=14;

/// A number that can get a short message. It has no `Display`, and its `Debug` shows nothing of it.
#[derive(Clone, PartialEq, Eq)]
pub struct MobileNumber(String);

impl MobileNumber {
    /// Reads a number in one of the usual spellings: `0812…`, `62812…` or E.164, with spaces, dots, hyphens or brackets
    /// between the digits. `None` when it is none that can get a short message.
    #[must_use]
    pub fn read(text: &str) -> Option<Self> {
        let plain: String =
            text.trim().chars().filter(|c| !matches!(c, ' ' | '-' | '.' | '(' | ')')).collect();
        let (digits, has_plus) = match plain.strip_prefix('+') {
            Some(digits) => (digits, true),
            None => (plain.as_str(), false),
        };
        if !digits.bytes().all(|byte| byte.is_ascii_digit()) {
            return None;
        }
        let national = digits.strip_prefix("62").or_else(|| digits.strip_prefix('0').filter(|_| !has_plus));
        let digits = match national {
            Some(national) if national.starts_with('8') => format!("62{national}"),
            None if has_plus && !digits.starts_with('0') => digits.to_owned(),
            _ => return None,
        };
        let length = if national.is_some() { INDONESIAN_DIGITS } else { DIGITS };
        length.contains(&digits.len()).then(|| Self(format!("+{digits}")))
    }

    /// The number after E.164, to be handed on and never to be printed.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Debug for MobileNumber {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("MobileNumber(<redacted>)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_usual_spelling_is_the_same_number() {
        for text in [
            "081200009001",
            "0812-0000-9001",
            " 0812 0000.9001",
            "6281200009001",
            "+62 812 0000 9001",
            "+62 (812) 00009001",
        ] {
            let read = MobileNumber::read(text).unwrap_or_else(|| panic!("{text}"));
            assert_eq!(read.expose(), "+6281200009001", "{text}");
        }
        assert_eq!(MobileNumber::read("+65 8000 0000").unwrap().expose(), "+6580000000");
    }

    #[test]
    fn what_can_get_no_short_message_is_no_number() {
        for text in [
            "",
            "+",
            "0",
            "08",
            "0812000",
            "08120000900123",
            "021 555 0000",
            "+62 21 555 0000",
            "81200009001",
            "+0812",
            "0812x00009001",
            "081200009001 / 081200009002",
            "tidak ada",
            "+1234567",
            "+1234567890123456",
            "٠٨١٢٠٠٠٠٩٠٠١",
        ] {
            assert_eq!(MobileNumber::read(text), None, "{text}");
        }
    }

    #[test]
    fn a_number_is_never_printed() {
        let printed = format!("{:?}", MobileNumber::read("081200009001"));
        assert!(!printed.contains("8120"), "{printed}");
    }
}
