//! Verifiers, supervisors, operators and viewers.

use berkas_domain::{Service, Stage, UserId};
use chrono::{DateTime, Utc};
use serde_json::json;
use sqlx::{Postgres, Transaction};

use crate::audit::{self, Actor};
use crate::error::read_code;
use crate::{Store, StoreError};

/// What a person may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum UserRole {
    /// Pulls tasks and decides.
    Verifier,
    /// Does what a verifier does, and looks after the verifiers' work.
    Supervisor,
    /// Watches the queues and acts on what is parked.
    Operator,
    /// Watches the queues.
    Viewer,
}

impl UserRole {
    /// Every role.
    pub const ALL: [Self; 4] = [Self::Verifier, Self::Supervisor, Self::Operator, Self::Viewer];

    /// Its one spelling.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Verifier => "verifier",
            Self::Supervisor => "supervisor",
            Self::Operator => "operator",
            Self::Viewer => "viewer",
        }
    }

    /// Whether tasks are given to users with this role.
    #[must_use]
    pub const fn takes_tasks(self) -> bool {
        matches!(self, Self::Verifier | Self::Supervisor)
    }
}

impl std::str::FromStr for UserRole {
    type Err = berkas_domain::UnknownWord;
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let role = Self::ALL.into_iter().find(|role| role.as_str() == text);
        role.ok_or(berkas_domain::UnknownWord { what: "role" })
    }
}

/// A person who may sign in, without the password's hash.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UserAccount {
    /// Who.
    pub id: UserId,
    /// The name typed at login, lower case.
    pub login: String,
    /// The name colleagues see.
    pub display_name: String,
    /// What the person may do.
    pub role: UserRole,
    /// What a verifier is competent for.
    pub services: Vec<Service>,
    /// Belongs to the trainers' pool and sees training submissions only.
    pub training: bool,
}

/// A person who may sign in, or who may not any more.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListedUser {
    /// Who.
    pub account: UserAccount,
    /// Since when they are shut out, if they are.
    pub disabled_at: Option<DateTime<Utc>>,
}

/// What makes a new user.
#[derive(Debug)]
pub struct NewUser<'a> {
    /// Who; chosen by the caller.
    pub id: UserId,
    /// The name typed at login, lower case; unique.
    pub login: &'a str,
    /// The name colleagues see.
    pub display_name: &'a str,
    /// What the person may do.
    pub role: UserRole,
    /// argon2id, PHC string.
    pub password_hash: &'a str,
    /// What a verifier is competent for; empty for everybody else.
    pub services: &'a [Service],
    /// Tasks held at once.
    pub capacity: i32,
    /// Belongs to the trainers' pool.
    pub training: bool,
}

/// The columns of [`UserAccount`] as the database has them.
pub(crate) struct UserRow {
    pub(crate) id: uuid::Uuid,
    pub(crate) login: String,
    pub(crate) display_name: String,
    pub(crate) role: String,
    pub(crate) services: Vec<String>,
    pub(crate) training: bool,
}

impl TryFrom<UserRow> for UserAccount {
    type Error = StoreError;
    fn try_from(row: UserRow) -> Result<Self, StoreError> {
        let services = row.services.iter().map(|word| read_code(word, "users", "services"));
        Ok(Self {
            id: UserId(row.id),
            login: row.login,
            display_name: row.display_name,
            role: read_code(&row.role, "users", "role")?,
            services: services.collect::<Result<_, _>>()?,
            training: row.training,
        })
    }
}

impl Store {
    /// Adds a user. They are on duty once they sign in, within a shift where they have a roster.
    ///
    /// # Errors
    /// [`StoreError::Constraint`] `users_login_key` when the login is taken; otherwise as the database says.
    pub async fn create_user(&self, user: &NewUser<'_>, now: DateTime<Utc>) -> Result<(), StoreError> {
        let services: Vec<String> = user.services.iter().map(|service| service.as_str().to_owned()).collect();
        let mut transaction = self.pool.begin().await?;
        sqlx::query!(
            "insert into users
                 (id, login, display_name, role, password_hash, services, capacity, training, on_duty, created_at)
             values ($1, $2, $3, $4, $5, $6, $7, $8, false, $9)",
            user.id.0,
            user.login,
            user.display_name,
            user.role.as_str(),
            user.password_hash,
            &services,
            user.capacity,
            user.training,
            now
        )
        .execute(&mut *transaction)
        .await?;
        let given = json!({
            "role": user.role, "services": services, "capacity": user.capacity, "training": user.training
        });
        audit::note(&mut transaction, Actor::Operator, "user.added", (user.id, given), now).await?;
        transaction.commit().await?;
        Ok(())
    }

