//! Reading a submission from a body: the data alone, or the whole message as it would go to the broker.

use axum::http::StatusCode;
use berkas_contract::{
    DecodeError, OfficeMessage, Problem as Flaw, RejectionCode, Source, Submission, decode_office_message,
    field_path,
};
use berkas_domain::OfficeCode;
use berkas_web::Problem;
use serde::Deserialize;
use serde::de::{DeserializeOwned, IgnoredAny};

use super::problem::{refusal, rejected};

/// A submission and where in the body it stands.
pub(super) struct Manifest {
    pub(super) submission: Submission,
    /// The JSON pointer of its object: empty, or `/data`.
    pub(super) base: &'static str,
}

/// Only tells whether the body is an envelope.
#[derive(Deserialize)]
struct Shape {
    specversion: Option<IgnoredAny>,
}

/// Reads what `office` sent.
///
/// # Errors
/// 400 when it is not JSON, 422 when a field is wrong or names another office.
pub(super) fn read(body: &[u8], office: &OfficeCode) -> Result<Manifest, Problem> {
    let is_envelope = serde_json::from_slice::<Shape>(body).is_ok_and(|shape| shape.specversion.is_some());
    let manifest = if is_envelope { read_envelope(body, office)? } else { read_data(body)? };
    if manifest.submission.office == *office {
        return Ok(manifest);
    }
    let flaw = Flaw::new(RejectionCode::OfficeMismatch).at("data.office");
    Err(rejected(&[flaw], manifest.base))
}

fn read_envelope(body: &[u8], office: &OfficeCode) -> Result<Manifest, Problem> {
    let base = "/data";
    let message = decode_office_message(body).map_err(|error| unreadable(&error))?;
    let OfficeMessage::Submission(envelope) = message else {
        return Err(rejected(&[Flaw::new(RejectionCode::TypeUnknown).at("type")], base));
    };
    if envelope.source != Source::Office(office.clone()) {
        return Err(rejected(&[Flaw::new(RejectionCode::OfficeMismatch).at("source")], base));
    }
    Ok(Manifest { submission: envelope.data, base })
}

fn read_data(body: &[u8]) -> Result<Manifest, Problem> {
    Ok(Manifest { submission: decode(body, RejectionCode::EnvelopeInvalid)?, base: "" })
}

/// Reads a body; a field that is wrong is named by its path, never by what stands there.
///
/// # Errors
/// 400 when it is not JSON, otherwise the problem of `code`.
pub(super) fn decode<T: DeserializeOwned>(body: &[u8], code: RejectionCode) -> Result<T, Problem> {
    if let Err(error) = serde_json::from_slice::<IgnoredAny>(body) {
        return Err(not_json(error.line(), error.column()));
    }
    let mut reader = serde_json::Deserializer::from_slice(body);
    serde_path_to_error::deserialize(&mut reader).map_err(|error| {
        let path = field_path(error.path());
        let flaw = Flaw::new(code);
        // The whole object is written as `.`.
        rejected(&[if path == "." { flaw } else { flaw.at(format!("data.{path}")) }], "")
    })
}

fn unreadable(error: &DecodeError) -> Problem {
    match error {
        DecodeError::NotJson { line, column } => not_json(*line, *column),
        DecodeError::TooLarge { .. } => refusal(StatusCode::PAYLOAD_TOO_LARGE, error.code()),
        DecodeError::Field { .. } | DecodeError::TypeUnknown { .. } => {
            let flaw = Flaw { field: error.field().map(str::to_owned), ..Flaw::new(error.code()) };
            rejected(&[flaw], "/data")
        }
    }
}

fn not_json(line: usize, column: usize) -> Problem {
    Problem::malformed(format!("not JSON at line {line}, column {column}"))
}
