//! Section `[sms]`.

use serde::Deserialize;

use super::Secret;

/// Section `[sms]`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(missing_docs, reason = "each key is documented in `config/berkas.toml`")]
pub struct SmsSettings {
    pub url: String,
    pub header: String,
    pub secret: Secret,
    pub body: String,
    pub language: SmsLanguage,
    pub timeout_ms: u64,
    pub concurrency: usize,
    pub most_hours: u32,
}

/// The language of short messages.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SmsLanguage {
    /// Indonesian.
    Id,
    /// English.
    En,
}

impl SmsSettings {
    /// Whether there is a gateway.
    #[must_use]
    pub fn is_on(&self) -> bool {
        !self.url.is_empty()
    }
}
