//! What all channels do with the delivery rows. A write that the database did not take is no loss: the lease runs out
//! and the delivery is made again under the same id.

use std::sync::Mutex;

use berkas_domain::{NoticeId, OfficeCode};
use berkas_runtime::retry::{RetryPolicy, retry};
use berkas_runtime::{App, tell_note};
use berkas_store::{ClaimedDelivery, StoreError};
use chrono::{DateTime, TimeDelta, Utc};

use crate::ladder;

/// How often what nobody acknowledged is looked for.
const RESEND_EVERY: TimeDelta = TimeDelta::seconds(30);
/// How much of it is sent again at a time: an office that was away for a week is not flooded at once.
const RESEND_LIMIT: i64 = 100;

/// A channel that notices go over.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Channel {
    /// The office's queue.
    Amqp,
    /// The office's webhook.
    Webhook,
    /// The mailbox of the office's people.
    Mail,
    /// The telephone of an applicant who agreed.
    Sms,
}

impl Channel {
    /// Its name in the database and in logs.
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Amqp => "amqp",
            Self::Webhook => "webhook",
            Self::Mail => "mail",
            Self::Sms => "sms",
        }
    }

    /// The name of its loop at `/livez`.
    pub(crate) const fn pulse(self) -> &'static str {
        match self {
            Self::Amqp => "notices by amqp",
            Self::Webhook => "notices by webhook",
            Self::Mail => "notices by mail",
            Self::Sms => "short messages",
        }
    }

    /// Whether what nobody acknowledged is sent again. A mailbox or a telephone keeps what it took, and its owner is no
    /// program that de-duplicates.
    const fn reminds(self) -> bool {
        match self {
            Self::Amqp | Self::Webhook => true,
            Self::Mail | Self::Sms => false,
        }
    }
}

/// The delivery rows of one channel.
pub(crate) struct Ledger {
    app: App,
    channel: Channel,
    /// When it last looked for what nobody acknowledged.
    looked_at: Mutex<Option<DateTime<Utc>>>,
}

impl Ledger {
    pub(crate) const fn new(app: App, channel: Channel) -> Self {
        Self { app, channel, looked_at: Mutex::new(None) }
    }

    /// Which channel's they are.
    pub(crate) const fn channel(&self) -> Channel {
        self.channel
    }

    /// Claims at most `limit` deliveries that are due, their notes in their data. One whose note cannot be opened is not sent
    /// without it: the office would have to tell two messages of one id apart.
    pub(crate) async fn claim(&self, limit: i64) -> Result<Vec<ClaimedDelivery>, StoreError> {
        let sealed = self.claim_sealed(limit).await?;
        let mut claimed = Vec::with_capacity(sealed.len());
        for mut delivery in sealed {
            match tell_note(&self.app.seal, delivery.note.as_ref(), &mut delivery.data) {
                Ok(()) => claimed.push(delivery),
                Err(_) => self.failed(&delivery, "note_unreadable").await,
            }
        }
        Ok(claimed)
    }

    async fn claim_sealed(&self, limit: i64) -> Result<Vec<ClaimedDelivery>, StoreError> {
        let lease = TimeDelta::try_seconds(self.app.settings.notices.lease_s.try_into().unwrap_or(i64::MAX));
        let lease = lease.unwrap_or(TimeDelta::MAX);
        let now = self.app.clock.now();
        let (store, channel) = (&self.app.store, self.channel.as_str());
        match self.channel {
            Channel::Webhook => {
                let per_office = self.app.settings.webhook.per_office.max(1).into();
                store.claim_shared_deliveries(channel, now, lease, limit, per_office).await
            }
            // One server takes what is for all offices.
            Channel::Amqp | Channel::Mail | Channel::Sms => {
                store.claim_deliveries(channel, now, lease, limit).await
            }
        }
    }

