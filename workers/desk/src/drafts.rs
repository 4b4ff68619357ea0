//! Drafts at the desk: what was chosen and not sent, and what was sent too late.

use std::collections::BTreeMap;

use axum::http::StatusCode;
use berkas_domain::{DocumentVerdict, Outcome, ReasonCode};
use berkas_store::UserAccount;
use berkas_web::Problem;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::api::problems::{LEASE_LOST, of_task};
use crate::decide::Held;
use crate::{DecisionRequest, DeskState, VerdictRequest};

/// Entries of a list that are kept at most: far more than a dossier has.
const MOST: usize = 200;

/// What a verifier has chosen on a task and not sent: codes and ticks, never a word of a form.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Draft {
    /// What was chosen for documents, by their place in the form's list.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    #[schemars(with = "BTreeMap<String, DraftVerdict>")]
    pub documents: BTreeMap<i16, DraftVerdict>,
    /// Reasons for returning the whole.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub returned: Vec<ReasonCode>,
    /// Reasons for refusing the whole.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub refused: Vec<ReasonCode>,
    /// Ticked lines of the checklist, by their place in it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub checked: Vec<u16>,
    /// A decision that came too late.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub late: Option<Outcome>,
}

/// What was chosen for one document.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct DraftVerdict {
    /// A verdict that could not be saved.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub verdict: Option<DocumentVerdict>,
    /// Ticked reasons.
    pub codes: Vec<ReasonCode>,
    /// The page it is about, from 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub page: Option<i32>,
}

impl Draft {
    fn fits(&self) -> bool {
        let codes = self.documents.values().map(|document| document.codes.len());
        codes
            .chain([self.documents.len(), self.returned.len(), self.refused.len(), self.checked.len()])
            .all(|entries| entries <= MOST)
    }
}

/// Keeps what `account` has chosen, in the place of what was kept before.
pub(crate) async fn keep(
    state: &DeskState,
    account: &UserAccount,
    held: Held,
    draft: &Draft,
) -> Result<(), Problem> {
    if !draft.fits() {
        return Err(Problem::new(StatusCode::UNPROCESSABLE_ENTITY, "invalid", "the draft is too long"));
    }
    let body = serde_json::to_value(draft).map_err(|_| Problem::internal())?;
    let store = &state.web.store;
    store.keep_draft(held.task, account.id, held.fence, &body, state.now()).await.map_err(of_task)
}

/// Reads a stored draft; one of an older shape counts as empty.
pub(crate) fn read(body: &serde_json::Value) -> Draft {
    Draft::deserialize(body).unwrap_or_else(|_| {
        tracing::warn!("a stored draft cannot be read");
        Draft::default()
    })
}

/// Keeps a verdict that came after the lease ran out. Says whether it was kept: it is not for who never held the task
/// under that token.
pub(crate) async fn keep_late_verdict(
    state: &DeskState,
    account: &UserAccount,
    held: Held,
    ordinal: i16,
    request: &VerdictRequest,
) -> Result<bool, Problem> {
    let late =
        DraftVerdict { verdict: Some(request.verdict), codes: request.codes.clone(), page: request.page };
    change(state, account, held, |draft| drop(draft.documents.insert(ordinal, late))).await
}

/// The same for a decision.
pub(crate) async fn keep_late_decision(
    state: &DeskState,
    account: &UserAccount,
    held: Held,
    request: &DecisionRequest,
) -> Result<bool, Problem> {
    let whole = request.reasons.iter().filter(|reason| reason.document.is_none());
    let codes = whole.map(|reason| reason.code).collect();
    change(state, account, held, |draft| {
        draft.late = Some(request.outcome);
        match request.outcome {
            Outcome::Passed => {}
            Outcome::Returned => draft.returned = codes,
            Outcome::Refused => draft.refused = codes,
        }
    })
    .await
}

async fn change(
    state: &DeskState,
    account: &UserAccount,
    held: Held,
    change: impl FnOnce(&mut Draft),
) -> Result<bool, Problem> {
    let stored = state.web.store.draft(held.task, account.id).await?;
    let mut draft = stored.map(|stored| read(&stored.body)).unwrap_or_default();
    change(&mut draft);
    match keep(state, account, held, &draft).await {
        Ok(()) => Ok(true),
        Err(problem) if problem.code == LEASE_LOST => Ok(false),
        Err(problem) => Err(problem),
    }
}
