//! How often two who looked at the same task agree, for the supervisor.

use axum::Json;
use axum::extract::{Query, State};
use berkas_domain::ReasonCode;
use berkas_web::{Problem, Supervisor};
use chrono::TimeDelta;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::DeskState;

/// Days that are looked back at most.
const LONGEST: u16 = 366;

#[derive(Debug, Deserialize, JsonSchema)]
pub(crate) struct AgreementQuery {
    /// Days to look back.
    #[serde(default = "month")]
    pub(crate) days: u16,
}

const fn month() -> u16 {
    30
}

/// What `GET /api/v1/agreement` answers.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Agreement {
    /// Days that were looked back.
    pub days: u16,
    /// Whoever shared a task, by name.
    pub verifiers: Vec<VerifierLine>,
    /// What was given as a reason, the most frequent first.
    pub codes: Vec<CodeLine>,
}

/// One verifier beside those who looked at the same tasks.
#[derive(Debug, Serialize, JsonSchema)]
pub struct VerifierLine {
    /// The name colleagues see.
    pub name: String,
    /// Tasks shared with another.
    pub looks: i64,
    /// On which the other said the same outcome.
    pub agreed: i64,
    /// Which a supervisor decided otherwise.
    pub overruled: i64,
}

/// One reason code at shared tasks.
#[derive(Debug, Serialize, JsonSchema)]
pub struct CodeLine {
    /// The code.
    pub code: ReasonCode,
    /// Tasks at which one of the two gave it, or both.
    pub given: i64,
    /// At which both did.
    pub by_both: i64,
}

/// `GET /api/v1/agreement?days=30`.
pub(crate) async fn show(
    State(state): State<DeskState>,
    Supervisor(_): Supervisor,
    Query(query): Query<AgreementQuery>,
) -> Result<Json<Agreement>, Problem> {
    Ok(Json(read(&state, query.days).await?))
}

/// Reads it for the last `days`.
pub(crate) async fn read(state: &DeskState, days: u16) -> Result<Agreement, Problem> {
    let days = days.clamp(1, LONGEST);
    let (store, since) = (&state.web.store, state.now() - TimeDelta::days(i64::from(days)));
    let verifiers = store.verifier_agreement(since).await?.into_iter();
    let codes = store.code_agreement(since).await?.into_iter();
    Ok(Agreement {
        days,
        verifiers: verifiers
            .map(|line| VerifierLine {
                name: line.display_name,
                looks: line.looks,
                agreed: line.agreed,
                overruled: line.overruled,
            })
            .collect(),
        codes: codes
            .map(|line| CodeLine { code: line.code, given: line.given, by_both: line.by_both })
            .collect(),
    })
}
