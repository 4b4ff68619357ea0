//! Bringing the topology to the broker, and telling whether it is there.

use std::sync::Arc;
use std::time::Duration;

use lapin::options::{ExchangeDeclareOptions, QueueBindOptions, QueueDeclareOptions, QueueDeleteOptions};
use lapin::types::{AMQPValue, FieldTable, ShortString};

use crate::broker::Broker;
use crate::config::QueueType;
use crate::error::BrokerError;
use crate::session::Session;
use crate::topology::{Argument, ExchangeKind, ExchangeSpec, QueueSpec, Topology};

/// A freshly declared quorum queue lost confirmed messages, and stayed wedged, when the broker was killed within a
/// second: nobody publishes to it before this time has passed.
const QUORUM_SETTLES: Duration = Duration::from_secs(2);

/// How something at the broker is not as it must be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Finding {
    /// It is not there: apply the topology, and emit again what was in it.
    Missing(String),
    /// It is there with other properties: nothing can be done but by an operator.
    Different(String),
}

/// What applying the topology changed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Applied {
    /// Queues that were missing; what was in them has to be emitted again.
    pub queues: Vec<String>,
    /// Exchanges that were missing.
    pub exchanges: Vec<String>,
}

impl Broker {
    /// Compares the broker with `topology` without changing what is there. Bindings cannot be asked for.
    ///
    /// # Errors
    /// When the broker does not answer.
    pub async fn verify_topology(&self, topology: &Topology) -> Result<Vec<Finding>, BrokerError> {
        let session = self.control()?;
        let mut findings = Vec::new();
        for exchange in &topology.exchanges {
            findings.extend(examine_exchange(&session, exchange).await?);
        }
        for queue in &topology.queues {
            findings.extend(examine_queue(&session, queue).await?);
        }
        Ok(findings)
    }

    /// Makes what is missing and every binding; does nothing when all is there. With quorum queues it returns only once
    /// what it made may be relied upon.
    ///
    /// # Errors
    /// [`BrokerError::Different`] before anything is changed, or when the broker does not answer.
    pub async fn apply_topology(&self, topology: &Topology) -> Result<Applied, BrokerError> {
        let findings = self.verify_topology(topology).await?;
        let different: Vec<String> = findings.iter().filter_map(Finding::different).collect();
        if !different.is_empty() {
            return Err(BrokerError::Different { names: different });
        }
        let is_missing =
            |name: &str| findings.iter().any(|finding| *finding == Finding::Missing(name.to_owned()));
        let session = self.control()?;
        let mut applied = Applied::default();
        for exchange in topology.exchanges.iter().filter(|exchange| is_missing(&exchange.name)) {
            declare_exchange(&session, exchange, false).await?;
            applied.exchanges.push(exchange.name.clone());
        }
        for queue in topology.queues.iter().filter(|queue| is_missing(&queue.name)) {
            declare_queue(&session, queue, false).await?;
            applied.queues.push(queue.name.clone());
        }
        bind(&session, topology, |_| true).await?;
        settle(topology.queues.iter().filter(|queue| applied.queues.contains(&queue.name))).await;
        Ok(applied)
    }

    /// Deletes a queue of due work with all it holds and makes it anew: the only cure for a queue that confirms nothing
    /// any more. The caller emits its work again.
    ///
    /// # Errors
    /// [`BrokerError::NotWork`] for any other queue, for nobody could emit its messages again.
    pub async fn recreate_queue(&self, topology: &Topology, queue: &str) -> Result<(), BrokerError> {
        let spec = topology.queue(queue).filter(|_| berkas_contract::names::is_work_queue(queue));
        let spec = spec.ok_or_else(|| BrokerError::NotWork { queue: queue.to_owned() })?;
        let session = self.control()?;
        let channel = session.channel().await?;
        session.request(channel.queue_delete(short(queue)?, QueueDeleteOptions::default())).await?;
        declare_queue(&session, spec, false).await?;
        bind(&session, topology, |bound| bound == queue).await?;
        settle([spec]).await;
        tracing::warn!(queue, "made a queue anew");
        Ok(())
    }
}

