//! Reads a person, or the role under which that person already stands in the form.
//!
//! Written by hand because a derived reader tries one shape after the other and then only says that none fitted;
//! here the first key decides, so that the error names the field that is wrong.

use std::fmt;

use serde::Deserialize;
use serde::de::value::{MapAccessDeserializer, StrDeserializer};
use serde::de::{DeserializeSeed, Deserializer, Error, IntoDeserializer, MapAccess, Visitor};

use crate::form::{Person, PersonEntry, SameAs};

impl<'de> Deserialize<'de> for PersonEntry {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(EntryVisitor)
    }
}

struct EntryVisitor;

impl<'de> Visitor<'de> for EntryVisitor {
    type Value = PersonEntry;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a person, or `same_as` with a role")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<PersonEntry, A::Error> {
        let first = map.next_key::<String>()?;
        if first.as_deref() == Some("same_as") {
            let same_as = map.next_value()?;
            return match map.next_key::<String>()? {
                None => Ok(PersonEntry::SameAs(SameAs { same_as })),
                Some(_) => Err(A::Error::custom("`same_as` stands alone")),
            };
        }
        let rest = MapAccessDeserializer::new(WithFirst { first, map });
        Person::deserialize(rest).map(|person| PersonEntry::Person(Box::new(person)))
    }
}

/// A map whose first key was already taken off.
struct WithFirst<A> {
    first: Option<String>,
    map: A,
}

impl<'de, A: MapAccess<'de>> MapAccess<'de> for WithFirst<A> {
    type Error = A::Error;

    fn next_key_seed<K: DeserializeSeed<'de>>(&mut self, seed: K) -> Result<Option<K::Value>, A::Error> {
        let Some(first) = self.first.take() else { return self.map.next_key_seed(seed) };
        let key: StrDeserializer<'_, A::Error> = first.as_str().into_deserializer();
        seed.deserialize(key).map(Some)
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value, A::Error> {
        self.map.next_value_seed(seed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::form::Role;

    fn error(json: &str) -> String {
        serde_json::from_str::<PersonEntry>(json).unwrap_err().to_string()
    }

    #[test]
    fn both_shapes_read_back() {
        let same: PersonEntry = serde_json::from_str(r#"{"same_as": "mother"}"#).unwrap();
        assert_eq!(same, PersonEntry::SameAs(SameAs { same_as: Role::Mother }));
        let person: PersonEntry =
            serde_json::from_str(r#"{"birth_date": "1990-01-01", "name": "X"}"#).unwrap();
        let PersonEntry::Person(person) = person else { panic!("not a person") };
        assert_eq!(person.birth_date.unwrap().to_string(), "1990-01-01");
    }

    #[test]
    fn the_error_names_the_field() {
        assert!(error(r#"{"nam": "X"}"#).contains("unknown field `nam`"));
        assert!(error(r#"{"nik": "3517"}"#).contains("missing field `name`"));
        assert!(error(r#"{"same_as": "aunt"}"#).contains("unknown role"));
        assert!(error(r#"{"same_as": "mother", "name": "X"}"#).contains("stands alone"));
        assert!(error("{}").contains("missing field `name`"));
        assert!(error("[]").contains("a person, or `same_as`"));
    }
}
