//! Section `[assignment]`. What each key means stands in `config/berkas.toml`.

use std::num::NonZeroU16;

use berkas_domain::Service;
use berkas_runtime::settings::{Settings, SettingsError};
use chrono::TimeDelta;
use serde::Deserialize;

use crate::effort::Effort;
use crate::exclusion;
use crate::second_look::{self, Rule, Traits};

/// The section as a type; units are in the names.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct AssignmentSettings {
    effort_s: NonZeroU16,
    effort_document_s: u16,
    effort_page_s: u16,
    effort_percent: Percent,
    reserve_min: u32,
    urgent_min: u32,
    second_look_percent: u8,
    second_look: Vec<Rule>,
    exclude: Vec<exclusion::Rule>,
}

/// Percent by service.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct Percent {
    ktp_el: NonZeroU16,
    kartu_keluarga: NonZeroU16,
    akta_kelahiran: NonZeroU16,
    akta_kematian: NonZeroU16,
}

impl Percent {
    const fn of(&self, service: Service) -> NonZeroU16 {
        match service {
            Service::KtpEl => self.ktp_el,
            Service::KartuKeluarga => self.kartu_keluarga,
            Service::AktaKelahiran => self.akta_kelahiran,
            Service::AktaKematian => self.akta_kematian,
        }
    }
}

impl AssignmentSettings {
    /// Reads the section.
    ///
    /// # Errors
    /// [`SettingsError`] when a value does not fit.
    pub(crate) fn load(settings: &Settings) -> Result<Self, SettingsError> {
        settings.section("assignment")
    }

    /// How much work a task is expected to be.
    pub(crate) fn effort(&self) -> Effort {
        Effort {
            task_s: self.effort_s,
            document_s: self.effort_document_s,
            page_s: self.effort_page_s,
            percent: Service::ALL
                .iter()
                .map(|service| (*service, self.effort_percent.of(*service)))
                .collect(),
        }
    }

    /// Whom a rule keeps from what.
    pub(crate) fn exclude(&self) -> &[exclusion::Rule] {
        &self.exclude
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_figures_of_effort_stand_once_and_no_rule_is_set() {
        let settings = AssignmentSettings::load(&Settings::load(None, []).unwrap()).unwrap();
        assert_eq!(settings.effort(), Effort::default());
        assert_eq!(settings.exclude(), []);
    }

    #[test]
    fn rules_of_exclusion_are_lines_of_the_settings_and_must_name_something() {
        let dir = tempfile::tempdir().unwrap();
        let load = |line: &str| {
            let file = dir.path().join("berkas.toml");
            std::fs::write(&file, format!("[[assignment.exclude]]\nusers = [\"wati\"]\n{line}\n")).unwrap();
            AssignmentSettings::load(&Settings::load(Some(&file), []).unwrap())
        };
        let rules = load("office = \"351709\"\ncode = \"lives_there\"").unwrap();
        assert_eq!(rules.exclude()[0].users, ["wati"]);
        let refused = load("code = \"lives_there\"").unwrap_err().to_string();
        assert!(refused.contains("must name an office, a service or a case"), "{refused}");
    }
}
