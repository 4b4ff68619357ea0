//! Reads one rule file.

use super::{RawBody, SourceFile};
use crate::diagnostic::Diagnostic;

/// A rule file that is TOML of the right shape.
#[derive(Debug, Clone)]
pub(crate) struct RawFile {
    pub(crate) file: SourceFile,
    pub(crate) body: RawBody,
}

/// No rule file is longer; the parser takes room in proportion.
const LONGEST_BYTES: usize = 1 << 20;

/// Reads `text` as a rule file.
///
/// # Errors
/// What the TOML reader says, at its place.
pub(crate) fn read(path: &str, text: &str) -> Result<RawFile, Diagnostic> {
    let file = SourceFile { path: path.to_owned(), text: text.to_owned() };
    if text.len() > LONGEST_BYTES {
        return Err(file.diagnostic(0, format!("the file has over {LONGEST_BYTES} bytes")));
    }
    match toml::from_str::<RawBody>(text) {
        Ok(body) => Ok(RawFile { file, body }),
        Err(error) => {
            let offset = error.span().map_or(0, |span| span.start);
            let message = error.message().split_whitespace().collect::<Vec<_>>().join(" ");
            Err(file.diagnostic(offset, format!("not a rule file: {message}")))
        }
    }
}
