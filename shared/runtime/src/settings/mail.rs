//! Section `[mail]`.

use std::path::PathBuf;

use serde::Deserialize;

use super::{Secret, SettingsError};

/// Section `[mail]`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(missing_docs, reason = "each key is documented in `config/berkas.toml`")]
pub struct MailSettings {
    pub host: String,
    pub port: u16,
    pub tls: MailTls,
    pub ca_file: PathBuf,
    pub user: String,
    pub password: Secret,
    pub password_file: PathBuf,
    pub from: String,
    pub timeout_ms: u64,
    pub concurrency: usize,
}

/// How the line to the mail server is kept from others.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MailTls {
    /// TLS after the greeting; a server without it is not used.
    Starttls,
    /// TLS from the first byte.
    Implicit,
    /// In the clear.
    None,
}

impl MailSettings {
    /// The password, from the settings or from its file; empty when neither is set.
    ///
    /// # Errors
    /// [`SettingsError`] when both are set or the file cannot be read.
    pub fn read_password(&self) -> Result<Secret, SettingsError> {
        let in_file = !self.password_file.as_os_str().is_empty();
        if in_file && !self.password.is_empty() {
            let reason = "`mail.password_file` is set as well";
            return Err(SettingsError::wrong("mail.password", "the settings", reason));
        }
        if !in_file {
            return Ok(self.password.clone());
        }
        let text = std::fs::read_to_string(&self.password_file)
            .map_err(|source| SettingsError::File { path: self.password_file.clone(), source })?;
        Ok(text.trim_end_matches(['\r', '\n']).into())
    }

    /// The certificates to be trusted beside the system's, as PEM; `None` when no file is set.
    ///
    /// # Errors
    /// [`SettingsError`] when the file cannot be read.
    pub fn read_authorities(&self) -> Result<Option<Vec<u8>>, SettingsError> {
        if self.ca_file.as_os_str().is_empty() {
            return Ok(None);
        }
        let read = std::fs::read(&self.ca_file);
        read.map(Some).map_err(|source| SettingsError::File { path: self.ca_file.clone(), source })
    }
}

#[cfg(test)]
mod tests {
    use super::super::Settings;

    #[test]
    fn the_password_comes_from_the_settings_or_from_a_file_but_not_from_both() {
        let directory = tempfile::tempdir().unwrap();
        let file = directory.path().join("password");
        std::fs::write(&file, "kata sandi\n").unwrap();
        let file = file.to_str().unwrap();
        let read = |env: &[(&str, &str)]| {
            let env = env.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
            Settings::load(None, env).unwrap().mail.read_password()
        };
        assert!(read(&[]).unwrap().is_empty());
        assert_eq!(read(&[("BERKAS_MAIL__PASSWORD", "x")]).unwrap().expose(), "x");
        assert_eq!(read(&[("BERKAS_MAIL__PASSWORD_FILE", file)]).unwrap().expose(), "kata sandi");
        assert!(read(&[("BERKAS_MAIL__PASSWORD", "x"), ("BERKAS_MAIL__PASSWORD_FILE", file)]).is_err());
        assert!(read(&[("BERKAS_MAIL__PASSWORD_FILE", "/no/such/file")]).is_err());
    }
}
