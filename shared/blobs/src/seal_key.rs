//! The master keys.

use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

use crate::KeyId;

/// Bytes of a master key.
const KEY_BYTES: usize = 32;

/// One or more master keys: the first seals, all of them open.
///
/// A new key is put *before* the old ones, and the old ones stay as long as anything is sealed with them. Look-up
/// hashes come from the *last* key, so that they do not change when a key is added.
#[derive(Clone)]
pub struct SealKey {
    /// Never empty; wiped from memory when dropped.
    keys: Vec<Zeroizing<[u8; KEY_BYTES]>>,
}

/// A text that holds no usable key; it never repeats the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a seal key is 64 hexadecimal digits, one key on a line (make one with `openssl rand -hex 32`)")]
pub struct InvalidSealKey;

impl SealKey {
    /// Reads keys of 64 hexadecimal digits, one on a line; empty lines and lines that start with `#` are skipped.
    ///
    /// # Errors
    /// [`InvalidSealKey`] when a line is anything else, or when there is no key at all.
    pub fn parse(text: &str) -> Result<Self, InvalidSealKey> {
        let lines = text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#'));
        let keys = lines.map(read_key).collect::<Result<Vec<_>, _>>()?;
        if keys.is_empty() { Err(InvalidSealKey) } else { Ok(Self { keys }) }
    }

    /// The key that new values are sealed with.
    pub(crate) fn current(&self) -> &[u8; KEY_BYTES] {
        &self.keys[0]
    }

    /// The key that look-up hashes are made with.
    pub(crate) fn for_lookup(&self) -> &[u8; KEY_BYTES] {
        &self.keys[self.keys.len() - 1]
    }

    /// The key with this name.
    pub(crate) fn named(&self, id: KeyId) -> Option<&[u8; KEY_BYTES]> {
        self.keys.iter().map(|key| &**key).find(|key| key_id(key) == id)
    }

    /// The name of the key that new values are sealed with.
    #[must_use]
    pub fn id(&self) -> KeyId {
        key_id(self.current())
    }
}

fn read_key(line: &str) -> Result<Zeroizing<[u8; KEY_BYTES]>, InvalidSealKey> {
    let mut key = Zeroizing::new([0; KEY_BYTES]);
    hex::decode_to_slice(line, &mut *key).map_err(|_| InvalidSealKey)?;
    Ok(key)
}

/// Four bytes of a hash: enough to tell a handful of keys apart, and of no use for finding a 256-bit key.
fn key_id(key: &[u8; KEY_BYTES]) -> KeyId {
    let digest = Sha256::new().chain_update(b"berkas key id").chain_update(key).finalize();
    KeyId([digest[0], digest[1], digest[2], digest[3]])
}

impl std::fmt::Debug for SealKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "SealKey(<redacted>, id {}, of {})", self.id(), self.keys.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_read_line_by_line_and_never_printed() {
        let (new, old) = ("ab".repeat(32), "01".repeat(32));
        let both = SealKey::parse(&format!("# new first\n{new}\n\n{old}\n")).unwrap();
        let alone = SealKey::parse(&old).unwrap();
        assert!(both.named(alone.id()).is_some() && alone.named(both.id()).is_none());
        assert_eq!(both.for_lookup(), alone.current());
        let printed = format!("{both:?}");
        assert!(!printed.contains(&new) && !printed.contains(&old), "{printed}");
    }

    #[test]
    fn anything_else_is_no_key() {
        for text in ["", "# only a comment", "abc", &"zz".repeat(32), &"ab".repeat(33)] {
            assert_eq!(SealKey::parse(text).unwrap_err(), InvalidSealKey);
        }
    }
}
