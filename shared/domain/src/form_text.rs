//! Free text of a form: how long it may be and what characters it may have. Numbers of a birth: what no birth has.
//!
//! Names of persons are not looked at here: a name that cannot be printed is a finding of the rules, which names whose
//! it is, and the rest of the form is judged with it.

use std::fmt::Display;
use std::ops::RangeInclusive;

use crate::form::{DocumentAttrs, Event, Form, Person, PersonEntry};

/// The longest free text in characters.
pub const LONGEST_TEXT: usize = 500;

/// The longest number or code in characters; separators are allowed, so it is more than sixteen.
const LONGEST_CODE: usize = 64;

/// Children of one birth.
const PLURALITY: RangeInclusive<u32> = 1..=10;

/// The child's place among its mother's children.
const BIRTH_ORDER: RangeInclusive<u32> = 1..=30;

/// Weight at birth in grams. The lightest and the heaviest that lived weighed about 200 and 10,000.
const WEIGHT_G: RangeInclusive<u32> = 200..=12_000;

/// Length at birth in millimetres.
const LENGTH_MM: RangeInclusive<u32> = 150..=800;

/// A field whose text or number cannot be used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TextFlaw {
    /// Dotted path within the form, for example `persons.applicant.address`.
    pub field: String,
    /// What is wrong with it.
    pub kind: TextFlawKind,
}

/// What is wrong with a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TextFlawKind {
    /// More characters than the field takes.
    TooLong,
    /// A control character, or one that cannot be seen and changes how the rest is read.
    Unprintable,
    /// Not the digits or letters that a code of this kind has.
    NotACode,
    /// A number that no birth has: mostly another unit, or a slip of the pen.
    OutOfRange,
}

/// Whether `c` controls how text is read or set without being seen: control characters, marks of writing direction,
/// joiners, spaces of no width (Unicode's general categories Cc and Cf, as far as they occur in names and addresses).
#[must_use]
pub fn is_unprintable(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{feff}')
        || matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}')
        || matches!(c, '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}')
}

impl Form {
    /// Every field whose text cannot be used, in the order of the form.
    #[must_use]
    pub fn text_flaws(&self) -> Vec<TextFlaw> {
        let mut reader = Reader::default();
        for (role, entry) in &self.persons {
            if let PersonEntry::Person(person) = entry {
                reader.person(&format_args!("persons.{role}"), person);
            }
        }
        if let Some(event) = &self.event {
            reader.event(event);
        }
        let card = self.family.as_ref().and_then(|family| family.kk_number.as_ref());
        reader.text(&"family", &"kk_number", card, LONGEST_CODE);
        let reason = self.change.as_ref().and_then(|change| change.reason.as_ref());
        reader.text(&"change", &"reason", reason, LONGEST_TEXT);
        for (index, document) in self.documents.iter().enumerate() {
            reader.text(&format_args!("documents[{index}]"), &"model", document.model.as_ref(), LONGEST_CODE);
            reader.attrs(&format_args!("documents[{index}].attrs"), &document.attrs);
        }
        reader.found
    }
}

#[derive(Default)]
struct Reader {
    found: Vec<TextFlaw>,
}

/// Part of a path; written out only for a field that is wrong.
type Part<'a> = &'a dyn Display;

impl Reader {
    fn note(&mut self, at: Part<'_>, field: Part<'_>, kind: TextFlawKind) {
        self.found.push(TextFlaw { field: format!("{at}.{field}"), kind });
    }

    fn text(&mut self, at: Part<'_>, field: Part<'_>, text: Option<&String>, longest: usize) {
        let Some(text) = text else { return };
        if text.chars().nth(longest).is_some() {
            self.note(at, field, TextFlawKind::TooLong);
        } else if text.chars().any(is_unprintable) {
            self.note(at, field, TextFlawKind::Unprintable);
        }
    }

    /// A code whose every character is of one kind.
    fn code(
        &mut self,
        at: Part<'_>,
        field: Part<'_>,
        text: Option<&String>,
        length: usize,
        is_part: fn(&char) -> bool,
    ) {
        let is_code = |text: &String| text.chars().count() == length && text.chars().all(|c| is_part(&c));
        if text.is_some_and(|text| !is_code(text)) {
            self.note(at, field, TextFlawKind::NotACode);
        }
    }

