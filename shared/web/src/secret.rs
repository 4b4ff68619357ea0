//! Secrets that are shown once and stored as their hash.

use berkas_domain::Sha256Hash;
use rand::TryRng;

/// How an API key begins, so that secret scanners know one when they see it.
const KEY_PREFIX: &str = "bk_";

/// 256 random bits as 64 hexadecimal digits: the value of a session cookie.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

impl Secret {
    /// Draws a new secret from the operating system.
    ///
    /// # Errors
    /// When the operating system has no random numbers.
    pub fn draw() -> Result<Self, rand::rngs::SysError> {
        let mut bytes = [0; 32];
        rand::rngs::SysRng.try_fill_bytes(&mut bytes)?;
        Ok(Self(hex::encode(bytes)))
    }

    /// Takes what a client sent; none when it cannot be one of ours.
    #[must_use]
    pub fn read(text: &str) -> Option<Self> {
        let shape = text.len() == 64 && text.bytes().all(|byte| byte.is_ascii_hexdigit());
        shape.then(|| Self(text.to_owned()))
    }

    /// The text that the client keeps.
    #[must_use]
    pub fn reveal(&self) -> &str {
        &self.0
    }

    /// What the database knows it by.
    #[must_use]
    pub fn hash(&self) -> Sha256Hash {
        Sha256Hash::of(self.0.as_bytes())
    }
}

impl std::fmt::Debug for Secret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Secret(…)")
    }
}

/// The key of an office's program: `bk_` and 64 hexadecimal digits, sent as `Authorization: Bearer bk_…`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ApiKey(Secret);

impl ApiKey {
    /// Draws a new key.
    ///
    /// # Errors
    /// When the operating system has no random numbers.
    pub fn draw() -> Result<Self, rand::rngs::SysError> {
        Secret::draw().map(Self)
    }

    /// Takes what a client sent; none when it cannot be a key.
    #[must_use]
    pub fn read(text: &str) -> Option<Self> {
        Secret::read(text.strip_prefix(KEY_PREFIX)?).map(Self)
    }

    /// The text to hand to the office, once.
    #[must_use]
    pub fn reveal(&self) -> String {
        format!("{KEY_PREFIX}{}", self.0.reveal())
    }

    /// What the database knows it by: the hash of the whole text, prefix included.
    #[must_use]
    pub fn hash(&self) -> Sha256Hash {
        Sha256Hash::of(self.reveal().as_bytes())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_reads_back_and_nothing_else_is_one() {
        let key = ApiKey::draw().unwrap();
        assert_eq!(ApiKey::read(&key.reveal()), Some(key.clone()));
        assert_eq!(key.hash(), Sha256Hash::of(key.reveal().as_bytes()));
        for wrong in ["", "bk_", "bk_12", &key.reveal()[3..], &format!("{}0", key.reveal())] {
            assert_eq!(ApiKey::read(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn a_secret_does_not_show_in_debug_output() {
        let secret = Secret::draw().unwrap();
        assert!(!format!("{secret:?}").contains(secret.reveal()));
        assert_ne!(secret, Secret::draw().unwrap());
    }
}
