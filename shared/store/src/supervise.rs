//! What a supervisor does with somebody else's task: takes it back, or hands it to somebody. Each is one transaction, and the
//! token of whoever held the task is worth nothing after it.

use berkas_domain::{HandReason, Revision, Stage, SubmissionId, TaskId, UserId};
use chrono::{DateTime, Utc};
use serde_json::json;
use sqlx::{Postgres, Transaction};
use uuid::Uuid;

use crate::audit::{self, Actor};
use crate::look::LAST;
use crate::task::{LeasedTask, move_stage, return_to_pool, wait_again};
use crate::{Store, StoreError};

/// Who does it to which task, and why.
#[derive(Debug, Clone, Copy)]
pub struct SupervisorAct {
    /// The task.
    pub task: TaskId,
    /// Its token as the supervisor saw it: what changed since is not acted on.
    pub fence: i64,
    /// The supervisor.
    pub by: UserId,
    /// Why.
    pub reason: HandReason,
}

/// Why somebody cannot be handed a task.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unfit {
    /// There is no such verifier, or they are shut out.
    Unknown,
    /// They are not on duty.
    OffDuty,
    /// They are not competent for the service.
    NotCompetent,
    /// One is practice, the other is not.
    OtherPool,
    /// They have a stake in it, or have looked at it before.
    Excluded,
    /// A supervisor decides it, and they are none.
    SupervisorsOnly,
    /// They hold all they can.
    Full,
    /// They hold it already.
    HoldsIt,
}

impl Unfit {
    /// Its one spelling.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Unknown => "unknown",
            Self::OffDuty => "off_duty",
            Self::NotCompetent => "not_competent",
            Self::OtherPool => "other_pool",
            Self::Excluded => "excluded",
            Self::SupervisorsOnly => "supervisors_only",
            Self::Full => "full",
            Self::HoldsIt => "holds_it",
        }
    }
}

/// Why a supervisor's act was not done.
#[derive(Debug, thiserror::Error)]
pub enum SuperviseError {
    /// The task was pulled, given back or decided meanwhile, or is not open.
    #[error("the task has changed meanwhile")]
    Changed,
    /// Whom it should be handed to cannot have it.
    #[error("the task cannot be handed to that person: {}", .0.as_str())]
    Unfit(Unfit),
    /// The database.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl From<sqlx::Error> for SuperviseError {
    fn from(error: sqlx::Error) -> Self {
        Self::Store(error.into())
    }
}

/// A task as an act finds it.
struct Found {
    submission_id: Uuid,
    revision: i32,
    service: String,
    training: bool,
    state: String,
    assignee: Option<Uuid>,
    look: i16,
    due_at: DateTime<Utc>,
}

impl Store {
    /// Takes a task from who holds it, back into the pool. What they had said is kept for them as a draft.
    ///
    /// # Errors
    /// [`SuperviseError::Changed`] when nobody holds it under that token.
    pub async fn take_task_back(&self, act: SupervisorAct, now: DateTime<Utc>) -> Result<(), SuperviseError> {
        let mut transaction = self.pool.begin().await?;
        let found = find(&mut transaction, act).await?;
        let Some(holder) = found.assignee.filter(|_| found.state == "leased") else {
            return Err(SuperviseError::Changed);
        };
        let submissions = return_to_pool(&mut transaction, &[act.task.0], now).await?;
        let waiting = wait_again(&mut transaction, submissions, now).await?;
        sqlx::query!(
            "update tasks set fence = fence + 1, handed_fence = fence + 1 where id = $1",
            act.task.0
        )
        .execute(&mut *transaction)
        .await?;
        let detail = json!({ "from": holder, "reason": act.reason.as_str() });
        audit::note(&mut transaction, Actor::User(act.by), "task.taken_back", (act.task, detail), now)
            .await?;
        transaction.commit().await?;
        self.watcher.entered(Stage::Waiting, waiting);
        Ok(())
    }