    fn person(&mut self, at: Part<'_>, person: &Person) {
        self.text(at, &"nik", person.nik.as_ref(), LONGEST_CODE);
        self.text(at, &"kk_number", person.kk_number.as_ref(), LONGEST_CODE);
        self.text(at, &"birth_place", person.birth_place.as_ref(), LONGEST_TEXT);
        self.text(at, &"address", person.address.as_ref(), LONGEST_TEXT);
        self.code(at, &"desa", person.desa.as_ref(), 10, char::is_ascii_digit);
        self.code(at, &"kecamatan", person.kecamatan.as_ref(), 6, char::is_ascii_digit);
        self.text(at, &"religion", person.religion.as_ref(), LONGEST_TEXT);
        self.text(at, &"education", person.education.as_ref(), LONGEST_TEXT);
        self.text(at, &"occupation", person.occupation.as_ref(), LONGEST_TEXT);
        self.text(at, &"blood_group", person.blood_group.as_ref(), LONGEST_CODE);
        self.code(at, &"citizenship", person.citizenship.as_ref(), 2, char::is_ascii_uppercase);
        self.text(at, &"passport_number", person.passport_number.as_ref(), LONGEST_CODE);
        self.text(at, &"stay_permit_number", person.stay_permit_number.as_ref(), LONGEST_CODE);
        self.text(at, &"father_name", person.father_name.as_ref(), LONGEST_TEXT);
        self.text(at, &"mother_name", person.mother_name.as_ref(), LONGEST_TEXT);
        self.text(at, &"phone", person.phone.as_ref(), LONGEST_CODE);
        self.text(at, &"email", person.email.as_ref(), LONGEST_TEXT);
    }

    fn event(&mut self, event: &Event) {
        let texts = [
            ("place", &event.place),
            ("place_kind", &event.place_kind),
            ("helper", &event.helper),
            ("cause", &event.cause),
            ("certifier", &event.certifier),
            ("reporter_relation", &event.reporter_relation),
        ];
        for (field, text) in texts {
            self.text(&"event", &field, text.as_ref(), LONGEST_TEXT);
        }
        let numbers = [
            ("plurality", event.plurality.map(u32::from), PLURALITY),
            ("birth_order", event.birth_order.map(u32::from), BIRTH_ORDER),
            ("weight_g", event.weight_g, WEIGHT_G),
            ("length_mm", event.length_mm, LENGTH_MM),
        ];
        for (field, number, range) in numbers {
            if number.is_some_and(|number| !range.contains(&number)) {
                self.note(&"event", &field, TextFlawKind::OutOfRange);
            }
        }
    }

