//! What a verifier writes to an office in their own words.

use std::fmt;

use crate::{LONGEST_TEXT, is_unprintable};

/// Digits of a NIK or of a family card's number.
const NUMBER: usize = 16;

/// A verifier's note: one line of at most [`LONGEST_TEXT`] characters, in which no number of a person stands.
#[derive(Clone, PartialEq, Eq)]
pub struct VerifierNote(String);

/// Why a text is no note. It quotes nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NoteFlaw {
    /// More than [`LONGEST_TEXT`] characters.
    #[error("the note is longer than 500 characters")]
    TooLong,
    /// A character that cannot be seen: a control character, or one that turns the direction of writing.
    #[error("the note holds a character that cannot be seen")]
    Unprintable,
    /// Sixteen digits in a row, also in groups: a NIK, or the number of a family card.
    #[error("the note holds sixteen digits in a row; write no NIK and no number of a family card")]
    Number,
}

impl NoteFlaw {
    /// As it is written in answers.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::TooLong => "too_long",
            Self::Unprintable => "unprintable",
            Self::Number => "number",
        }
    }
}

impl VerifierNote {
    /// Reads what was typed: trimmed, its lines joined by a space. `None` when nothing is left.
    ///
    /// # Errors
    /// [`NoteFlaw`].
    pub fn read(typed: &str) -> Result<Option<Self>, NoteFlaw> {
        let lines: Vec<&str> = typed.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
        let text = lines.join(" ");
        if text.chars().nth(LONGEST_TEXT).is_some() {
            return Err(NoteFlaw::TooLong);
        }
        if text.chars().any(is_unprintable) {
            return Err(NoteFlaw::Unprintable);
        }
        if holds_number(&text) {
            return Err(NoteFlaw::Number);
        }
        Ok((!text.is_empty()).then_some(Self(text)))
    }

    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for VerifierNote {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "VerifierNote({} characters)", self.0.chars().count())
    }
}

/// Whether sixteen digits or more stand side by side, or exactly sixteen in groups. A registration number has seventeen.
fn holds_number(text: &str) -> bool {
    let is_together = |group: &str| group.chars().count() >= NUMBER;
    let is_separator = |c: char| matches!(c, ' ' | '.' | '-');
    let digits = |run: &str| run.chars().filter(|c| c.is_numeric()).count();
    text.split(|c: char| !c.is_numeric()).any(is_together)
        || text.split(|c: char| !c.is_numeric() && !is_separator(c)).any(|run| digits(run) == NUMBER)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(typed: &str) -> Result<Option<String>, NoteFlaw> {
        VerifierNote::read(typed).map(|note| note.map(|note| note.as_str().to_owned()))
    }

    #[test]
    fn what_was_typed_is_trimmed_and_stands_on_one_line() {
        assert_eq!(read("  Cap desa \r\n\n tidak ada.\n"), Ok(Some("Cap desa tidak ada.".to_owned())));
        assert_eq!((read(""), read(" \n ")), (Ok(None), Ok(None)));
        assert_eq!(read(&"é".repeat(LONGEST_TEXT)).unwrap().unwrap().chars().count(), LONGEST_TEXT);
    }

    #[test]
    fn what_cannot_be_seen_or_is_a_persons_number_is_refused() {
        for (typed, flaw) in [
            ("x".repeat(LONGEST_TEXT + 1).as_str(), NoteFlaw::TooLong),
            ("cap\u{7}desa", NoteFlaw::Unprintable),
            ("cap\tdesa", NoteFlaw::Unprintable),
            ("cap \u{202e}desa", NoteFlaw::Unprintable),
            ("NIK 3517094105909001", NoteFlaw::Number),
            ("35170941059090011", NoteFlaw::Number),
            ("NIK 3517 0941 0590 9001, ibu", NoteFlaw::Number),
            ("NIK 351709.410590.9001", NoteFlaw::Number),
        ] {
            assert_eq!(read(typed), Err(flaw), "{typed}");
        }
    }

    #[test]
    fn shorter_numbers_and_a_registration_number_are_no_persons_number() {
        for typed in
            ["Surat 470/123/2026 tanggal 24-11-2026", "Lihat 351709-261124-0042-5", "351709410590900"]
        {
            assert_eq!(read(typed), Ok(Some(typed.to_owned())));
        }
    }

    #[test]
    fn a_note_is_not_quoted_where_it_is_shown_to_programmers() {
        let note = VerifierNote::read("Cap desa tidak ada").unwrap().unwrap();
        assert!(!format!("{note:?}").contains("Cap"));
    }
}
