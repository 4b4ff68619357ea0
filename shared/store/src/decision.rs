//! Deciding on a task, and taking it back. Where a second pair of eyes is needed, [`crate::look`] says what a decision
//! leads to.

use berkas_domain::{Outcome, Revision, Stage, Step, SubmissionId, TaskId, UserId};
use chrono::{DateTime, Utc};
use serde_json::{Value, json};
use sqlx::{Postgres, Transaction};
use uuid::Uuid;

use crate::audit::{self, Actor};
use crate::exclusion::{self, Exclusion, ExclusionReason};
use crate::look::{self, Course, ToOffice};
use crate::task::{LeasedTask, Moved, TaskError, give_up, move_stage};
use crate::{SealedNote, Store, StoreError};

/// A verifier's decision on the submission.
#[derive(Debug, Clone)]
pub struct VerifierDecision {
    /// The task.
    pub task: TaskId,
    /// The token of the lease.
    pub fence: i64,
    /// Who decides.
    pub user: UserId,
    /// How.
    pub outcome: Outcome,
    /// Coded reasons, as JSON.
    pub reasons: Value,
    /// What the office is told in the verifier's own words, sealed for [`crate::note_place`].
    pub note: Option<Vec<u8>>,
    /// Until when it can be undone; the notice leaves then.
    pub hold_until: DateTime<Utc>,
}

/// What came of a decision.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Taken {
    /// It was taken.
    Now,
    /// One with the same outcome and reasons was taken before under the same token.
    Before {
        /// Its note, sealed. Whether it says the same shows only when it is opened.
        note: Option<SealedNote>,
    },
}

/// A task as it was when it was decided.
pub(crate) struct DecidedTask {
    pub submission_id: Uuid,
    pub revision: i32,
    pub trace: Option<String>,
    /// Which pair of eyes it was.
    pub look: i16,
    /// How many have to agree.
    pub looks: i16,
}

/// A task of which a verdict was taken back.
pub(crate) struct TakenBack {
    pub submission_id: Uuid,
    pub revision: i32,
    pub fence: i64,
    pub due_at: DateTime<Utc>,
    /// Which pair of eyes took theirs back.
    pub look: i16,
}

impl TakenBack {
    pub(crate) const fn submission(&self) -> SubmissionId {
        SubmissionId(self.submission_id)
    }

    /// What its verifier holds again.
    pub(crate) const fn leased(self, id: TaskId, lease_until: DateTime<Utc>, moved: Moved) -> Undone {
        let (submission, revision) = (self.submission(), Revision(self.revision));
        let Self { fence, due_at, look, .. } = self;
        Undone { task: LeasedTask { id, submission, revision, fence, lease_until, due_at }, look, moved }
    }
}

/// A task that is leased again to who had decided on it.
pub(crate) struct Undone {
    pub task: LeasedTask,
    /// Which pair of eyes they are.
    pub look: i16,
    /// Its submission.
    pub moved: Moved,
}

impl DecidedTask {
    pub(crate) const fn submission(&self) -> SubmissionId {
        SubmissionId(self.submission_id)
    }
}

impl Store {
    /// Takes a decision: the task is decided and the notice is due when the hold ends. Where two have to agree, the first
    /// verdict only brings the task before a second verifier, and two that differ before a supervisor; no notice is due
    /// then. The same decision under the same token again changes nothing and is no error; its note is the caller's to compare.
    ///
    /// # Errors
    /// [`TaskError::LeaseLost`], or [`TaskError::DecidedOtherwise`] when another decision was taken under this token.
    pub async fn decide(&self, decision: &VerifierDecision, now: DateTime<Utc>) -> Result<Taken, TaskError> {
        let mut transaction = self.pool.begin().await?;
        let taken = sqlx::query_as!(
            DecidedTask,
            "update tasks set state = 'decided', lease_until = null
             where id = $1 and assignee = $2 and fence = $3 and state = 'leased' and lease_until > $4
               and (look < 3 or exists (select from users where id = $2 and role = 'supervisor'))
             returning submission_id, revision, trace, look, looks",
            decision.task.0,
            decision.user.0,
            decision.fence,
            now,
        )
        .fetch_optional(&mut *transaction)
        .await?;
        let Some(taken) = taken else {
            // Waited for, unlike a drop: a second click that came while the first was at the row holds a lock on it until then,
            // and whoever pulls passes over what is locked.
            transaction.rollback().await?;
            return self.same_decision(decision).await;
        };
        let (to, moved) = match look::course(&mut transaction, &taken, decision, now).await? {
            Course::Counts { told } => {
                (Stage::Decided, count(&mut transaction, &taken, decision, &told, now).await?)
            }
            Course::NextLook => {
                (Stage::Waiting, look::reopen(&mut transaction, &taken, decision, now).await?)
            }
        };
        note(&mut transaction, "task.decided", decision.task, decision.user, taken.look, now).await?;
        transaction.commit().await?;
        self.watcher.entered(to, moved.counted());
        Ok(Taken::Now)
    }

