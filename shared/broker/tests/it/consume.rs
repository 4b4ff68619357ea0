//! Consuming and settling.

use std::time::Duration;

use berkas_broker::{Broker, ConsumeOptions, Death, Settled, ack_all};
use tokio_util::sync::CancellationToken;

use crate::bench::{PATIENCE, QUEUE, config, forget_consumers, number, on_bench, take};

#[test]
fn a_chunk_holds_what_is_there_and_does_not_wait_for_more() {
    on_bench(async |bench| {
        bench.publish(0..25).await;
        let mut consumer = bench.consumer(10).await;
        let mut sizes = Vec::new();
        let mut seen = Vec::new();
        while seen.len() < 25 {
            let chunk = take(&mut consumer, 1).await;
            sizes.push(chunk.len());
            seen.extend(chunk.iter().map(number));
            assert_eq!(ack_all(chunk).await, Settled::Told);
        }
        assert!(sizes.iter().all(|size| (1..=10).contains(size)), "{sizes:?}");
        assert_eq!(seen, (0..25).collect::<Vec<_>>());
    });
}

#[test]
fn what_is_given_back_comes_again_and_what_is_refused_dies() {
    on_bench(async |bench| {
        bench.publish([1]).await;
        let mut consumer = bench.consumer(1).await;
        let delivery = take(&mut consumer, 1).await.remove(0);
        assert_eq!(delivery.requeue().await, Settled::Told);
        let again = take(&mut consumer, 1).await.remove(0);
        assert!(again.redelivered);
        assert_eq!(again.reject().await, Settled::Told);
        let mut dead = bench.broker.consume("dead", ConsumeOptions::chunks_of(1, "test")).await;
        let dead = take(&mut dead, 1).await.remove(0);
        assert_eq!(number(&dead), 1);
        assert_eq!(dead.death, Some(Death { queue: QUEUE.into(), reason: "rejected".into() }));
    });
}

#[test]
fn acknowledging_many_spares_those_that_somebody_still_holds() {
    on_bench(async |bench| {
        bench.publish(0..20).await;
        let mut consumer = bench.consumer(20).await;
        let mut deliveries = take(&mut consumer, 20).await;
        let held = vec![deliveries.remove(9), deliveries.remove(3)];
        deliveries.reverse();
        assert_eq!(ack_all(deliveries).await, Settled::Told);
        drop(consumer);
        bench.wait_for_depth(QUEUE, 2).await;
        // The channel is gone with its consumer, so this settles nothing.
        assert_eq!(ack_all(held).await, Settled::Lost);
        bench.wait_for_depth(QUEUE, 2).await;
    });
}

#[test]
fn a_delivery_dropped_unsettled_comes_again() {
    on_bench(async |bench| {
        bench.publish([5]).await;
        let mut consumer = bench.consumer(1).await;
        drop(take(&mut consumer, 1).await);
        assert!(take(&mut consumer, 1).await.remove(0).redelivered);
    });
}

#[test]
fn a_paused_consumer_gives_back_what_it_did_not_hand_out() {
    on_bench(async |bench| {
        bench.publish(0..20).await;
        let mut consumer = bench.consumer(5).await;
        let held = take(&mut consumer, 1).await;
        let count = u32::try_from(held.len()).unwrap();
        consumer.pause().await;
        bench.wait_for_depth(QUEUE, 20 - count).await;
        // What was handed out before can still be settled.
        assert_eq!(ack_all(held).await, Settled::Told);
        consumer.resume().await;
        let mut rest = 20 - count;
        while rest > 0 {
            let chunk = take(&mut consumer, 1).await;
            rest -= u32::try_from(chunk.len()).unwrap();
            assert_eq!(ack_all(chunk).await, Settled::Told);
        }
        bench.wait_for_depth(QUEUE, 0).await;
    });
}

#[test]
fn at_shutdown_a_consumer_ends_and_its_last_chunk_can_be_settled() {
    on_bench(async |bench| {
        bench.publish(0..8).await;
        let mut consumer = bench.consumer(4).await;
        let last = take(&mut consumer, 4).await;
        bench.shutdown.cancel();
        assert!(consumer.next_chunk().await.is_none());
        assert!(consumer.next_chunk().await.is_none());
        let done = last.len();
        assert_eq!(ack_all(last).await, Settled::Told);
        bench.wait_for_depth(QUEUE, u32::try_from(8 - done).unwrap()).await;
        drop(consumer);
        bench.broker.close().await;
    });
}

#[test]
fn a_consumer_survives_the_loss_of_its_queue() {
    on_bench(async |bench| {
        let mut consumer = bench.consumer(5).await;
        bench.broker.recreate_queue(&bench.topology, QUEUE).await.unwrap();
        bench.publish(0..3).await;
        let deliveries = take(&mut consumer, 3).await;
        assert_eq!(deliveries.iter().map(number).collect::<Vec<_>>(), [0, 1, 2]);
        assert_eq!(ack_all(deliveries).await, Settled::Told);
    });
}

#[test]
fn a_forgotten_consumer_subscribes_again_also_for_a_caller_who_gives_up_and_asks_again() {
    on_bench(async |bench| {
        let mut settings = config(&bench.vhost.url().unwrap());
        settings.look_every = Duration::from_millis(300);
        let broker = Broker::start(settings, CancellationToken::new()).unwrap();
        let mut consumer = broker.consume(QUEUE, ConsumeOptions::chunks_of(1, "test")).await;
        forget_consumers(bench.services, bench.vhost, QUEUE);
        bench.publish([7]).await;
        bench.wait_for_depth(QUEUE, 1).await;
        let asking = async {
            loop {
                if let Ok(chunk) = tokio::time::timeout(Duration::from_millis(1), consumer.next_chunk()).await
                {
                    return chunk.unwrap().remove(0);
                }
            }
        };
        let delivery = tokio::time::timeout(PATIENCE, asking).await.expect("it stays forgotten");
        assert_eq!(number(&delivery), 7);
        assert_eq!(delivery.ack().await, Settled::Told);
    });
}
