//! The only crate that names the object store: content-addressed, encrypted at rest.
//!
//! [`Blobs`] keeps originals and derived copies under [`ObjectKey`]s that are the hash of their content below the
//! office that sent them, in a local directory or an S3-compatible bucket. [`Seal`] is the encryption, also used by
//! itself for small values that live in PostgreSQL. Nothing here retries: callers see [`BlobError::is_transient`].

mod blobs;
mod error;
mod key;
mod location;
mod seal;
mod seal_key;

pub use blobs::{Blobs, StoredObject};
pub use error::{BlobError, KeyId, SealError};
pub use key::{ObjectKey, ObjectKind};
pub use location::{Bucket, Location};
pub use seal::Seal;
pub use seal_key::{InvalidSealKey, SealKey};
