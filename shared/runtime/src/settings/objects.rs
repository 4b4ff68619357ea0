//! From the settings of the object store to the store itself.

use berkas_blobs::{BlobError, Blobs, InvalidSealKey, Location, Seal, SealKey};

use super::{BlobsSettings, Settings, SettingsError};

/// The object store cannot be opened with these settings.
#[derive(Debug, thiserror::Error)]
pub enum OpenBlobsError {
    /// The master key cannot be read.
    #[error(transparent)]
    Key(#[from] SettingsError),
    /// The store cannot be opened.
    #[error("setting `blobs.url`: {0}")]
    Store(#[from] BlobError),
}

impl Settings {
    /// Opens the object store with the encryption that is set.
    ///
    /// # Errors
    /// [`OpenBlobsError`].
    pub fn open_blobs(&self) -> Result<Blobs, OpenBlobsError> {
        self.blobs.open()
    }
}

impl BlobsSettings {
    /// The encryption of objects and facts; without a key it encrypts nothing and says so in the log.
    ///
    /// # Errors
    /// [`SettingsError`] when the key is malformed or its file cannot be read.
    pub fn seal(&self) -> Result<Seal, SettingsError> {
        let key = self.master_key()?;
        if key.is_none() {
            tracing::warn!("no `blobs.key` is set: objects and facts are stored unencrypted");
        }
        let seal = Seal::new(key);
        Ok(if self.opens_plain { seal.opening_plain_values() } else { seal })
    }

    fn open(&self) -> Result<Blobs, OpenBlobsError> {
        let mut location = Location::parse(&self.url)?;
        if !self.access_key_id.is_empty() {
            location = location.signing_in_with(&self.access_key_id, self.secret_access_key.expose());
        }
        Ok(Blobs::open_at(&location, self.seal()?)?)
    }

    fn master_key(&self) -> Result<Option<SealKey>, SettingsError> {
        let both = !self.key.is_empty() && !self.key_file.as_os_str().is_empty();
        if both {
            return Err(SettingsError::wrong("blobs.key", "the settings", "`blobs.key_file` is set as well"));
        }
        if !self.key.is_empty() {
            return parse(self.key.expose(), "blobs.key").map(Some);
        }
        if self.key_file.as_os_str().is_empty() {
            return Ok(None);
        }
        let text = std::fs::read_to_string(&self.key_file)
            .map_err(|source| SettingsError::File { path: self.key_file.clone(), source })?;
        parse(&text, "blobs.key_file").map(Some)
    }
}

fn parse(text: &str, key: &str) -> Result<SealKey, SettingsError> {
    SealKey::parse(text)
        .map_err(|error: InvalidSealKey| SettingsError::wrong(key, "the settings", &error.to_string()))
}

#[cfg(test)]
mod tests {
    use super::super::Settings;

    fn load(env: &[(&str, &str)]) -> Settings {
        let env = env.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
        Settings::load(None, env).unwrap()
    }

    #[test]
    fn a_key_comes_from_the_settings_or_from_a_file_but_not_from_both() {
        let directory = tempfile::tempdir().unwrap();
        let file = directory.path().join("key");
        std::fs::write(&file, format!("# from the safe\n{}\n", "ab".repeat(32))).unwrap();
        let (file, key) = (file.to_str().unwrap(), "ab".repeat(32));

        assert!(!load(&[]).blobs.seal().unwrap().encrypts());
        let from_text = load(&[("BERKAS_SEAL_KEY", &key)]).blobs.seal().unwrap();
        let from_file = load(&[("BERKAS_SEAL_KEY_FILE", file)]).blobs.seal().unwrap();
        assert_eq!(from_file.open("x", &from_text.seal("x", b"isi")).unwrap(), b"isi");
        assert!(load(&[("BERKAS_SEAL_KEY", &key), ("BERKAS_SEAL_KEY_FILE", file)]).blobs.seal().is_err());
    }

    #[test]
    fn a_bad_key_is_refused_without_showing_it() {
        let error = load(&[("BERKAS_SEAL_KEY", "rahasia")]).blobs.seal().unwrap_err().to_string();
        assert!(error.contains("`blobs.key`") && !error.contains("rahasia"), "{error}");
        assert!(load(&[("BERKAS_SEAL_KEY_FILE", "/no/such/file")]).blobs.seal().is_err());
    }
}
