//! The second pair of eyes: what each verifier says of a task on which two have to agree, and what follows from it.
//!
//! While they look, the submission is `waiting` or `assigned` like any other, and no decision exists: nothing can leave.

use berkas_domain::{DocumentVerdict, Outcome, Stage, TaskId, UserId};
use chrono::{DateTime, Utc};
use serde::Deserialize;
use serde_json::Value;
use sqlx::{Postgres, Transaction};
use uuid::Uuid;

use crate::decision::{DecidedTask, TakenBack, Undone, VerifierDecision};
use crate::error::read_code;
use crate::exclusion::{self, Exclusion, ExclusionReason};
use crate::task::{Moved, TaskError, clear_verdicts, move_stage};
use crate::{SealedNote, Store, StoreError};

/// The supervisor's.
pub(crate) const LAST: i16 = 3;

/// What a decision leads to.
pub(crate) enum Course {
    /// It stands.
    Counts {
        /// What the office is told with it.
        told: ToOffice,
    },
    /// Somebody else has to look: a second verifier, or a supervisor when two differ.
    NextLook,
}

/// What an office is told with the outcome.
pub(crate) struct ToOffice {
    /// Coded reasons, as JSON.
    pub reasons: Value,
    /// A verifier's own words, sealed.
    pub note: Option<Vec<u8>>,
}

impl From<&VerifierDecision> for ToOffice {
    fn from(decision: &VerifierDecision) -> Self {
        Self { reasons: decision.reasons.clone(), note: decision.note.clone() }
    }
}

/// A verdict that was given and not taken back.
#[derive(Debug, Clone, PartialEq)]
pub struct GivenLook {
    /// How the verifier would decide.
    pub outcome: Outcome,
    /// Coded reasons, as JSON.
    pub reasons: Value,
    /// What they said of the documents.
    pub verdicts: Vec<GivenVerdict>,
    /// What they wrote to the office.
    pub note: Option<SealedNote>,
    /// Until when it can be taken back, unless somebody takes up the task before.
    pub undo_until: DateTime<Utc>,
}

/// What one pair of eyes said of a document.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct GivenVerdict {
    /// Which document.
    pub ordinal: i16,
    /// The verdict.
    pub verdict: DocumentVerdict,
    /// Reason codes.
    pub codes: Vec<String>,
    /// The page it is about.
    pub page: Option<i32>,
}

/// Records what was said, where two have to agree, and tells what follows. Two who agree each tell the office their
/// reasons, so that it repairs everything at once; of their notes it is told one, the second's where there are two.
pub(crate) async fn course(
    transaction: &mut Transaction<'_, Postgres>,
    taken: &DecidedTask,
    decision: &VerifierDecision,
    now: DateTime<Utc>,
) -> Result<Course, StoreError> {
    if taken.looks == 1 {
        return Ok(Course::Counts { told: decision.into() });
    }
    record(transaction, taken.look, decision, now).await?;
    if taken.look == LAST {
        return Ok(Course::Counts { told: decision.into() });
    }
    let first = sqlx::query!(
        "select outcome, reasons, note from looks where task_id = $1 and look = $2 and undone_at is null",
        decision.task.0,
        taken.look - 1,
    )
    .fetch_optional(&mut **transaction)
    .await?;
    Ok(match first {
        Some(first) if first.outcome == decision.outcome.as_str() => {
            let reasons = together(first.reasons, &decision.reasons);
            Course::Counts { told: ToOffice { reasons, note: decision.note.clone().or(first.note) } }
        }
        _ => Course::NextLook,
    })
}

/// The reasons of both, each once.
fn together(first: Value, second: &Value) -> Value {
    let (Value::Array(mut reasons), Some(more)) = (first, second.as_array()) else { return second.clone() };
    for reason in more {
        if !reasons.contains(reason) {
            reasons.push(reason.clone());
        }
    }
    Value::Array(reasons)
}

async fn record(
    transaction: &mut Transaction<'_, Postgres>,
    look: i16,
    decision: &VerifierDecision,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    sqlx::query!(
        "insert into looks (id, task_id, look, user_id, fence, outcome, reasons, verdicts, decided_at, undo_until,
                            note)
         values ($1, $2, $3, $4, $5, $6, $7,
                 coalesce((select jsonb_agg(to_jsonb(v)) from document_verdicts v join tasks t on t.id = v.task_id
                           where v.task_id = $2 and (v.judged_by = $4 or v.judged_at < t.entered_at)), '[]'), $8, $9, $10)",
        Uuid::now_v7(),
        decision.task.0,
        look,
        decision.user.0,
        decision.fence,
        decision.outcome.as_str(),
        decision.reasons,
        now,
        decision.hold_until,
        decision.note,
    )
    .execute(&mut **transaction)
    .await?;
    Ok(())
}

/// Puts the task back into the pool, at its old turn, for the next who looks; they are shown nothing of what was said, and
/// it is not the same person.
pub(crate) async fn reopen(
    transaction: &mut Transaction<'_, Postgres>,
    taken: &DecidedTask,
    decision: &VerifierDecision,
    now: DateTime<Utc>,
) -> Result<Moved, TaskError> {
    let moved = move_stage(transaction, taken.submission(), Stage::Assigned, Stage::Waiting, None, now)
        .await?
        .ok_or(TaskError::LeaseLost)?;
    sqlx::query!(
        "update tasks set state = 'open', assignee = null, preferred = null, reserved_until = null, look = look + 1,
                opened_at = $2
         where id = $1",
        decision.task.0,
        now,
    )
    .execute(&mut **transaction)
    .await?;
    clear_verdicts(transaction, &[decision.task.0]).await?;
    let excluded = Exclusion {
        submission: taken.submission(),
        revision: Some(taken.revision),
        user: decision.user,
        reason: ExclusionReason::UnderReview,
    };
    exclusion::insert(transaction, &excluded, now).await?;
    Ok(moved)
}

