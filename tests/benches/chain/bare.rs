//! Bare hops: consume, publish to the next queue with a confirm, ack. What the broker alone allows.

use std::time::{Duration, Instant};

use anyhow::{Context as _, Result};
use berkas_broker::{Broker, BrokerConfig, ConsumeOptions, Outgoing, ack_all};
use berkas_contract::names;
use berkas_domain::Step;
use berkas_testkit::Services;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use crate::deployment::Deployment;

/// The four queues of the hops.
const HOPS: [Step; 4] = [Step::Scan, Step::Completeness, Step::Assignment, Step::Notification];

/// Messages a second that pass four hops, with at most `window` under way.
pub async fn rate(services: &Services, count: usize, window: usize) -> Result<f64> {
    let deployment = Deployment::start(services).await?;
    let broker =
        Broker::start(BrokerConfig::new(vec![deployment.amqp()?], "bench-bare"), CancellationToken::new())?;
    broker.ready().await?;
    let mut hops = Vec::new();
    for pair in HOPS.windows(2) {
        hops.push(tokio::spawn(hop(broker.clone(), pair[0], Some(pair[1]), count)));
    }
    let (done, mut arrived) = tokio::sync::mpsc::unbounded_channel();
    let last = broker.clone();
    hops.push(tokio::spawn(async move {
        let mut consumer = consume(&last, Step::Notification).await;
        let mut seen = 0;
        while seen < count {
            let chunk = consumer.next_chunk().await.context("the queue ended")?;
            seen += chunk.len();
            ack_all(chunk).await;
            let _ = done.send(seen);
        }
        Ok(())
    }));
    let publisher = broker.publisher();
    let started = Instant::now();
    let (mut sent, mut seen) = (0, 0);
    while seen < count {
        if sent < count && sent - seen < window {
            let batch = 50.min(count - sent).min(window - (sent - seen));
            let messages = (0..batch).map(|_| message(HOPS[0])).collect();
            for outcome in publisher.publish_batch(messages).await {
                outcome?;
            }
            sent += batch;
        } else {
            seen = arrived.recv().await.context("the last hop ended")?;
        }
        while let Ok(newer) = arrived.try_recv() {
            seen = newer;
        }
    }
    let rate = count as f64 / started.elapsed().as_secs_f64();
    for hop in hops {
        hop.await??;
    }
    broker.close().await;
    tokio::time::sleep(Duration::from_millis(100)).await;
    Ok(rate)
}

async fn consume(broker: &Broker, step: Step) -> berkas_broker::Consumer {
    broker.consume(&names::work_queue(step), ConsumeOptions::chunks_of(50, step.as_str())).await
}

async fn hop(broker: Broker, from: Step, to: Option<Step>, count: usize) -> Result<()> {
    let mut consumer = consume(&broker, from).await;
    let publisher = broker.publisher();
    let mut seen = 0;
    while seen < count {
        let chunk = consumer.next_chunk().await.context("the queue ended")?;
        seen += chunk.len();
        if let Some(to) = to {
            let messages = chunk.iter().map(|delivery| forwarded(to, delivery.body.clone())).collect();
            for outcome in publisher.publish_batch(messages).await {
                outcome?;
            }
        }
        ack_all(chunk).await;
    }
    Ok(())
}

fn message(step: Step) -> Outgoing {
    forwarded(step, vec![b'x'; 1024])
}

fn forwarded(step: Step, body: Vec<u8>) -> Outgoing {
    Outgoing::new(names::WORK_EXCHANGE, names::work_key(step), Uuid::new_v4(), body)
}
