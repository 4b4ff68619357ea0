//! What can be wrong with the settings. The texts say which key, where it came from and what to do; they never
//! repeat a value, which may be a secret.

use std::path::PathBuf;

/// Settings that cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum SettingsError {
    /// The file cannot be read.
    #[error("settings file `{}` cannot be read", path.display())]
    File {
        /// Its path.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// Not TOML, or not of the right shape.
    #[error("{origin}: {reason}")]
    Unreadable {
        /// The file or section.
        origin: String,
        /// What is wrong, with line and column.
        reason: String,
    },
    /// There is no such key.
    #[error("unknown setting `{key}` in {origin}; `config/berkas.toml` lists all there are")]
    Unknown {
        /// The key with its section.
        key: String,
        /// The file or variable.
        origin: String,
    },
    /// The key exists and its value does not fit.
    #[error("setting `{key}` in {origin}: {reason}")]
    Wrong {
        /// The key with its section.
        key: String,
        /// The file or variable.
        origin: String,
        /// What it should be.
        reason: String,
    },
    /// A setting without a default that this command needs.
    #[error("setting `{key}` is needed: set it in the settings file or as {variable}")]
    Missing {
        /// The key with its section.
        key: &'static str,
        /// The environment variable that sets it.
        variable: &'static str,
    },
}

impl SettingsError {
    pub(super) fn unknown(key: &str, origin: &str) -> Self {
        Self::Unknown { key: key.to_owned(), origin: origin.to_owned() }
    }

    pub(super) fn wrong(key: &str, origin: &str, reason: &str) -> Self {
        Self::Wrong { key: key.to_owned(), origin: origin.to_owned(), reason: reason.to_owned() }
    }

    /// Takes the message only: the whole error would quote the line, and with it perhaps a password.
    pub(super) fn unreadable(origin: &str, error: &toml::de::Error) -> Self {
        let place = error.span().map(|span| format!(" (at byte {})", span.start)).unwrap_or_default();
        Self::Unreadable { origin: origin.to_owned(), reason: format!("{}{place}", error.message()) }
    }
}
