//! The attempts that this process has open, so that a stop that comes too early for them is not taken for their crash.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use berkas_store::StoreError;
use uuid::Uuid;

use crate::app::App;

/// The rows of attempts that run alone in this process now. Clones share them.
#[derive(Debug, Clone, Default)]
pub struct OpenAttempts(Arc<Mutex<BTreeSet<Uuid>>>);

impl OpenAttempts {
    pub(crate) fn opened(&self, attempt: Uuid) {
        self.lock().insert(attempt);
    }

    pub(crate) fn closed(&self, attempt: Uuid) {
        self.lock().remove(&attempt);
    }

    fn take(&self) -> Vec<Uuid> {
        std::mem::take(&mut *self.lock()).into_iter().collect()
    }

    fn lock(&self) -> MutexGuard<'_, BTreeSet<Uuid>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl App {
    /// Closes every attempt that is still open, uncounted; returns how many. For a process whose drain ran out: call it
    /// before what is in hand is given back, or whoever gets that finds an attempt that seems to have crashed.
    ///
    /// # Errors
    /// [`StoreError`]; the attempts then count as crashes.
    pub async fn close_open_attempts(&self) -> Result<u64, StoreError> {
        let open = self.attempts.take();
        if open.is_empty() { Ok(0) } else { self.store.close_attempts(&open).await }
    }
}
