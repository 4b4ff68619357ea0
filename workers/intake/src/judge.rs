//! The one judgement behind both doors: checked, then accepted in one transaction.

use std::collections::VecDeque;

use berkas_contract::{Accepted, Problem, RejectionCode, Submission};
use berkas_domain::{Pause, Revision};
use berkas_runtime::telemetry::TraceContext;
use berkas_runtime::{App, Failure, crash_point, job_span};
use berkas_store::{AcceptedArrival, Arrival, ArrivalAnswer, Door, RefusedArrival, StoreError};
use chrono::{DateTime, Utc};
use serde_json::Value;
use uuid::Uuid;

use crate::due_time::due_at;
use crate::validate::validate;

/// A submission at a door that has made sure that `submission.office` is who sends it.
#[derive(Debug, Clone)]
pub(crate) struct Candidate {
    /// What was sent.
    pub(crate) submission: Submission,
    /// Where.
    pub(crate) door: Door,
    /// The trace of its receipt.
    pub(crate) trace: TraceContext,
}

/// What becomes of a submission.
#[derive(Debug)]
pub(crate) enum Verdict {
    /// It is in, now or since an earlier time.
    Accepted(AcceptedArrival),
    /// It is not taken, for these reasons.
    Rejected(Vec<Problem>),
    /// The database refused it: a fault of ours, for an operator.
    Failed(StoreError),
}

/// Judges a chunk; the verdicts come in the order of the candidates. May be called again for the same candidates: what
/// was accepted stays accepted.
///
/// # Errors
/// [`Failure::DependencyDown`] when the database or the object store is away; nothing is decided then.
pub(crate) async fn judge(app: &App, candidates: &[Candidate]) -> Result<Vec<Verdict>, Failure> {
    // What is due next is linked to these: without them the way of a submission would begin at its second stage.
    let _spans: Vec<_> = candidates.iter().map(span).collect();
    let checked = validate(app, candidates).await?;
    let arrivals: Vec<Arrival> = checked.iter().filter_map(|check| check.as_ref().ok()).cloned().collect();
    crash_point("intake.before_accept");
    let mut answers = accept(app, &arrivals).await?;
    crash_point("intake.after_accept");
    let mut verdict = |check: Result<Arrival, Vec<Problem>>| match check {
        Err(problems) => Verdict::Rejected(problems),
        // There are as many answers as arrivals; if ever not, the sender shall try again.
        Ok(_) => {
            answers.pop_front().unwrap_or_else(|| Verdict::Rejected(vec![Problem::new(RejectionCode::Busy)]))
        }
    };
    Ok(checked.into_iter().map(&mut verdict).collect())
}

fn span(candidate: &Candidate) -> tracing::Span {
    job_span!("job.intake.judge", &candidate.trace, office.code = %candidate.submission.office)
}

/// Accepts all in one transaction; one by one when the database refuses the chunk, so that one bad submission does not
/// take forty-nine good ones with it.
async fn accept(app: &App, arrivals: &[Arrival]) -> Result<VecDeque<Verdict>, Failure> {
    if arrivals.is_empty() {
        return Ok(VecDeque::new());
    }
    match accept_together(app, arrivals).await {
        Ok(answers) => return Ok(answers.into_iter().map(verdict_of).collect()),
        Err(error) if error.is_passing() => return Err(error.into()),
        Err(error) => {
            tracing::warn!(
                error = &error as &dyn std::error::Error,
                "a chunk was refused, going on one by one"
            );
        }
    }
    let mut verdicts = VecDeque::with_capacity(arrivals.len());
    for arrival in arrivals {
        match accept_together(app, std::slice::from_ref(arrival)).await {
            Ok(answers) => verdicts.extend(answers.into_iter().map(verdict_of)),
            Err(error) if error.is_passing() => return Err(error.into()),
            Err(error) => verdicts.push_back(Verdict::Failed(error)),
        }
    }
    Ok(verdicts)
}

async fn accept_together(app: &App, arrivals: &[Arrival]) -> Result<Vec<ArrivalAnswer>, StoreError> {
    let now: DateTime<Utc> = app.clock.now();
    let clocks = app.settings.office_time.clocks();
    let due =
        |received_at: DateTime<Utc>, with_kecamatan: &[Pause]| due_at(&clocks, received_at, with_kecamatan);
    app.store.accept(arrivals, &accepted_data, &due, now).await
}

fn accepted_data(arrival: &Arrival, accepted: &AcceptedArrival) -> Value {
    // Plain fields only, so it is always JSON.
    serde_json::to_value(receipt(arrival.sender_id, arrival.revision, accepted)).unwrap_or_default()
}

/// The data of the answer to an accepted submission, the same at both doors.
pub(crate) fn receipt(sender_id: Uuid, revision: Revision, accepted: &AcceptedArrival) -> Accepted {
    Accepted {
        sender_id,
        revision,
        registration_number: accepted.registration_number.clone(),
        submission: accepted.submission,
        training: accepted.training,
        received_at: accepted.received_at,
    }
}

fn verdict_of(answer: ArrivalAnswer) -> Verdict {
    match answer {
        Ok(accepted) => Verdict::Accepted(accepted),
        Err(refusal) => Verdict::Rejected(vec![problem_of(refusal)]),
    }
}

fn problem_of(refusal: RefusedArrival) -> Problem {
    match refusal {
        RefusedArrival::Conflict => Problem::new(RejectionCode::Conflict).at("data.sender_id"),
        RefusedArrival::OfficeUnknown => Problem::new(RejectionCode::OfficeUnknown).at("data.office"),
        RefusedArrival::OfficeStopped => Problem::new(RejectionCode::OfficeStopped),
        RefusedArrival::Unknown => Problem::new(RejectionCode::NotFound).at("data.sender_id"),
        RefusedArrival::NotReturned => Problem::new(RejectionCode::NotReturned).at("data.revision"),
        RefusedArrival::AlreadyFinal => Problem::new(RejectionCode::AlreadyFinal).at("data.revision"),
        RefusedArrival::AlreadyRepaired { expected } => {
            Problem::new(RejectionCode::AlreadyRepaired).at("data.revision").expecting(expected)
        }
        RefusedArrival::RevisionUnexpected { expected } => {
            Problem::new(RejectionCode::RevisionUnexpected).at("data.revision").expecting(Some(expected))
        }
        // A repair of the same dossier for another service is other content under the same id.
        RefusedArrival::ServiceChanged => Problem::new(RejectionCode::Conflict).at("data.service"),
    }
}
