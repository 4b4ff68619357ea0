//! Idle latency: from the publish of a submission to `waiting`, one at a time.

use std::time::{Duration, Instant};

use anyhow::Result;
use berkas_domain::Stage;
use berkas_testkit::Services;

use crate::deployment::Deployment;
use crate::protocol::{Sender, Steps};

/// Submissions before the measurement, so that connections and plans are warm.
const WARM_UP: usize = 20;

/// Median and 99th percentile in milliseconds over `count` submissions.
pub async fn idle(services: &Services, count: usize) -> Result<(f64, f64)> {
    let deployment = Deployment::start(services).await?;
    let steps = Steps::start(&deployment).await?;
    let sender = Sender::start(&deployment).await?;
    let store = &deployment.app.store;
    let mut waits = Vec::with_capacity(count);
    for done in 0..count + WARM_UP {
        let started = Instant::now();
        sender.publish(1).await?;
        steps.reached.beyond(done).await;
        // The step has begun; it is done when its commit is there to be seen.
        while usize::try_from(store.stage_entries(Stage::Waiting).await?)? <= done {
            tokio::task::yield_now().await;
        }
        if done >= WARM_UP {
            waits.push(started.elapsed().as_secs_f64() * 1000.0);
        }
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    sender.stop().await;
    steps.stop().await;
    waits.sort_by(f64::total_cmp);
    let at = |share: f64| waits[((waits.len() - 1) as f64 * share) as usize];
    Ok((at(0.5), at(0.99)))
}
