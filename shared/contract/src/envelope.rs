//! The envelope of office-facing messages: CloudEvents 1.0 attributes in structured JSON mode.
//!
//! It follows the CloudEvents JSON format. It does not claim the CloudEvents AMQP binding, which is for AMQP 1.0.

use berkas_domain::OfficeCode;
use chrono::{DateTime, Utc};
use schemars::JsonSchema;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// What can travel in an [`Envelope`]; the version is part of the name.
pub trait Event: Serialize + DeserializeOwned + JsonSchema {
    /// The CloudEvents `type`, for example `id.berkas.submission.v1`.
    const TYPE: &'static str;
    /// The name of its schema and sample, for example `submission.v1`.
    const NAME: &'static str;
    /// One line for readers of the schema.
    const SUMMARY: &'static str;
    /// The golden sample, as JSON.
    const SAMPLE: &'static str;
}

/// The only version of CloudEvents there is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub enum SpecVersion {
    /// CloudEvents 1.0.
    #[default]
    #[serde(rename = "1.0")]
    V1,
}

/// Who sent a message: `/offices/351709` or `/district`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum Source {
    /// A kecamatan or desa office.
    Office(OfficeCode),
    /// The district office.
    District,
}

impl JsonSchema for Source {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Source".into()
    }
    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({
            "type": "string",
            "pattern": "^(/offices/[0-9]{6}([0-9]{4})?|/district)$",
            "description": "Who sent it, for example /offices/351709"
        })
    }
}

/// A `source` that is neither an office nor the district.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("`source` is neither an office nor the district")]
pub struct InvalidSource;

impl TryFrom<String> for Source {
    type Error = InvalidSource;
    fn try_from(text: String) -> Result<Self, InvalidSource> {
        if text == "/district" {
            return Ok(Self::District);
        }
        let code = text.strip_prefix("/offices/").ok_or(InvalidSource)?;
        code.parse().map(Self::Office).map_err(|_| InvalidSource)
    }
}

impl From<Source> for String {
    fn from(source: Source) -> Self {
        match source {
            Source::Office(office) => format!("/offices/{office}"),
            Source::District => "/district".to_owned(),
        }
    }
}

/// A message between an office and the district.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Envelope<T> {
    /// Always `1.0`.
    pub specversion: SpecVersion,
    /// Names this message; the same at every re-send, so that the receiver can tell. For a notice it is the notice's id.
    pub id: Uuid,
    /// Who sent it.
    pub source: Source,
    /// What `data` is.
    #[serde(rename = "type")]
    pub kind: String,
    /// When it was made, RFC 3339.
    pub time: DateTime<Utc>,
    /// Always `application/json`, if present.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub datacontenttype: Option<String>,
    /// The registration number, once there is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub subject: Option<String>,
    /// Counts what is sent to an office about one submission, from 1; a receiver ignores what is lower than it has seen.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sequence: Option<i64>,
    /// The message itself.
    pub data: T,
}

impl<T: Event> Envelope<T> {
    /// Wraps `data` as message `id` from `source`, made at `time`; without subject and sequence.
    #[must_use]
    pub fn new(id: Uuid, source: Source, time: DateTime<Utc>, data: T) -> Self {
        Self {
            specversion: SpecVersion::V1,
            id,
            source,
            kind: T::TYPE.to_owned(),
            time,
            datacontenttype: Some("application/json".to_owned()),
            subject: None,
            sequence: None,
            data,
        }
    }

    /// Sets the registration number it is about.
    #[must_use]
    pub fn about(mut self, subject: impl ToString) -> Self {
        self.subject = Some(subject.to_string());
        self
    }

    /// Sets its place in what is sent about one submission.
    #[must_use]
    pub const fn in_sequence(mut self, sequence: i64) -> Self {
        self.sequence = Some(sequence);
        self
    }

    /// Writes it as JSON.
    #[must_use]
    #[expect(
        clippy::expect_used,
        reason = "these types hold no map with other keys than text, so it cannot fail"
    )]
    pub fn encode(&self) -> Vec<u8> {
        serde_json::to_vec(self).expect("an envelope is always JSON")
    }
}