impl Finding {
    fn different(&self) -> Option<String> {
        match self {
            Self::Different(name) => Some(name.clone()),
            Self::Missing(_) => None,
        }
    }
}

/// Asks passively first, which makes nothing, and then declares, which changes nothing but tells of a difference.
async fn examine_exchange(
    session: &Arc<Session>,
    exchange: &ExchangeSpec,
) -> Result<Option<Finding>, BrokerError> {
    match declare_exchange(session, exchange, true).await {
        Ok(()) => judge(declare_exchange(session, exchange, false).await, &exchange.name),
        refused => judge(refused, &exchange.name),
    }
}

async fn examine_queue(session: &Arc<Session>, queue: &QueueSpec) -> Result<Option<Finding>, BrokerError> {
    match declare_queue(session, queue, true).await {
        Ok(()) => judge(declare_queue(session, queue, false).await, &queue.name),
        refused => judge(refused, &queue.name),
    }
}

fn judge(outcome: Result<(), BrokerError>, name: &str) -> Result<Option<Finding>, BrokerError> {
    match outcome {
        Ok(()) => Ok(None),
        Err(BrokerError::Refused { code: 404, .. }) => Ok(Some(Finding::Missing(name.to_owned()))),
        Err(BrokerError::Refused { code: 406, .. }) => Ok(Some(Finding::Different(name.to_owned()))),
        Err(error) => Err(error),
    }
}

async fn declare_exchange(
    session: &Session,
    exchange: &ExchangeSpec,
    passive: bool,
) -> Result<(), BrokerError> {
    // A channel for each: a refusal closes it.
    let channel = session.channel().await?;
    let kind = match exchange.kind {
        ExchangeKind::Direct => lapin::ExchangeKind::Direct,
        ExchangeKind::Fanout => lapin::ExchangeKind::Fanout,
        ExchangeKind::Topic => lapin::ExchangeKind::Topic,
    };
    let options = ExchangeDeclareOptions { durable: true, passive, ..ExchangeDeclareOptions::default() };
    session
        .request(channel.exchange_declare(short(&exchange.name)?, kind, options, FieldTable::default()))
        .await
}

async fn declare_queue(session: &Session, queue: &QueueSpec, passive: bool) -> Result<(), BrokerError> {
    let channel = session.channel().await?;
    let options = QueueDeclareOptions { durable: true, passive, ..QueueDeclareOptions::default() };
    session.request(channel.queue_declare(short(&queue.name)?, options, table(queue))).await.map(|_| ())
}

async fn bind(
    session: &Session,
    topology: &Topology,
    wanted: impl Fn(&str) -> bool,
) -> Result<(), BrokerError> {
    let channel = session.channel().await?;
    for binding in topology.bindings.iter().filter(|binding| wanted(&binding.queue)) {
        let (queue, exchange, key) =
            (short(&binding.queue)?, short(&binding.exchange)?, short(&binding.key)?);
        let options = QueueBindOptions::default();
        session.request(channel.queue_bind(queue, exchange, key, options, FieldTable::default())).await?;
    }
    Ok(())
}

async fn settle<'a>(made: impl IntoIterator<Item = &'a QueueSpec>) {
    if made.into_iter().any(|queue| queue.queue_type == QueueType::Quorum) {
        tokio::time::sleep(QUORUM_SETTLES).await;
    }
}

fn table(queue: &QueueSpec) -> FieldTable {
    let mut table = FieldTable::default();
    for (name, argument) in queue.arguments() {
        let value = match argument {
            Argument::Text(text) => AMQPValue::LongString(text.into()),
            Argument::Number(number) => AMQPValue::LongLongInt(number),
        };
        table.insert(name.into(), value);
    }
    table
}

fn short(text: &str) -> Result<ShortString, BrokerError> {
    ShortString::try_new(text)
        .map_err(|_| BrokerError::Config("a name of the topology is too long".to_owned()))
}
