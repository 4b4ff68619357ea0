//! One connection while it lasts.

use std::sync::atomic::{AtomicU16, Ordering};
use std::time::Duration;

use lapin::uri::{AMQPScheme, AMQPUri};
use lapin::{Channel, Connection, ConnectionProperties};
use tokio::sync::{Mutex, watch};
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;

use crate::config::BrokerConfig;
use crate::error::BrokerError;

/// One connection while it lasts; a new one has a higher epoch.
pub(crate) struct Session {
    /// Counts the connections of a link from 1.
    pub(crate) epoch: u64,
    connection: Connection,
    request_timeout: Duration,
    /// How often an idle consumer looks whether something waits.
    pub(crate) look_every: Duration,
    /// How many channels were opened.
    opened: AtomicU16,
    /// The channel for requests, made anew after each refusal.
    control: Mutex<Option<Channel>>,
    /// Whether the broker takes nothing at present; set by the link from the connection's events.
    blocked: watch::Sender<bool>,
    /// Cancelled once the connection is of no use any more; whoever finds a fault does it, the link then rebuilds.
    ended: CancellationToken,
}

impl Session {
    /// Connects to `url`.
    pub(crate) async fn connect(
        config: &BrokerConfig,
        url: &str,
        purpose: &str,
        epoch: u64,
    ) -> Result<Self, BrokerError> {
        let uri = parse(config, url)?;
        let name = format!("{} {purpose}", config.connection_name);
        // Auto-recovery stays off: with it a channel error left the consumer pending for ever.
        let properties = ConnectionProperties::default().with_connection_name(name.into());
        let connecting = Connection::connect_uri(uri, properties);
        let connected =
            timeout(config.request_timeout, connecting).await.map_err(|_| BrokerError::Timeout)?;
        let connection = connected.map_err(|error| match error.kind() {
            lapin::ErrorKind::IOError(error) => BrokerError::Unreachable(error.to_string()),
            _ => BrokerError::from(&error),
        })?;
        Ok(Self {
            epoch,
            connection,
            request_timeout: config.request_timeout,
            look_every: config.look_every,
            opened: AtomicU16::new(0),
            control: Mutex::default(),
            blocked: watch::Sender::new(false),
            ended: CancellationToken::new(),
        })
    }

    /// Opens a channel.
    ///
    /// A number of a channel is never used twice: lapin remembers the refusal that closed a channel and answers the
    /// next channel of the same number with it. When the numbers are used up, the connection is given up.
    pub(crate) async fn channel(&self) -> Result<Channel, BrokerError> {
        let opened = self.opened.fetch_add(1, Ordering::Relaxed);
        // Zero means that there is no limit but the number's own.
        let most = self.connection.configuration().channel_max();
        if opened >= if most == 0 { u16::MAX } else { most } {
            self.end("the numbers of its channels are used up");
        }
        self.request(self.connection.create_channel()).await
    }

    /// Sends one request on the channel for requests.
    pub(crate) async fn ask<T, F>(&self, question: impl FnOnce(Channel) -> F) -> Result<T, BrokerError>
    where
        F: Future<Output = lapin::Result<T>>,
    {
        let mut control = self.control.lock().await;
        let channel = match control.take().filter(|channel| channel.status().connected()) {
            Some(channel) => channel,
            None => self.channel().await?,
        };
        let answer = self.request(question(channel.clone())).await;
        // After a refusal the channel is closed, after a timeout it still owes an answer.
        if answer.is_ok() {
            *control = Some(channel);
        }
        answer
    }

    /// Waits for one request, but not longer than the connection lasts or the broker may take.
    pub(crate) async fn request<T>(
        &self,
        request: impl Future<Output = lapin::Result<T>>,
    ) -> Result<T, BrokerError> {
        if self.ended.is_cancelled() {
            return Err(BrokerError::Disconnected);
        }
        tokio::select! {
            biased;
            outcome = timeout(self.request_timeout, request) => match outcome {
                Ok(answer) => answer.map_err(BrokerError::from),
                Err(_) => Err(BrokerError::Timeout),
            },
            () = self.ended.cancelled() => Err(BrokerError::Disconnected),
        }
    }

    /// Declares the connection useless, so that it is rebuilt.
    pub(crate) fn end(&self, cause: &'static str) {
        if !self.ended.is_cancelled() {
            tracing::warn!(broker.epoch = self.epoch, cause, "gives up a connection to the broker");
            self.ended.cancel();
        }
    }

    /// Resolves once the connection is of no use any more.
    pub(crate) async fn ended(&self) {
        self.ended.cancelled().await;
    }

    pub(crate) fn is_usable(&self) -> bool {
        !self.ended.is_cancelled() && self.connection.status().connected()
    }

    pub(crate) fn is_blocked(&self) -> bool {
        *self.blocked.borrow()
    }

    /// Resolves once the broker takes messages.
    pub(crate) async fn unblocked(&self) {
        let mut blocked = self.blocked.subscribe();
        // The sender lives as long as this session, so it cannot fail.
        let _ = blocked.wait_for(|blocked| !blocked).await;
    }

    pub(crate) fn set_blocked(&self, blocked: bool) {
        self.blocked.send_replace(blocked);
    }

    pub(crate) fn events(&self) -> impl futures::Stream<Item = lapin::Event> + Send {
        self.connection.events_listener()
    }

    /// Says goodbye, for at most two seconds: a blocked or dead connection cannot even send that.
    pub(crate) async fn close(&self) {
        self.ended.cancel();
        let goodbye = self.connection.close(200, "OK".into());
        let _ = timeout(Duration::from_secs(2), goodbye).await;
    }
}

/// Reads an address; the refusal never repeats it, for it holds a password.
pub(crate) fn parse(config: &BrokerConfig, url: &str) -> Result<AMQPUri, BrokerError> {
    let refusal = |what: &str| BrokerError::Config(what.to_owned());
    let mut uri: AMQPUri =
        url.parse().map_err(|_| refusal("an address of the broker is not an `amqp://` URL"))?;
    if uri.scheme == AMQPScheme::AMQPS {
        return Err(refusal(
            "this program does not speak `amqps://`; reach the broker over a private network or a tunnel",
        ));
    }
    uri.query.heartbeat = Some(u16::try_from(config.heartbeat.as_secs()).unwrap_or(u16::MAX).max(1));
    uri.query.connection_timeout = u64::try_from(config.request_timeout.as_millis()).ok();
    Ok(uri)
}

/// Host and port of each address, for people.
pub(crate) fn places(config: &BrokerConfig) -> String {
    let parsed = config.urls.iter().filter_map(|url| parse(config, url).ok());
    let places: Vec<String> =
        parsed.map(|uri| format!("`{}:{}`", uri.authority.host, uri.authority.port)).collect();
    places.join(" or ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_that_can_never_work_is_refused_without_repeating_it() {
        for url in ["amqps://workers:rahasia@broker/v", "http://workers:rahasia@broker/", "workers:rahasia"] {
            let error = parse(&BrokerConfig::new(vec![url.to_owned()], "test"), url).unwrap_err();
            assert!(matches!(error, BrokerError::Config(_)), "{error}");
            assert!(!error.to_string().contains("rahasia"), "{error}");
        }
    }

    #[test]
    fn where_the_nodes_are_is_told_without_their_users() {
        let urls = ["amqp://workers:rahasia@one:5673/v", "amqp://workers:rahasia@two/v"].map(str::to_owned);
        assert_eq!(places(&BrokerConfig::new(urls.into(), "test")), "`one:5673` or `two:5672`");
    }
}
