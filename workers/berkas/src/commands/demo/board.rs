//! What the players of the demonstration tell each other.

use std::collections::HashMap;
use std::sync::atomic::{AtomicI64, AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};

use berkas_samples::Expected;
use uuid::Uuid;

use crate::output;

/// Counts, and what the simulated verifiers see on the papers.
#[derive(Debug, Default)]
pub struct Board {
    /// What is true of a dossier, by its registration number; a person would read it off the scans.
    truths: Mutex<HashMap<String, Expected>>,
    /// Dossiers that were handed in.
    pub sent: AtomicUsize,
    /// Dossiers that were sent again although they had arrived.
    pub resent: AtomicUsize,
    /// Repairs that were sent.
    pub repaired: AtomicUsize,
    /// Decisions of simulated verifiers.
    pub decided: AtomicUsize,
    /// Notices that offices acknowledged.
    pub acknowledged: AtomicUsize,
    /// Returned dossiers whose repair is on its way.
    repairs: AtomicI64,
}

impl Board {
    /// Notes what is true of a dossier.
    pub fn learn(&self, registration_number: &str, truth: &Expected) {
        let mut truths = self.truths.lock().unwrap_or_else(PoisonError::into_inner);
        truths.insert(registration_number.to_owned(), truth.clone());
    }

    /// What is true of a dossier.
    pub fn truth(&self, registration_number: &str) -> Option<Expected> {
        self.truths.lock().unwrap_or_else(PoisonError::into_inner).get(registration_number).cloned()
    }

    /// A repair is on its way until its own decision is told.
    pub fn repair_begins(&self) {
        self.repairs.fetch_add(1, Ordering::Relaxed);
    }

    /// The repair is decided, or will not be sent.
    pub fn repair_ends(&self) {
        self.repairs.fetch_sub(1, Ordering::Relaxed);
    }

    /// How many repairs are on their way.
    pub fn repairs_under_way(&self) -> i64 {
        self.repairs.load(Ordering::Relaxed)
    }

    /// Tells the person who watches.
    pub fn say(&self, text: &str) {
        output::line(format_args!("  ── {text}"));
    }
}

/// One more.
pub fn count(counter: &AtomicUsize) {
    counter.fetch_add(1, Ordering::Relaxed);
}

/// The id under which an office's program knows a dossier: the same for the same dossier, so that a resend is one.
pub fn sender_id(seed: u64, number: usize) -> Uuid {
    Uuid::new_v5(&Uuid::NAMESPACE_OID, format!("demo/{seed}/{number}").as_bytes())
}
