//! Who is signed in, and how often somebody tried.

use berkas_domain::{Sha256Hash, Stage, UserId};
use chrono::{DateTime, TimeDelta, Utc};
use sqlx::{Postgres, Transaction};

use crate::audit::Actor;
use crate::roster::roster_of;
use crate::user::{OffDuty, UserRow, begin_duty, leave_duty};
use crate::{Store, StoreError, UserAccount};

/// Whose session it is, and how it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SessionUser {
    /// Who is signed in.
    pub account: UserAccount,
    /// Since when the session is locked; absent when it is open.
    pub locked_at: Option<DateTime<Utc>>,
}

/// How much later than the last time a session must be seen for the row to be written again.
const TOUCH_AFTER: TimeDelta = TimeDelta::seconds(30);

impl Store {
    /// Opens a session that ends at `expires_at` at the latest. `id_hash` is the hash of the secret in the cookie. Who
    /// signs in is on duty; who has a roster, within a shift.
    ///
    /// # Errors
    /// As the database says.
    pub async fn open_session(
        &self,
        id_hash: Sha256Hash,
        user: UserId,
        now: DateTime<Utc>,
        expires_at: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        let mut transaction = self.pool.begin().await?;
        // Whoever ends the duty with another session's end locks it too, and then sees this one, or is seen.
        sqlx::query!("select id from users where id = $1 for no key update", user.0)
            .fetch_optional(&mut *transaction)
            .await?;
        sqlx::query!(
            "insert into sessions (id_hash, user_id, created_at, last_seen_at, expires_at)
             values ($1, $2, $3, $3, $4)",
            id_hash.as_bytes(),
            user.0,
            now,
            expires_at
        )
        .execute(&mut *transaction)
        .await?;
        if roster_of(&mut transaction, user).await?.is_on(now) {
            begin_duty(&mut transaction, user, Actor::User(user), now).await?;
        }
        Ok(transaction.commit().await?)
    }

    /// Finds whose session it is, and notes that it was used; nobody's when it has ended, was unused for `idle`, or
    /// when the user is disabled.
    ///
    /// # Errors
    /// As the database says.
    pub async fn session_user(
        &self,
        id_hash: Sha256Hash,
        now: DateTime<Utc>,
        idle: TimeDelta,
    ) -> Result<Option<SessionUser>, StoreError> {
        let Some((user, last_seen_at)) = self.session_account(id_hash, now, idle).await? else {
            return Ok(None);
        };
        if now - last_seen_at >= TOUCH_AFTER {
            self.touch_session(id_hash, now).await?;
        }
        Ok(Some(user))
    }

    /// The same without noting that it was used, with when it was used last.
    ///
    /// # Errors
    /// As the database says.
    pub async fn session_account(
        &self,
        id_hash: Sha256Hash,
        now: DateTime<Utc>,
        idle: TimeDelta,
    ) -> Result<Option<(SessionUser, DateTime<Utc>)>, StoreError> {
        let row = sqlx::query!(
            "select u.id, u.login, u.display_name, u.role, u.services, u.training, s.last_seen_at, s.locked_at
             from sessions s join users u on u.id = s.user_id
             where s.id_hash = $1 and s.expires_at > $2 and s.last_seen_at > $3 and u.disabled_at is null",
            id_hash.as_bytes(),
            now,
            now - idle
        )
        .fetch_optional(&self.pool)
        .await?;
        let Some(row) = row else { return Ok(None) };
        let account = UserRow {
            id: row.id,
            login: row.login,
            display_name: row.display_name,
            role: row.role,
            services: row.services,
            training: row.training,
        };
        let user = SessionUser { account: account.try_into()?, locked_at: row.locked_at };
        Ok(Some((user, row.last_seen_at)))
    }

    /// Locks a session; one that is locked stays so since when it was. Says whether this locked it.
    ///
    /// # Errors
    /// As the database says.
    pub async fn lock_session(&self, id_hash: Sha256Hash, now: DateTime<Utc>) -> Result<bool, StoreError> {
        let done = sqlx::query!(
            "update sessions set locked_at = $2 where id_hash = $1 and locked_at is null",
            id_hash.as_bytes(),
            now
        )
        .execute(&self.pool)
        .await?;
        Ok(done.rows_affected() == 1)
    }

    /// Opens a locked session again.
    ///
    /// # Errors
    /// As the database says.
    pub async fn unlock_session(&self, id_hash: Sha256Hash) -> Result<(), StoreError> {
        sqlx::query!("update sessions set locked_at = null where id_hash = $1", id_hash.as_bytes())
            .execute(&self.pool)
            .await?;
        Ok(())
    }

