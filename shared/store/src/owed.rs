//! What offices have not acknowledged, and channels that do not work: for operators.

use berkas_domain::{NoticeId, OfficeCode};
use chrono::{DateTime, Utc};
use serde_json::Value;

use crate::error::read_code;
use crate::{DeliveryState, Store, StoreError};

/// A decision that its office has not acknowledged.
#[derive(Debug, Clone, serde::Serialize)]
pub struct OwedNotice {
    /// The notice.
    pub id: NoticeId,
    /// To whom it is owed.
    pub office: OfficeCode,
    /// The name of that office.
    pub office_name: String,
    /// The number on the receipt.
    pub registration_number: String,
    /// The type of the message.
    #[serde(rename = "type")]
    pub kind: String,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// How it stands on each channel: `amqp sent, mail failed`.
    pub channels: String,
}

/// A channel of an office on which something was given up, or that is turned off.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct ChannelFault {
    /// The office.
    pub office: OfficeCode,
    /// Its name.
    pub office_name: String,
    /// `amqp`, `webhook`, `mail` or `sms`.
    pub channel: String,
    /// The code of the failure; `off_gone` when its receiver said that it is gone, so that it is off.
    pub code: String,
    /// Unacknowledged notices that were given up because of it.
    pub notices: i64,
    /// Since when the channel is off.
    pub off_at: Option<DateTime<Utc>>,
}

/// One try of a delivery that came to an end.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct DeliveryTry {
    /// `amqp`, `webhook`, `mail` or `sms`.
    pub channel: String,
    /// When.
    pub at: DateTime<Utc>,
    /// `sent`, `failed` (tried again later) or `given_up`.
    pub outcome: String,
    /// Why it failed.
    pub code: Option<String>,
}

/// Everything about one notice.
#[derive(Debug, Clone, serde::Serialize)]
pub struct DeliveryRecord {
    /// The notice.
    pub id: NoticeId,
    /// To whom.
    pub office: OfficeCode,
    /// The number on the receipt; absent for a rejection.
    pub registration_number: Option<String>,
    /// The type of the message.
    #[serde(rename = "type")]
    pub kind: String,
    /// Its place among what is sent for the submission.
    pub sequence: Option<i64>,
    /// Whether it is practice.
    pub training: bool,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// When the office acknowledged it.
    pub acknowledged_at: Option<DateTime<Utc>>,
    /// The notice that does not count any more because of it.
    pub corrects: Option<NoticeId>,
    /// Its data: ids and codes.
    pub data: Value,
    /// How it stands on each channel.
    pub deliveries: Vec<DeliveryState>,
    /// What was tried, the first first.
    pub tries: Vec<DeliveryTry>,
}

impl Store {
    /// Decisions made before `before` that their office has not acknowledged, the oldest first, at most `limit`. Practice is
    /// left out.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn owed(&self, before: DateTime<Utc>, limit: i64) -> Result<Vec<OwedNotice>, StoreError> {
        let rows = sqlx::query!(
            r#"select n.id, n.office, o.name, s.registration_number, n.type as kind, n.created_at,
                      coalesce((select string_agg(d.channel || ' ' || d.state, ', ' order by d.channel)
                                from deliveries d where d.notice_id = n.id), '') as "channels!"
               from notices n join submissions s on s.id = n.submission_id join offices o on o.code = n.office
               where n.decision_id is not null and n.acknowledged_at is null and n.created_at <= $1 and not s.training
               order by n.created_at, n.id limit $2"#,
            before,
            limit,
        )
        .fetch_all(&self.pool)
        .await?;
        let owed = rows.into_iter().map(|row| {
            Ok(OwedNotice {
                id: NoticeId(row.id),
                office: read_code(&row.office, "notices", "office")?,
                office_name: row.name,
                registration_number: row.registration_number,
                kind: row.kind,
                created_at: row.created_at,
                channels: row.channels,
            })
        });
        owed.collect()
    }

    /// Channels on which an unacknowledged notice was given up, and webhooks that were turned off, by office.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn channel_faults(&self) -> Result<Vec<ChannelFault>, StoreError> {
        let rows = sqlx::query!(
            r#"with given_up as (
                   select n.office, d.channel, coalesce(d.last_error, '') as code, count(*) as notices
                   from deliveries d join notices n on n.id = d.notice_id
                   left join submissions s on s.id = n.submission_id
                   where d.state = 'failed' and n.acknowledged_at is null
                     and not coalesce(s.training, (n.data ->> 'training')::boolean, false)
                   group by 1, 2, 3),
               faults as (
                   select office, channel, code, notices, null::timestamptz as off_at from given_up
                   union all
                   select office, kind, 'off_' || coalesce(off_reason, ''), 0, off_at from channels
                   where off_at is not null and off_reason <> 'operator')
               select f.office as "office!", o.name, f.channel as "channel!", f.code as "code!", f.notices as "notices!",
                      f.off_at
               from faults f join offices o on o.code = f.office order by f.office, f.channel, f.code"#,
        )
        .fetch_all(&self.pool)
        .await?;
        let faults = rows.into_iter().map(|row| {
            Ok(ChannelFault {
                office: read_code(&row.office, "notices", "office")?,
                office_name: row.name,
                channel: row.channel,
                code: row.code,
                notices: row.notices,
                off_at: row.off_at,
            })
        });
        faults.collect()
    }

    /// Everything about one notice; `None` when there is none.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn delivery_record(&self, notice: NoticeId) -> Result<Option<DeliveryRecord>, StoreError> {
        let row = sqlx::query!(
            r#"select n.office, s.registration_number as "registration_number?", n.type as kind, n.sequence,
                      coalesce(s.training, (n.data ->> 'training')::boolean, false) as "training!", n.created_at, n.acknowledged_at, n.corrects, n.data
               from notices n left join submissions s on s.id = n.submission_id where n.id = $1"#,
            notice.0,
        )
        .fetch_optional(&self.pool)
        .await?;
        let Some(row) = row else { return Ok(None) };
        let tries = sqlx::query_as!(
            DeliveryTry,
            "select channel, at, outcome, code from delivery_tries where notice_id = $1 order by at, channel",
            notice.0,
        )
        .fetch_all(&self.pool)
        .await?;
        Ok(Some(DeliveryRecord {
            id: notice,
            office: read_code(&row.office, "notices", "office")?,
            registration_number: row.registration_number,
            kind: row.kind,
            sequence: row.sequence,
            training: row.training,
            created_at: row.created_at,
            acknowledged_at: row.acknowledged_at,
            corrects: row.corrects.map(NoticeId),
            data: row.data,
            deliveries: self.deliveries_of(notice).await?,
            tries,
        }))
    }
}
