//! A broker with a vhost of its own.

use std::time::Duration;

use berkas_broker::{
    Broker, BrokerConfig, ConsumeOptions, Consumer, Delivery, Outgoing, QueueType, Topology, TopologyOptions,
};
use berkas_testkit::{Services, Vhost, services};
use tokio_util::sync::CancellationToken;

/// Everything in these tests answers within this, or does not at all.
pub(crate) const PATIENCE: Duration = Duration::from_secs(60);

/// The queue most tests use.
pub(crate) const QUEUE: &str = "work.scan";

/// Runs `test` on a fresh vhost with the whole topology.
pub(crate) fn on_bench(test: impl AsyncFnOnce(Bench<'_>)) {
    let services = services().unwrap();
    on_servers(&services, test);
}

/// Runs `test` on a fresh vhost of `services`.
pub(crate) fn on_servers(services: &Services, test: impl AsyncFnOnce(Bench<'_>)) {
    let vhost = services.vhost().unwrap();
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    runtime.block_on(async {
        let bench = Bench::new(services, &vhost).await;
        tokio::time::timeout(PATIENCE * 3, test(bench)).await.expect("the test hangs");
    });
}

pub(crate) struct Bench<'a> {
    pub(crate) services: &'a Services,
    pub(crate) vhost: &'a Vhost<'a>,
    pub(crate) shutdown: CancellationToken,
    pub(crate) broker: Broker,
    pub(crate) topology: Topology,
}

impl<'a> Bench<'a> {
    async fn new(services: &'a Services, vhost: &'a Vhost<'a>) -> Self {
        let shutdown = CancellationToken::new();
        let broker = Broker::start(config(&vhost.url().unwrap()), shutdown.clone()).unwrap();
        broker.ready().await.unwrap();
        let topology = topology(QueueType::Classic);
        broker.apply_topology(&topology).await.unwrap();
        Self { services, vhost, shutdown, broker, topology }
    }

    /// Consumes [`QUEUE`], `chunk` at a time.
    pub(crate) async fn consumer(&self, chunk: usize) -> Consumer {
        self.broker.consume(QUEUE, ConsumeOptions::chunks_of(chunk, "test")).await
    }

    /// Publishes messages `ids` to [`QUEUE`].
    pub(crate) async fn publish(&self, ids: impl IntoIterator<Item = usize>) {
        let outcomes = self.broker.publisher().publish_batch(ids.into_iter().map(message).collect()).await;
        assert!(outcomes.iter().all(Result::is_ok), "{outcomes:?}");
    }

    /// Waits until `queue` has `wanted` messages ready.
    pub(crate) async fn wait_for_depth(&self, queue: &str, wanted: u32) {
        wait_until(async || {
            let depth = self.broker.queue_depths(&[queue]).await.unwrap().remove(0);
            depth.ready == Some(wanted)
        })
        .await;
    }
}

/// Has the broker forget who consumes `queue` without telling them, as it does when it deletes a quorum queue by force.
pub(crate) fn forget_consumers(services: &Services, vhost: &Vhost<'_>, queue: &str) {
    let vhost = vhost.name();
    let forget = format!(
        "{{ok, Q}} = rabbit_amqqueue:lookup(rabbit_misc:r(<<\"{vhost}\">>, queue, <<\"{queue}\">>)), \
         [ok = gen_server2:call(amqqueue:get_pid(Q), {{basic_cancel, element(1, C), element(2, C), undefined, <<\"test\">>}}) \
          || C <- rabbit_amqqueue:consumers(Q)]."
    );
    services.rabbitmqctl(&["eval", &forget]).unwrap();
}

pub(crate) fn config(url: &str) -> BrokerConfig {
    BrokerConfig::new(vec![url.to_owned()], "test")
}

pub(crate) fn topology(queue_type: QueueType) -> Topology {
    Topology::new(&TopologyOptions::new(queue_type, vec!["351709".parse().unwrap()]))
}

/// Message number `id` to [`QUEUE`].
pub(crate) fn message(id: usize) -> Outgoing {
    Outgoing::new("work", "scan", id, id.to_string().into_bytes())
}

/// The number of a message that [`message`] made.
pub(crate) fn number(delivery: &Delivery) -> usize {
    delivery.message_id.as_deref().unwrap().parse().unwrap()
}

/// Takes chunks until there are `count` deliveries.
pub(crate) async fn take(consumer: &mut Consumer, count: usize) -> Vec<Delivery> {
    let mut taken = Vec::new();
    while taken.len() < count {
        let chunk = tokio::time::timeout(PATIENCE, consumer.next_chunk()).await.expect("nothing arrives");
        taken.extend(chunk.expect("the consumer has ended"));
    }
    taken
}

/// Asks again and again until `condition` holds.
pub(crate) async fn wait_until(mut condition: impl AsyncFnMut() -> bool) {
    let waiting = async {
        while !condition().await {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    tokio::time::timeout(PATIENCE, waiting).await.expect("it never holds");
}
