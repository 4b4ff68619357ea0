//! Tells whoever watches a store which stages submissions entered, after the transaction that moved them is committed.

use std::fmt;
use std::sync::Arc;

use berkas_domain::Stage;

/// Nobody, or a function that is called with each stage that was entered.
#[derive(Clone, Default)]
pub(crate) struct Watcher(Option<Arc<dyn Fn(Stage) + Send + Sync>>);

impl Watcher {
    pub(crate) fn new(watch: impl Fn(Stage) + Send + Sync + 'static) -> Self {
        Self(Some(Arc::new(watch)))
    }

    /// `count` submissions entered `stage`.
    pub(crate) fn entered(&self, stage: Stage, count: usize) {
        if let Some(watch) = &self.0 {
            (0..count).for_each(|_| watch(stage));
        }
    }
}

impl fmt::Debug for Watcher {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Watcher").field(&self.0.is_some()).finish()
    }
}