    /// Finds the enabled user who signs in as `login`, with the password's hash (argon2id, PHC string).
    ///
    /// # Errors
    /// As the database says.
    pub async fn user_for_login(&self, login: &str) -> Result<Option<(UserAccount, String)>, StoreError> {
        let row = sqlx::query!(
            "select id, login, display_name, role, services, training, password_hash
             from users where login = $1 and disabled_at is null",
            login
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
        Ok(Some((account.try_into()?, row.password_hash)))
    }

    /// Sets a new password (argon2id, PHC string) and ends every session of the user, and with them their duty.
    ///
    /// # Errors
    /// As the database says.
    pub async fn set_password(
        &self,
        user: UserId,
        password_hash: &str,
        now: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        let mut transaction = self.pool.begin().await?;
        sqlx::query!("update users set password_hash = $2 where id = $1", user.0, password_hash)
            .execute(&mut *transaction)
            .await?;
        sqlx::query!("delete from sessions where user_id = $1", user.0).execute(&mut *transaction).await?;
        let left = leave_duty(&mut transaction, user, OffDuty::NewPassword, now).await?;
        audit::note(&mut transaction, Actor::Operator, "user.password_set", (user, json!({})), now).await?;
        transaction.commit().await?;
        self.watcher.entered(Stage::Waiting, left.waiting);
        Ok(())
    }

    /// Shuts a user out: no login any more, every session ends, and the tasks they hold go back to the pool. Returns
    /// whether the user was enabled before.
    ///
    /// # Errors
    /// As the database says.
    pub async fn disable_user(&self, user: UserId, now: DateTime<Utc>) -> Result<bool, StoreError> {
        let mut transaction = self.pool.begin().await?;
        let disabled = sqlx::query!(
            "update users set disabled_at = $2 where id = $1 and disabled_at is null",
            user.0,
            now
        )
        .execute(&mut *transaction)
        .await?;
        let disabled = disabled.rows_affected() == 1;
        sqlx::query!("delete from sessions where user_id = $1", user.0).execute(&mut *transaction).await?;
        let left = leave_duty(&mut transaction, user, OffDuty::Disabled, now).await?;
        if disabled {
            audit::note(&mut transaction, Actor::Operator, "user.disabled", (user, json!({})), now).await?;
        }
        transaction.commit().await?;
        self.watcher.entered(Stage::Waiting, left.waiting);
        Ok(disabled)
    }

    /// Lets a disabled user sign in again, with the password they had. Returns whether the user was disabled.
    ///
    /// # Errors
    /// As the database says.
    pub async fn enable_user(&self, user: UserId, now: DateTime<Utc>) -> Result<bool, StoreError> {
        let mut transaction = self.pool.begin().await?;
        let enabled = sqlx::query!(
            "update users set disabled_at = null where id = $1 and disabled_at is not null",
            user.0
        );
        let enabled = enabled.execute(&mut *transaction).await?.rows_affected() == 1;
        if enabled {
            audit::note(&mut transaction, Actor::Operator, "user.enabled", (user, json!({})), now).await?;
        }
        transaction.commit().await?;
        Ok(enabled)
    }

    /// Finds the disabled user who signed in as `login`.
    ///
    /// # Errors
    /// As the database says.
    pub async fn disabled_user(&self, login: &str) -> Result<Option<UserId>, StoreError> {
        let id =
            sqlx::query_scalar!("select id from users where login = $1 and disabled_at is not null", login);
        Ok(id.fetch_optional(&self.pool).await?.map(UserId))
    }

    /// Says whether a user takes tasks now.
    ///
    /// # Errors
    /// As the database says.
    pub async fn on_duty(&self, user: UserId) -> Result<bool, StoreError> {
        let on_duty =
            sqlx::query_scalar!("select on_duty from users where id = $1 and disabled_at is null", user.0);
        Ok(on_duty.fetch_optional(&self.pool).await?.unwrap_or(false))
    }

    /// Puts a user on or off duty. Who goes off duty gives back every task they hold. Returns whether that changed
    /// anything; a disabled user stays off duty.
    ///
    /// # Errors
    /// As the database says.
    pub async fn set_duty(
        &self,
        user: UserId,
        on_duty: bool,
        now: DateTime<Utc>,
    ) -> Result<bool, StoreError> {
        self.change_duty(user, on_duty, (Actor::User(user), OffDuty::Break), now).await
    }

    /// As [`set_duty`](Self::set_duty), by an operator at the command line.
    ///
    /// # Errors
    /// As the database says.
    pub async fn order_duty(
        &self,
        user: UserId,
        on_duty: bool,
        now: DateTime<Utc>,
    ) -> Result<bool, StoreError> {
        self.change_duty(user, on_duty, (Actor::Operator, OffDuty::Ordered), now).await
    }

    /// Begins a user's duty as somebody's act, or ends it for a cause.
    async fn change_duty(
        &self,
        user: UserId,
        on_duty: bool,
        (by, cause): (Actor, OffDuty),
        now: DateTime<Utc>,
    ) -> Result<bool, StoreError> {
        let mut transaction = self.pool.begin().await?;
        if on_duty {
            let begun = begin_duty(&mut transaction, user, by, now).await?;
            transaction.commit().await?;
            return Ok(begun);
        }
        let left = leave_duty(&mut transaction, user, cause, now).await?;
        transaction.commit().await?;
        self.watcher.entered(Stage::Waiting, left.waiting);
        Ok(left.was_on_duty)
    }

    /// Lists every enabled user by login.
    ///
    /// # Errors
    /// As the database says.
    pub async fn users(&self) -> Result<Vec<UserAccount>, StoreError> {
        let rows = sqlx::query_as!(
            UserRow,
            "select id, login, display_name, role, services, training
             from users where disabled_at is null order by login"
        )
        .fetch_all(&self.pool)
        .await?;
        rows.into_iter().map(UserAccount::try_from).collect()
    }

    /// Lists every user by login, the disabled ones too.
    ///
    /// # Errors
    /// As the database says.
    pub async fn all_users(&self) -> Result<Vec<ListedUser>, StoreError> {
        let rows = sqlx::query!(
            "select id, login, display_name, role, services, training, disabled_at from users order by login"
        )
        .fetch_all(&self.pool)
        .await?;
        rows.into_iter()
            .map(|row| {
                let account = UserRow {
                    id: row.id,
                    login: row.login,
                    display_name: row.display_name,
                    role: row.role,
                    services: row.services,
                    training: row.training,
                };
                Ok(ListedUser { account: account.try_into()?, disabled_at: row.disabled_at })
            })
            .collect()
    }
}

/// What leaving the duty changed.
pub(crate) struct LeftDuty {
    pub was_on_duty: bool,
    /// Submissions that wait again.
    pub waiting: usize,
}

/// Why somebody is not on duty any more.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum OffDuty {
    /// They have a break.
    Break,
    /// An operator put them off duty.
    Ordered,
    /// They signed out everywhere.
    SignedOut,
    /// Their last session ran out.
    SessionEnded,
    /// A new password ended their sessions.
    NewPassword,
    /// They are shut out.
    Disabled,
    /// Their shift has ended, or they are not expected any more.
    ShiftOver,
}

