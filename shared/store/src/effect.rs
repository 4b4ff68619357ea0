//! What a step writes beside the move of the stage, as data, so that a whole chunk is written by one statement a kind.

use chrono::{DateTime, Utc};
use serde_json::Value;
use sqlx::{Postgres, Transaction};
use uuid::Uuid;

use berkas_domain::{NoticeId, Outcome, SubmissionId};

use crate::StoreError;
use crate::pool::{self, PoolEntry};

/// One write that belongs to the transaction of a step.
#[derive(Debug, Clone)]
pub enum Effect {
    /// The rules' judgement of the revision: outcome, rule set, findings, checklist, as JSON.
    Judgement(Value),
    /// A decision by the rules on the revision.
    Decision {
        /// How it ended.
        outcome: Outcome,
        /// Coded reasons, as JSON.
        reasons: Value,
    },
    /// Human work enters the pool.
    Task(PoolEntry),
    /// The notice of the live decision on the revision.
    Notice {
        /// Its id.
        id: NoticeId,
        /// The decision it tells of.
        decision: Uuid,
        /// The type of the message.
        kind: &'static str,
        /// Its data, as JSON.
        data: Value,
    },
}

/// The submission an effect belongs to, as it was when its row was locked.
#[derive(Debug, Clone)]
pub(crate) struct Subject {
    pub submission: SubmissionId,
    pub revision: i32,
    pub office: String,
    pub service: String,
    pub training: bool,
    pub due_at: DateTime<Utc>,
    pub sequence: i64,
    /// The `traceparent` of the step that writes the effect.
    pub trace: Option<String>,
}

/// Writes all effects of a chunk.
pub(crate) async fn write(
    transaction: &mut Transaction<'_, Postgres>,
    effects: &[(Subject, Effect)],
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    write_judgements(transaction, effects, now).await?;
    write_decisions(transaction, effects, now).await?;
    write_tasks(transaction, effects, now).await?;
    write_notices(transaction, effects, now).await
}

async fn write_judgements(
    transaction: &mut Transaction<'_, Postgres>,
    effects: &[(Subject, Effect)],
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    let (mut ids, mut revisions, mut bodies) = (Vec::new(), Vec::new(), Vec::new());
    for (subject, effect) in effects {
        if let Effect::Judgement(body) = effect {
            ids.push(subject.submission.0);
            revisions.push(subject.revision);
            bodies.push(body.clone());
        }
    }
    if ids.is_empty() {
        return Ok(());
    }
    sqlx::query!(
        "insert into judgements (submission_id, revision, body, judged_at)
         select id, revision, body, $4 from unnest($1::uuid[], $2::int[], $3::jsonb[]) as j (id, revision, body)
         on conflict (submission_id, revision) do update set body = excluded.body, judged_at = excluded.judged_at",
        &ids,
        &revisions,
        &bodies,
        now,
    )
    .execute(&mut **transaction)
    .await?;
    Ok(())
}

async fn write_decisions(
    transaction: &mut Transaction<'_, Postgres>,
    effects: &[(Subject, Effect)],
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    let (mut keys, mut ids, mut revisions, mut outcomes, mut bodies) =
        (Vec::new(), Vec::new(), Vec::new(), Vec::new(), Vec::new());
    for (subject, effect) in effects {
        if let Effect::Decision { outcome, reasons } = effect {
            keys.push(Uuid::now_v7());
            ids.push(subject.submission.0);
            revisions.push(subject.revision);
            outcomes.push(outcome.as_str().to_owned());
            bodies.push(reasons.clone());
        }
    }
    if ids.is_empty() {
        return Ok(());
    }
    sqlx::query!(
        "insert into decisions (id, submission_id, revision, outcome, reasons, decided_at)
         select key, id, revision, outcome, reasons, $6
         from unnest($1::uuid[], $2::uuid[], $3::int[], $4::text[], $5::jsonb[])
              as d (key, id, revision, outcome, reasons)",
        &keys,
        &ids,
        &revisions,
        &outcomes,
        &bodies,
        now,
    )
    .execute(&mut **transaction)
    .await?;
    Ok(())
}

async fn write_tasks(
    transaction: &mut Transaction<'_, Postgres>,
    effects: &[(Subject, Effect)],
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    let entering: Vec<(&Subject, &PoolEntry)> = effects
        .iter()
        .filter_map(|(subject, effect)| match effect {
            Effect::Task(entry) => Some((subject, entry)),
            Effect::Judgement(_) | Effect::Decision { .. } | Effect::Notice { .. } => None,
        })
        .collect();
    if entering.is_empty() { Ok(()) } else { pool::enter(transaction, entering, now).await }
}

async fn write_notices(
    transaction: &mut Transaction<'_, Postgres>,
    effects: &[(Subject, Effect)],
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    for (subject, effect) in effects {
        let Effect::Notice { id, decision, kind, data } = effect else { continue };
        let notice = crate::notice::NewNotice {
            id: *id,
            office: &subject.office,
            submission: Some(subject.submission),
            revision: subject.revision,
            sequence: Some(subject.sequence),
            decision: Some(*decision),
            standby: None,
            kind,
            data,
            dedup: None,
            trace: subject.trace.as_deref(),
        };
        crate::notice::insert(transaction, &notice, now).await?;
    }
    Ok(())
}
