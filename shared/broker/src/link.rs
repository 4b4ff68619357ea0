//! A connection that is rebuilt for ever.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use futures::StreamExt;
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::backoff::Backoff;
use crate::config::BrokerConfig;
use crate::error::BrokerError;
use crate::session::Session;

/// How often to look whether a connection still lives, should its event have been missed.
const LOOK_EVERY: Duration = Duration::from_secs(1);
/// A connection that lasted this long was a success.
const STEADY: Duration = Duration::from_secs(5);

/// Hands out the present connection; a task behind it rebuilds it whenever it ends.
#[derive(Clone)]
pub(crate) struct Link {
    present: watch::Receiver<Option<Arc<Session>>>,
    made: Arc<AtomicU64>,
    /// Why the last attempt to connect failed; nothing once one succeeded.
    refused: watch::Receiver<Option<BrokerError>>,
}

impl Link {
    /// Starts connecting; ends, and says goodbye, when `closing` is cancelled.
    pub(crate) fn start(
        config: Arc<BrokerConfig>,
        purpose: &'static str,
        closing: CancellationToken,
        tasks: &TaskTracker,
    ) -> Self {
        let (announce, present) = watch::channel(None);
        let (refusal, refused) = watch::channel(None);
        let made = Arc::new(AtomicU64::new(0));
        let supervisor = Supervisor { config, purpose, announce, refusal, epoch: 0, made: Arc::clone(&made) };
        tasks.spawn(supervisor.run(closing));
        Self { present, made, refused }
    }

    /// Why the last attempt to connect failed; nothing once one succeeded.
    pub(crate) fn refused(&self) -> Option<BrokerError> {
        self.refused.borrow().clone()
    }

    /// How often a connection was made after the first one.
    pub(crate) fn remade(&self) -> u64 {
        self.made.load(Ordering::Relaxed).saturating_sub(1)
    }

    /// The present connection, if it is usable.
    pub(crate) fn present(&self) -> Option<Arc<Session>> {
        self.present.borrow().clone().filter(|session| session.is_usable())
    }

    /// Waits for a usable connection; `None` when the link was closed.
    pub(crate) async fn session(&self) -> Option<Arc<Session>> {
        let mut present = self.present.clone();
        let usable =
            |session: &Option<Arc<Session>>| session.as_ref().is_some_and(|session| session.is_usable());
        present.wait_for(usable).await.ok()?.clone()
    }
}

struct Supervisor {
    config: Arc<BrokerConfig>,
    purpose: &'static str,
    announce: watch::Sender<Option<Arc<Session>>>,
    refusal: watch::Sender<Option<BrokerError>>,
    epoch: u64,
    made: Arc<AtomicU64>,
}

impl Supervisor {
    async fn run(mut self, closing: CancellationToken) {
        let mut backoff = Backoff::new(&self.config);
        loop {
            let Some(session) = closing.run_until_cancelled(self.connect()).await else { return };
            if let Some(session) = session {
                let since = tokio::time::Instant::now();
                self.made.fetch_add(1, Ordering::Relaxed);
                self.announce.send_replace(Some(session.clone()));
                let closed = closing.run_until_cancelled(watch_over(&session)).await.is_none();
                self.announce.send_replace(None);
                session.close().await;
                if closed {
                    return;
                }
                if since.elapsed() >= STEADY {
                    backoff.reset();
                }
            }
            if closing.run_until_cancelled(tokio::time::sleep(backoff.next())).await.is_none() {
                return;
            }
        }
    }

    /// Tries the next address.
    async fn connect(&mut self) -> Option<Arc<Session>> {
        self.epoch += 1;
        let turn = usize::try_from(self.epoch - 1).unwrap_or(0);
        let url = self.config.urls.get(turn.checked_rem(self.config.urls.len())?)?;
        match Session::connect(&self.config, url, self.purpose, self.epoch).await {
            Ok(session) => {
                tracing::info!(
                    broker.epoch = self.epoch,
                    broker.purpose = self.purpose,
                    "connected to the broker"
                );
                self.refusal.send_replace(None);
                Some(Arc::new(session))
            }
            Err(error) => {
                tracing::warn!(broker.purpose = self.purpose, %error, "cannot connect to the broker");
                self.refusal.send_replace(Some(error));
                None
            }
        }
    }
}

/// Follows the events of a connection until it is of no use any more.
///
/// A blocked connection is kept, however long that takes: it cannot even be closed, because the goodbye is held back
/// with everything else, and the broker tells when it is over.
async fn watch_over(session: &Session) {
    let mut events = std::pin::pin!(session.events());
    let mut look = tokio::time::interval(LOOK_EVERY);
    while session.is_usable() {
        tokio::select! {
            () = session.ended() => return,
            _ = look.tick() => {}
            event = events.next() => match event {
                Some(lapin::Event::ConnectionBlocked(_)) => {
                    tracing::warn!(broker.epoch = session.epoch, "the broker takes no messages at present");
                    session.set_blocked(true);
                }
                Some(lapin::Event::ConnectionUnblocked) => {
                    tracing::info!(broker.epoch = session.epoch, "the broker takes messages again");
                    session.set_blocked(false);
                }
                // A channel's error is its user's affair; a connection's shows in its state.
                Some(_) => {}
                None => return,
            }
        }
    }
}
