//! What every process's metrics say of the office as a whole.

use chrono::{DateTime, Utc};

use crate::{Store, StoreError};

/// How much is parked with one code.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ParkedCount {
    /// The coded cause.
    pub code: String,
    /// Whether these are messages that belong to no submission.
    pub message: bool,
    /// How many.
    pub count: i64,
}

/// Notices to be delivered, by channel.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PendingDeliveries {
    /// Into offices' queues.
    pub amqp: i64,
    /// To offices' webhooks.
    pub webhook: i64,
    /// By e-mail.
    pub mail: i64,
    /// To applicants, by short message.
    pub sms: i64,
}

impl Store {
    /// Counts due work whose time has come and that nobody has published.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub async fn unpublished_count(&self, now: DateTime<Utc>) -> Result<i64, StoreError> {
        let count = sqlx::query_scalar!(
            r#"select count(*) as "count!" from due where published_at is null and not_before <= $1"#,
            now,
        );
        Ok(count.fetch_one(&self.pool).await?)
    }

    /// Counts what is parked and open, by its code, practice left out.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub async fn parked_counts(&self) -> Result<Vec<ParkedCount>, StoreError> {
        let counts = sqlx::query_as!(
            ParkedCount,
            r#"select p.code, p.submission_id is null as "message!", count(*) as "count!"
               from parked p left join submissions s on s.id = p.submission_id
               where p.resolved_at is null and s.training is not true group by 1, 2"#,
        );
        Ok(counts.fetch_all(&self.pool).await?)
    }

    /// Counts notices that are still to be delivered, practice left out.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub async fn pending_deliveries(&self) -> Result<PendingDeliveries, StoreError> {
        let counts = sqlx::query_as!(
            PendingDeliveries,
            r#"select count(*) filter (where d.channel = 'amqp') as "amqp!",
                      count(*) filter (where d.channel = 'webhook') as "webhook!",
                      count(*) filter (where d.channel = 'mail') as "mail!",
                      count(*) filter (where d.channel = 'sms') as "sms!"
               from deliveries d join notices n on n.id = d.notice_id
               left join submissions s on s.id = n.submission_id
               where d.state in ('pending', 'sending') and not coalesce(s.training, (n.data ->> 'training')::boolean, false)"#,
        );
        Ok(counts.fetch_one(&self.pool).await?)
    }

    /// Counts notices that were given up on a channel and that no office has acknowledged, practice left out.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub async fn failed_deliveries(&self) -> Result<PendingDeliveries, StoreError> {
        let counts = sqlx::query_as!(
            PendingDeliveries,
            r#"select count(*) filter (where d.channel = 'amqp') as "amqp!",
                      count(*) filter (where d.channel = 'webhook') as "webhook!",
                      count(*) filter (where d.channel = 'mail') as "mail!",
                      count(*) filter (where d.channel = 'sms') as "sms!"
               from deliveries d join notices n on n.id = d.notice_id
               left join submissions s on s.id = n.submission_id
               where d.state = 'failed' and n.acknowledged_at is null and not coalesce(s.training, (n.data ->> 'training')::boolean, false)"#,
        );
        Ok(counts.fetch_one(&self.pool).await?)
    }

    /// Counts decisions' notices older than `before` that no office has acknowledged, practice left out.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub async fn silent_notices(&self, before: DateTime<Utc>) -> Result<i64, StoreError> {
        let count = sqlx::query_scalar!(
            r#"select count(*) as "count!" from notices n join submissions s on s.id = n.submission_id
               where n.decision_id is not null and n.acknowledged_at is null and n.created_at <= $1
                 and not s.training"#,
            before,
        );
        Ok(count.fetch_one(&self.pool).await?)
    }

    /// Counts tasks that nobody has decided and whose due time has passed, practice left out.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub async fn overdue_tasks(&self, now: DateTime<Utc>) -> Result<i64, StoreError> {
        let count = sqlx::query_scalar!(
            r#"select count(*) as "count!" from tasks
               where state in ('open', 'leased', 'aside') and due_at <= $1 and not training"#,
            now,
        );
        Ok(count.fetch_one(&self.pool).await?)
    }
}