    fn attrs(&mut self, at: Part<'_>, attrs: &DocumentAttrs) {
        self.text(at, &"number", attrs.number.as_ref(), LONGEST_CODE);
        self.text(at, &"issuer", attrs.issuer.as_ref(), LONGEST_TEXT);
        self.text(at, &"purpose", attrs.purpose.as_ref(), LONGEST_TEXT);
        for (role, name) in &attrs.names {
            self.text(at, &format_args!("names.{role}"), Some(name), LONGEST_TEXT);
        }
        for (role, nik) in &attrs.niks {
            self.text(at, &format_args!("niks.{role}"), Some(nik), LONGEST_CODE);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn flaws(path: &[&str], value: &str) -> Vec<(String, TextFlawKind)> {
        let mut form = serde_json::json!({
            "salt": "00000000000000000000000000000000", "service": "ktp_el", "case": "KTP-4",
            "handed_in": "2026-11-25",
            "persons": {"applicant": {"name": "SITI CONTOH"}},
            "event": {}, "family": {}, "change": {},
            "documents": [{"kind": "kk", "sha256": "0".repeat(64), "attrs": {"names": {}}}],
        });
        let mut place = &mut form;
        for step in path {
            place = match step.parse::<usize>() {
                Ok(index) => &mut place[index],
                Err(_) => &mut place[*step],
            };
        }
        *place = value.into();
        let form: Form = serde_json::from_value(form).unwrap();
        form.text_flaws().into_iter().map(|flaw| (flaw.field, flaw.kind)).collect()
    }

    #[test]
    fn a_text_that_is_too_long_or_cannot_be_printed_is_named_with_its_field() {
        let long = "A".repeat(LONGEST_TEXT + 1);
        for (path, field) in [
            (&["persons", "applicant", "address"][..], "persons.applicant.address"),
            (&["persons", "applicant", "birth_place"], "persons.applicant.birth_place"),
            (&["persons", "applicant", "phone"], "persons.applicant.phone"),
            (&["persons", "applicant", "education"], "persons.applicant.education"),
            (&["persons", "applicant", "mother_name"], "persons.applicant.mother_name"),
            (&["persons", "applicant", "passport_number"], "persons.applicant.passport_number"),
            (&["persons", "applicant", "nik"], "persons.applicant.nik"),
            (&["event", "place"], "event.place"),
            (&["event", "reporter_relation"], "event.reporter_relation"),
            (&["family", "kk_number"], "family.kk_number"),
            (&["change", "reason"], "change.reason"),
            (&["documents", "0", "model"], "documents[0].model"),
            (&["documents", "0", "attrs", "issuer"], "documents[0].attrs.issuer"),
            (&["documents", "0", "attrs", "names", "applicant"], "documents[0].attrs.names.applicant"),
        ] {
            assert_eq!(flaws(path, &long), [(field.to_owned(), TextFlawKind::TooLong)]);
            for hidden in ["a\u{7}b", "a\nb", "a\u{202e}b", "a\u{200b}b", "\u{feff}a"] {
                assert_eq!(
                    flaws(path, hidden),
                    [(field.to_owned(), TextFlawKind::Unprintable)],
                    "{hidden:?}"
                );
            }
            assert_eq!(flaws(path, "Dusun Contoh 1"), []);
        }
    }

    #[test]
    fn a_code_has_its_length_and_its_characters() {
        for (field, good, bad) in [
            ("desa", "3517091001", &["351709", "35170910O1", "Contohan"][..]),
            ("kecamatan", "351709", &["3517091001", "35.17.09"]),
            ("citizenship", "ID", &["id", "WNI", "I"]),
        ] {
            let path = ["persons", "applicant", field];
            assert_eq!(flaws(&path, good), []);
            for bad in bad {
                let expected = (format!("persons.applicant.{field}"), TextFlawKind::NotACode);
                assert_eq!(flaws(&path, bad), [expected], "{bad}");
            }
        }
    }

    #[test]
    fn a_number_that_no_birth_has_is_named_with_its_field() {
        let flaws = |event: serde_json::Value| {
            let form: Form = serde_json::from_value(serde_json::json!({
                "salt": "00000000000000000000000000000000", "service": "akta_kelahiran", "case": "LHR-1",
                "handed_in": "2026-11-25", "persons": {}, "documents": [], "event": event
            }))
            .unwrap();
            form.text_flaws().into_iter().map(|flaw| (flaw.field, flaw.kind)).collect::<Vec<_>>()
        };
        let usual = serde_json::json!({"plurality": 1, "birth_order": 1, "weight_g": 3100, "length_mm": 490});
        assert_eq!(flaws(usual.clone()), []);
        for (field, wrong) in [
            ("plurality", &[0, 11][..]),
            ("birth_order", &[0, 31]),
            ("weight_g", &[0, 3, 199, 12_001]),
            ("length_mm", &[0, 49, 4900]),
        ] {
            for wrong in wrong {
                let mut event = usual.clone();
                event[field] = (*wrong).into();
                assert_eq!(flaws(event), [(format!("event.{field}"), TextFlawKind::OutOfRange)], "{wrong}");
            }
        }
    }

    #[test]
    fn a_name_is_left_to_the_rules() {
        assert_eq!(flaws(&["persons", "applicant", "name"], "SITI\u{202e} CONTOH"), []);
    }
}
