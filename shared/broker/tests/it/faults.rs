//! Killing, starving and wiping the broker.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use berkas_broker::{
    Broker, BrokerUser, ConsumeOptions, Finding, Health, Outgoing, PasswordHash, PublishError, Publisher,
    QueueType, Settled, ack_all, definitions_json,
};
use berkas_testkit::Services;
use tokio_util::sync::CancellationToken;

use crate::bench::{QUEUE, config, message, number, on_servers, take, topology, wait_until};

#[test]
fn a_broker_killed_in_mid_stream_loses_nothing_that_was_confirmed() {
    let services = Services::private(&["--no-postgres"]).unwrap();
    on_servers(&services, async |bench| {
        let well_under_way = Arc::new(AtomicBool::new(false));
        let publishing =
            tokio::spawn(publish_until_a_fault(bench.broker.publisher(), well_under_way.clone()));
        let mut consumer = bench.consumer(50).await;
        let held = take(&mut consumer, 1).await;
        wait_until(async || well_under_way.load(Ordering::SeqCst)).await;

        bench.services.command("kill-rabbit", &[]).unwrap();
        wait_until(async || bench.broker.health() == Health::Down).await;
        bench.services.command("start-rabbit", &[]).unwrap();

        // These came on a connection that is gone: settling them does nothing, and they come again.
        let held_numbers: Vec<usize> = held.iter().map(number).collect();
        assert_eq!(ack_all(held).await, Settled::Lost);
        let count = publishing.await.unwrap();
        let (mut seen, mut redelivered) = (BTreeSet::new(), BTreeSet::new());
        while seen.len() < count {
            let chunk = take(&mut consumer, 1).await;
            redelivered.extend(chunk.iter().filter(|delivery| delivery.redelivered).map(number));
            seen.extend(chunk.iter().map(number));
            ack_all(chunk).await;
        }
        assert_eq!(seen, (0..count).collect());
        assert!(
            held_numbers.iter().all(|number| redelivered.contains(number)),
            "{held_numbers:?} came again"
        );
        assert_eq!(bench.broker.health(), Health::Up);
    });
}

/// Publishes ever more messages until some are not confirmed, then those until they are; returns how many there were.
async fn publish_until_a_fault(publisher: Publisher, well_under_way: Arc<AtomicBool>) -> usize {
    let (mut open, mut count, mut at_fault) = (Vec::new(), 0, false);
    while !at_fault || !open.is_empty() {
        let fresh = if at_fault { count..count } else { count..count + 50 };
        count = fresh.end;
        let batch: Vec<usize> = open.drain(..).chain(fresh).collect();
        let outcomes = publisher.publish_batch(batch.iter().map(|id| message(*id)).collect()).await;
        open.extend(batch.iter().zip(&outcomes).filter(|(_, outcome)| outcome.is_err()).map(|(id, _)| *id));
        at_fault |= !open.is_empty();
        well_under_way.fetch_or(count > 1_000, Ordering::SeqCst);
    }
    count
}

#[test]
fn a_broker_out_of_memory_blocks_publishing_only() {
    let services = Services::private(&["--no-postgres"]).unwrap();
    on_servers(&services, async |bench| {
        let mut settings = config(&bench.vhost.url().unwrap());
        settings.confirm_timeout = Duration::from_secs(2);
        let broker = Broker::start(settings, CancellationToken::new()).unwrap();
        broker.ready().await.unwrap();
        let publisher = broker.publisher();
        for id in 0..20 {
            publisher.publish(message(id)).await.unwrap();
        }
        let mut consumer = broker.consume(QUEUE, ConsumeOptions::chunks_of(20, "test")).await;
        let held = take(&mut consumer, 20).await;

        bench.services.rabbitmqctl(&["set_vm_memory_high_watermark", "0.00001"]).unwrap();
        // The broker raises its alarm a moment after it has heard of the limit.
        wait_until(async || {
            bench.services.rabbitmqctl(&["status"]).unwrap().contains("Memory alarm on node")
        })
        .await;
        let under_way = publisher.publish(message(20)).await;
        assert_eq!(under_way, Err(PublishError::Blocked));
        assert_eq!(broker.health(), Health::Blocked);
        assert_eq!(publisher.publish(message(21)).await, Err(PublishError::Blocked));
        assert_eq!(ack_all(held).await, Settled::Told);
        // Nothing comes back when the channel is gone: the broker has read every acknowledgement.
        drop(consumer);
        bench.wait_for_depth(QUEUE, 0).await;

        bench.services.rabbitmqctl(&["set_vm_memory_high_watermark", "absolute", "2GB"]).unwrap();
        wait_until(async || broker.health() == Health::Up).await;
        assert_eq!(publisher.publish(message(22)).await, Ok(()));
    });
}

#[test]
fn a_wiped_broker_comes_back_with_its_users_and_its_topology() {
    for queue_type in [QueueType::Classic, QueueType::Quorum] {
        let topology = topology(queue_type);
        let users = [
            BrokerUser::service("guest", PasswordHash::new("guest", *b"salt")),
            BrokerUser::office("351709".parse().unwrap(), PasswordHash::new("rahasia", *b"pait")),
        ];
        let file = std::env::temp_dir().join(format!("berkas-definitions-{}.json", std::process::id()));
        std::fs::write(&file, definitions_json(&topology, "/", &users).to_string()).unwrap();
        let arguments = ["--no-postgres", "--definitions", file.to_str().unwrap()];
        let services = Services::private(&arguments).unwrap();
        let runtime = tokio::runtime::Runtime::new().unwrap();
        runtime.block_on(async {
            let url = services.get("BERKAS_AMQP_URL").unwrap();
            let broker = Broker::start(config(url), CancellationToken::new()).unwrap();
            broker.ready().await.unwrap();
            services.command("wipe-rabbit", &[]).unwrap();
            let wiped = vec![Finding::MissingQueue("epoch".to_owned())];
            wait_until(async || broker.verify_topology(&topology).await == Ok(wiped.clone())).await;

            let office = Broker::start(
                config(&url.replace("guest:guest", "351709:rahasia")),
                CancellationToken::new(),
            );
            let submission =
                Outgoing::new("intake", "submission.351709.ktp_el", "m", b"{}".to_vec()).as_user("351709");
            assert_eq!(office.unwrap().publisher().publish(submission).await, Ok(()));
            let mut intake = broker.consume("intake", ConsumeOptions::chunks_of(1, "test")).await;
            assert_eq!(take(&mut intake, 1).await.remove(0).user_id.as_deref(), Some("351709"));
        });
        drop(services);
        std::fs::remove_file(file).unwrap();
    }
}
