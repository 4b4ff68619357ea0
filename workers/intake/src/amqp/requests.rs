//! What offices ask for, answered: a dossier handed in or taken back, a notice acknowledged.

use berkas_contract::{
    Acknowledgement, Envelope, OfficeMessage, Problem, RejectionCode, Submission, Withdrawal,
};
use berkas_domain::OfficeCode;
use berkas_runtime::{App, Failure};
use berkas_store::{Acknowledged, Door, DueWork, StoreError};

use super::chunk::{Done, Reading, Settle};
use super::incoming::{Incoming, Unacceptable};
use crate::answer::{About, reject};
use crate::judge::{Candidate, Verdict, judge};
use crate::validate::manifest_hash;
use crate::withdraw::withdraw;

/// Answers a chunk. Submissions go first and together, then everything else in its order, so that what follows a
/// submission in the queue finds it.
///
/// # Errors
/// [`Failure`] while the database or the object store is away: nothing may be acknowledged, and all of it must be
/// answered again.
pub(super) async fn answer(app: &App, readings: &[Reading]) -> Result<Done, Failure> {
    let candidates: Vec<Candidate> = readings.iter().filter_map(candidate).collect();
    let mut verdicts = judge(app, &candidates).await?.into_iter();
    let mut done = Done::default();
    for reading in readings {
        let settled = match reading {
            Err(unacceptable) => refuse(app, unacceptable).await,
            Ok(incoming) => match &incoming.message {
                OfficeMessage::Submission(envelope) => {
                    conclude(app, incoming, envelope, verdicts.next(), &mut done.fresh).await
                }
                OfficeMessage::Withdrawal(envelope) => take_back(app, &incoming.office, envelope).await,
                OfficeMessage::Acknowledgement(envelope) => {
                    acknowledge(app, &incoming.office, envelope).await
                }
            },
        };
        done.settlements.push(or_park(settled)?);
    }
    Ok(done)
}

fn candidate(reading: &Reading) -> Option<Candidate> {
    let incoming = reading.as_ref().ok()?;
    let OfficeMessage::Submission(envelope) = &incoming.message else { return None };
    Some(Candidate { submission: envelope.data.clone(), door: Door::Amqp, trace: incoming.trace })
}

/// Waits for a database that is away; parks what it refuses, which is a fault of ours.
fn or_park(settled: Result<Settle, StoreError>) -> Result<Settle, Failure> {
    match settled {
        Err(error) if error.is_passing() => Err(error.into()),
        Err(error) => {
            tracing::error!(error = &error as &dyn std::error::Error, "the database refused a message");
            Ok(Settle::Park("store_refused", error.to_string()))
        }
        Ok(settle) => Ok(settle),
    }
}

async fn conclude(
    app: &App,
    incoming: &Incoming,
    envelope: &Envelope<Submission>,
    verdict: Option<Verdict>,
    fresh: &mut Vec<DueWork>,
) -> Result<Settle, StoreError> {
    let submission = &envelope.data;
    let about = About {
        message: Some(envelope.id),
        sender_id: Some(submission.sender_id),
        revision: Some(submission.revision),
        content: Some(manifest_hash(submission)),
    };
    match verdict {
        Some(Verdict::Accepted(accepted)) => {
            fresh.extend(accepted.work);
            Ok(Settle::Ack)
        }
        Some(Verdict::Rejected(problems)) => tell(app, &incoming.office, &about, problems).await,
        Some(Verdict::Failed(error)) => Err(error),
        // There is a verdict for each candidate; if ever not, the sender shall try again.
        None => tell(app, &incoming.office, &about, vec![Problem::new(RejectionCode::Busy)]).await,
    }
}

async fn take_back(
    app: &App,
    office: &OfficeCode,
    envelope: &Envelope<Withdrawal>,
) -> Result<Settle, StoreError> {
    let Withdrawal { dossier, revision, reason } = &envelope.data;
    match withdraw(app, office, dossier, Some(*revision), *reason).await? {
        Ok(_) => Ok(Settle::Ack),
        Err(problem) => {
            let about = About {
                message: Some(envelope.id),
                revision: Some(envelope.data.revision),
                ..About::default()
            };
            tell(app, office, &about, vec![problem]).await
        }
    }
}

async fn acknowledge(
    app: &App,
    office: &OfficeCode,
    envelope: &Envelope<Acknowledgement>,
) -> Result<Settle, StoreError> {
    match app.store.acknowledge(office, envelope.data.notice, app.clock.now()).await? {
        Acknowledged::Now | Acknowledged::Before => Ok(Settle::Ack),
        // Another office's notice is no more than an unknown one.
        Acknowledged::Unknown => {
            let about = About { message: Some(envelope.id), ..About::default() };
            let problem = Problem::new(RejectionCode::NotFound).at("data.notice");
            tell(app, office, &about, vec![problem]).await
        }
    }
}

async fn tell(
    app: &App,
    office: &OfficeCode,
    about: &About,
    problems: Vec<Problem>,
) -> Result<Settle, StoreError> {
    match reject(app, office, about, problems).await? {
        Some(_) => Ok(Settle::Ack),
        None => Ok(unknown_office(office)),
    }
}

/// Answers as far as anybody is known to answer to, and parks the message: who sends such a thing has a fault in its
/// program, or no good intentions.
async fn refuse(app: &App, unacceptable: &Unacceptable) -> Result<Settle, StoreError> {
    if let Some(office) = &unacceptable.office {
        let answered = reject(app, office, &unacceptable.about, vec![unacceptable.problem.clone()]).await?;
        if answered.is_none() {
            return Ok(unknown_office(office));
        }
    }
    Ok(Settle::Park(unacceptable.problem.code.as_str(), unacceptable.detail()))
}

fn unknown_office(office: &OfficeCode) -> Settle {
    let code = RejectionCode::OfficeUnknown;
    Settle::Park(code.as_str(), format!("from {office}: {}", code.text_en()))
}
