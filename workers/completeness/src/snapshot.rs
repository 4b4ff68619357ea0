//! What a revision is judged by beside its form: kept when it is judged first, so that judging again sees the same.

use berkas_blobs::Seal;
use berkas_domain::{OfficeHours, SubmissionId};
use berkas_rules::{DocumentPages, DuplicateFile, FACTS_SCHEMA, History};
use berkas_runtime::Failure;
use berkas_store::{Dossier, KnownElsewhere};
use serde::{Deserialize, Serialize};

/// The verdicts on the pages and what the look-ups found.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Snapshot {
    /// Version of the facts that it was made for.
    facts: u32,
    pub(crate) pages: Vec<DocumentPages>,
    pub(crate) history: History,
    /// When the office was open; absent in what was kept before this was asked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) hours: Option<OfficeHours>,
}

impl Snapshot {
    pub(crate) fn new(pages: Vec<DocumentPages>, known: KnownElsewhere, hours: OfficeHours) -> Self {
        Self { facts: FACTS_SCHEMA, pages, history: history(known), hours: Some(hours) }
    }

    /// Seals it for its place.
    pub(crate) fn seal(&self, seal: &Seal, dossier: &Dossier) -> Result<Vec<u8>, Failure> {
        let json = serde_json::to_vec(self).map_err(|error| Failure::transient("facts_unwritable", error))?;
        Ok(seal.seal(&place(dossier), &json))
    }

    /// Opens what [`Snapshot::seal`] made.
    pub(crate) fn open(seal: &Seal, dossier: &Dossier, sealed: &[u8]) -> Result<Self, Failure> {
        let json = seal
            .open(&place(dossier), sealed)
            .map_err(|error| Failure::permanent("facts_sealed", error.to_string()))?;
        // The place in the JSON is told and no value.
        serde_json::from_slice(&json).map_err(|error| {
            let (line, column) = (error.line(), error.column());
            Failure::permanent("facts_unreadable", format!("line {line}, column {column}"))
        })
    }
}

fn place(dossier: &Dossier) -> String {
    format!("facts/{}/{}", dossier.submission.id, dossier.submission.revision)
}

fn history(known: KnownElsewhere) -> History {
    let ids = |id: Option<SubmissionId>| id.into_iter().collect();
    History {
        duplicate_files: known
            .duplicate_files
            .into_iter()
            .map(|(sha256, submission)| DuplicateFile { sha256, submission })
            .collect(),
        open_requests: ids(known.open_request),
        last_passed: known.last_passed,
        same_child: ids(known.same_child),
        mothers_other_births: known.births.into_iter().collect(),
        dead: known.dead.into_iter().collect(),
        had_card: known.had_card.into_iter().collect(),
        witness_uses: known.witness_uses,
    }
}
