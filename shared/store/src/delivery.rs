//! Deliveries: one row for each notice and channel, with a lease and a back-off of its own.
//!
//! `pending → sending → sent → acknowledged`. An expired `sending` is sent again under the same id; the office sees each
//! notice once after de-duplicating on it.

use chrono::{DateTime, TimeDelta, Utc};
use serde_json::Value;

use berkas_domain::{NoticeId, OfficeCode};

use crate::{Store, StoreError};

/// A delivery that was claimed for sending.
#[derive(Debug, Clone)]
pub struct ClaimedDelivery {
    /// The notice.
    pub notice: NoticeId,
    /// To whom.
    pub office: OfficeCode,
    /// The type of the message.
    pub kind: String,
    /// Its data.
    pub data: Value,
    /// Its place among what is sent for the submission.
    pub sequence: Option<i64>,
    /// When the notice was made.
    pub created_at: DateTime<Utc>,
    /// The `traceparent` of what made it.
    pub trace: Option<String>,
    /// How often it was tried, this time included.
    pub attempts: i32,
    /// Where the office wants it, for the webhook channel; absent while its webhook is off.
    pub webhook_url: Option<String>,
    /// The secret its signature is made with.
    pub webhook_secret: Option<String>,
    /// The address for e-mail, for the channel of that name.
    pub mail_to: Option<String>,
}

/// How one delivery stands.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct DeliveryState {
    /// `amqp`, `webhook` or `mail`.
    pub channel: String,
    /// `pending`, `sending`, `sent`, `acknowledged` or `failed`.
    pub state: String,
    /// How often it was tried.
    pub attempts: i32,
    /// When it may be tried again.
    pub not_before: DateTime<Utc>,
    /// When the other side took it last.
    pub sent_at: Option<DateTime<Utc>>,
    /// The code of the last failure.
    pub last_error: Option<String>,
}

