//! Publishing.

use berkas_broker::{Broker, BrokerConfig, Outgoing, PublishError};
use tokio_util::sync::CancellationToken;

use crate::bench::{message, on_bench, take};

#[test]
fn an_unroutable_message_is_told_from_its_neighbours() {
    on_bench(async |bench| {
        let publisher = bench.broker.publisher();
        for round in 0..20 {
            let lost = |id: usize| (id + round).is_multiple_of(7);
            let batch = (0..300).map(|id| Outgoing {
                routing_key: if lost(id) { "nowhere".to_owned() } else { "scan".to_owned() },
                ..message(id)
            });
            let outcomes = publisher.publish_batch(batch.collect()).await;
            for (id, outcome) in outcomes.into_iter().enumerate() {
                let expected = if lost(id) { Err(PublishError::Unroutable) } else { Ok(()) };
                assert_eq!(outcome, expected, "message {id} of round {round}");
            }
        }
    });
}

#[test]
fn a_full_queue_refuses_and_keeps_what_it_has() {
    on_bench(async |bench| {
        let mut topology = bench.topology.clone();
        let queue = topology.queues.iter_mut().find(|queue| queue.name == "work.completeness").unwrap();
        queue.max_length = Some(3);
        bench.broker.recreate_queue(&topology, "work.completeness").await.unwrap();
        let publisher = bench.broker.publisher();
        let mut outcomes = Vec::new();
        for id in 0..8 {
            outcomes.push(
                publisher.publish(Outgoing { routing_key: "completeness".into(), ..message(id) }).await,
            );
        }
        let refused = outcomes.iter().filter(|outcome| **outcome == Err(PublishError::Nacked)).count();
        assert!(refused >= 4, "{outcomes:?}");
        assert_eq!(outcomes[0], Ok(()));
        bench.wait_for_depth("work.completeness", 8 - u32::try_from(refused).unwrap()).await;
    });
}

#[test]
fn a_batch_that_the_broker_refuses_does_not_spoil_the_next_one() {
    on_bench(async |bench| {
        let publisher = bench.broker.publisher();
        let to_nowhere = Outgoing { exchange: "no-such-exchange".into(), ..message(1) };
        assert_eq!(publisher.publish(to_nowhere).await, Err(PublishError::Refused { code: 404 }));
        let in_anothers_name = message(2).as_user("somebody");
        assert_eq!(publisher.publish(in_anothers_name).await, Err(PublishError::Refused { code: 406 }));
        assert_eq!(publisher.publish(message(3)).await, Ok(()));
        bench.wait_for_depth("work.scan", 1).await;
    });
}

#[test]
fn clones_of_a_publisher_take_turns() {
    on_bench(async |bench| {
        let publisher = bench.broker.publisher();
        let batches = (0..10).map(|batch| {
            let publisher = publisher.clone();
            tokio::spawn(async move {
                publisher.publish_batch((0..50).map(|id| message(batch * 50 + id)).collect()).await
            })
        });
        for batch in batches.collect::<Vec<_>>() {
            assert!(batch.await.unwrap().iter().all(Result::is_ok));
        }
        bench.wait_for_depth("work.scan", 500).await;
    });
}

#[test]
fn what_a_message_carries_arrives() {
    on_bench(async |bench| {
        let traceparent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
        let message = message(7).traced(Some(traceparent.to_owned())).as_user("guest");
        bench.broker.publisher().publish(message).await.unwrap();
        let delivery = take(&mut bench.consumer(5).await, 1).await.remove(0);
        assert_eq!(delivery.body, b"7");
        assert_eq!(delivery.traceparent.as_deref(), Some(traceparent));
        assert_eq!(delivery.user_id.as_deref(), Some("guest"));
        assert_eq!((delivery.exchange.as_str(), delivery.routing_key.as_str()), ("work", "scan"));
        assert!(!delivery.redelivered && !delivery.has_cc && !delivery.has_bcc);
    });
}

#[test]
fn without_a_broker_publishing_gives_up_in_time() {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        // Port 1 is never a broker.
        let mut config = BrokerConfig::new(vec!["amqp://guest:guest@127.0.0.1:1/%2f".into()], "test");
        config.confirm_timeout = std::time::Duration::from_millis(200);
        let broker = Broker::start(config, CancellationToken::new()).unwrap();
        let outcomes = broker.publisher().publish_batch(vec![message(1), message(2)]).await;
        assert_eq!(outcomes, [Err(PublishError::Disconnected); 2]);
        broker.close().await;
    });
}
