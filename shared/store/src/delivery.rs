//! Deliveries: one row for each notice and channel, with a lease and a back-off of its own.
//!
//! `pending → sending → sent → acknowledged`. An expired `sending` is sent again under the same id; the office sees each
//! notice once after de-duplicating on it. A mail or a short message is never acknowledged: whoever reads it is no program, so
//! what an office acknowledges elsewhere leaves them on their way.

use chrono::{DateTime, TimeDelta, Utc};
use serde_json::Value;
use sqlx::{Postgres, Transaction};
use uuid::Uuid;

use berkas_domain::{NoticeId, OfficeCode};

use crate::{SealedNote, Store, StoreError};

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
    /// The note of the decision that it tells; `data` does not hold it.
    pub note: Option<SealedNote>,
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
    /// The secret before it, while that signs too.
    pub webhook_old_secret: Option<String>,
    /// The address for e-mail, for the channel of that name.
    pub mail_to: Option<String>,
}

/// How one delivery stands.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct DeliveryState {
    /// `amqp`, `webhook`, `mail` or `sms`.
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

/// The columns of [`ClaimedDelivery`] as the database has them.
struct ClaimRow {
    notice_id: Uuid,
    attempts: i32,
    office: String,
    kind: String,
    data: Value,
    submission_id: Option<Uuid>,
    revision: i32,
    note: Option<Vec<u8>>,
    sequence: Option<i64>,
    created_at: DateTime<Utc>,
    trace: Option<String>,
    address: Option<String>,
    secret: Option<String>,
    old_secret: Option<String>,
}

/// What was claimed on `channel`, in the order in which it was made: what an update returns has none.
fn claimed(channel: &str, rows: Vec<ClaimRow>) -> Result<Vec<ClaimedDelivery>, StoreError> {
    let claimed = rows.into_iter().map(|row| {
        let address = |kind| row.address.clone().filter(|_| channel == kind);
        Ok::<_, StoreError>(ClaimedDelivery {
            notice: NoticeId(row.notice_id),
            office: crate::error::read_code(&row.office, "notices", "office")?,
            webhook_url: address("webhook"),
            mail_to: address("mail"),
            webhook_secret: row.secret,
            webhook_old_secret: row.old_secret,
            kind: row.kind,
            note: SealedNote::of_revision(row.submission_id, row.revision, row.note),
            data: row.data,
            sequence: row.sequence,
            created_at: row.created_at,
            trace: row.trace,
            attempts: row.attempts,
        })
    });
    let mut claimed: Vec<_> = claimed.collect::<Result<_, _>>()?;
    claimed.sort_by_key(|delivery| (delivery.created_at, delivery.sequence, delivery.notice));
    Ok(claimed)
}

/// What of the past is sent again to offices that lost their queue.
#[derive(Debug, Clone, Copy)]
pub struct Resend<'a> {
    /// The channel.
    pub channel: &'a str,
    /// To which offices; all of them when absent.
    pub offices: Option<&'a [String]>,
    /// What was sent later than this is under way.
    pub sent_before: DateTime<Utc>,
    /// Answers that nobody acknowledges are not sent again when they are older than this.
    pub answers_since: DateTime<Utc>,
}

