//! The samples of every published version: they must decode for as long as anybody sends that version.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use berkas_contract::{
    DecodeError, DistrictMessage, OfficeMessage, RejectionCode, decode_district_message, decode_form,
    decode_office_message, schemas,
};
use serde_json::Value;

use crate::json_schema::fits;

fn golden() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("golden")
}

/// Every sample: name of the file without `.json`, and its content.
fn samples() -> Vec<(String, Value)> {
    let mut samples: Vec<_> = std::fs::read_dir(golden())
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .map(|path| {
            let text = std::fs::read_to_string(&path).unwrap();
            (path.file_stem().unwrap().to_str().unwrap().to_owned(), serde_json::from_str(&text).unwrap())
        })
        .collect();
    samples.sort_by(|left: &(String, Value), right| left.0.cmp(&right.0));
    samples
}

/// `submission.v1` of `submission.v1.repair`.
fn type_of(sample: &str) -> String {
    sample.split('.').take(2).collect::<Vec<_>>().join(".")
}

/// The form travels as a blob and not as a message.
const FORM: &str = "form.v1";

fn encode_again(name: &str, sample: &Value) -> Vec<u8> {
    let body = sample.to_string();
    if type_of(name) == FORM {
        let form = decode_form(body.as_bytes()).unwrap_or_else(|error| panic!("{name}: {error}"));
        serde_json::to_vec(&form).unwrap()
    } else if sample["source"] == "/district" {
        match decode_district_message(body.as_bytes()).unwrap_or_else(|error| panic!("{name}: {error}")) {
            DistrictMessage::Accepted(message) => message.encode(),
            DistrictMessage::Rejected(message) => message.encode(),
            DistrictMessage::Decision(message) => message.encode(),
            DistrictMessage::Correction(message) => message.encode(),
            DistrictMessage::Standby(message) => message.encode(),
        }
    } else {
        match decode_office_message(body.as_bytes()).unwrap_or_else(|error| panic!("{name}: {error}")) {
            OfficeMessage::Submission(message) => message.encode(),
            OfficeMessage::Withdrawal(message) => message.encode(),
            OfficeMessage::Acknowledgement(message) => message.encode(),
        }
    }
}

#[test]
fn every_sample_reads_back_as_it_was_written() {
    for (name, sample) in samples() {
        let again: Value = serde_json::from_slice(&encode_again(&name, &sample)).unwrap();
        assert_eq!(again, sample, "{name}");
    }
}

#[test]
fn every_sample_fits_the_schema_of_its_type() {
    let schemas = schemas();
    for (name, sample) in samples() {
        let schema = &schemas[&format!("{}.schema.json", type_of(&name))];
        fits(schema, &sample).unwrap_or_else(|error| panic!("{name}{error}"));
    }
}

#[test]
fn every_published_type_has_a_sample() {
    let shown: BTreeSet<String> = samples().iter().map(|(name, _)| type_of(name)).collect();
    let published: BTreeSet<String> =
        schemas().keys().filter_map(|file| file.strip_suffix(".schema.json")).map(str::to_owned).collect();
    assert_eq!(&published - &shown, BTreeSet::new());
}

#[test]
fn the_samples_of_a_form_and_of_the_message_that_names_it_go_together() {
    let sample = |wanted: &str| samples().into_iter().find(|(name, _)| name == wanted).unwrap().1;
    let (form, message) = (sample(FORM), sample("submission.v1"));
    assert_eq!((&form["service"], &form["case"]), (&message["data"]["service"], &message["data"]["case"]));
    let papers = |documents: &Value| -> Vec<(Value, Value)> {
        let documents = documents.as_array().unwrap().iter();
        documents.map(|document| (document["kind"].clone(), document["sha256"].clone())).collect()
    };
    assert_eq!(papers(&form["documents"]), papers(&message["data"]["documents"]));
    let docs = include_str!("../../../../docs/INTAKE.md");
    assert!(docs.contains("shared/contract/golden/form.v1.json"), "the guide does not show the sample");
}

#[test]
fn a_schema_refuses_what_the_reader_refuses() {
    let schema = &schemas()["submission.v1.schema.json"];
    let (_, sample) = samples().into_iter().find(|(name, _)| name == "submission.v1").unwrap();
    let mut broken = Vec::new();
    for (pointer, value) in [
        ("/data/documents/1/size", Value::from(-1)),
        ("/data/documents/1/sha256", Value::from("abc")),
        ("/data/documents/0/media_type", Value::from("image/jpeg; q=1")),
        ("/data/sent_by", Value::from("Siti Aminah")),
        ("/data/service", Value::from("passport")),
        ("/source", Value::from("/offices/12")),
        ("/data/case", Value::from("Lahir 1")),
        ("/data/office", Value::from("Gudo")),
        ("/type", Value::from("id.berkas.submission.v2")),
    ] {
        let mut other = sample.clone();
        *other.pointer_mut(pointer).unwrap() = value;
        broken.push((pointer, other));
    }
    for (pointer, other) in broken {
        assert!(fits(schema, &other).is_err(), "{pointer} by the schema");
        assert!(decode_office_message(other.to_string().as_bytes()).is_err(), "{pointer} by the reader");
    }
}

#[test]
fn an_unknown_field_is_ignored_and_a_missing_one_is_named_without_any_value() {
    let (_, sample) = samples().into_iter().find(|(name, _)| name == "submission.v1").unwrap();
    let mut later = sample.clone();
    later["data"]["added_in_2030"] = "x".into();
    assert!(decode_office_message(later.to_string().as_bytes()).is_ok());

    let mut wrong = sample;
    wrong["data"]["documents"][2]["size"] = "3517094108069001".into();
    let error = decode_office_message(wrong.to_string().as_bytes()).unwrap_err();
    assert_eq!(error.field(), Some("data.documents[2].size"));
    assert_eq!(error.code(), RejectionCode::EnvelopeInvalid);
    assert!(error.message().is_some() && !format!("{error} {error:?}").contains("35170941"));
}

#[test]
fn what_is_not_of_this_contract_has_a_code_for_its_sender() {
    let code = |body: &[u8]| decode_office_message(body).unwrap_err().code();
    assert_eq!(code(b"not json"), RejectionCode::EnvelopeInvalid);
    assert_eq!(code(b"{}"), RejectionCode::EnvelopeInvalid);
    assert_eq!(code(&vec![b' '; 65 * 1024]), RejectionCode::TooLarge);
    let (_, mut sample) = samples().into_iter().find(|(name, _)| name == "submission.v1").unwrap();
    sample["type"] = "id.berkas.submission.v9".into();
    let body = sample.to_string();
    assert_eq!(code(body.as_bytes()), RejectionCode::TypeUnknown);
    assert!(matches!(decode_district_message(body.as_bytes()), Err(DecodeError::TypeUnknown { .. })));
}
