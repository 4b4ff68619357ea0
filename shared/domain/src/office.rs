//! Offices: where submissions come from.

use crate::ids::InvalidCode;
use crate::text_enum::text_enum;

/// The Kemendagri code of an office without dots: six digits for a kecamatan, ten for a desa; also its AMQP user.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
#[serde(try_from = "String", into = "String")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(with = "String"))]
pub struct OfficeCode(String);

impl OfficeCode {
    /// The code as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for OfficeCode {
    type Error = InvalidCode;
    fn try_from(text: String) -> Result<Self, InvalidCode> {
        let right_length = matches!(text.len(), 6 | 10);
        if right_length && text.bytes().all(|byte| byte.is_ascii_digit()) {
            Ok(Self(text))
        } else {
            Err(InvalidCode { what: "office" })
        }
    }
}

impl std::str::FromStr for OfficeCode {
    type Err = InvalidCode;
    fn from_str(text: &str) -> Result<Self, InvalidCode> {
        Self::try_from(text.to_owned())
    }
}

impl From<OfficeCode> for String {
    fn from(code: OfficeCode) -> Self {
        code.0
    }
}

impl std::fmt::Display for OfficeCode {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

text_enum! {
    /// Whether what an office sends counts.
    OfficeMode, "office mode", {
        /// Its submissions are real.
        Live = "live",
        /// Its submissions run the same chain, marked, and never count.
        Training = "training",
        /// Nothing is accepted from it.
        Stopped = "stopped",
    }
}
