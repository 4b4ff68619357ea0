//! What a worker's return value says: what happens next.

use std::time::Duration;

use berkas_domain::Stage;
use berkas_store::{Effect, StoreError};
use chrono::{DateTime, Utc};

/// How a piece of work ended well.
#[derive(Debug)]
pub enum Outcome {
    /// The submission moves on, and these effects are written in the same transaction.
    Forward {
        /// The stage it is in from now on.
        to: Stage,
        /// When the step of that stage may run; at once when absent.
        not_before: Option<DateTime<Utc>>,
        /// What else is written.
        effects: Vec<Effect>,
    },
    /// Not yet: again after this time, without counting an attempt.
    Snooze(Duration),
    /// Nothing is left to do: somebody else has done it.
    Stale,
}

impl Outcome {
    /// Moves the submission on to `stage`.
    #[must_use]
    pub const fn forward(stage: Stage) -> Self {
        Self::Forward { to: stage, not_before: None, effects: Vec::new() }
    }

    /// Writes `effect` in the same transaction; only a [`Forward`](Self::Forward) can carry one.
    #[must_use]
    pub fn with(mut self, effect: Effect) -> Self {
        debug_assert!(matches!(self, Self::Forward { .. }), "only a forward carries effects");
        if let Self::Forward { effects, .. } = &mut self {
            effects.push(effect);
        }
        self
    }
}

/// How a piece of work failed.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    /// May pass: again after a while, at most as often as the retry ladder has rungs, then parked.
    #[error("`{code}`: it may pass")]
    Transient {
        /// The coded cause.
        code: &'static str,
        /// For the log.
        #[source]
        source: anyhow::Error,
    },
    /// Will not pass: parked at once.
    #[error("`{code}`: {detail}")]
    Permanent {
        /// The coded cause.
        code: &'static str,
        /// For the operator; never a value from a form.
        detail: String,
    },
    /// Something this worker needs is down: it waits, and nothing is counted.
    #[error("`{what}` is down")]
    DependencyDown {
        /// What, for example `database`.
        what: &'static str,
        /// For the log.
        #[source]
        source: anyhow::Error,
    },
}

impl Failure {
    /// A failure that may pass.
    pub fn transient(code: &'static str, source: impl Into<anyhow::Error>) -> Self {
        Self::Transient { code, source: source.into() }
    }

    /// A failure that will not pass.
    pub fn permanent(code: &'static str, detail: impl Into<String>) -> Self {
        Self::Permanent { code, detail: detail.into() }
    }

    /// Something the worker needs is down.
    pub fn dependency_down(what: &'static str, source: impl Into<anyhow::Error>) -> Self {
        Self::DependencyDown { what, source: source.into() }
    }

    /// Its coded cause.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Transient { code, .. } | Self::Permanent { code, .. } => code,
            Self::DependencyDown { what, .. } => what,
        }
    }
}

impl From<StoreError> for Failure {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Corrupt { table, column } => {
                Self::permanent("data_corrupt", format!("column `{table}.{column}` holds an unknown value"))
            }
            passing if passing.is_passing() => Self::dependency_down("database", passing),
            other => Self::transient("store_refused", other),
        }
    }
}
