//! The one topology: every exchange, queue and binding, each flag with its reason.

use berkas_contract::names;
use berkas_domain::{OfficeCode, Step};

use crate::config::QueueType;

/// Everything that must exist at the broker.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Topology {
    /// The exchanges.
    pub exchanges: Vec<ExchangeSpec>,
    /// The queues, in the order to declare them: the dead-letter target first, for nothing may be refused into nowhere.
    pub queues: Vec<QueueSpec>,
    /// What leads from the ones to the others.
    pub bindings: Vec<Binding>,
}

/// What a deployment decides.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TopologyOptions {
    /// What queues are made of.
    pub queue_type: QueueType,
    /// Every office that has a return queue.
    pub offices: Vec<OfficeCode>,
    /// How many submissions may wait at the intake before the broker refuses more; of at most 64 KiB each.
    pub intake_max_length: u32,
    /// How many work messages may wait in one queue; of a few hundred bytes each.
    pub work_max_length: u32,
    /// How many answers may wait for an office that does not read them.
    pub return_max_length: u32,
}

impl TopologyOptions {
    /// Takes the defaults: 20,000 at the intake (two weeks of a district), 200,000 of each kind of work, 20,000 answers
    /// for each office.
    #[must_use]
    pub const fn new(queue_type: QueueType, offices: Vec<OfficeCode>) -> Self {
        Self {
            queue_type,
            offices,
            intake_max_length: 20_000,
            work_max_length: 200_000,
            return_max_length: 20_000,
        }
    }
}

/// An exchange; always durable.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExchangeSpec {
    /// Its name.
    pub name: String,
    /// How it routes.
    pub kind: ExchangeKind,
}

/// How an exchange routes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ExchangeKind {
    /// By the exact key.
    Direct,
    /// To everybody.
    Fanout,
    /// By words of the key; the only kind with topic permissions.
    Topic,
}

impl ExchangeKind {
    /// AMQP's name of it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Direct => "direct",
            Self::Fanout => "fanout",
            Self::Topic => "topic",
        }
    }
}

/// A queue; always durable, for what was confirmed must survive a restart.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QueueSpec {
    /// Its name.
    pub name: String,
    /// What it is made of.
    pub queue_type: QueueType,
    /// How many messages it takes before it refuses more; none for the dead-letter target.
    pub max_length: Option<u32>,
}

/// A queue's argument.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Argument {
    Text(&'static str),
    Number(i64),
}

/// A message that kills its consumer this often goes to `dead`: a backstop only, our own count of crashes acts at three.
const DELIVERY_LIMIT: i64 = 20;

impl QueueSpec {
    /// Its arguments, as declared and as written into the definitions file.
    pub(crate) fn arguments(&self) -> Vec<(&'static str, Argument)> {
        let mut arguments = vec![("x-queue-type", Argument::Text(self.queue_type.as_str()))];
        // The dead-letter target takes everything: what it refused would be gone.
        let Some(max_length) = self.max_length else { return arguments };
        arguments.extend([
            // A full disk at the broker stops everybody; a full queue only its own publishers.
            ("x-max-length", Argument::Number(max_length.into())),
            // The publisher shall know, and keep the message. The default would drop the oldest one instead.
            ("x-overflow", Argument::Text("reject-publish")),
            // What a consumer refuses for good becomes a parked row; without this it would be gone.
            ("x-dead-letter-exchange", Argument::Text(names::DEAD_EXCHANGE)),
        ]);
        if self.queue_type == QueueType::Quorum {
            arguments.extend([
                ("x-delivery-limit", Argument::Number(DELIVERY_LIMIT)),
                // The default strategy forgets a dead letter that its target does not take at once. Needs `reject-publish`.
                ("x-dead-letter-strategy", Argument::Text("at-least-once")),
            ]);
        }
        arguments
    }
}

/// What leads from an exchange to a queue.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Binding {
    /// The exchange.
    pub exchange: String,
    /// The queue.
    pub queue: String,
    /// The routing key, or a pattern for a topic exchange.
    pub key: String,
}

