//! Mailing what is owed.

use std::sync::Arc;

use berkas_contract::{Event as _, Standby, Told};
use berkas_runtime::{App, crash_point};
use berkas_store::ClaimedDelivery;
use tokio_util::sync::CancellationToken;

use super::server::{Mail, MailServer, MailSetupError, Refusal};
use super::{letter, standby};
use crate::circuit::Circuits;
use crate::ledger::{Channel, Ledger};
use crate::pump::pump;

/// Mails what people of an office read to its address.
pub(crate) struct MailChannel {
    app: App,
    /// Absent when no server is set: what is owed then waits.
    server: Option<MailServer>,
    /// One for all offices: they share the server.
    circuits: Circuits<()>,
    ledger: Ledger,
}

impl MailChannel {
    /// Makes the channel.
    ///
    /// # Errors
    /// [`MailSetupError`].
    pub(crate) fn new(app: App) -> Result<Self, MailSetupError> {
        let settings = &app.settings.mail;
        let server = (!settings.host.is_empty()).then(|| MailServer::new(settings)).transpose()?;
        let ledger = Ledger::new(app.clone(), Channel::Mail);
        Ok(Self { app, server, circuits: Circuits::default(), ledger })
    }

    /// Delivers until `shutdown`, then waits for what is under way.
    pub(crate) async fn run(self: Arc<Self>, shutdown: CancellationToken) {
        if self.server.is_none() {
            return shutdown.cancelled().await;
        }
        let concurrency = self.app.settings.mail.concurrency;
        let deliver = |delivery: ClaimedDelivery| {
            let this = Arc::clone(&self);
            async move { this.deliver(&delivery).await }
        };
        pump(&self.app, &self.ledger, concurrency, &shutdown, deliver).await;
    }

    async fn deliver(&self, delivery: &ClaimedDelivery) {
        let Some(server) = &self.server else { return };
        let Some(to) = delivery.mail_to.as_deref() else {
            return self.ledger.given_up(delivery, "mail_off").await;
        };
        let mail = match self.mail(delivery, to) {
            Ok(mail) => mail,
            Err(code) => return self.ledger.given_up(delivery, code).await,
        };
        let pass = match self.circuits.admit(&(), self.app.clock.now()) {
            Ok(pass) => pass,
            Err(until) => return self.ledger.put_off(delivery, until).await,
        };
        crash_point("notification.before_send");
        let sent = server.send(mail).await;
        crash_point("notification.after_send");
        match &sent {
            Err(Refusal::Server(_)) => self.circuits.failed(&(), pass, self.app.clock.now()),
            // It speaks neither for the server nor against it.
            Err(Refusal::Unsaid(_)) => {}
            Ok(()) | Err(Refusal::Passing(_) | Refusal::Final(_)) => self.circuits.came_through(&()),
        }
        match sent {
            Ok(()) => self.ledger.sent(&[delivery.notice]).await,
            Err(Refusal::Server(code) | Refusal::Passing(code) | Refusal::Unsaid(code)) => {
                self.ledger.failed(delivery, &code).await
            }
            Err(Refusal::Final(code)) => self.ledger.given_up(delivery, &code).await,
        }
    }

    fn mail(&self, delivery: &ClaimedDelivery, to: &str) -> Result<Mail, &'static str> {
        let to = to.parse().map_err(|_| "address_invalid")?;
        let (subject, body) = self.words(delivery)?;
        let (notice, date) = (delivery.notice, delivery.created_at.into());
        Ok(Mail { to, notice, date, subject, body })
    }

    /// The subject and the body.
    fn words(&self, delivery: &ClaimedDelivery) -> Result<(String, String), &'static str> {
        let (data, texts) = (delivery.data.clone(), &self.app.texts.mail);
        let (subject, body) = if delivery.kind == Standby::TYPE {
            let told: Standby = serde_json::from_value(data).map_err(|_| "notice_unreadable")?;
            (standby::subject(&told), standby::body(&told, texts))
        } else {
            let told = Told::read(&delivery.kind, data).and_then(Result::ok).ok_or("notice_unreadable")?;
            let public_url = &self.app.settings.http.public_url;
            (letter::subject(&told), letter::body(&told, delivery.notice, public_url, texts))
        };
        Ok((subject, body.map_err(|_| "mail_unwritable")?))
    }
}