    /// Whether it is time to look for what nobody acknowledged; never for a channel that does not remind.
    pub(crate) fn is_time_to_remind(&self) -> bool {
        let looked = self.looked_at.lock().map(|looked| *looked).unwrap_or_default();
        let is_time = looked.is_none_or(|looked| self.app.clock.now() - looked >= RESEND_EVERY);
        self.channel.reminds() && is_time
    }

    /// The offices that would be reminded.
    pub(crate) async fn silent_offices(&self) -> Result<Vec<OfficeCode>, StoreError> {
        let store = &self.app.store;
        store.offices_owed(self.channel.as_str(), &self.waits(), self.app.clock.now()).await
    }

    /// Makes due again what `offices`, or all, were sent and did not acknowledge.
    pub(crate) async fn remind(&self, offices: Option<&[OfficeCode]>) -> Result<(), StoreError> {
        let (channel, now) = (self.channel.as_str(), self.app.clock.now());
        let offices: Option<Vec<String>> =
            offices.map(|offices| offices.iter().map(|office| office.as_str().to_owned()).collect());
        let (store, waits) = (&self.app.store, self.waits());
        let count = store.resend_owed(channel, offices.as_deref(), &waits, now, RESEND_LIMIT).await?;
        if count > 0 {
            tracing::info!(delivery.channel = channel, count, "sending unacknowledged notices again");
        }
        if let Ok(mut looked) = self.looked_at.lock() {
            *looked = Some(now);
        }
        Ok(())
    }

    /// The waits before a reminder, in seconds.
    fn waits(&self) -> Vec<i64> {
        let waits = &self.app.settings.notices.resend_s;
        waits.iter().map(|wait| i64::try_from(*wait).unwrap_or(i64::MAX)).collect()
    }

    /// Notes that the other side has these.
    pub(crate) async fn sent(&self, notices: &[NoticeId]) {
        if notices.is_empty() {
            return;
        }
        let (store, now) = (&self.app.store, self.app.clock.now());
        let channel = self.channel.as_str();
        self.note(retry(&RetryPolicy::default(), || store.deliveries_sent(channel, notices, now)).await);
    }

    /// Notes a failure; it is tried again after the rung of the ladder that its attempts have reached.
    pub(crate) async fn failed(&self, delivery: &ClaimedDelivery, code: &str) {
        let waits = &self.app.settings.notices.retry_s;
        let not_before = ladder::next_try(waits, delivery.attempts, self.app.clock.now());
        self.write_failure(delivery, code, Some(not_before)).await;
    }

    /// Notes a failure that trying again will not cure. The office's inbox still has the notice.
    pub(crate) async fn given_up(&self, delivery: &ClaimedDelivery, code: &str) {
        self.write_failure(delivery, code, None).await;
    }

    /// Gives it back unsent until `not_before`; the attempt does not count.
    pub(crate) async fn put_off(&self, delivery: &ClaimedDelivery, not_before: DateTime<Utc>) {
        let (store, channel) = (&self.app.store, self.channel.as_str());
        let write = || store.delivery_put_off(channel, delivery.notice, not_before);
        self.note(retry(&RetryPolicy::default(), write).await);
    }

    async fn write_failure(&self, delivery: &ClaimedDelivery, code: &str, not_before: Option<DateTime<Utc>>) {
        tracing::warn!(
            delivery.channel = self.channel.as_str(),
            notice.id = %delivery.notice,
            office.code = %delivery.office,
            delivery.attempts = delivery.attempts,
            error.code = code,
            "a notice could not be delivered"
        );
        let (store, channel, now) = (&self.app.store, self.channel.as_str(), self.app.clock.now());
        let write = || store.delivery_failed(channel, delivery.notice, code, not_before, now);
        self.note(retry(&RetryPolicy::default(), write).await);
    }

    fn note(&self, written: Result<(), StoreError>) {
        if let Err(error) = written {
            let channel = self.channel.as_str();
            tracing::warn!(
                delivery.channel = channel,
                error = &error as &dyn std::error::Error,
                "could not note a delivery; its lease will run out"
            );
        }
    }
}