impl Store {
    /// How the deliveries of `notice` stand, by channel.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub async fn deliveries_of(&self, notice: NoticeId) -> Result<Vec<DeliveryState>, StoreError> {
        Ok(sqlx::query_as!(
            DeliveryState,
            "select channel, state, attempts, not_before, sent_at, last_error from deliveries
             where notice_id = $1 order by channel",
            notice.0,
        )
        .fetch_all(&self.pool)
        .await?)
    }

    /// Claims at most `limit` deliveries of `channel` that are due, in order within each submission: `k + 1` only after
    /// `k` was sent on the same channel. A claim lasts for `lease`; then somebody else may send it.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn claim_deliveries(
        &self,
        channel: &str,
        now: DateTime<Utc>,
        lease: TimeDelta,
        limit: i64,
    ) -> Result<Vec<ClaimedDelivery>, StoreError> {
        let rows = sqlx::query!(
            r#"with ready as (
                 select d.notice_id from deliveries d join notices n on n.id = d.notice_id
                 where d.channel = $1 and d.not_before <= $2
                   and (d.state = 'pending' or (d.state = 'sending' and d.lease_until < $2))
                   and not exists (
                       select 1 from notices e join deliveries f on f.notice_id = e.id and f.channel = d.channel
                       where e.submission_id = n.submission_id and e.sequence < n.sequence
                         and f.state in ('pending', 'sending'))
                 order by d.not_before limit $4 for update of d skip locked)
               update deliveries d
               set state = 'sending', lease_until = $3, attempts = d.attempts + 1
               from ready, notices n, offices o
               where d.notice_id = ready.notice_id and d.channel = $1 and n.id = d.notice_id and o.code = n.office
               returning d.notice_id, d.attempts, n.office, n.type, n.data, n.sequence, n.created_at, n.trace,
                         case when o.webhook_off_at is null then o.webhook_url end as webhook_url, o.webhook_secret,
                         o.mail_to"#,
            channel,
            now,
            now + lease,
            limit,
        )
        .fetch_all(&self.pool)
        .await?;
        rows.into_iter()
            .map(|row| {
                Ok(ClaimedDelivery {
                    notice: NoticeId(row.notice_id),
                    office: crate::error::read_code(&row.office, "notices", "office")?,
                    kind: row.r#type,
                    data: row.data,
                    sequence: row.sequence,
                    created_at: row.created_at,
                    trace: row.trace,
                    attempts: row.attempts,
                    webhook_url: row.webhook_url,
                    webhook_secret: row.webhook_secret,
                    mail_to: row.mail_to,
                })
            })
            .collect()
    }

    /// Notes that these deliveries were taken by the other side. An acknowledgement that came first stays.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`]; the lease then runs out and they are sent again under the same id.
    pub async fn deliveries_sent(
        &self,
        channel: &str,
        notices: &[NoticeId],
        now: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        let ids: Vec<_> = notices.iter().map(|notice| notice.0).collect();
        sqlx::query!(
            "update deliveries set state = 'sent', sent_at = $3, lease_until = null, last_error = null
             where channel = $1 and notice_id = any($2) and state = 'sending'",
            channel,
            &ids,
            now,
        )
        .execute(&self.pool)
        .await?;
        Ok(())
    }

    /// Notes that a delivery failed with the coded `error` and shall be tried again at `not_before`; never again when
    /// that is absent (the office's inbox still has the notice).
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub async fn delivery_failed(
        &self,
        channel: &str,
        notice: NoticeId,
        error: &str,
        not_before: Option<DateTime<Utc>>,
    ) -> Result<(), StoreError> {
        sqlx::query!(
            "update deliveries
             set state = case when $4::timestamptz is null then 'failed' else 'pending' end,
                 not_before = coalesce($4, not_before), lease_until = null, last_error = $3
             where channel = $1 and notice_id = $2 and state = 'sending'",
            channel,
            notice.0,
            error,
            not_before,
        )
        .execute(&self.pool)
        .await?;
        Ok(())
    }

    /// Gives a claimed delivery back unsent until `not_before`; the attempt is not counted.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub async fn delivery_put_off(
        &self,
        channel: &str,
        notice: NoticeId,
        not_before: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        sqlx::query!(
            "update deliveries
             set state = 'pending', not_before = $3, lease_until = null, attempts = greatest(attempts - 1, 0)
             where channel = $1 and notice_id = $2 and state = 'sending'",
            channel,
            notice.0,
            not_before,
        )
        .execute(&self.pool)
        .await?;
        Ok(())
    }

    /// Sends decisions that were sent and not acknowledged again, under the same id, at most `limit` at a time and the
    /// longest silent first: the n-th time after the n-th of `waits`, in seconds, the last of which stays. Answers that
    /// need no acknowledgement are left alone. Returns how many.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub async fn resend_owed(
        &self,
        channel: &str,
        waits: &[i64],
        now: DateTime<Utc>,
        limit: i64,
    ) -> Result<u64, StoreError> {
        let done = sqlx::query!(
            "with owed as (
                 select d.notice_id from deliveries d join notices n on n.id = d.notice_id
                 where d.channel = $1 and d.state = 'sent' and n.decision_id is not null
                   and n.acknowledged_at is null
                   and d.sent_at <= $3::timestamptz - make_interval(
                       secs => ($2::bigint[])[greatest(1, least(d.attempts, cardinality($2::bigint[])))])
                 order by d.sent_at limit $4 for update of d skip locked)
             update deliveries d set state = 'pending', not_before = $3
             from owed where d.notice_id = owed.notice_id and d.channel = $1",
            channel,
            waits,
            now,
            limit,
        )
        .execute(&self.pool)
        .await?;
        Ok(done.rows_affected())
    }

    /// Sends again, under the same id, what was sent and not acknowledged: everything of `offices` (their queue was made
    /// anew) or, when `None`, what was sent before `sent_before`. Answers that need no acknowledgement are included:
    /// the office de-duplicates. Returns how many.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub async fn resend_unacknowledged(
        &self,
        channel: &str,
        offices: Option<&[String]>,
        sent_before: DateTime<Utc>,
        now: DateTime<Utc>,
    ) -> Result<u64, StoreError> {
        let done = sqlx::query!(
            "update deliveries d set state = 'pending', not_before = $4
             from notices n
             where n.id = d.notice_id and d.channel = $1 and d.state = 'sent' and d.sent_at <= $3
               and ($2::text[] is null or n.office = any($2))",
            channel,
            offices,
            sent_before,
            now,
        )
        .execute(&self.pool)
        .await?;
        Ok(done.rows_affected())
    }

    /// Turns the webhook of `office` off because its receiver said it is gone.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub async fn disable_webhook(&self, office: &OfficeCode, now: DateTime<Utc>) -> Result<(), StoreError> {
        sqlx::query!("update offices set webhook_off_at = $2 where code = $1", office.as_str(), now)
            .execute(&self.pool)
            .await?;
        Ok(())
    }
}
