//! Encryption at rest: one data key for each object or value, bound to its place.
//!
//! ```text
//! sealed  = "BRKS" | version 1 | key id (4) | salt (32) | ciphertext | tag (16)
//! plain   = "BRKS" | version 0 | content
//! data key = HKDF-SHA256(master key, salt, "berkas data key v1")
//! ciphertext, tag = ChaCha20-Poly1305(data key, nonce 0, content, associated data = header | context)
//! ```
//!
//! The nonce may be constant because no data key is ever used twice: its salt is 256 random bits. RFC 8439, RFC 5869.

use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use chacha20poly1305::{ChaCha20Poly1305, Nonce};
use hkdf::Hkdf;
use hmac::{Hmac, Mac};
use rand::Rng;
use sha2::Sha256;
use zeroize::Zeroizing;

use crate::{KeyId, SealError, SealKey};

const MAGIC: &[u8; 4] = b"BRKS";
const PLAIN: u8 = 0;
const SEALED: u8 = 1;
const SALT_BYTES: usize = 32;
const PLAIN_HEADER: usize = MAGIC.len() + 1;
const SEALED_HEADER: usize = PLAIN_HEADER + 4 + SALT_BYTES;

/// Seals and opens values; without a key it stores them in the clear, marked so.
#[derive(Debug, Clone, Default)]
pub struct Seal {
    key: Option<SealKey>,
    /// Whether values that were stored in the clear are still opened although a key is set.
    opens_plain: bool,
}

impl Seal {
    /// Seals with `key`, or not at all without one.
    #[must_use]
    pub const fn new(key: Option<SealKey>) -> Self {
        Self { key, opens_plain: false }
    }

    /// Goes on opening what was stored in the clear before a key was set: for a migration, not for ever.
    #[must_use]
    pub const fn opening_plain_values(mut self) -> Self {
        self.opens_plain = true;
        self
    }

    /// Whether new values are encrypted.
    #[must_use]
    pub const fn encrypts(&self) -> bool {
        self.key.is_some()
    }

    /// Seals `bytes` for the place that `context` names; it opens under the same context only.
    #[must_use]
    pub fn seal(&self, context: &str, bytes: &[u8]) -> Vec<u8> {
        let Some(key) = &self.key else {
            return [MAGIC, [PLAIN].as_slice(), bytes].concat();
        };
        let mut salt = [0; SALT_BYTES];
        rand::rng().fill_bytes(&mut salt);
        let mut out = [MAGIC, [SEALED].as_slice(), &key.id().0, &salt].concat();
        let aad = [&out, context.as_bytes()].concat();
        #[expect(clippy::expect_used, reason = "fails only from 256 GiB on, which no memory here holds")]
        let ciphertext = cipher(key.current(), &salt)
            .encrypt(&Nonce::default(), Payload { msg: bytes, aad: &aad })
            .expect("shorter than 256 GiB");
        out.extend_from_slice(&ciphertext);
        out
    }

    /// Opens what [`Seal::seal`] made under the same `context`.
    ///
    /// # Errors
    /// `NotSealed` for a value in the clear while a key is set, `NoKey` and `WrongKey` naming the key that is needed,
    /// `UnknownVersion` for a newer header, `Tampered` when anything was changed or moved.
    pub fn open(&self, context: &str, sealed: &[u8]) -> Result<Vec<u8>, SealError> {
        let Some((&version, body)) = sealed.strip_prefix(MAGIC).and_then(<[u8]>::split_first) else {
            return Err(if self.encrypts() { SealError::NotSealed } else { SealError::Tampered });
        };
        match version {
            PLAIN if self.encrypts() && !self.opens_plain => Err(SealError::NotSealed),
            PLAIN => Ok(body.to_vec()),
            SEALED => self.open_sealed(context, sealed),
            version => Err(SealError::UnknownVersion { version }),
        }
    }

    fn open_sealed(&self, context: &str, sealed: &[u8]) -> Result<Vec<u8>, SealError> {
        let (header, ciphertext) = sealed.split_at_checked(SEALED_HEADER).ok_or(SealError::Tampered)?;
        let (id, salt) = header[PLAIN_HEADER..].split_at(4);
        let key_id = KeyId(id.try_into().map_err(|_| SealError::Tampered)?);
        let keys = self.key.as_ref().ok_or(SealError::NoKey { key_id })?;
        let key = keys.named(key_id).ok_or(SealError::WrongKey { key_id })?;
        let aad = [header, context.as_bytes()].concat();
        cipher(key, salt)
            .decrypt(&Nonce::default(), Payload { msg: ciphertext, aad: &aad })
            .map_err(|_| SealError::Tampered)
    }

    /// Hashes a NIK or KK number for equality look-ups: HMAC-SHA256 under a key derived from the master key.
    ///
    /// Without a master key the HMAC has a fixed key and can be guessed backwards: good for development only.
    #[must_use]
    pub fn lookup_hash(&self, value: &str) -> [u8; 32] {
        let master = self.key.as_ref().map_or(&[0; 32], SealKey::for_lookup);
        let key = derive(master, b"", b"berkas lookup v1");
        #[expect(clippy::expect_used, reason = "an HMAC takes a key of any length")]
        let mac = Hmac::<Sha256>::new_from_slice(&*key).expect("any length");
        mac.chain_update(value).finalize().into_bytes().into()
    }
}

fn cipher(master: &[u8; 32], salt: &[u8]) -> ChaCha20Poly1305 {
    let data_key = derive(master, salt, b"berkas data key v1");
    ChaCha20Poly1305::new((&*data_key).into())
}

fn derive(master: &[u8; 32], salt: &[u8], purpose: &[u8]) -> Zeroizing<[u8; 32]> {
    let mut key = Zeroizing::new([0; 32]);
    #[expect(clippy::expect_used, reason = "fails only beyond 255 blocks of 32 bytes; this is one")]
    Hkdf::<Sha256>::new(Some(salt), master).expand(purpose, &mut *key).expect("one block");
    key
}

#[cfg(test)]
mod tests;
