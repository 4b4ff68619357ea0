//! Bringing the topology to the broker, and telling whether it is there.

use std::time::Duration;

use berkas_contract::names;
use lapin::Channel;
use lapin::options::{ExchangeDeclareOptions, QueueBindOptions, QueueDeclareOptions, QueueDeleteOptions};
use lapin::types::{AMQPValue, FieldTable};

use crate::broker::{Broker, short};
use crate::config::QueueType;
use crate::error::BrokerError;
use crate::topology::{Argument, Binding, ExchangeKind, ExchangeSpec, QueueSpec, Topology};

/// A freshly declared quorum queue lost confirmed messages, and stayed wedged, when the broker was killed within a
/// second: nobody publishes to it before this time has passed.
const QUORUM_SETTLES: Duration = Duration::from_secs(2);

/// How something at the broker is not as it must be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Finding {
    /// A queue is not there: apply the topology, and emit again what was in it.
    MissingQueue(String),
    /// An exchange is not there: apply the topology.
    MissingExchange(String),
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
        let mut findings = Vec::new();
        for exchange in &topology.exchanges {
            findings.extend(self.examine_exchange(exchange).await?);
        }
        for queue in &topology.queues {
            findings.extend(self.examine_queue(queue).await?);
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
        let mut applied = Applied::default();
        for exchange in topology.exchanges.iter().filter(|exchange| exchange.is_missing(&findings)) {
            self.declare_exchange(exchange, false).await?;
            applied.exchanges.push(exchange.name.clone());
        }
        for queue in topology.queues.iter().filter(|queue| queue.is_missing(&findings)) {
            self.declare_queue(queue, false).await?;
            applied.queues.push(queue.name.clone());
        }
        for binding in &topology.bindings {
            self.bind(binding).await?;
        }
        settle(topology.queues.iter().filter(|queue| applied.queues.contains(&queue.name))).await;
        Ok(applied)
    }

    /// Deletes a queue of due work with all it holds and makes it anew: the only cure for a queue that confirms nothing
    /// any more. The caller emits its work again.
    ///
    /// # Errors
    /// [`BrokerError::NotWork`] for any other queue, for nobody could emit its messages again.
    pub async fn recreate_queue(&self, topology: &Topology, queue: &str) -> Result<(), BrokerError> {
        let spec = topology.queue(queue).filter(|_| names::is_work_queue(queue));
        let spec = spec.ok_or_else(|| BrokerError::NotWork { queue: queue.to_owned() })?;
        let name = short(queue)?;
        self.ask(|channel| {
            let name = name.clone();
            async move { channel.queue_delete(name, QueueDeleteOptions::default()).await }
        })
        .await?;
        self.declare_queue(spec, false).await?;
        for binding in topology.bindings.iter().filter(|binding| binding.queue == queue) {
            self.bind(binding).await?;
        }
        settle([spec]).await;
        tracing::warn!(queue, "made a queue anew");
        Ok(())
    }

    /// Asks passively first, which makes nothing, and then declares, which changes nothing but tells of a difference.
    async fn examine_exchange(&self, exchange: &ExchangeSpec) -> Result<Option<Finding>, BrokerError> {
        let there = match self.declare_exchange(exchange, true).await {
            Ok(()) => self.declare_exchange(exchange, false).await,
            refused => refused,
        };
        judge(there, Finding::MissingExchange(exchange.name.clone()), &exchange.name)
    }

    async fn examine_queue(&self, queue: &QueueSpec) -> Result<Option<Finding>, BrokerError> {
        let there = match self.declare_queue(queue, true).await {
            Ok(()) => self.declare_queue(queue, false).await,
            refused => refused,
        };
        judge(there, Finding::MissingQueue(queue.name.clone()), &queue.name)
    }

    async fn declare_exchange(&self, exchange: &ExchangeSpec, passive: bool) -> Result<(), BrokerError> {
        let name = short(&exchange.name)?;
        let kind = match exchange.kind {
            ExchangeKind::Direct => lapin::ExchangeKind::Direct,
            ExchangeKind::Fanout => lapin::ExchangeKind::Fanout,
            ExchangeKind::Topic => lapin::ExchangeKind::Topic,
        };
        let options = ExchangeDeclareOptions { durable: true, passive, ..ExchangeDeclareOptions::default() };
        self.ask(|channel: Channel| {
            let (name, kind) = (name.clone(), kind.clone());
            async move { channel.exchange_declare(name, kind, options, FieldTable::default()).await }
        })
        .await
    }

    async fn declare_queue(&self, queue: &QueueSpec, passive: bool) -> Result<(), BrokerError> {
        let (name, arguments) = (short(&queue.name)?, table(queue));
        let options = QueueDeclareOptions { durable: true, passive, ..QueueDeclareOptions::default() };
        self.ask(|channel: Channel| {
            let (name, arguments) = (name.clone(), arguments.clone());
            async move { channel.queue_declare(name, options, arguments).await.map(|_| ()) }
        })
        .await
    }

    async fn bind(&self, binding: &Binding) -> Result<(), BrokerError> {
        let (queue, exchange, key) =
            (short(&binding.queue)?, short(&binding.exchange)?, short(&binding.key)?);
        self.ask(|channel: Channel| {
            let (queue, exchange, key) = (queue.clone(), exchange.clone(), key.clone());
            let options = QueueBindOptions::default();
            async move { channel.queue_bind(queue, exchange, key, options, FieldTable::default()).await }
        })
        .await
    }
}

impl Finding {
    fn different(&self) -> Option<String> {
        match self {
            Self::Different(name) => Some(name.clone()),
            Self::MissingQueue(_) | Self::MissingExchange(_) => None,
        }
    }
}

impl ExchangeSpec {
    fn is_missing(&self, findings: &[Finding]) -> bool {
        findings.contains(&Finding::MissingExchange(self.name.clone()))
    }
}

impl QueueSpec {
    fn is_missing(&self, findings: &[Finding]) -> bool {
        findings.contains(&Finding::MissingQueue(self.name.clone()))
    }
}

fn judge(
    there: Result<(), BrokerError>,
    missing: Finding,
    name: &str,
) -> Result<Option<Finding>, BrokerError> {
    match there {
        Ok(()) => Ok(None),
        Err(BrokerError::Refused { code: 404, .. }) => Ok(Some(missing)),
        Err(BrokerError::Refused { code: 406, .. }) => Ok(Some(Finding::Different(name.to_owned()))),
        Err(error) => Err(error),
    }
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
