//! Who did or saw what; rows are only ever added.

use std::fmt;

use berkas_domain::{OfficeCode, UserId};
use chrono::{DateTime, Utc};
use serde_json::Value;
use sqlx::{PgExecutor, Postgres, Transaction};
use uuid::Uuid;

use crate::{Store, StoreError};

/// Who did something.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Actor {
    /// A person who is signed in.
    User(UserId),
    /// A program of an office.
    Office(OfficeCode),
    /// An operator at the command line.
    Operator,
    /// The software itself.
    System,
}

impl fmt::Display for Actor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::User(id) => write!(f, "user:{id}"),
            Self::Office(code) => write!(f, "office:{code}"),
            Self::Operator => f.write_str("operator"),
            Self::System => f.write_str("system"),
        }
    }
}

/// One act.
#[derive(Debug, Clone, PartialEq)]
pub struct AuditEntry {
    /// Who.
    pub actor: Actor,
    /// What, for example `scan.viewed`.
    pub action: &'static str,
    /// On what: an id.
    pub subject: String,
    /// Ids, numbers and codes; never a value from a form.
    pub detail: Value,
}

/// One act as it is shown.
#[derive(Debug, Clone, PartialEq, serde::Serialize)]
pub struct AuditLine {
    /// When.
    pub at: DateTime<Utc>,
    /// Who, as [`Actor`] is written; a user by their login (`user:wati`) instead of their id, where they are still known.
    pub by: String,
    /// What.
    pub action: String,
    /// Ids, numbers and codes.
    pub detail: Value,
}

/// Writes one act down, on its own or in the transaction that does it.
pub(crate) async fn insert(
    executor: impl PgExecutor<'_>,
    entry: &AuditEntry,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    sqlx::query!(
        "insert into audit (id, at, actor, action, subject, detail) values ($1, $2, $3, $4, $5, $6)",
        Uuid::now_v7(),
        now,
        entry.actor.to_string(),
        entry.action,
        entry.subject,
        entry.detail
    )
    .execute(executor)
    .await?;
    Ok(())
}

/// Writes down what `actor` did to `subject`, in the transaction that does it: whatever came of it was noted.
pub(crate) async fn note(
    transaction: &mut Transaction<'_, Postgres>,
    actor: Actor,
    action: &'static str,
    (subject, detail): (impl fmt::Display, Value),
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    let entry = AuditEntry { actor, action, subject: subject.to_string(), detail };
    insert(&mut **transaction, &entry, now).await
}

impl Store {
    /// Writes one act down.
    ///
    /// # Errors
    /// As the database says.
    pub async fn audit(&self, entry: &AuditEntry, now: DateTime<Utc>) -> Result<(), StoreError> {
        insert(&self.pool, entry, now).await
    }

    /// Counts the acts `action` on `subject`.
    ///
    /// # Errors
    /// As the database says.
    pub async fn audited(&self, action: &str, subject: &str) -> Result<i64, StoreError> {
        let count = sqlx::query_scalar!(
            r#"select count(*) as "count!" from audit where subject = $2 and action = $1"#,
            action,
            subject
        )
        .fetch_one(&self.pool)
        .await?;
        Ok(count)
    }

    /// Lists what was done to `subject`, the newest first, at most `limit` acts.
    ///
    /// # Errors
    /// As the database says.
    pub async fn audit_of(&self, subject: &str, limit: i64) -> Result<Vec<AuditLine>, StoreError> {
        let lines = sqlx::query_as!(
            AuditLine,
            r#"select a.at, coalesce('user:' || u.login, a.actor) as "by!", a.action, a.detail
               from audit a left join users u on a.actor = 'user:' || u.id
               where a.subject = $1 order by a.at desc, a.id desc limit $2"#,
            subject,
            limit
        );
        Ok(lines.fetch_all(&self.pool).await?)
    }
}