impl Topology {
    /// Composes the topology of a deployment.
    #[must_use]
    pub fn new(options: &TopologyOptions) -> Self {
        let mut topology = Self { exchanges: exchanges(), queues: Vec::new(), bindings: Vec::new() };
        let mut add = |queue: String, max_length, exchange: &str, key: &str| {
            let binding =
                Binding { exchange: exchange.to_owned(), queue: queue.clone(), key: key.to_owned() };
            topology.queues.push(QueueSpec { name: queue, queue_type: options.queue_type, max_length });
            topology.bindings.push(binding);
        };
        add(names::DEAD_QUEUE.to_owned(), None, names::DEAD_EXCHANGE, "");
        // Nobody publishes to it; it tells a wiped broker from one that was only restarted.
        add(names::EPOCH_QUEUE.to_owned(), Some(1), names::WORK_EXCHANGE, names::EPOCH_QUEUE);
        for step in Step::ALL {
            let key = names::work_key(*step);
            add(names::work_queue(*step), Some(options.work_max_length), names::WORK_EXCHANGE, key);
        }
        let intake = names::INTAKE_QUEUE.to_owned();
        // Every key, so that what an office may write but nobody knows is answered and not returned.
        add(intake, Some(options.intake_max_length), names::INTAKE_EXCHANGE, "#");
        for office in &options.offices {
            let key = names::return_key(office);
            add(names::return_queue(office), Some(options.return_max_length), names::RETURNS_EXCHANGE, &key);
        }
        topology
    }

    /// The queue of this name.
    #[must_use]
    pub fn queue(&self, name: &str) -> Option<&QueueSpec> {
        self.queues.iter().find(|queue| queue.name == name)
    }
}

fn exchanges() -> Vec<ExchangeSpec> {
    let exchange = |name: &str, kind| ExchangeSpec { name: name.to_owned(), kind };
    vec![
        // Whatever it was that died, the parked row is made from its `x-death`.
        exchange(names::DEAD_EXCHANGE, ExchangeKind::Fanout),
        exchange(names::WORK_EXCHANGE, ExchangeKind::Direct),
        // Topic, because only there the broker holds an office to its own keys.
        exchange(names::INTAKE_EXCHANGE, ExchangeKind::Topic),
        // Topic, so that somebody above the offices can listen to many of them.
        exchange(names::RETURNS_EXCHANGE, ExchangeKind::Topic),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(queue_type: QueueType) -> Topology {
        Topology::new(&TopologyOptions::new(queue_type, vec!["351709".parse().unwrap()]))
    }

    #[test]
    fn the_dead_letter_target_comes_first_and_refuses_nothing() {
        let topology = of(QueueType::Quorum);
        assert_eq!(topology.queues[0].name, names::DEAD_QUEUE);
        assert_eq!(topology.queues[0].arguments().len(), 1);
    }

    #[test]
    fn every_queue_that_is_published_to_refuses_when_full_and_dead_letters() {
        for topology in [of(QueueType::Classic), of(QueueType::Quorum)] {
            let published =
                |queue: &&QueueSpec| ![names::DEAD_QUEUE, names::EPOCH_QUEUE].contains(&&*queue.name);
            for queue in topology.queues.iter().filter(published) {
                let arguments = queue.arguments();
                assert!(
                    arguments.contains(&("x-overflow", Argument::Text("reject-publish"))),
                    "{}",
                    queue.name
                );
                assert!(arguments.iter().any(|(name, _)| *name == "x-max-length"));
                assert!(arguments.contains(&("x-dead-letter-exchange", Argument::Text("dead"))));
            }
        }
    }

    #[test]
    fn every_queue_is_bound() {
        let topology = of(QueueType::Classic);
        for queue in &topology.queues {
            assert!(topology.bindings.iter().any(|binding| binding.queue == queue.name), "{}", queue.name);
        }
        assert!(topology.queue("return.351709").is_some());
    }
}
