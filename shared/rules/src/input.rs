//! What the engine is given: the form, what the scans look like, and what is known from elsewhere.

use berkas_domain::form::{Form, Role};
use berkas_domain::{OfficeCode, OfficeHours, Sha256Hash, SubmissionId};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

/// Everything a judgement depends on, in one value that can be stored and judged again.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Input {
    /// The form.
    pub form: Form,
    /// Page verdicts by document; empty when nothing was looked at yet (a dry run).
    #[serde(default)]
    pub pages: Vec<DocumentPages>,
    /// What look-ups found; absent when none were made (a dry run).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub history: Option<History>,
    /// When the district received it.
    pub received: DateTime<Utc>,
    /// The office that sent it; absent is unknown.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub office: Option<OfficeCode>,
    /// When the district's office is open; absent: as Perpres 21/2023 has it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hours: Option<OfficeHours>,
}

/// The pages of one document, named by the hash of the uploaded file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DocumentPages {
    /// The file.
    pub sha256: Sha256Hash,
    /// Whether the counter has scanned it twice again: then a person decides about its legibility.
    #[serde(default)]
    pub flagged: bool,
    /// Its pages.
    #[serde(default)]
    pub pages: Vec<PageVerdict>,
    /// Coded error of a file that could not be opened.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub failed: Option<String>,
}

/// What the machine thinks of one page.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PageVerdict {
    /// Number of the page, from 1.
    pub page: u32,
    /// Whether it can be read.
    pub verdict: PageQuality,
    /// Whether nothing stands on it.
    #[serde(default)]
    pub blank: bool,
    /// Coded reasons for the verdict, for example `blur`.
    #[serde(default)]
    pub reasons: Vec<String>,
    /// What it nearly certainly looks like; absent where nobody could say.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub looks_like: Option<PageLook>,
}

/// What a page looks like by its size, its rulings and its colours. An opinion, which returns nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PageLook {
    /// A card of the size of a bank card.
    Card,
    /// A wide sheet of tables.
    FamilyCard,
    /// A frame around a text in the middle.
    Certificate,
    /// Lines of print under one another.
    Letter,
    /// A portrait.
    Photo,
    /// Nothing.
    Blank,
}

impl PageLook {
    /// Every look.
    pub const ALL: [Self; 6] =
        [Self::Card, Self::FamilyCard, Self::Certificate, Self::Letter, Self::Photo, Self::Blank];

    /// Returns the code, the same that serde writes.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Card => "card",
            Self::FamilyCard => "family_card",
            Self::Certificate => "certificate",
            Self::Letter => "letter",
            Self::Photo => "photo",
            Self::Blank => "blank",
        }
    }
}

/// Legibility of a page.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PageQuality {
    /// Legible.
    Ok,
    /// Doubtful.
    Warn,
    /// Not legible.
    Unreadable,
}

/// What the store knows from other submissions. Collected in the judging transaction and stored with the judgement.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct History {
    /// Files of this submission that came before in another person's submission (X03).
    pub duplicate_files: Vec<DuplicateFile>,
    /// Open submissions of the same service for the same person (X28).
    pub open_requests: Vec<SubmissionId>,
    /// When the latest of the same case for the same person that passed was received (X28).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last_passed: Option<DateTime<Utc>>,
    /// Accepted submissions for the same child: mother, date and birth order agree (X19).
    pub same_child: Vec<SubmissionId>,
    /// Other births of the same mother known here, by day (X18).
    pub mothers_other_births: Vec<chrono::NaiveDate>,
    /// Roles whose person has a passed death submission (X21).
    pub dead: Vec<Role>,
    /// Roles whose person has a passed card submission (X11).
    pub had_card: Vec<Role>,
    /// For how many other applicants each witness stood, by role (X20).
    pub witness_uses: std::collections::BTreeMap<Role, u32>,
}

/// A file that was seen before.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DuplicateFile {
    /// The file.
    pub sha256: Sha256Hash,
    /// Where it was used first.
    pub submission: SubmissionId,
}