    async fn touch_session(&self, id_hash: Sha256Hash, now: DateTime<Utc>) -> Result<(), StoreError> {
        sqlx::query!(
            "update sessions set last_seen_at = greatest(last_seen_at, $2) where id_hash = $1",
            id_hash.as_bytes(),
            now
        )
        .execute(&self.pool)
        .await?;
        Ok(())
    }

    /// Ends a session. Returns whose it was; nobody's when there was none. With their last session, of those that were used
    /// within `idle`, a person goes off duty and gives back every task they hold.
    ///
    /// # Errors
    /// As the database says.
    pub async fn close_session(
        &self,
        id_hash: Sha256Hash,
        now: DateTime<Utc>,
        idle: TimeDelta,
    ) -> Result<Option<UserId>, StoreError> {
        let mut transaction = self.pool.begin().await?;
        let user = sqlx::query_scalar!(
            "delete from sessions where id_hash = $1 returning user_id",
            id_hash.as_bytes()
        )
        .fetch_optional(&mut *transaction)
        .await?
        .map(UserId);
        let mut waiting = 0;
        if let Some(user) = user {
            waiting = end_duty(&mut transaction, user, OffDuty::SignedOut, (now, idle)).await?;
        }
        transaction.commit().await?;
        self.watcher.entered(Stage::Waiting, waiting);
        Ok(user)
    }

    /// Counts one try under `key` (the hash of a login, an address or both) and returns how many there were since the
    /// window began, this one included, and when the window began. A window that is over begins anew.
    ///
    /// # Errors
    /// As the database says.
    pub async fn count_try(
        &self,
        key: Sha256Hash,
        now: DateTime<Utc>,
        window: TimeDelta,
    ) -> Result<(i32, DateTime<Utc>), StoreError> {
        let row = sqlx::query!(
            r#"insert into login_tries as t (key, tries, since) values ($1, 1, $2)
               on conflict (key) do update set
                   tries = case when t.since <= $3 then 1 else t.tries + 1 end,
                   since = case when t.since <= $3 then $2 else t.since end
               returning tries, since"#,
            key.as_bytes(),
            now,
            now - window
        )
        .fetch_one(&self.pool)
        .await?;
        Ok((row.tries, row.since))
    }

    /// Forgets the tries under `key`, after one that succeeded.
    ///
    /// # Errors
    /// As the database says.
    pub async fn forget_tries(&self, key: Sha256Hash) -> Result<(), StoreError> {
        sqlx::query!("delete from login_tries where key = $1", key.as_bytes()).execute(&self.pool).await?;
        Ok(())
    }

    /// Deletes sessions that have ended or were not used for `idle`; whoever has none left goes off duty and gives back every
    /// task they hold. Returns how many persons that were.
    ///
    /// # Errors
    /// As the database says.
    pub async fn sweep_sessions(&self, now: DateTime<Utc>, idle: TimeDelta) -> Result<usize, StoreError> {
        let mut transaction = self.pool.begin().await?;
        let mut users = sqlx::query_scalar!(
            "delete from sessions where expires_at <= $1 or last_seen_at <= $2 returning user_id",
            now,
            now - idle,
        )
        .fetch_all(&mut *transaction)
        .await?;
        // In order: two who sweep at once wait for each other.
        users.sort_unstable();
        users.dedup();
        let mut waiting = 0;
        for user in &users {
            waiting += end_duty(&mut transaction, UserId(*user), OffDuty::SessionEnded, (now, idle)).await?;
        }
        transaction.commit().await?;
        self.watcher.entered(Stage::Waiting, waiting);
        Ok(users.len())
    }

    /// Forgets tries whose `window` is over.
    ///
    /// # Errors
    /// As the database says.
    pub async fn sweep_tries(&self, now: DateTime<Utc>, window: TimeDelta) -> Result<(), StoreError> {
        sqlx::query!("delete from login_tries where since <= $1", now - window).execute(&self.pool).await?;
        Ok(())
    }
}

/// Ends the duty of `user` unless another session of theirs lives; returns how many submissions wait again.
async fn end_duty(
    transaction: &mut Transaction<'_, Postgres>,
    user: UserId,
    cause: OffDuty,
    (now, idle): (DateTime<Utc>, TimeDelta),
) -> Result<usize, StoreError> {
    // Whoever signs in at the same moment locks the row as well, and comes before or after.
    sqlx::query!("select id from users where id = $1 for no key update", user.0)
        .fetch_optional(&mut **transaction)
        .await?;
    let elsewhere = sqlx::query_scalar!(
        r#"select exists (select from sessions where user_id = $1 and expires_at > $2 and last_seen_at > $3) as "elsewhere!""#,
        user.0,
        now,
        now - idle,
    )
    .fetch_one(&mut **transaction)
    .await?;
    if elsewhere { Ok(0) } else { Ok(leave_duty(transaction, user, cause, now).await?.waiting) }
}
