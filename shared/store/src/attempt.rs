//! Attempts that run alone, so that a message which kills its worker is found out.
//!
//! The attempt row is committed before the work starts and deleted when the work is settled; while it runs, its worker
//! holds an advisory lock. A row whose lock is free belongs to a worker that crashed.

use chrono::{DateTime, Utc};
use sqlx::{Postgres, Transaction};
use uuid::Uuid;

use crate::due::WorkRef;
use crate::{Store, StoreError};

/// What became of the wish to attempt a piece of work alone.
#[derive(Debug)]
pub enum AttemptStart {
    /// Go on; keep the guard until the work is settled.
    Started(AttemptGuard),
    /// Another live worker is at it: this copy of the message is superfluous.
    Busy,
    /// This many attempts crashed before; the limit is reached.
    TooManyCrashes(i64),
    /// The work is no longer due.
    Stale,
}

/// Holds the advisory lock of one attempt; the lock goes with it, also when the process dies.
#[derive(Debug)]
pub struct AttemptGuard {
    transaction: Transaction<'static, Postgres>,
    id: Uuid,
}

impl AttemptGuard {
    /// Its row.
    #[must_use]
    pub const fn id(&self) -> Uuid {
        self.id
    }
}

/// How long the lock of another attempt is waited for. One that has just ended, or whose worker has just died, lets go of it
/// within that; taken for a live one, its message would be dropped and the work lie until the sweeper comes by.
const PATIENCE_MS: u32 = 2_000;

/// How long the guard's transaction may stand still, which it does by design: longer than any step may take. One that is
/// frozen for longer counts as crashed.
const GUARDED_MS: u32 = 3_600_000;

/// Takes the lock of `work`, waiting a moment for whoever has it.
async fn lock(transaction: &mut Transaction<'_, Postgres>, work: WorkRef) -> Result<bool, StoreError> {
    let limits = format!(
        "set local lock_timeout = {PATIENCE_MS}; set local idle_in_transaction_session_timeout = {GUARDED_MS}"
    );
    sqlx::raw_sql(sqlx::AssertSqlSafe(limits)).execute(&mut **transaction).await?;
    let locked = sqlx::query!(
        "select pg_advisory_xact_lock(hashtextextended($1, $2))",
        work.submission.0.to_string(),
        work.generation.0,
    );
    match locked.execute(&mut **transaction).await {
        Ok(_) => Ok(true),
        Err(sqlx::Error::Database(refused)) if refused.code().as_deref() == Some(LOCK_NOT_AVAILABLE) => {
            Ok(false)
        }
        Err(error) => Err(error.into()),
    }
}

/// The SQLSTATE of a lock that was not had in time.
const LOCK_NOT_AVAILABLE: &str = "55P03";

impl Store {
    /// Starts an attempt at `work` that runs alone.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub async fn start_attempt(
        &self,
        work: WorkRef,
        worker: &str,
        crash_limit: i64,
        now: DateTime<Utc>,
    ) -> Result<AttemptStart, StoreError> {
        let mut transaction = self.pool.begin().await?;
        if !lock(&mut transaction, work).await? {
            return Ok(AttemptStart::Busy);
        }
        // On a connection of its own: the row must be committed before the work starts.
        let counted = sqlx::query!(
            r#"select exists (select 1 from due where submission_id = $1 and generation = $2) as "due!",
                      (select count(*) from attempts where submission_id = $1 and generation = $2) as "crashes!""#,
            work.submission.0,
            work.generation.0,
        )
        .fetch_one(&self.pool)
        .await?;
        if !counted.due {
            return Ok(AttemptStart::Stale);
        }
        if counted.crashes >= crash_limit {
            return Ok(AttemptStart::TooManyCrashes(counted.crashes));
        }
        let id = Uuid::now_v7();
        sqlx::query!(
            "insert into attempts (id, submission_id, generation, worker, started_at) values ($1, $2, $3, $4, $5)",
            id,
            work.submission.0,
            work.generation.0,
            worker,
            now,
        )
        .execute(&self.pool)
        .await?;
        Ok(AttemptStart::Started(AttemptGuard { transaction, id }))
    }

    /// Closes an attempt that did not crash, whatever came of it, and frees its lock.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`]; the row then stays and counts as a crash.
    pub async fn close_attempt(&self, guard: AttemptGuard) -> Result<(), StoreError> {
        sqlx::query!("delete from attempts where id = $1", guard.id).execute(&self.pool).await?;
        guard.transaction.rollback().await?;
        Ok(())
    }

    /// Closes attempts whose worker is stopped before it is done: that is no crash. Returns how many were open.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`]; the rows then stay and count as crashes.
    pub async fn close_attempts(&self, attempts: &[Uuid]) -> Result<u64, StoreError> {
        let closed = sqlx::query!("delete from attempts where id = any($1)", attempts);
        Ok(closed.execute(&self.pool).await?.rows_affected())
    }
}
