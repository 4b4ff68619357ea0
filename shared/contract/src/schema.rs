//! JSON Schema of everything published, generated from the Rust types.

use std::collections::{BTreeMap, HashSet};
use std::sync::LazyLock;

use berkas_domain::form::Form;
use schemars::{JsonSchema, schema_for};
use serde_json::{Value, json};

use crate::asyncapi::asyncapi;
use crate::district::{Accepted, Correction, Decision, Rejected, Standby};
use crate::envelope::{Envelope, Event};
use crate::office::{Acknowledgement, Submission, Withdrawal};

/// Name of the schema of the uploaded form.
pub(crate) const FORM: &str = "form.v1";

/// Shapes of the domain's codes, which their own schemas leave to the reader.
const PATTERNS: [(&str, &str); 3] = [
    ("CaseCode", "^[A-Z]{2,3}-[0-9]{1,2}$"),
    ("OfficeCode", "^[0-9]{6}([0-9]{4})?$"),
    ("RegistrationNumber", "^[0-9]{6}([0-9]{4})?-[0-9]{6}-[0-9]{4,}-[0-9]$"),
];

/// Which way a type travels.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Direction {
    ToDistrict,
    ToOffice,
}

/// One published type.
pub(crate) struct Published {
    pub(crate) direction: Direction,
    pub(crate) name: &'static str,
    pub(crate) kind: &'static str,
    pub(crate) summary: &'static str,
    pub(crate) schema: Value,
    pub(crate) sample: &'static str,
}

/// Every published type.
pub(crate) fn published() -> Vec<Published> {
    use Direction::{ToDistrict, ToOffice};
    vec![
        publish::<Submission>(ToDistrict),
        publish::<Withdrawal>(ToDistrict),
        publish::<Acknowledgement>(ToDistrict),
        publish::<Accepted>(ToOffice),
        publish::<Rejected>(ToOffice),
        publish::<Decision>(ToOffice),
        publish::<Correction>(ToOffice),
        publish::<Standby>(ToOffice),
    ]
}

fn publish<T: Event>(direction: Direction) -> Published {
    let mut schema = schema_of::<Envelope<T>>(T::NAME, T::SUMMARY);
    schema["properties"]["type"]["const"] = T::TYPE.into();
    Published { direction, name: T::NAME, kind: T::TYPE, summary: T::SUMMARY, schema, sample: T::SAMPLE }
}

fn schema_of<T: JsonSchema>(name: &str, summary: &str) -> Value {
    let mut schema = schema_for!(T).to_value();
    schema["$id"] = format!("urn:berkas:contract:{name}").into();
    schema["title"] = name.into();
    schema["description"] = summary.into();
    for (code, pattern) in PATTERNS {
        if let Some(definition) = schema.pointer_mut(&format!("/$defs/{code}")) {
            definition["pattern"] = pattern.into();
        }
    }
    schema
}

/// Everything that belongs into `docs/contract`, by file name: a JSON Schema (draft 2020-12) for each published type,
/// that of the form, and the AsyncAPI document.
#[must_use]
pub fn schemas() -> BTreeMap<String, Value> {
    let mut files: BTreeMap<String, Value> =
        published().into_iter().map(|event| (schema_file(event.name), event.schema)).collect();
    files.insert(
        schema_file(FORM),
        schema_of::<Form>(FORM, "A filled form with the list of papers that go with it."),
    );
    files.insert("asyncapi.json".to_owned(), asyncapi());
    files
}

pub(crate) fn schema_file(name: &str) -> String {
    format!("{name}.schema.json")
}

/// Every name of a field that a schema knows; nothing else of a path may be shown.
pub(crate) fn vocabulary() -> &'static HashSet<String> {
    static WORDS: LazyLock<HashSet<String>> = LazyLock::new(|| {
        let mut words = HashSet::from(["v", "submission", "generation", "step"].map(str::to_owned));
        for (name, schema) in schemas() {
            if name.ends_with(".schema.json") {
                collect_words(&schema, &mut words);
            }
        }
        words
    });
    &WORDS
}

fn collect_words(schema: &Value, words: &mut HashSet<String>) {
    if let Some(properties) = schema.get("properties").and_then(Value::as_object) {
        words.extend(properties.keys().cloned());
    }
    match schema {
        Value::Object(fields) => fields.values().for_each(|inner| collect_words(inner, words)),
        Value::Array(items) => items.iter().for_each(|inner| collect_words(inner, words)),
        _ => {}
    }
}

/// A reference to the schema of `name` beside the AsyncAPI document.
pub(crate) fn reference(name: &str) -> Value {
    json!({ "$ref": format!("./{}", schema_file(name)) })
}