    /// The decision that was taken before under the same token, when it has this outcome and these reasons.
    async fn same_decision(&self, decision: &VerifierDecision) -> Result<Taken, TaskError> {
        let before = match self.look_given(decision.task, decision.user, decision.fence).await? {
            Some(look) => {
                Some((look.outcome == decision.outcome && look.reasons == decision.reasons, look.note))
            }
            None => self.decided_alike(decision).await?,
        };
        match before {
            Some((true, note)) => Ok(Taken::Before { note }),
            Some((false, _)) => Err(TaskError::DecidedOtherwise),
            None => Err(TaskError::LeaseLost),
        }
    }

    /// Whether what stands under the token of `decision` says the same, and its note; `None` when nothing does.
    async fn decided_alike(
        &self,
        decision: &VerifierDecision,
    ) -> Result<Option<(bool, Option<SealedNote>)>, StoreError> {
        let before = sqlx::query!(
            r#"select d.outcome = $4 and d.reasons = $5 as "same!", d.submission_id, d.revision, d.note
               from tasks t join decisions d on d.submission_id = t.submission_id and d.revision = t.revision
               where t.id = $1 and t.assignee = $2 and t.fence = $3 and t.state = 'decided'
                 and d.undone_at is null and d.decided_by = $2"#,
            decision.task.0,
            decision.user.0,
            decision.fence,
            decision.outcome.as_str(),
            decision.reasons,
        )
        .fetch_optional(&self.pool)
        .await?;
        Ok(before.map(|before| {
            let note = SealedNote::of_revision(Some(before.submission_id), before.revision, before.note);
            (before.same, note)
        }))
    }

    /// Takes the decision back that `user` took under the token `fence`, while its notice has not left, or a verdict while
    /// nobody else has taken up the task, and gives the task back to the same verifier under a new lease. Undo and whoever
    /// would go on compare-and-set the same row, so exactly one of them wins. Whoever does not decide under that lease is not
    /// given the revision again: they said once what it then does not become. `None`: the task went to the pool instead,
    /// since who took it back is off duty or holds all they can.
    ///
    /// # Errors
    /// [`TaskError::NothingToUndo`].
    pub async fn undo_decision(
        &self,
        task: TaskId,
        user: UserId,
        fence: i64,
        lease_until: DateTime<Utc>,
        now: DateTime<Utc>,
    ) -> Result<Option<LeasedTask>, TaskError> {
        let mut transaction = self.pool.begin().await?;
        // Before the task, in everybody's order: no break begins and no pull gets in meanwhile.
        let has_room = has_room(&mut transaction, user).await?;
        let undone = match take_back(&mut transaction, task, user, fence, (lease_until, now)).await? {
            Some(undone) => undone,
            None => look::take_back(&mut transaction, task, user, fence, (lease_until, now))
                .await?
                .ok_or(TaskError::NothingToUndo)?,
        };
        exclude(&mut transaction, &undone.task, user, now).await?;
        note(&mut transaction, "task.undone", task, user, undone.look, now).await?;
        if !has_room {
            give_up(&mut transaction, task, user, undone.task.fence, now).await?;
        }
        transaction.commit().await?;
        let to = if has_room { Stage::Assigned } else { Stage::Waiting };
        self.watcher.entered(to, undone.moved.counted());
        Ok(has_room.then_some(undone.task))
    }
}

