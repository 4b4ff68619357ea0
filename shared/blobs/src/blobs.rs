//! The store of originals and derived copies.

use std::sync::Arc;

use berkas_domain::{OfficeCode, Sha256Hash};
use bytes::Bytes;
use chrono::{DateTime, Utc};
use futures::{Stream, StreamExt};
use object_store::path::Path;
use object_store::{ObjectStore, ObjectStoreExt};

use crate::{BlobError, Location, ObjectKey, ObjectKind, Seal, SealKey};

mod directory;
#[cfg(feature = "s3")]
mod s3;

use directory::Marker;

/// The objects of one deployment. Clones share the same store.
#[derive(Debug, Clone)]
pub struct Blobs {
    store: Arc<dyn ObjectStore>,
    seal: Seal,
    /// Tells a store that is empty from one that is not mounted; only directories need it.
    marker: Option<Marker>,
}

/// An object as a listing shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredObject {
    /// Its name.
    pub key: ObjectKey,
    /// Bytes as stored: a little more than the content.
    pub size: u64,
    /// When it was last written.
    pub written_at: DateTime<Utc>,
}

impl Blobs {
    /// Opens the store at `url`, encrypting when there is a key; a directory is created when it is missing.
    ///
    /// `file:///path`, or `s3://bucket[/prefix]?endpoint=…&region=…` in a build with the feature `s3`.
    ///
    /// # Errors
    /// `Location` for an address that is not understood, `Unavailable` when the directory cannot be made.
    pub fn open(url: &str, key: Option<SealKey>) -> Result<Self, BlobError> {
        Self::open_at(&Location::parse(url)?, Seal::new(key))
    }

    /// What its objects are sealed with, for values that are kept elsewhere.
    #[must_use]
    pub const fn seal(&self) -> &Seal {
        &self.seal
    }

    /// Opens the store at `location` with a seal that may be set up for a migration.
    ///
    /// # Errors
    /// As [`Blobs::open`].
    pub fn open_at(location: &Location, seal: Seal) -> Result<Self, BlobError> {
        match location {
            Location::Directory(root) => {
                let (store, marker) = directory::open(root)?;
                Ok(Self { store: Arc::new(store), seal, marker: Some(marker) })
            }
            #[cfg(feature = "s3")]
            Location::Bucket(bucket) => Ok(Self { store: s3::open(bucket)?, seal, marker: None }),
            #[cfg(not(feature = "s3"))]
            Location::Bucket(_) => Err(BlobError::Location {
                setting: location.to_string(),
                reason: "this program was built without the feature `s3`".to_owned(),
            }),
        }
    }

    /// Stores `bytes` under `key`; durable when it returns. Storing what is there already changes nothing.
    ///
    /// # Errors
    /// `Damaged` when `bytes` do not have the hash that `key` says, `Unavailable` and `Denied` as the store says.
    pub async fn put(&self, key: &ObjectKey, bytes: impl Into<Bytes>) -> Result<(), BlobError> {
        if self.exists(key).await? {
            return Ok(());
        }
        let (path, sha256, seal, bytes) = (key.path(), key.sha256(), self.seal.clone(), bytes.into());
        let context = path.clone();
        let sealed = off_the_async_threads(bytes.len(), move || {
            (Sha256Hash::of(&bytes) == sha256).then(|| seal.seal(&context, &bytes))
        });
        let Some(sealed) = sealed.await? else { return Err(BlobError::Damaged { path }) };
        let done = self.store.put(&Path::from(path.as_str()), sealed.into()).await;
        done.map(|_| ()).map_err(|error| absent_store(BlobError::from_store(&path, error)))
    }

    /// Reads the content of `key` and checks its hash.
    ///
    /// # Errors
    /// `NotFound`, `Sealed` and `Damaged` for this object; `Unavailable` and `Denied` as the store says.
    pub async fn get(&self, key: &ObjectKey) -> Result<Bytes, BlobError> {
        let path = key.path();
        let sealed = match self.read(&path).await {
            Err(BlobError::NotFound { path }) => return Err(self.confirm_missing(path).await),
            other => other?,
        };
        let (seal, sha256) = (self.seal.clone(), key.sha256());
        let size = sealed.len();
        let opened = off_the_async_threads(size, move || {
            let bytes = match seal.open(&path, &sealed) {
                Ok(bytes) => bytes,
                Err(cause) => return Err(BlobError::Sealed { path, cause }),
            };
            if Sha256Hash::of(&bytes) == sha256 { Ok(bytes.into()) } else { Err(BlobError::Damaged { path }) }
        });
        opened.await?
    }

