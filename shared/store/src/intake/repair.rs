//! Accepting the repair of a returned submission: revision n + 1 of the same submission and number.

use super::insert::{Context, Entry, write_revisions};
use super::{
    AcceptedArrival, ArrivalAnswer, DueWork, Generation, NoticeId, Postgres, RefusedArrival, Revision, Stage,
    Step, StoreError, SubmissionId, Transaction, Uuid, WorkRef, lookup,
};
use crate::claim;
use crate::delivery;
use crate::due_time::with_kecamatan;
use crate::error::read_code;
use berkas_domain::Outcome;
use chrono::{DateTime, Utc};

/// Accepts the arrival at `index` when its submission was returned and the notice of the return exists. The notice
/// counts as acknowledged from then on: who repairs has read it.
pub(super) async fn accept(
    transaction: &mut Transaction<'_, Postgres>,
    context: &Context<'_>,
    index: usize,
) -> Result<ArrivalAnswer, StoreError> {
    let arrival = &context.arrivals[index];
    let row = sqlx::query!(
        "select id, registration_number, service, training, stage, outcome, revision, generation, next_sequence, parked,
                received_at
         from submissions where office = $1 and sender_id = $2 for update",
        arrival.office.as_str(),
        arrival.sender_id,
    )
    .fetch_optional(&mut **transaction)
    .await?;
    let Some(row) = row else { return Ok(Err(RefusedArrival::Unknown)) };
    let stage: Stage = read_code(&row.stage, "submissions", "stage")?;
    let outcome: Option<Outcome> =
        row.outcome.as_deref().map(|word| read_code(word, "submissions", "outcome")).transpose()?;
    if let Some(refusal) = refusal(stage, outcome, row.parked) {
        return Ok(Err(refusal));
    }
    let expected = Revision(row.revision + 1);
    if expected != arrival.revision {
        return Ok(Err(RefusedArrival::RevisionUnexpected { expected }));
    }
    if row.service != arrival.service.as_str() {
        return Ok(Err(RefusedArrival::ServiceChanged));
    }
    let submission = SubmissionId(row.id);
    let generation = Generation(row.generation).next();
    let away = with_kecamatan(&mut **transaction, &[row.id], context.now).await?;
    let away = away.into_values().next().unwrap_or_default();
    let due_at = (context.due)(row.received_at, &away);
    sqlx::query!(
        "update submissions set revision = $2, generation = $3, stage = $4, stage_since = $5, due_at = $6,
                outcome = null, next_sequence = next_sequence + 1, case_code = $7
         where id = $1",
        row.id,
        arrival.revision.0,
        generation.0,
        Stage::Received.as_str(),
        context.now,
        due_at,
        arrival.case.as_str(),
    )
    .execute(&mut **transaction)
    .await?;
    acknowledge_return(transaction, context.now, submission, row.revision).await?;
    lookup::forget(transaction, row.id).await?;
    claim::release(transaction, row.id, &arrival.lookup).await?;
    let work = WorkRef { submission, step: Step::Scan, generation };
    let accepted = AcceptedArrival {
        submission,
        registration_number: read_code(&row.registration_number, "submissions", "registration_number")?,
        training: row.training,
        notice: NoticeId(Uuid::now_v7()),
        received_at: context.now,
        repeated: false,
        work: Some(DueWork { work, attempts: 0, trace: arrival.trace.clone() }),
    };
    let entry = Entry { arrival, accepted, generation, sequence: row.next_sequence };
    write_revisions(transaction, context, std::slice::from_ref(&entry)).await?;
    Ok(Ok(entry.accepted))
}

/// Why what stands like this cannot be repaired; `None` when it can. A decision that its office was not told yet is none to it.
fn refusal(stage: Stage, outcome: Option<Outcome>, parked: bool) -> Option<RefusedArrival> {
    match (stage, outcome) {
        (Stage::Withdrawn, _) => Some(RefusedArrival::AlreadyFinal),
        _ if parked => Some(RefusedArrival::NotReturned),
        (Stage::Noticed, Some(Outcome::Returned)) => None,
        (Stage::Noticed, _) => Some(RefusedArrival::AlreadyFinal),
        _ => Some(RefusedArrival::NotReturned),
    }
}

/// Counts the notice of the return of `revision` as acknowledged: who answers it has read it.
pub(crate) async fn acknowledge_return(
    transaction: &mut Transaction<'_, Postgres>,
    now: DateTime<Utc>,
    submission: SubmissionId,
    revision: i32,
) -> Result<(), StoreError> {
    let notices = sqlx::query_scalar!(
        "update notices set acknowledged_at = $3
         where submission_id = $1 and revision = $2 and decision_id is not null and acknowledged_at is null
         returning id",
        submission.0,
        revision,
        now,
    )
    .fetch_all(&mut **transaction)
    .await?;
    delivery::acknowledged(transaction, &notices).await
}