/// Whether `user`, whose row is locked by this, is on duty and may hold one more task.
async fn has_room(transaction: &mut Transaction<'_, Postgres>, user: UserId) -> Result<bool, StoreError> {
    let capacity = sqlx::query_scalar!(
        "select capacity from users where id = $1 and on_duty and disabled_at is null for no key update",
        user.0,
    );
    let Some(capacity) = capacity.fetch_optional(&mut **transaction).await? else { return Ok(false) };
    let held = sqlx::query_scalar!(
        r#"select count(*) as "held!" from tasks where assignee = $1 and state = 'leased'"#,
        user.0,
    );
    Ok(held.fetch_one(&mut **transaction).await? < i64::from(capacity))
}

/// Makes the decision stand: the notice is due when its hold ends.
async fn count(
    transaction: &mut Transaction<'_, Postgres>,
    taken: &DecidedTask,
    decision: &VerifierDecision,
    told: &ToOffice,
    now: DateTime<Utc>,
) -> Result<Moved, TaskError> {
    let outcome = Some(decision.outcome);
    let moved =
        move_stage(transaction, taken.submission(), Stage::Assigned, Stage::Decided, outcome, now).await?;
    let moved = moved.ok_or(TaskError::LeaseLost)?;
    sqlx::query!(
        "insert into decisions (id, submission_id, revision, outcome, reasons, decided_by, decided_at, note)
         values ($1, $2, $3, $4, $5, $6, $7, $8)",
        Uuid::now_v7(),
        taken.submission_id,
        taken.revision,
        decision.outcome.as_str(),
        told.reasons,
        decision.user.0,
        now,
        told.note,
    )
    .execute(&mut **transaction)
    .await?;
    sqlx::query!(
        "insert into due (submission_id, generation, step, attempts, not_before, trace, created_at)
         values ($1, $2, $3, 0, $4, $5, $6)",
        taken.submission_id,
        moved.generation,
        Step::Notification.as_str(),
        decision.hold_until,
        taken.trace,
        now,
    )
    .execute(&mut **transaction)
    .await?;
    Ok(moved)
}

/// Takes a decision back that stands; `None` when there is none of `user`.
async fn take_back(
    transaction: &mut Transaction<'_, Postgres>,
    task: TaskId,
    user: UserId,
    fence: i64,
    (lease_until, now): (DateTime<Utc>, DateTime<Utc>),
) -> Result<Option<Undone>, TaskError> {
    let row = sqlx::query_as!(
        TakenBack,
        "update tasks set state = 'leased', fence = fence + 1, lease_until = $3
         where id = $1 and assignee = $2 and fence = $4 and state = 'decided'
         returning submission_id, revision, fence, due_at, look",
        task.0,
        user.0,
        lease_until,
        fence,
    )
    .fetch_optional(&mut **transaction)
    .await?;
    let Some(row) = row else { return Ok(None) };
    let submission = row.submission();
    let moved = move_stage(transaction, submission, Stage::Decided, Stage::Assigned, None, now)
        .await?
        .ok_or(TaskError::NothingToUndo)?;
    sqlx::query!("delete from due where submission_id = $1", submission.0)
        .execute(&mut **transaction)
        .await?;
    sqlx::query!("update submissions set outcome = null where id = $1", submission.0)
        .execute(&mut **transaction)
        .await?;
    sqlx::query!(
        // What nobody was told is not kept.
        "update decisions set undone_at = $3, undone_by = $4, note = null
         where submission_id = $1 and revision = $2 and undone_at is null",
        submission.0,
        row.revision,
        now,
        user.0,
    )
    .execute(&mut **transaction)
    .await?;
    look::mark_undone(transaction, task, row.look, now).await?;
    Ok(Some(row.leased(task, lease_until, moved)))
}

/// Writes down what `user` did, in the transaction that does it: sent again after a crash it is the same, and not noted twice.
async fn note(
    transaction: &mut Transaction<'_, Postgres>,
    action: &'static str,
    task: TaskId,
    user: UserId,
    look: i16,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    let of = (task, json!({ "look": look }));
    audit::note(transaction, Actor::User(user), action, of, now).await
}

async fn exclude(
    transaction: &mut Transaction<'_, Postgres>,
    undone: &LeasedTask,
    user: UserId,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    let excluded = Exclusion {
        submission: undone.submission,
        revision: Some(undone.revision.0),
        user,
        reason: ExclusionReason::Undone,
    };
    exclusion::insert(transaction, &excluded, now).await
}
