//! `docs/contract`.

use std::path::{Path, PathBuf};

use berkas_contract::{Drift, DriftKind, check, write};

fn committed() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/contract")
}

#[test]
fn the_committed_files_are_what_the_types_say() {
    let drifts: Vec<String> = check(&committed()).unwrap().iter().map(ToString::to_string).collect();
    assert!(drifts.is_empty(), "{drifts:?}; run `berkas contract write`");
}

#[test]
fn a_missing_an_old_and_a_surplus_file_are_told_apart() {
    let dir = std::env::temp_dir().join(format!("berkas-contract-{}", std::process::id()));
    write(&dir).unwrap();
    assert_eq!(check(&dir).unwrap(), []);
    std::fs::remove_file(dir.join("accepted.v1.schema.json")).unwrap();
    std::fs::write(dir.join("asyncapi.json"), "{}\n").unwrap();
    std::fs::write(dir.join("old.v1.schema.json"), "{}\n").unwrap();
    let drift = |file: &str, kind| Drift { file: file.to_owned(), kind };
    assert_eq!(
        check(&dir).unwrap(),
        [
            drift("accepted.v1.schema.json", DriftKind::Missing),
            drift("asyncapi.json", DriftKind::Different),
            drift("old.v1.schema.json", DriftKind::Surplus),
        ]
    );
    std::fs::remove_dir_all(dir).unwrap();
}

#[test]
fn the_asyncapi_document_names_the_licence_that_lies_in_the_repository() {
    let licence = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/../../LICENSE")).unwrap();
    assert!(licence.contains("Apache License") && licence.contains("Version 2.0"));
    assert_eq!(berkas_contract::schemas()["asyncapi.json"]["info"]["license"]["name"], "Apache-2.0");
}

#[test]
fn every_reference_of_the_asyncapi_document_leads_somewhere() {
    let schemas = berkas_contract::schemas();
    let document = &schemas["asyncapi.json"];
    let mut references = Vec::new();
    collect(document, &mut references);
    assert!(references.len() >= 7 + 7 + 4, "messages, payloads and operations");
    for reference in references {
        let found = match (reference.strip_prefix("./"), reference.strip_prefix('#')) {
            (Some(file), _) => schemas.contains_key(file),
            (_, Some(pointer)) => document.pointer(pointer).is_some(),
            _ => false,
        };
        assert!(found, "{reference}");
    }
    for (_, message) in document["components"]["messages"].as_object().unwrap() {
        assert!(message["examples"][0]["payload"].is_object(), "{}", message["name"]);
    }
}

fn collect(value: &serde_json::Value, references: &mut Vec<String>) {
    match value {
        serde_json::Value::Object(fields) => {
            for (name, inner) in fields {
                match (name.as_str(), inner.as_str()) {
                    // The samples hold no references, only data.
                    ("examples", _) => {}
                    ("$ref", Some(reference)) => references.push(reference.to_owned()),
                    _ => collect(inner, references),
                }
            }
        }
        serde_json::Value::Array(items) => items.iter().for_each(|item| collect(item, references)),
        _ => {}
    }
}
