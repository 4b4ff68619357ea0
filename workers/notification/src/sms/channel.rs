//! Telling applicants what their office is told.

use std::sync::Arc;

use berkas_blobs::{BlobError, ObjectKey};
use berkas_contract::{Told, decode_form};
use berkas_domain::MobileNumber;
use berkas_runtime::settings::SmsLanguage;
use berkas_runtime::{App, crash_point};
use berkas_store::ClaimedDelivery;
use chrono::TimeDelta;
use tokio_util::sync::CancellationToken;

use super::{NotTaken, ShortMessage, ShortMessages};
use crate::circuit::Circuits;
use crate::ledger::{Channel, Ledger};
use crate::pump::pump;

/// Sends short messages about decisions to applicants who agreed.
pub(crate) struct SmsChannel<W> {
    app: App,
    /// Absent when none is set: what is owed then waits, and is too late some day.
    way: Option<W>,
    /// One for all: they share the gateway.
    circuits: Circuits<()>,
    ledger: Ledger,
}

impl<W: ShortMessages> SmsChannel<W> {
    /// Makes the channel over `way`.
    pub(crate) fn new(app: App, way: Option<W>) -> Self {
        let ledger = Ledger::new(app.clone(), Channel::Sms);
        Self { app, way, circuits: Circuits::default(), ledger }
    }

    /// Delivers until `shutdown`, then waits for what is under way.
    pub(crate) async fn run(self: Arc<Self>, shutdown: CancellationToken) {
        if self.way.is_none() {
            return shutdown.cancelled().await;
        }
        let concurrency = self.app.settings.sms.concurrency;
        let deliver = |delivery: ClaimedDelivery| {
            let this = Arc::clone(&self);
            async move { this.deliver(&delivery).await }
        };
        pump(&self.app, &self.ledger, concurrency, &shutdown, deliver).await;
    }

    async fn deliver(&self, delivery: &ClaimedDelivery) {
        let Some(way) = &self.way else { return };
        let message = match self.message(delivery).await {
            Ok(message) => message,
            Err(NotTaken::Down(code)) => return self.ledger.failed(delivery, &code).await,
            Err(NotTaken::Final(code)) => return self.ledger.given_up(delivery, &code).await,
        };
        let pass = match self.circuits.admit(&(), self.app.clock.now()) {
            Ok(pass) => pass,
            Err(until) => return self.ledger.put_off(delivery, until).await,
        };
        crash_point("notification.before_send");
        let sent = way.send(&message).await;
        crash_point("notification.after_send");
        match &sent {
            Err(NotTaken::Down(_)) => self.circuits.failed(&(), pass, self.app.clock.now()),
            Ok(()) | Err(NotTaken::Final(_)) => self.circuits.came_through(&()),
        }
        match sent {
            Ok(()) => self.ledger.sent(&[delivery.notice]).await,
            Err(NotTaken::Down(code)) => self.ledger.failed(delivery, &code).await,
            Err(NotTaken::Final(code)) => self.ledger.given_up(delivery, &code).await,
        }
    }

    async fn message(&self, delivery: &ClaimedDelivery) -> Result<ShortMessage, NotTaken> {
        let age = self.app.clock.now() - delivery.created_at;
        if age > TimeDelta::hours(self.app.settings.sms.most_hours.into()) {
            return Err(never("too_late"));
        }
        let told = Told::read(&delivery.kind, delivery.data.clone()).and_then(Result::ok);
        let told = told.ok_or_else(|| never("notice_unreadable"))?;
        let (decision, texts) = (&told.decision, &self.app.texts.sms);
        let text = texts.message(&decision.registration_number, decision.outcome, told.corrects.is_some());
        let text = match self.app.settings.sms.language {
            SmsLanguage::Id => text.id,
            SmsLanguage::En => text.en,
        };
        Ok(ShortMessage { notice: delivery.notice, to: self.number(delivery).await?, text })
    }

    /// The number as the form has it. It is read each time and kept nowhere.
    async fn number(&self, delivery: &ClaimedDelivery) -> Result<MobileNumber, NotTaken> {
        let agreed = self.app.store.short_message_to(delivery.notice).await;
        let agreed = agreed.map_err(|_| NotTaken::Down("store_unavailable".to_owned()))?;
        let agreed = agreed.ok_or_else(|| never("consent_missing"))?;
        let key = ObjectKey::Original { office: delivery.office.clone(), sha256: agreed.form };
        let form = self.app.blobs.get(&key).await.map_err(|error| match error {
            BlobError::NotFound { .. } => never("form_missing"),
            _ => NotTaken::Down("object_store".to_owned()),
        })?;
        // What is wrong with it is not passed on: it could quote a value.
        let form = decode_form(&form).map_err(|_| never("form_unreadable"))?;
        let phone = form.person(agreed.person).and_then(|person| person.phone.as_deref());
        phone.and_then(MobileNumber::read).ok_or_else(|| never("phone_invalid"))
    }
}

fn never(code: &str) -> NotTaken {
    NotTaken::Final(code.to_owned())
}