impl OffDuty {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Break => "break",
            Self::Ordered => "ordered",
            Self::SignedOut => "signed_out",
            Self::SessionEnded => "session_ended",
            Self::NewPassword => "new_password",
            Self::Disabled => "disabled",
            Self::ShiftOver => "shift_over",
        }
    }

    const fn actor(self, user: UserId) -> Actor {
        match self {
            Self::Break | Self::SignedOut => Actor::User(user),
            Self::SessionEnded | Self::ShiftOver => Actor::System,
            Self::Ordered | Self::NewPassword | Self::Disabled => Actor::Operator,
        }
    }
}

/// Puts a user on duty, as `by` wants it; says whether that changed anything.
pub(crate) async fn begin_duty(
    transaction: &mut Transaction<'_, Postgres>,
    user: UserId,
    by: Actor,
    now: DateTime<Utc>,
) -> Result<bool, StoreError> {
    let begun = sqlx::query!(
        "update users set on_duty = true, duty_since = $2 where id = $1 and not on_duty and disabled_at is null",
        user.0,
        now
    );
    let begun = begun.execute(&mut **transaction).await?.rows_affected() == 1;
    if begun {
        audit::note(transaction, by, "duty.on", (user, json!({})), now).await?;
    }
    Ok(begun)
}

/// Puts a user off duty; every task they hold goes back to the pool.
pub(crate) async fn leave_duty(
    transaction: &mut Transaction<'_, Postgres>,
    user: UserId,
    cause: OffDuty,
    now: DateTime<Utc>,
) -> Result<LeftDuty, StoreError> {
    let left =
        sqlx::query!("update users set on_duty = false, duty_since = null where id = $1 and on_duty", user.0)
            .execute(&mut **transaction)
            .await?;
    let was_on_duty = left.rows_affected() == 1;
    if was_on_duty {
        let of = (user, json!({ "cause": cause.as_str() }));
        audit::note(transaction, cause.actor(user), "duty.off", of, now).await?;
    }
    let waiting = crate::task::release_all(transaction, user, now).await?;
    Ok(LeftDuty { was_on_duty, waiting })
}
