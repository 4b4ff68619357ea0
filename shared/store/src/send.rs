//! Sending a decision before its hold is over, by choice of who took it.

use berkas_domain::{Stage, Step, TaskId, UserId};
use chrono::{DateTime, Utc};
use serde_json::json;

use crate::audit::{self, Actor};
use crate::{Store, TaskError};

impl Store {
    /// Makes the notice of the decision due now that `user` took under the token `fence`: it cannot be undone once it has
    /// left. Where two had to agree it waits for its hold: that it can be sent would tell that they did.
    ///
    /// # Errors
    /// [`TaskError::NothingToSend`] when there is no such decision, or its notice has left or is due already.
    pub async fn send_now(
        &self,
        task: TaskId,
        user: UserId,
        fence: i64,
        now: DateTime<Utc>,
    ) -> Result<(), TaskError> {
        let mut transaction = self.pool.begin().await?;
        // The task first, in everybody's order: an undo comes before or after.
        let submission = sqlx::query_scalar!(
            "select t.submission_id from tasks t
             join decisions d on d.submission_id = t.submission_id and d.revision = t.revision and d.undone_at is null
             where t.id = $1 and t.assignee = $2 and t.fence = $3 and t.state = 'decided' and d.decided_by = $2
               and (t.looks = 1 or t.look = 3) for update of t",
            task.0,
            user.0,
            fence,
        )
        .fetch_optional(&mut *transaction)
        .await?
        .ok_or(TaskError::NothingToSend)?;
        let hurried = sqlx::query!(
            "update due w set not_before = $2
             from submissions s
             where s.id = $1 and w.submission_id = s.id and w.generation = s.generation and s.stage = $3
               and w.step = $4 and w.not_before > $2",
            submission,
            now,
            Stage::Decided.as_str(),
            Step::Notification.as_str(),
        )
        .execute(&mut *transaction)
        .await?;
        if hurried.rows_affected() == 0 {
            return Err(TaskError::NothingToSend);
        }
        audit::note(&mut transaction, Actor::User(user), "task.sent_early", (task, json!({})), now).await?;
        Ok(transaction.commit().await?)
    }
}
