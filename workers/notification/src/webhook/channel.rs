//! The loop that sends webhooks, several at the same time.

use std::sync::Arc;

use berkas_domain::OfficeCode;
use berkas_runtime::{App, Breaker, crash_point};
use berkas_store::ClaimedDelivery;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use super::circuit::Circuits;
use super::client::{Call, CallError, SetupError, WebhookClient};
use super::signature::SigningSecret;
use crate::dispatcher::idle;
use crate::ledger::{Channel, Ledger};
use crate::message::encode;

/// Posts notices to the offices' webhooks.
pub(crate) struct WebhookChannel {
    app: App,
    client: WebhookClient,
    circuits: Circuits,
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
        let concurrency = self.app.settings.webhook.concurrency.max(1);
        let mut breaker = Breaker::new(&self.app.settings.worker);
        let mut under_way = JoinSet::new();
        while !shutdown.is_cancelled() {
            while under_way.try_join_next().is_some() {}
            let free = concurrency.saturating_sub(under_way.len());
            if free == 0 {
                under_way.join_next().await;
                continue;
            }
            match self.ledger.claim(i64::try_from(free).unwrap_or(i64::MAX)).await {
                Ok(claimed) => {
                    breaker = Breaker::new(&self.app.settings.worker);
                    let all = claimed.len() < free;
                    for delivery in claimed {
                        let this = Arc::clone(&self);
                        under_way.spawn(async move { this.deliver(&delivery).await });
                    }
                    if all {
                        idle(&shutdown).await;
                    }
                }
                Err(error) => {
                    tracing::warn!(
                        error = &error as &dyn std::error::Error,
                        "could not look for webhooks to send"
                    );
                    breaker.wait(&shutdown).await;
                }
            }
        }
        while under_way.join_next().await.is_some() {}
    }

    async fn deliver(&self, delivery: &ClaimedDelivery) {
        let Some(url) = delivery.webhook_url.as_deref() else {
            return self.ledger.given_up(delivery, "webhook_off").await;
        };
        let Some(secret) = delivery.webhook_secret.as_deref().and_then(|secret| secret.parse().ok()) else {
            return self.ledger.failed(delivery, "secret_invalid").await;
        };
        if let Err(until) = self.circuits.admit(&delivery.office, self.app.clock.now()) {
            return self.ledger.put_off(delivery, until).await;
        }
        crash_point("notification.before_send");
        let sent = self.send(delivery, url, &secret).await;
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
                self.circuits.failed(&delivery.office, self.app.clock.now());
                self.ledger.failed(delivery, &error.to_string()).await;
            }
        }
    }

    async fn send(
        &self,
        delivery: &ClaimedDelivery,
        url: &str,
        secret: &SigningSecret,
    ) -> Result<(), CallError> {
        let id = delivery.notice.to_string();
        let timestamp = self.app.clock.now().timestamp();
        let trace = delivery.trace.as_deref();
        self.client.send(Call { url, secret, id: &id, timestamp, body: encode(delivery), trace }).await
    }

    /// The receiver is gone for good: nothing more is made for it until somebody sets it again.
    async fn turn_off(&self, office: &OfficeCode) {
        tracing::warn!(office.code = %office, "the webhook is gone and was turned off");
        if let Err(error) = self.app.store.disable_webhook(office, self.app.clock.now()).await {
            tracing::warn!(error = &error as &dyn std::error::Error, "could not turn a webhook off");
        }
    }
}
