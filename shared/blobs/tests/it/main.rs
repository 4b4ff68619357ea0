//! One suite of behaviour, run on every kind of store there is.

#![expect(
    clippy::unwrap_used,
    reason = "a test or measurement that fails says where; its helpers are not test functions"
)]

mod conformance;
mod directory;
#[cfg(feature = "s3")]
mod s3;

use berkas_blobs::{ObjectKey, Seal, SealKey};
use berkas_domain::OfficeCode;

fn office() -> OfficeCode {
    "351709".parse().unwrap()
}

fn original(bytes: &[u8]) -> ObjectKey {
    ObjectKey::original_of(&office(), bytes)
}

fn seal_with(digit: &str) -> Seal {
    Seal::new(Some(SealKey::parse(&digit.repeat(64)).unwrap()))
}
