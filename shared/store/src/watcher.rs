//! Tells whoever watches a store which stages submissions entered, after the transaction that moved them is committed.

use std::fmt;
use std::sync::Arc;

use berkas_domain::Stage;

/// Nobody, or a function that is called with the stage that was entered and by how many.
#[derive(Clone, Default)]
pub(crate) struct Watcher(Option<Arc<dyn Fn(Stage, usize) + Send + Sync>>);

impl Watcher {
    pub(crate) fn new(watch: impl Fn(Stage, usize) + Send + Sync + 'static) -> Self {
        Self(Some(Arc::new(watch)))
    }

    /// `count` submissions entered `stage`.
    pub(crate) fn entered(&self, stage: Stage, count: usize) {
        if let Some(watch) = self.0.as_ref().filter(|_| count > 0) {
            watch(stage, count);
        }
    }
}

impl fmt::Debug for Watcher {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Watcher").field(&self.0.is_some()).finish()
    }
}
