//! Names of objects.

use berkas_domain::{OfficeCode, Sha256Hash};

/// The first part of every key: the version of the layout.
const LAYOUT: &str = "v1";

/// Whether an object came from an office or was made from one that did.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ObjectKind {
    /// As it was uploaded; never changed.
    Original,
    /// Made by the normalizer, and can be made again.
    Derived,
}

impl ObjectKind {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Original => "original",
            Self::Derived => "derived",
        }
    }
}

/// The name of one object: the hash of its plain content, below the office it belongs to.
///
/// The office is part of the name so that nobody can ask whether *another* office holds a file.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum ObjectKey {
    /// As it was uploaded.
    Original {
        /// Who uploaded it.
        office: OfficeCode,
        /// The hash of its content.
        sha256: Sha256Hash,
    },
    /// Made by the normalizer.
    Derived {
        /// Who uploaded the original.
        office: OfficeCode,
        /// The hash of its own content, not of the original's.
        sha256: Sha256Hash,
    },
}

impl ObjectKey {
    /// Names `bytes` as an original of `office`.
    #[must_use]
    pub fn original_of(office: &OfficeCode, bytes: &[u8]) -> Self {
        Self::Original { office: office.clone(), sha256: Sha256Hash::of(bytes) }
    }

    /// Names `bytes` as a derived copy that belongs to `office`.
    #[must_use]
    pub fn derived_of(office: &OfficeCode, bytes: &[u8]) -> Self {
        Self::Derived { office: office.clone(), sha256: Sha256Hash::of(bytes) }
    }

    /// The hash of its content.
    #[must_use]
    pub const fn sha256(&self) -> Sha256Hash {
        match self {
            Self::Original { sha256, .. } | Self::Derived { sha256, .. } => *sha256,
        }
    }

    /// The office it belongs to.
    #[must_use]
    pub const fn office(&self) -> &OfficeCode {
        match self {
            Self::Original { office, .. } | Self::Derived { office, .. } => office,
        }
    }

    /// Whether it is an original or was derived.
    #[must_use]
    pub const fn kind(&self) -> ObjectKind {
        match self {
            Self::Original { .. } => ObjectKind::Original,
            Self::Derived { .. } => ObjectKind::Derived,
        }
    }

    /// `v1/<office>/{original,derived}/<sha256>`; also what the encryption is bound to.
    #[must_use]
    pub fn path(&self) -> String {
        format!("{}/{}", Self::prefix(self.office(), self.kind()), self.sha256())
    }

    /// The path that all objects of this kind and office have in common, without the slash at its end.
    pub(crate) fn prefix(office: &OfficeCode, kind: ObjectKind) -> String {
        format!("{LAYOUT}/{office}/{}", kind.as_str())
    }

    /// Reads a path back; `None` for anything that [`ObjectKey::path`] does not write.
    #[must_use]
    pub fn from_path(path: &str) -> Option<Self> {
        let mut parts = path.split('/');
        let (layout, office, kind, hash) = (parts.next()?, parts.next()?, parts.next()?, parts.next()?);
        if layout != LAYOUT || parts.next().is_some() {
            return None;
        }
        let (office, sha256) = (office.parse().ok()?, hash.parse().ok()?);
        match kind {
            "original" => Some(Self::Original { office, sha256 }),
            "derived" => Some(Self::Derived { office, sha256 }),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_reads_back_and_strange_paths_do_not() {
        let office: OfficeCode = "351709".parse().unwrap();
        for key in [ObjectKey::original_of(&office, b"a"), ObjectKey::derived_of(&office, b"b")] {
            assert_eq!(ObjectKey::from_path(&key.path()), Some(key));
        }
        let good = ObjectKey::original_of(&office, b"a").path();
        for path in [
            "",
            "v1",
            &good.replace("v1", "v2"),
            &good.replace("original", "other"),
            &format!("{good}/x"),
            &good.to_uppercase(),
            &good.replace("351709", "../.."),
        ] {
            assert_eq!(ObjectKey::from_path(path), None, "{path}");
        }
    }
}
