//! The ways to an office: where its notices go, with which keys, and since when not.

use berkas_domain::OfficeCode;
use chrono::{DateTime, Utc};
use serde_json::json;
use sqlx::{Postgres, Transaction};

use crate::audit::{self, Actor, AuditEntry};
use crate::{Store, StoreError};

/// One way to an office. Its secrets are not shown.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct OfficeChannel {
    /// The office.
    pub office: String,
    /// `amqp`, `webhook` or `mail`.
    pub kind: String,
    /// Where to; absent for the queue.
    pub address: Option<String>,
    /// Until when the key before the present one signs too.
    pub old_until: Option<DateTime<Utc>>,
    /// Since when nothing goes there.
    pub off_at: Option<DateTime<Utc>>,
    /// Why.
    pub off_reason: Option<String>,
}

impl Store {
    /// The ways to offices that were set or turned off, by office; a queue that was never turned off is no row.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn channels(&self) -> Result<Vec<OfficeChannel>, StoreError> {
        Ok(sqlx::query_as!(
            OfficeChannel,
            "select office, kind, address, old_until, off_at, off_reason from channels order by office, kind",
        )
        .fetch_all(&self.pool)
        .await?)
    }

    /// Sets the address where people of an office read their decisions; `None` for none. The audit says that, not the
    /// address.
    ///
    /// # Errors
    /// [`StoreError`]; `false` when there is no such office.
    pub async fn set_mail(
        &self,
        code: &OfficeCode,
        address: Option<&str>,
        now: DateTime<Utc>,
    ) -> Result<bool, StoreError> {
        let mut transaction = self.pool.begin().await?;
        let done = sqlx::query!("update offices set mail_to = $2 where code = $1", code.as_str(), address)
            .execute(&mut *transaction)
            .await?;
        if done.rows_affected() == 0 {
            return Ok(false);
        }
        set(&mut transaction, code, "mail", address, None).await?;
        note(&mut transaction, code, "channel.mail", json!({ "on": address.is_some() }), now).await?;
        transaction.commit().await?;
        Ok(true)
    }

    /// Sets where an office wants its notices, and the secret they are signed with; an older secret signs no more. The audit
    /// says that there is one or none, neither address nor secret.
    ///
    /// # Errors
    /// [`StoreError`]; `false` when there is no such office.
    pub async fn set_webhook(
        &self,
        code: &OfficeCode,
        url: Option<&str>,
        secret: Option<&str>,
        now: DateTime<Utc>,
    ) -> Result<bool, StoreError> {
        let mut transaction = self.pool.begin().await?;
        let done = sqlx::query!(
            "update offices set webhook_url = $2, webhook_secret = $3, webhook_off_at = null where code = $1",
            code.as_str(),
            url,
            secret,
        )
        .execute(&mut *transaction)
        .await?;
        if done.rows_affected() == 0 {
            return Ok(false);
        }
        set(&mut transaction, code, "webhook", url, secret).await?;
        note(&mut transaction, code, "channel.webhook", json!({ "on": url.is_some() }), now).await?;
        transaction.commit().await?;
        Ok(true)
    }

    /// Gives the webhook of an office another secret. The present one signs too until `old_until`, so that its program can
    /// change over in its own time.
    ///
    /// # Errors
    /// [`StoreError`]; `false` when the office has no webhook.
    pub async fn rotate_webhook(
        &self,
        code: &OfficeCode,
        secret: &str,
        old_until: DateTime<Utc>,
        now: DateTime<Utc>,
    ) -> Result<bool, StoreError> {
        let mut transaction = self.pool.begin().await?;
        let done = sqlx::query!(
            "update channels set old_secret = secret, old_until = $3, secret = $2
             where office = $1 and kind = 'webhook' and address is not null and secret is not null",
            code.as_str(),
            secret,
            old_until,
        )
        .execute(&mut *transaction)
        .await?;
        if done.rows_affected() == 0 {
            return Ok(false);
        }
        sqlx::query!("update offices set webhook_secret = $2 where code = $1", code.as_str(), secret)
            .execute(&mut *transaction)
            .await?;
        note(&mut transaction, code, "channel.rotated", json!({ "until": old_until }), now).await?;
        transaction.commit().await?;
        Ok(true)
    }

    /// Turns the webhook of `office` off because its receiver said it is gone.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub async fn disable_webhook(&self, office: &OfficeCode, now: DateTime<Utc>) -> Result<(), StoreError> {
        let mut transaction = self.pool.begin().await?;
        sqlx::query!("update offices set webhook_off_at = $2 where code = $1", office.as_str(), now)
            .execute(&mut *transaction)
            .await?;
        sqlx::query!(
            "update channels set off_at = $2, off_reason = 'gone' where office = $1 and kind = 'webhook'",
            office.as_str(),
            now,
        )
        .execute(&mut *transaction)
        .await?;
        transaction.commit().await?;
        Ok(())
    }

    /// Turns the queue of an office off or on. Off, nothing is made for it any more and what waits for it is no longer owed
    /// there; the office reads its inbox or its webhook.
    ///
    /// # Errors
    /// [`StoreError`]; `false` when there is no such office.
    pub async fn set_queue(
        &self,
        code: &OfficeCode,
        on: bool,
        now: DateTime<Utc>,
    ) -> Result<bool, StoreError> {
        let mut transaction = self.pool.begin().await?;
        let done = sqlx::query!(
            "insert into channels (office, kind, off_at, off_reason)
             select code, 'amqp', case when not $2 then $3::timestamptz end, case when not $2 then 'operator' end
             from offices where code = $1
             on conflict (office, kind) do update set off_at = excluded.off_at, off_reason = excluded.off_reason",
            code.as_str(),
            on,
            now,
        )
        .execute(&mut *transaction)
        .await?;
        if done.rows_affected() == 0 {
            return Ok(false);
        }
        if !on {
            sqlx::query!(
                "delete from deliveries d using notices n
                 where n.id = d.notice_id and n.office = $1 and d.channel = 'amqp' and d.state in ('pending', 'failed')",
                code.as_str(),
            )
            .execute(&mut *transaction)
            .await?;
        }
        note(&mut transaction, code, "channel.queue", json!({ "on": on }), now).await?;
        transaction.commit().await?;
        Ok(true)
    }
}

async fn set(
    transaction: &mut Transaction<'_, Postgres>,
    office: &OfficeCode,
    kind: &str,
    address: Option<&str>,
    secret: Option<&str>,
) -> Result<(), StoreError> {
    sqlx::query!(
        "insert into channels (office, kind, address, secret) values ($1, $2, $3, $4)
         on conflict (office, kind) do update
         set address = excluded.address, secret = excluded.secret, old_secret = null, old_until = null,
             off_at = null, off_reason = null",
        office.as_str(),
        kind,
        address,
        secret,
    )
    .execute(&mut **transaction)
    .await?;
    Ok(())
}

async fn note(
    transaction: &mut Transaction<'_, Postgres>,
    office: &OfficeCode,
    action: &'static str,
    detail: serde_json::Value,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    let entry = AuditEntry { actor: Actor::Operator, action, subject: office.to_string(), detail };
    audit::insert(&mut **transaction, &entry, now).await
}
