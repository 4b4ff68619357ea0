//! The orientation network of `scan.orientation_model`: loaded once in a process, and handed to each child as bytes.

use std::path::Path;

use bytes::Bytes;

/// A network, or none: then the letters of a page alone say which way up it lies.
#[derive(Debug, Clone, Default)]
pub(crate) struct Model {
    bytes: Bytes,
    #[cfg(feature = "orientation-net")]
    net: Option<&'static berkas_imaging::OrientationNet>,
}

impl Model {
    /// Loads the file; one that cannot be used is logged, and pages are made without it.
    pub(crate) fn load(path: &Path) -> Self {
        if path.as_os_str().is_empty() {
            return Self::default();
        }
        loaded::once(path)
    }

    /// What the file holds, for a process that can open none; empty for no network.
    pub(crate) fn bytes(&self) -> Bytes {
        self.bytes.clone()
    }
}

#[cfg(feature = "orientation-net")]
impl Model {
    /// The network of these bytes; none where they are empty or no network.
    pub(crate) fn of_bytes(bytes: Bytes) -> Self {
        let net =
            if bytes.is_empty() { None } else { berkas_imaging::OrientationNet::load(bytes.to_vec()).ok() };
        // It serves every page until the process ends.
        let net = net.map(|net| &*Box::leak(Box::new(net)));
        Self { bytes: if net.is_some() { bytes } else { Bytes::new() }, net }
    }

    pub(crate) const fn net(&self) -> Option<&'static berkas_imaging::OrientationNet> {
        self.net
    }
}

#[cfg(not(feature = "orientation-net"))]
impl Model {
    /// This program has no network.
    pub(crate) fn of_bytes(_: Bytes) -> Self {
        Self::default()
    }
}

#[cfg(feature = "orientation-net")]
mod loaded {
    use std::collections::BTreeMap;
    use std::path::{Path, PathBuf};
    use std::sync::{Mutex, PoisonError};

    use super::Model;

    /// Weights take a while and some memory: normalizers of one process share them.
    static LOADED: Mutex<BTreeMap<PathBuf, Model>> = Mutex::new(BTreeMap::new());

    pub(super) fn once(path: &Path) -> Model {
        let mut loaded = LOADED.lock().unwrap_or_else(PoisonError::into_inner);
        loaded.entry(path.to_owned()).or_insert_with(|| read(path)).clone()
    }

    fn read(path: &Path) -> Model {
        let model = match std::fs::read(path) {
            Ok(bytes) => Model::of_bytes(bytes.into()),
            Err(error) => {
                tracing::error!(
                    error = &error as &dyn std::error::Error,
                    "`scan.orientation_model` cannot be read"
                );
                return Model::default();
            }
        };
        if model.net().is_none() {
            tracing::error!("`scan.orientation_model` is no orientation network");
        }
        model
    }
}

#[cfg(not(feature = "orientation-net"))]
mod loaded {
    use std::path::Path;

    use super::Model;

    pub(super) fn once(_: &Path) -> Model {
        tracing::error!(
            "`scan.orientation_model` is set, and this program was built without `orientation-net`"
        );
        Model::default()
    }
}