    /// Gives a task that waits or that somebody holds to `to` under a lease until `lease_until`, who must be able to pull it:
    /// on duty, competent, of its pool, with room for it and no stake in it.
    ///
    /// # Errors
    /// [`SuperviseError::Changed`] when it is not as the token says; [`SuperviseError::Unfit`].
    pub async fn hand_task(
        &self,
        act: SupervisorAct,
        to: UserId,
        lease_until: DateTime<Utc>,
        now: DateTime<Utc>,
    ) -> Result<LeasedTask, SuperviseError> {
        let mut transaction = self.pool.begin().await?;
        // Before the task, in everybody's order: neither a pull nor a break of theirs gets in between.
        sqlx::query!("select id from users where id = $1 for no key update", to.0)
            .fetch_optional(&mut *transaction)
            .await?;
        let found = find(&mut transaction, act).await?;
        fits(&mut transaction, &found, to).await?;
        let submission = SubmissionId(found.submission_id);
        let was_held = found.state == "leased";
        let entered = if was_held {
            return_to_pool(&mut transaction, &[act.task.0], now).await?;
            0
        } else {
            move_stage(&mut transaction, submission, Stage::Waiting, Stage::Assigned, None, now)
                .await?
                .ok_or(SuperviseError::Changed)?
                .counted()
        };
        let fence = sqlx::query_scalar!(
            "update tasks set state = 'leased', assignee = $2, fence = fence + 1, handed_fence = fence + 1, lease_until = $3,
                    preferred = null, reserved_until = null
             where id = $1 returning fence",
            act.task.0,
            to.0,
            lease_until,
        )
        .fetch_one(&mut *transaction)
        .await?;
        let detail =
            json!({ "from": found.assignee.filter(|_| was_held), "to": to, "reason": act.reason.as_str() });
        audit::note(&mut transaction, Actor::User(act.by), "task.handed", (act.task, detail), now).await?;
        transaction.commit().await?;
        self.watcher.entered(Stage::Assigned, entered);
        let (id, revision, due_at) = (act.task, Revision(found.revision), found.due_at);
        Ok(LeasedTask { id, submission, revision, fence, lease_until, due_at })
    }
}

/// Locks the task, when it is as the token says and waits or is held.
async fn find(
    transaction: &mut Transaction<'_, Postgres>,
    act: SupervisorAct,
) -> Result<Found, SuperviseError> {
    let found = sqlx::query_as!(
        Found,
        "select submission_id, revision, service, training, state, assignee, look, due_at from tasks
         where id = $1 and fence = $2 and state in ('open', 'leased') for update",
        act.task.0,
        act.fence,
    );
    found.fetch_optional(&mut **transaction).await?.ok_or(SuperviseError::Changed)
}

/// Whether `to` could pull it, but for its turn.
async fn fits(
    transaction: &mut Transaction<'_, Postgres>,
    found: &Found,
    to: UserId,
) -> Result<(), SuperviseError> {
    let person = sqlx::query!(
        r#"select u.role, u.services, u.training, u.on_duty,
                  u.capacity > (select count(*) from tasks h where h.assignee = u.id and h.state = 'leased') as "room!",
                  exists (select from task_exclusions e
                          where e.submission_id = $2 and e.user_id = u.id
                            and (e.revision is null or e.revision = $3)) as "excluded!"
           from users u
           where u.id = $1 and u.disabled_at is null and u.role in ('verifier', 'supervisor')"#,
        to.0,
        found.submission_id,
        found.revision,
    )
    .fetch_optional(&mut **transaction)
    .await?
    .ok_or(SuperviseError::Unfit(Unfit::Unknown))?;
    let unfit = [
        (found.state == "leased" && found.assignee == Some(to.0), Unfit::HoldsIt),
        (!person.on_duty, Unfit::OffDuty),
        (person.training != found.training, Unfit::OtherPool),
        (!person.services.contains(&found.service), Unfit::NotCompetent),
        (person.excluded, Unfit::Excluded),
        (found.look == LAST && person.role != "supervisor", Unfit::SupervisorsOnly),
        (!person.room, Unfit::Full),
    ];
    match unfit.into_iter().find(|(is_so, _)| *is_so) {
        Some((_, unfit)) => Err(SuperviseError::Unfit(unfit)),
        None => Ok(()),
    }
}

/// A verifier as who hands out tasks sees them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Colleague {
    /// Who.
    pub user: UserId,
    /// The name colleagues see.
    pub display_name: String,
    /// Whether they take tasks now.
    pub on_duty: bool,
    /// Whether of the trainers' pool.
    pub training: bool,
    /// Tasks they hold.
    pub held: i64,
    /// Tasks they may hold at once.
    pub capacity: i32,
    /// How often their roster was changed: the token of whoever changes it next.
    pub roster_version: i64,
}

impl Store {
    /// Every enabled verifier and supervisor, by name.
    ///
    /// # Errors
    /// As the database says.
    pub async fn colleagues(&self) -> Result<Vec<Colleague>, StoreError> {
        let rows = sqlx::query!(
            r#"select id, display_name, on_duty, training, capacity, roster_version,
                      (select count(*) from tasks t where t.assignee = u.id and t.state = 'leased') as "held!"
               from users u where disabled_at is null and role in ('verifier', 'supervisor') order by display_name, id"#,
        )
        .fetch_all(&self.pool)
        .await?;
        let read = rows.into_iter().map(|row| Colleague {
            user: UserId(row.id),
            display_name: row.display_name,
            on_duty: row.on_duty,
            training: row.training,
            held: row.held,
            capacity: row.capacity,
            roster_version: row.roster_version,
        });
        Ok(read.collect())
    }
}
