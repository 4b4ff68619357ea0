//! A text in both languages.

use chrono::NaiveDate;
use serde::Deserialize;

/// A text in both languages.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Text {
    /// Indonesian.
    pub id: String,
    /// English.
    pub en: String,
}

impl Text {
    /// The text with `value` in the place of every `{name}`.
    #[must_use]
    pub fn with(&self, name: &str, value: &str) -> Self {
        let placeholder = format!("{{{name}}}");
        Self { id: self.id.replace(&placeholder, value), en: self.en.replace(&placeholder, value) }
    }

    /// The text with `day` in the place of every `{name}`, as each language writes it; nothing where there is none.
    #[must_use]
    pub fn on_day(&self, name: &str, day: Option<NaiveDate>) -> Self {
        let written = |format| day.map(|day| day.format(format).to_string()).unwrap_or_default();
        Self { id: self.with(name, &written("%d-%m-%Y")).id, en: self.with(name, &written("%Y-%m-%d")).en }
    }

    /// The text around another one, which stands in the place of `{next}`.
    #[must_use]
    pub fn around(&self, next: &Self) -> Self {
        Self { id: self.id.replace("{next}", &next.id), en: self.en.replace("{next}", &next.en) }
    }
}
