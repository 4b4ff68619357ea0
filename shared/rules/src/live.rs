//! The rule sets in force while a process runs; a publication replaces them.

use std::sync::{Arc, PoisonError, RwLock};

use crate::sets::RuleSets;

/// What is in force now. A judgement takes what is current once and keeps to it.
#[derive(Debug)]
pub struct LiveRules {
    current: RwLock<Arc<RuleSets>>,
}

impl LiveRules {
    /// Begins with `sets`.
    #[must_use]
    pub fn new(sets: Arc<RuleSets>) -> Self {
        Self { current: RwLock::new(sets) }
    }

    /// What is in force.
    #[must_use]
    pub fn current(&self) -> Arc<RuleSets> {
        Arc::clone(&self.current.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Puts `sets` in force.
    pub fn replace(&self, sets: Arc<RuleSets>) {
        *self.current.write().unwrap_or_else(PoisonError::into_inner) = sets;
    }
}
