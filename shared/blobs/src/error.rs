//! What can go wrong with an object or a sealed value. Callers branch on [`BlobError::is_transient`] and on
//! `NotFound`; the rest is for the operator. No text holds anything read from an object.

/// A stored object that could not be written, read or removed.
#[derive(Debug, thiserror::Error)]
pub enum BlobError {
    /// There is no such object, and the store was seen to be there.
    #[error("object `{path}` does not exist")]
    NotFound {
        /// Its path.
        path: String,
    },
    /// The store cannot be reached or is not there; it may be back later.
    #[error("the object store cannot be used: {reason}")]
    Unavailable {
        /// What the store, or the way to it, said.
        reason: String,
    },
    /// The store refuses us: credentials or rights are wrong.
    #[error("the object store refuses access: {reason}")]
    Denied {
        /// What the store said.
        reason: String,
    },
    /// The content does not have the hash that its name says.
    #[error("object `{path}` does not have the content its name says")]
    Damaged {
        /// Its path.
        path: String,
    },
    /// The object cannot be decrypted.
    #[error("object `{path}`: {cause}")]
    Sealed {
        /// Its path.
        path: String,
        /// Why. Part of the text, so no `source`: whoever prints the chain would say it twice.
        cause: SealError,
    },
    /// The URL of the store is wrong; see the text.
    #[error("`{setting}` is not a usable address of an object store: {reason}")]
    Location {
        /// The URL, without its query.
        setting: String,
        /// What is wrong with it.
        reason: String,
    },
}

impl BlobError {
    /// Whether the same call may succeed later without anybody changing anything in the message or the object.
    ///
    /// `Denied` counts: an operator mends it, and the work should wait for that rather than be parked.
    #[must_use]
    pub const fn is_transient(&self) -> bool {
        matches!(self, Self::Unavailable { .. } | Self::Denied { .. })
    }

    pub(crate) fn unavailable(reason: impl std::fmt::Display) -> Self {
        Self::Unavailable { reason: reason.to_string() }
    }

    /// Translates what the object store said about `path`; a missing object still has to be confirmed.
    pub(crate) fn from_store(path: &str, error: object_store::Error) -> Self {
        use object_store::Error;
        match error {
            Error::NotFound { .. } => Self::NotFound { path: path.to_owned() },
            Error::PermissionDenied { source, .. } | Error::Unauthenticated { source, .. } => {
                Self::Denied { reason: source.to_string() }
            }
            other => Self::unavailable(other),
        }
    }
}

/// A value that cannot be opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SealError {
    /// A key is set and the value is stored in the clear.
    #[error("it is not encrypted although a key is set")]
    NotSealed,
    /// The value is encrypted and no key is set.
    #[error("it is encrypted with key `{key_id}` and no key is set")]
    NoKey {
        /// The key it was sealed with.
        key_id: KeyId,
    },
    /// The value was sealed with a key that is not among ours.
    #[error("it is encrypted with key `{key_id}`, which is not among the keys that are set")]
    WrongKey {
        /// The key it was sealed with.
        key_id: KeyId,
    },
    /// The header is of a version that this program does not know.
    #[error("it is encrypted in version {version}, which this program does not know")]
    UnknownVersion {
        /// The version in the header.
        version: u8,
    },
    /// Cut short, changed, or moved to another place than it was sealed for.
    #[error("it was changed, cut short or moved since it was encrypted")]
    Tampered,
}

/// Names a key without telling anything about it.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct KeyId(pub(crate) [u8; 4]);

impl std::fmt::Display for KeyId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&hex::encode(self.0))
    }
}

impl std::fmt::Debug for KeyId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "KeyId({self})")
    }
}
