//! Sending notices: one loop for each channel, so that a failing channel does not slow the others.

use std::sync::Arc;
use std::time::Duration;

use berkas_broker::Broker;
use berkas_runtime::{App, Breaker};
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use crate::amqp::AmqpChannel;
use crate::ledger::Channel;
use crate::mail::{MailChannel, MailSetupError};
use crate::sms::{HttpGateway, SmsChannel, SmsSetupError};
use crate::webhook::{SetupError, WebhookChannel};

/// How long a channel that has nothing to send waits before it looks again.
const IDLE: Duration = Duration::from_millis(200);

/// One round of a channel (a claim, a batch on its way, its note), each with its own time limit, takes no longer.
pub(crate) const LONGEST_ROUND: Duration = Duration::from_secs(180);

/// Delivers notices until they are acknowledged.
pub struct Dispatcher {
    app: App,
    amqp: Arc<AmqpChannel>,
    webhook: Arc<WebhookChannel>,
    mail: Arc<MailChannel>,
    sms: Arc<SmsChannel<HttpGateway>>,
}

/// Why notices cannot be delivered at all.
#[derive(Debug, thiserror::Error)]
pub enum DispatcherError {
    /// The settings of webhooks, or the machine's certificates.
    #[error(transparent)]
    Webhook(#[from] SetupError),
    /// The settings of e-mail.
    #[error(transparent)]
    Mail(#[from] MailSetupError),
    /// The settings of short messages.
    #[error(transparent)]
    Sms(#[from] SmsSetupError),
}

impl Dispatcher {
    /// Prepares every channel.
    ///
    /// # Errors
    /// [`DispatcherError`], naming the setting to change.
    pub fn new(app: App, broker: Broker) -> Result<Self, DispatcherError> {
        let webhook = Arc::new(WebhookChannel::new(app.clone())?);
        let mail = Arc::new(MailChannel::new(app.clone())?);
        let gateway = app.settings.sms.is_on();
        let gateway =
            gateway.then(|| HttpGateway::new(&app.settings.sms, &app.settings.webhook)).transpose()?;
        let sms = Arc::new(SmsChannel::new(app.clone(), gateway));
        let amqp = Arc::new(AmqpChannel::new(app.clone(), broker));
        Ok(Self { app, amqp, webhook, mail, sms })
    }

    /// Delivers until `shutdown`, then finishes what is under way: at most one confirm, or one timeout of a webhook, a mail or
    /// a short message.
    pub async fn run(self, shutdown: CancellationToken) {
        let start_amqp = || tokio::spawn(Arc::clone(&self.amqp).run(shutdown.clone()));
        let start_webhook = || tokio::spawn(Arc::clone(&self.webhook).run(shutdown.clone()));
        let start_mail = || tokio::spawn(Arc::clone(&self.mail).run(shutdown.clone()));
        let start_sms = || tokio::spawn(Arc::clone(&self.sms).run(shutdown.clone()));
        tokio::join!(
            keep_running(Channel::Amqp, &self.app, &shutdown, start_amqp),
            keep_running(Channel::Webhook, &self.app, &shutdown, start_webhook),
            keep_running(Channel::Mail, &self.app, &shutdown, start_mail),
            keep_running(Channel::Sms, &self.app, &shutdown, start_sms),
        );
    }
}

/// Runs a channel on a task of its own and starts it again after a panic.
async fn keep_running(
    channel: Channel,
    app: &App,
    shutdown: &CancellationToken,
    start: impl Fn() -> JoinHandle<()>,
) {
    let mut breaker = Breaker::new(&app.settings.worker);
    while let Err(error) = start().await {
        tracing::error!(
            delivery.channel = channel.as_str(),
            error = &error as &dyn std::error::Error,
            "a channel ended and is started again"
        );
        if !breaker.wait(shutdown).await {
            break;
        }
    }
}

/// Waits a little; less when the process shall stop.
pub(crate) async fn idle(shutdown: &CancellationToken) {
    let _ = tokio::time::timeout(IDLE, shutdown.cancelled()).await;
}