/// Marks the deliveries of `notices` acknowledged, on the channels on which an office can acknowledge.
pub(crate) async fn acknowledged(
    transaction: &mut Transaction<'_, Postgres>,
    notices: &[Uuid],
) -> Result<(), StoreError> {
    sqlx::query!(
        "update deliveries set state = 'acknowledged', lease_until = null
         where notice_id = any($1) and channel not in ('mail', 'sms')",
        notices,
    )
    .execute(&mut **transaction)
    .await?;
    Ok(())
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
    /// `k` was sent on the same channel. What was made first comes first. A claim lasts for `lease`; then somebody else may
    /// send it.
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
        let rows = sqlx::query_as!(
            ClaimRow,
            r#"with ready as (
                 select d.notice_id from deliveries d join notices n on n.id = d.notice_id
                 where d.channel = $1 and d.not_before <= $2
                   and (d.state = 'pending' or (d.state = 'sending' and d.lease_until < $2))
                   and not exists (
                       select 1 from notices e join deliveries f on f.notice_id = e.id and f.channel = d.channel
                       where e.submission_id = n.submission_id and e.sequence < n.sequence
                         and f.state in ('pending', 'sending'))
                 order by d.not_before, n.created_at, n.sequence limit $4 for update of d skip locked)
               update deliveries d
               set state = 'sending', lease_until = $3, attempts = d.attempts + 1
               from ready, notices n
               left join channels c on c.office = n.office and c.kind = $1 and c.off_at is null
               where d.notice_id = ready.notice_id and d.channel = $1 and n.id = d.notice_id
               returning d.notice_id, d.attempts, n.office, n.type as kind, n.data, n.sequence, n.created_at, n.trace,
                         n.submission_id, n.revision, (select k.note from decisions k where k.id = n.decision_id) as "note?",
                         c.address as "address?", c.secret as "secret?",
                         case when c.old_until > $2 then c.old_secret end as old_secret"#,
            channel,
            now,
            now + lease,
            limit,
        )
        .fetch_all(&self.pool)
        .await?;
        claimed(channel, rows)
    }

    /// The same, of each office at most `per_office` at a time, those under way included: a receiver that hangs leaves the
    /// others their turn. A statement of its own, since it has to look at all that is ready and number it, where the other
    /// stops at `limit`.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn claim_shared_deliveries(
        &self,
        channel: &str,
        now: DateTime<Utc>,
        lease: TimeDelta,
        limit: i64,
        per_office: i64,
    ) -> Result<Vec<ClaimedDelivery>, StoreError> {
        let rows = sqlx::query_as!(
            ClaimRow,
            r#"with under_way as (
                 select n.office, count(*) as count from deliveries d join notices n on n.id = d.notice_id
                 where d.channel = $1 and d.state = 'sending' and d.lease_until >= $2 group by n.office),
               due as (
                 select d.notice_id, n.office, d.not_before, n.created_at, n.sequence,
                        row_number() over (partition by n.office order by d.not_before, n.created_at, n.sequence) as place
                 from deliveries d join notices n on n.id = d.notice_id
                 where d.channel = $1 and d.not_before <= $2
                   and (d.state = 'pending' or (d.state = 'sending' and d.lease_until < $2))
                   and not exists (
                       select 1 from notices e join deliveries f on f.notice_id = e.id and f.channel = d.channel
                       where e.submission_id = n.submission_id and e.sequence < n.sequence
                         and f.state in ('pending', 'sending'))),
               ready as (
                 select d.notice_id from due join deliveries d on d.notice_id = due.notice_id and d.channel = $1
                 left join under_way u on u.office = due.office
                 where due.place <= $5 - coalesce(u.count, 0)
                   and (d.state = 'pending' or (d.state = 'sending' and d.lease_until < $2))
                 order by due.not_before, due.created_at, due.sequence limit $4 for update of d skip locked)
               update deliveries d
               set state = 'sending', lease_until = $3, attempts = d.attempts + 1
               from ready, notices n
               left join channels c on c.office = n.office and c.kind = $1 and c.off_at is null
               where d.notice_id = ready.notice_id and d.channel = $1 and n.id = d.notice_id
               returning d.notice_id, d.attempts, n.office, n.type as kind, n.data, n.sequence, n.created_at, n.trace,
                         n.submission_id, n.revision, (select k.note from decisions k where k.id = n.decision_id) as "note?",
                         c.address as "address?", c.secret as "secret?",
                         case when c.old_until > $2 then c.old_secret end as old_secret"#,
            channel,
            now,
            now + lease,
            limit,
            per_office,
        )
        .fetch_all(&self.pool)
        .await?;
        claimed(channel, rows)
    }

    /// Notes that these deliveries were taken by the other side. An acknowledgement that came first stays, and says since
    /// when the other side has it.
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
            "with sent as (
                 update deliveries
                 set state = case state when 'sending' then 'sent' else state end,
                     sent_at = $3, sends = sends + 1, lease_until = null, last_error = null
                 where channel = $1 and notice_id = any($2)
                   and (state = 'sending' or (state = 'acknowledged' and sent_at is null))
                 returning notice_id)
             insert into delivery_tries (notice_id, channel, at, outcome) select notice_id, $1, $3, 'sent' from sent",
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
        now: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        sqlx::query!(
            "with failed as (
                 update deliveries
                 set state = case when $4::timestamptz is null then 'failed' else 'pending' end,
                     not_before = coalesce($4, not_before), lease_until = null, last_error = $3
                 where channel = $1 and notice_id = $2 and state = 'sending'
                 returning notice_id, state)
             insert into delivery_tries (notice_id, channel, at, outcome, code)
             select notice_id, $1, $5, case state when 'failed' then 'given_up' else 'failed' end, $3 from failed",
            channel,
            notice.0,
            error,
            not_before,
            now,
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

    /// The offices to which [`Self::resend_owed`] would send something again.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn offices_owed(
        &self,
        channel: &str,
        waits: &[i64],
        now: DateTime<Utc>,
    ) -> Result<Vec<OfficeCode>, StoreError> {
        let offices = sqlx::query_scalar!(
            "select distinct n.office from deliveries d join notices n on n.id = d.notice_id
             where d.channel = $1 and d.state = 'sent' and n.decision_id is not null and n.acknowledged_at is null
               and exists (select from channels_on c where c.office = n.office and c.kind = d.channel)
               and d.sent_at <= $3::timestamptz - make_interval(
                   secs => ($2::bigint[])[greatest(1, least(d.sends, cardinality($2::bigint[])))])",
            channel,
            waits,
            now,
        )
        .fetch_all(&self.pool)
        .await?;
        offices.iter().map(|office| crate::error::read_code(office, "notices", "office")).collect()
    }

    /// Sends decisions that were sent and not acknowledged again, under the same id, at most `limit` at a time and the
    /// longest silent first: what was sent n times after the n-th of `waits`, in seconds, the last of which stays. Only to
    /// `offices`, or to all. Answers that need no acknowledgement are left alone. Returns how many.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub async fn resend_owed(
        &self,
        channel: &str,
        offices: Option<&[String]>,
        waits: &[i64],
        now: DateTime<Utc>,
        limit: i64,
    ) -> Result<u64, StoreError> {
        let done = sqlx::query!(
            "with owed as (
                 select d.notice_id from deliveries d join notices n on n.id = d.notice_id
                 where d.channel = $1 and d.state = 'sent' and n.decision_id is not null
                   and n.acknowledged_at is null and ($5::text[] is null or n.office = any($5))
                   and exists (select from channels_on c where c.office = n.office and c.kind = d.channel)
                   and d.sent_at <= $3::timestamptz - make_interval(
                       secs => ($2::bigint[])[greatest(1, least(d.sends, cardinality($2::bigint[])))])
                 order by d.sent_at, n.created_at limit $4 for update of d skip locked)
             update deliveries d set state = 'pending', not_before = $3
             from owed where d.notice_id = owed.notice_id and d.channel = $1",
            channel,
            waits,
            now,
            limit,
            offices,
        )
        .execute(&self.pool)
        .await?;
        Ok(done.rows_affected())
    }

    /// Sends again, under the same id, what offices whose queue was made anew still need: decisions that they have not
    /// acknowledged, and the latest answer that needs no acknowledgement, while it is young enough for somebody to wait for
    /// it. What is older has been read, or was followed by something newer. Returns how many.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub async fn resend_lost(&self, resend: &Resend<'_>, now: DateTime<Utc>) -> Result<u64, StoreError> {
        let done = sqlx::query!(
            "update deliveries d set state = 'pending', not_before = $5
             from notices n
             where n.id = d.notice_id and d.channel = $1 and d.state = 'sent' and d.sent_at <= $3
               and ($2::text[] is null or n.office = any($2)) and n.acknowledged_at is null
               and exists (select from channels_on c where c.office = n.office and c.kind = d.channel)
               and (n.decision_id is not null
                    or (n.created_at >= $4
                        and not exists (select from notices later where later.submission_id = n.submission_id
                                        and later.sequence > n.sequence)))",
            resend.channel,
            resend.offices,
            resend.sent_before,
            resend.answers_since,
            now,
        )
        .execute(&self.pool)
        .await?;
        Ok(done.rows_affected())
    }
}