    /// Says whether there is an object named `key`.
    ///
    /// # Errors
    /// `Unavailable` and `Denied` as the store says; a store that is not there has *no* answer.
    pub async fn exists(&self, key: &ObjectKey) -> Result<bool, BlobError> {
        let path = key.path();
        let head = self.store.head(&Path::from(path.as_str())).await;
        match head.map_err(|error| BlobError::from_store(&path, error)) {
            Ok(_) => Ok(true),
            Err(BlobError::NotFound { path }) => match self.confirm_missing(path).await {
                BlobError::NotFound { .. } => Ok(false),
                error => Err(error),
            },
            Err(error) => Err(error),
        }
    }

    /// Removes `key`; removing what is not there changes nothing.
    ///
    /// # Errors
    /// `Unavailable` and `Denied` as the store says.
    pub async fn delete(&self, key: &ObjectKey) -> Result<(), BlobError> {
        let path = key.path();
        let done = self.store.delete(&Path::from(path.as_str())).await;
        match done.map_err(|error| BlobError::from_store(&path, error)) {
            Err(BlobError::NotFound { path }) => match self.confirm_missing(path).await {
                BlobError::NotFound { .. } => Ok(()),
                error => Err(error),
            },
            other => other,
        }
    }

    /// Lists the objects of one kind of `office`, in no particular order; names that are not ours are skipped.
    pub fn list(
        &self,
        office: &OfficeCode,
        kind: ObjectKind,
    ) -> impl Stream<Item = Result<StoredObject, BlobError>> + Send + use<> {
        let prefix = ObjectKey::prefix(office, kind);
        self.store.list(Some(&Path::from(prefix.as_str()))).filter_map(move |entry| {
            let object = match entry {
                Ok(meta) => ObjectKey::from_path(meta.location.as_ref())
                    .map(|key| Ok(StoredObject { key, size: meta.size, written_at: meta.last_modified })),
                Err(error) => Some(Err(absent_store(BlobError::from_store(&prefix, error)))),
            };
            std::future::ready(object)
        })
    }

    /// Checks that the store is there and answers, for readiness.
    ///
    /// # Errors
    /// `Unavailable` and `Denied` as the store says.
    pub async fn check(&self) -> Result<(), BlobError> {
        match self.confirm_missing(String::new()).await {
            BlobError::NotFound { .. } => Ok(()),
            error => Err(error),
        }
    }

    async fn read(&self, path: &str) -> Result<Bytes, BlobError> {
        let found = self.store.get(&Path::from(path)).await;
        let found = found.map_err(|error| BlobError::from_store(path, error))?;
        found.bytes().await.map_err(|error| BlobError::from_store(path, error))
    }

    /// Says why `path` was not found: because it is not there, or because the whole store is not there.
    ///
    /// A missing object is a permanent failure and parks a submission; an unmounted directory or a missing bucket
    /// looks the same at first and must not.
    async fn confirm_missing(&self, path: String) -> BlobError {
        let there = match &self.marker {
            Some(marker) => marker.check().await,
            None => self.can_list().await,
        };
        match there {
            Ok(()) => BlobError::NotFound { path },
            Err(error) => error,
        }
    }

    async fn can_list(&self) -> Result<(), BlobError> {
        match self.store.list(Some(&Path::from("v1/probe"))).next().await {
            Some(Err(error)) => Err(absent_store(BlobError::from_store("v1/probe", error))),
            _ => Ok(()),
        }
    }
}

/// Where "not found" can only mean the whole store.
fn absent_store(error: BlobError) -> BlobError {
    match error {
        BlobError::NotFound { .. } => BlobError::unavailable("the bucket or directory is not there"),
        other => other,
    }
}

/// Up to here hashing and encrypting takes less time than waking another thread for it: bytes.
const SMALL: usize = 32 * 1024;

/// Runs hashing and encrypting `size` bytes, which takes milliseconds for each megabyte, where it stalls nobody.
async fn off_the_async_threads<T: Send + 'static>(
    size: usize,
    work: impl FnOnce() -> T + Send + 'static,
) -> Result<T, BlobError> {
    if size <= SMALL {
        return Ok(work());
    }
    tokio::task::spawn_blocking(work).await.map_err(BlobError::unavailable)
}
