//! A store in a local directory: atomic and durable writes, and a mark that shows the directory is really ours.

use std::path::{Path, PathBuf};

use object_store::local::LocalFileSystem;

use crate::BlobError;

/// The name of the mark; no object key can be spelled like it.
const MARK: &str = ".berkas-objects";

/// A file at the root of the store. When it is missing the disk is not mounted, and nothing may be concluded from
/// an object that is missing too.
#[derive(Debug, Clone)]
pub(super) struct Marker(PathBuf);

/// Opens the directory `root`, creating it when it is missing.
///
/// Every write goes to a file beside its place, is synced, renamed, and the directory is synced after it.
pub(super) fn open(root: &Path) -> Result<(LocalFileSystem, Marker), BlobError> {
    let marker = Marker(root.join(MARK));
    marker.set(root).map_err(|error| BlobError::unavailable(format!("`{}`: {error}", root.display())))?;
    let store = LocalFileSystem::new_with_prefix(root).map_err(BlobError::unavailable)?;
    Ok((store.with_fsync(true), marker))
}

impl Marker {
    fn set(&self, root: &Path) -> std::io::Result<()> {
        std::fs::create_dir_all(root)?;
        if self.0.exists() {
            return Ok(());
        }
        std::fs::write(&self.0, "objects of berkas; see its documentation before changing anything here\n")?;
        std::fs::File::open(root)?.sync_all()
    }

    /// Fails while the directory is not there.
    pub(super) async fn check(&self) -> Result<(), BlobError> {
        let found = tokio::fs::metadata(&self.0).await;
        found.map(|_| ()).map_err(|error| BlobError::unavailable(format!("`{}`: {error}", self.0.display())))
    }
}
