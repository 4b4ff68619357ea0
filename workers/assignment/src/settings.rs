//! Section `[assignment]`. What each key means stands in `config/berkas.toml`.

use std::num::NonZeroU16;

use berkas_runtime::settings::{Settings, SettingsError};
use chrono::TimeDelta;
use serde::Deserialize;

use crate::second_look::{self, Rule, Traits};

/// The section as a type; units are in the names.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct AssignmentSettings {
    /// Work that counts nothing would never end an office's turn.
    effort_s: NonZeroU16,
    effort_document_s: u16,
    reserve_min: u32,
    urgent_min: u32,
    second_look_percent: u8,
    second_look: Vec<Rule>,
}

impl AssignmentSettings {
    /// Reads the section.
    ///
    /// # Errors
    /// [`SettingsError`] when a value does not fit.
    pub(crate) fn load(settings: &Settings) -> Result<Self, SettingsError> {
        settings.section("assignment")
    }

    /// Seconds of work that a task with so many documents is expected to be.
    pub(crate) fn effort_of(&self, documents: usize) -> i32 {
        let documents = i32::try_from(documents).unwrap_or(i32::MAX);
        i32::from(self.effort_s.get())
            .saturating_add(documents.saturating_mul(i32::from(self.effort_document_s)))
    }

    /// Whether two verifiers have to agree on it.
    pub(crate) fn needs_second_look(&self, of: &Traits<'_>) -> bool {
        second_look::needed(self.second_look_percent, &self.second_look, of)
    }

    pub(crate) fn reserve(&self) -> TimeDelta {
        TimeDelta::minutes(i64::from(self.reserve_min))
    }

    pub(crate) fn urgent(&self) -> TimeDelta {
        TimeDelta::minutes(i64::from(self.urgent_min))
    }
}

/// How long a task is kept for who knows it.
///
/// # Errors
/// [`SettingsError`] when the section `[assignment]` does not fit.
pub fn reserve(settings: &Settings) -> Result<TimeDelta, SettingsError> {
    Ok(AssignmentSettings::load(settings)?.reserve())
}

/// What of the section `[web]` concerns the pool.
#[derive(Deserialize)]
struct Sessions {
    session_idle_minutes: u32,
}

/// How long a session may be unused; whose last one has ended is not at their desk any more.
///
/// # Errors
/// [`SettingsError`] when the section `[web]` does not fit.
pub(crate) fn session_idle(settings: &Settings) -> Result<TimeDelta, SettingsError> {
    let sessions: Sessions = settings.section("web")?;
    Ok(TimeDelta::minutes(i64::from(sessions.session_idle_minutes)))
}
