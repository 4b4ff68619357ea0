//! Idle latency: from the publish of a submission to `waiting`, one at a time.

use std::time::{Duration, Instant};

use anyhow::Result;
use berkas_domain::Stage;
use berkas_testkit::Services;

use crate::deployment::Deployment;
use crate::protocol::{Steps, arrival};

/// Median and 99th percentile in milliseconds over `count` submissions.
pub async fn idle(services: &Services, count: usize) -> Result<(f64, f64)> {
    let deployment = Deployment::start(services).await?;
    let steps = Steps::start(&deployment).await?;
    let app = &deployment.app;
    let mut waits = Vec::with_capacity(count);
    for done in 0..count {
        let started = Instant::now();
        let now = app.clock.now();
        let data = |_: &berkas_store::Arrival, _: &berkas_store::AcceptedArrival| serde_json::json!({});
        let answers = app.store.accept(&[arrival()?], &data, now, now).await?;
        let fresh = answers.into_iter().filter_map(|answer| answer.ok()?.work).collect();
        steps.relay.relay(fresh).await;
        while usize::try_from(app.store.stage_entries(Stage::Waiting).await?)? <= done {
            tokio::time::sleep(Duration::from_micros(500)).await;
        }
        waits.push(started.elapsed().as_secs_f64() * 1000.0);
    }
    steps.stop().await;
    waits.sort_by(f64::total_cmp);
    let at = |share: f64| waits[((waits.len() - 1) as f64 * share) as usize];
    Ok((at(0.5), at(0.99)))
}
