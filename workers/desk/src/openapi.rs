//! The OpenAPI 3.1 document of the desk's API, composed of the types that the handlers read and answer, and of one line for each
//! operation in [`operations`].

mod operation;
mod operations;

use axum::Json;
use axum::response::IntoResponse;
use berkas_web::{Problem, User};
use schemars::SchemaGenerator;
use schemars::generate::SchemaSettings;
use serde_json::{Map, Value, json};

use operation::Operation;
use operations::operations;

/// `GET /api/v1/openapi.json`.
pub(crate) async fn show(User(_): User) -> impl IntoResponse {
    Json(openapi())
}

/// The document; committed as `docs/contract/desk.openapi.json`.
#[must_use]
pub fn openapi() -> Value {
    let mut schemas = Schemas::new();
    let mut paths: Map<String, Value> = Map::new();
    for operation in operations() {
        let written = operation.write(&mut schemas);
        paths.entry(operation.path()).or_insert_with(|| json!({}))[operation.method] = written;
    }
    json!({
        "openapi": "3.1.0",
        "info": {
            "title": "Berkas: the verifiers' desk",
            "version": "1.0.0",
            "license": { "name": env!("CARGO_PKG_LICENSE"), "identifier": env!("CARGO_PKG_LICENSE") },
            "description": "Sign in with `POST /api/v1/login` and `{\"login\": …, \"password\": …}`; the session is a cookie. Every write \
                about a task or a roster names the lease, the decision or the roster it means by its token, in `If-Match` (the `ETag`) or as \
                `fence` in the body; a late one is refused and changes nothing. What says no is a problem (RFC 9457), and `code` is the word to branch on. \
                Fields are only ever added: ignore those you do not know."
        },
        "servers": [{ "url": "/" }],
        "security": [{ "session": [] }],
        "paths": paths,
        "components": {
            "schemas": schemas.into_definitions(),
            "securitySchemes": { "session": {
                "type": "apiKey", "in": "cookie", "name": "__Host-berkas",
                "description": "The cookie that signing in sets; without HTTPS it is called `berkas`."
            } }
        }
    })
}

/// Collects the schemas that operations name: what is read and what is answered may differ in what is required.
struct Schemas {
    read: SchemaGenerator,
    answered: SchemaGenerator,
}

/// Writes a reference to the schema of one type.
type Shape = fn(&mut SchemaGenerator) -> schemars::Schema;

fn shape<T: schemars::JsonSchema>(generator: &mut SchemaGenerator) -> schemars::Schema {
    generator.subschema_for::<T>()
}

impl Schemas {
    fn new() -> Self {
        let settings = || {
            SchemaSettings::draft2020_12().with(|settings| {
                settings.definitions_path = "/components/schemas".into();
                settings.meta_schema = None;
            })
        };
        let mut answered = settings().for_serialize().into_generator();
        answered.subschema_for::<Problem>();
        Self { read: settings().for_deserialize().into_generator(), answered }
    }

    fn into_definitions(mut self) -> Value {
        let mut definitions = self.answered.take_definitions(true);
        // A type that travels both ways looks the same on both, or is described as it is read: answers have no less.
        definitions.extend(self.read.take_definitions(true));
        Value::Object(definitions)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_committed_document_is_what_the_types_say() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/contract/desk.openapi.json");
        let committed: Value = serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
        assert!(committed == openapi(), "run `berkas contract write docs/contract`");
    }

    #[test]
    fn every_reference_leads_somewhere_and_every_operation_has_a_name_of_its_own() {
        let document = openapi();
        let mut names = std::collections::BTreeSet::new();
        for (path, operations) in document["paths"].as_object().unwrap() {
            for (_, operation) in operations.as_object().unwrap() {
                assert!(names.insert(operation["operationId"].as_str().unwrap().to_owned()), "{path}");
            }
        }
        let text = document.to_string();
        for reference in text.split("\"$ref\":\"#").skip(1) {
            let pointer = reference.split('"').next().unwrap();
            assert!(document.pointer(pointer).is_some(), "{pointer}");
        }
    }
}
