//! Posting what is owed to webhooks.

use std::sync::Arc;

use berkas_domain::OfficeCode;
use berkas_runtime::{App, crash_point};
use berkas_store::ClaimedDelivery;
use tokio_util::sync::CancellationToken;

use super::client::{Call, CallError, SetupError, WebhookClient};
use super::signature::SigningKeys;
use crate::circuit::Circuits;
use crate::ledger::{Channel, Ledger};
use crate::message::encode;
use crate::pump::pump;

/// Posts notices to the offices' webhooks.
pub(crate) struct WebhookChannel {
    app: App,
    client: WebhookClient,
    circuits: Circuits<OfficeCode>,
    ledger: Ledger,
}

impl WebhookChannel {
    /// Makes the channel.
    ///
    /// # Errors
    /// [`SetupError`].
    pub(crate) fn new(app: App) -> Result<Self, SetupError> {
        let client = WebhookClient::new(&app.settings.webhook)?;
        let ledger = Ledger::new(app.clone(), Channel::Webhook);
        Ok(Self { app, client, circuits: Circuits::default(), ledger })
    }

    /// Delivers until `shutdown`, then waits for what is under way.
    pub(crate) async fn run(self: Arc<Self>, shutdown: CancellationToken) {
        let concurrency = self.app.settings.webhook.concurrency;
        let deliver = |delivery: ClaimedDelivery| {
            let this = Arc::clone(&self);
            async move { this.deliver(&delivery).await }
        };
        pump(&self.app, &self.ledger, concurrency, &shutdown, deliver).await;
    }

    async fn deliver(&self, delivery: &ClaimedDelivery) {
        let Some(url) = delivery.webhook_url.as_deref() else {
            return self.ledger.given_up(delivery, "webhook_off").await;
        };
        let Some(keys) = keys(delivery) else {
            return self.ledger.failed(delivery, "secret_invalid").await;
        };
        let pass = match self.circuits.admit(&delivery.office, self.app.clock.now()) {
            Ok(pass) => pass,
            Err(until) => return self.ledger.put_off(delivery, until).await,
        };
        crash_point("notification.before_send");
        let sent = self.send(delivery, url, &keys).await;
        crash_point("notification.after_send");
        match sent {
            Ok(()) => {
                self.circuits.came_through(&delivery.office);
                self.ledger.sent(&[delivery.notice]).await;
            }
            Err(CallError::Gone) => {
                self.turn_off(&delivery.office).await;
                self.ledger.given_up(delivery, &CallError::Gone.to_string()).await;
            }
            Err(error) => {
                self.circuits.failed(&delivery.office, pass, self.app.clock.now());
                self.ledger.failed(delivery, &error.to_string()).await;
            }
        }
    }

    async fn send(&self, delivery: &ClaimedDelivery, url: &str, keys: &SigningKeys) -> Result<(), CallError> {
        let id = delivery.notice.to_string();
        let timestamp = self.app.clock.now().timestamp();
        let trace = delivery.trace.as_deref();
        self.client.send(Call { url, keys, id: &id, timestamp, body: encode(delivery), trace }).await
    }

    /// The receiver is gone for good: nothing more is made for it until somebody sets it again.
    async fn turn_off(&self, office: &OfficeCode) {
        tracing::warn!(office.code = %office, "the webhook is gone and was turned off");
        if let Err(error) = self.app.store.disable_webhook(office, self.app.clock.now()).await {
            tracing::warn!(error = &error as &dyn std::error::Error, "could not turn a webhook off");
        }
    }
}

/// What is signed with; absent when the present secret is none. An old one that is none signs nothing.
fn keys(delivery: &ClaimedDelivery) -> Option<SigningKeys> {
    let old = delivery.webhook_old_secret.as_deref().and_then(|secret| secret.parse().ok());
    let present = delivery.webhook_secret.as_deref()?.parse().ok()?;
    Some(SigningKeys::new(present, old))
}
