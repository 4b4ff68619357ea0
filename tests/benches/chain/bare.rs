//! Bare hops: consume, commit the ids of the chunk if asked to, publish to the next queue with a confirm, ack. What the
//! broker alone allows, and what broker and database allow together.

use std::time::Duration;

use anyhow::{Context as _, Result, bail};
use berkas_broker::{Broker, BrokerConfig, ConsumeOptions, Delivery, Outgoing, ack_all};
use berkas_contract::names;
use berkas_domain::Step;
use berkas_store::BareInbox;
use berkas_testkit::Services;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use crate::cost::Meter;
use crate::deployment::Deployment;
use crate::lap::{Lap, Stopwatch, WARM_UP};

/// The queues of the hops.
pub const HOPS: [Step; 4] = [Step::Scan, Step::Completeness, Step::Assignment, Step::Notification];

/// What a hop does beside moving messages.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Hops {
    /// Nothing.
    Bare,
    /// One transaction a chunk, with a row for each message.
    Committing,
}

/// What `count` messages that pass these queues take once it is warm, with at most `window` under way.
pub async fn lap(
    services: &Services,
    queues: &[Step],
    count: usize,
    window: usize,
    hops: Hops,
    meter: Option<&Meter>,
) -> Result<Lap> {
    let count = count + WARM_UP;
    let deployment = Deployment::start(services).await?;
    let inbox = match hops {
        Hops::Bare => None,
        Hops::Committing => Some(deployment.bare_inbox().await?),
    };
    let broker =
        Broker::start(BrokerConfig::new(vec![deployment.amqp()?], "bench-bare"), CancellationToken::new())?;
    broker.ready().await?;
    let mut tasks = Vec::new();
    let (Some(&first), Some(&end)) = (queues.first(), queues.last()) else { bail!("no hop at all") };
    for pair in queues.windows(2) {
        tasks.push(tokio::spawn(hop(broker.clone(), inbox.clone(), pair[0], pair[1], count)));
    }
    let (done, mut arrived) = tokio::sync::mpsc::unbounded_channel();
    let last = broker.clone();
    tasks.push(tokio::spawn(async move {
        let mut consumer = consume(&last, end).await;
        let mut seen = 0;
        while seen < count {
            let chunk = consumer.next_chunk().await.context("the queue ended")?;
            seen += chunk.len();
            take(inbox.as_ref(), end, &chunk).await?;
            ack_all(chunk).await;
            let _ = done.send(seen);
        }
        Ok(())
    }));
    let publisher = broker.publisher();
    let mut watch = Stopwatch::new(meter);
    let (mut sent, mut seen) = (0, 0);
    while seen < count {
        watch.see(seen)?;
        if sent < count && sent - seen < window {
            let batch = 50.min(count - sent).min(window - (sent - seen));
            let messages = (0..batch).map(|_| message(first)).collect();
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
    let lap = watch.stop(count)?;
    for task in tasks {
        task.await??;
    }
    broker.close().await;
    tokio::time::sleep(Duration::from_millis(100)).await;
    Ok(lap)
}

async fn consume(broker: &Broker, step: Step) -> berkas_broker::Consumer {
    broker.consume(&names::work_queue(step), ConsumeOptions::chunks_of(50, step.as_str())).await
}

async fn take(inbox: Option<&BareInbox>, hop: Step, chunk: &[Delivery]) -> Result<()> {
    let Some(inbox) = inbox else { return Ok(()) };
    let ids: Result<Vec<Uuid>> = chunk
        .iter()
        .map(|delivery| Ok(delivery.message_id.as_deref().context("a message without an id")?.parse()?))
        .collect();
    Ok(inbox.take(hop.as_str(), &ids?).await?)
}

async fn hop(broker: Broker, inbox: Option<BareInbox>, from: Step, to: Step, count: usize) -> Result<()> {
    let mut consumer = consume(&broker, from).await;
    let publisher = broker.publisher();
    let mut seen = 0;
    while seen < count {
        let chunk = consumer.next_chunk().await.context("the queue ended")?;
        seen += chunk.len();
        take(inbox.as_ref(), from, &chunk).await?;
        let messages = chunk.iter().map(|delivery| forwarded(to, delivery.body.clone())).collect();
        for outcome in publisher.publish_batch(messages).await {
            outcome?;
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