/// Takes a verdict back that waits for the next who looks, and leases the task to `user` with what they had said of the
/// documents; `None` when there is none, its time is over or somebody has taken up the task.
pub(crate) async fn take_back(
    transaction: &mut Transaction<'_, Postgres>,
    task: TaskId,
    user: UserId,
    fence: i64,
    (lease_until, now): (DateTime<Utc>, DateTime<Utc>),
) -> Result<Option<Undone>, TaskError> {
    let row = sqlx::query_as!(
        TakenBack,
        "update tasks t
         set state = 'leased', assignee = $2, look = look - 1, fence = fence + 1, lease_until = $3,
             preferred = null, reserved_until = null
         where id = $1 and state = 'open'
           and exists (select from looks l where l.task_id = t.id and l.look = t.look - 1 and l.user_id = $2
                         and l.fence = $5 and l.undone_at is null and l.undo_until > $4)
         returning submission_id, revision, fence, due_at, look",
        task.0,
        user.0,
        lease_until,
        now,
        fence,
    )
    .fetch_optional(&mut **transaction)
    .await?;
    let Some(row) = row else { return Ok(None) };
    let moved = move_stage(transaction, row.submission(), Stage::Waiting, Stage::Assigned, None, now)
        .await?
        .ok_or(TaskError::NothingToUndo)?;
    // Somebody may have held the task in between and given it back; what they had begun is not shown either.
    sqlx::query!("delete from document_verdicts where task_id = $1", task.0)
        .execute(&mut **transaction)
        .await?;
    sqlx::query!(
        "insert into document_verdicts
         select v.* from looks l cross join lateral jsonb_populate_recordset(null::document_verdicts, l.verdicts) as v
         where l.task_id = $1 and l.look = $2 and l.undone_at is null",
        task.0,
        row.look,
    )
    .execute(&mut **transaction)
    .await?;
    mark_undone(transaction, task, row.look, now).await?;
    Ok(Some(row.leased(task, lease_until, moved)))
}

/// Notes that what was said at `look` does not hold any more; nothing where one pair of eyes is enough.
pub(crate) async fn mark_undone(
    transaction: &mut Transaction<'_, Postgres>,
    task: TaskId,
    look: i16,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    sqlx::query!(
        // What nobody was told is not kept.
        "update looks set undone_at = $3, note = null where task_id = $1 and look = $2 and undone_at is null",
        task.0,
        look,
        now,
    )
    .execute(&mut **transaction)
    .await?;
    Ok(())
}

impl Store {
    /// What `user` said of `task` under the token `fence`, where two have to agree.
    ///
    /// # Errors
    /// As the database says.
    pub async fn look_given(
        &self,
        task: TaskId,
        user: UserId,
        fence: i64,
    ) -> Result<Option<GivenLook>, StoreError> {
        let row = sqlx::query!(
            "select l.outcome, l.reasons, l.verdicts, l.note, l.undo_until, t.submission_id, t.revision
             from looks l join tasks t on t.id = l.task_id
             where l.task_id = $1 and l.user_id = $2 and l.fence = $3 and l.undone_at is null",
            task.0,
            user.0,
            fence,
        )
        .fetch_optional(&self.pool)
        .await?;
        let Some(row) = row else { return Ok(None) };
        let note = SealedNote::of_revision(Some(row.submission_id), row.revision, row.note);
        given(&row.outcome, (row.reasons, note), row.verdicts, row.undo_until).map(Some)
    }

    /// What two verifiers said who differ; empty while a task is not before a supervisor.
    pub(crate) async fn looks_that_differ(&self, task: TaskId) -> Result<Vec<GivenLook>, StoreError> {
        let rows = sqlx::query!(
            "select l.outcome, l.reasons, l.verdicts, l.note, l.undo_until, t.submission_id, t.revision
             from looks l join tasks t on t.id = l.task_id
             where t.id = $1 and t.look = $2 and l.look < $2 and l.undone_at is null order by l.look",
            task.0,
            LAST,
        )
        .fetch_all(&self.pool)
        .await?;
        rows.into_iter()
            .map(|row| {
                let note = SealedNote::of_revision(Some(row.submission_id), row.revision, row.note);
                given(&row.outcome, (row.reasons, note), row.verdicts, row.undo_until)
            })
            .collect()
    }
}

fn given(
    outcome: &str,
    (reasons, note): (Value, Option<SealedNote>),
    verdicts: Value,
    undo_until: DateTime<Utc>,
) -> Result<GivenLook, StoreError> {
    let verdicts =
        Vec::deserialize(verdicts).map_err(|_| StoreError::Corrupt { table: "looks", column: "verdicts" })?;
    Ok(GivenLook { outcome: read_code(outcome, "looks", "outcome")?, reasons, verdicts, note, undo_until })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn the_office_is_told_the_reasons_of_both_each_once() {
        let (blurred, twice) = (json!({"code": "TIDAK_TERBACA"}), json!({"code": "GANDA"}));
        let both = together(json!([blurred]), &json!([twice, blurred]));
        assert_eq!(both, json!([blurred, twice]));
        assert_eq!(together(json!([]), &json!([])), json!([]));
    }
}
