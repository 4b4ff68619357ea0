//! A broker whose topology changes while a process runs.

use std::time::Duration;

use berkas_broker::{QueueType, Topology, TopologyOptions};
use berkas_runtime::watch_topology;

use crate::bench::{Bench, on_bench, wait_until};

/// What `/readyz` says of the topology.
async fn problem(bench: &Bench<'_>) -> Option<String> {
    let report = bench.app.health.ready().await;
    report.checks.into_iter().find(|check| check.name == "topology")?.problem
}

#[test]
fn a_queue_that_becomes_another_makes_the_process_unready_until_it_is_mended() {
    on_bench(&[], async |bench| {
        let every = Duration::from_millis(300);
        let watching = tokio::spawn(watch_topology(
            bench.app.clone(),
            bench.broker.clone(),
            every,
            bench.shutdown.clone(),
        ));
        wait_until(async || {
            bench.app.health.ready().await.checks.iter().any(|check| check.name == "topology")
        })
        .await;
        assert_eq!(problem(bench).await, None);

        let other = Topology::new(&TopologyOptions::new(QueueType::Quorum, Vec::new()));
        bench.broker.recreate_queue(&other, "work.scan").await.unwrap();
        wait_until(async || problem(bench).await.is_some_and(|text| text.contains("work.scan"))).await;
        assert!(!bench.app.health.ready().await.ok);

        bench.broker.recreate_queue(&bench.app.topology(Vec::new()), "work.scan").await.unwrap();
        wait_until(async || problem(bench).await.is_none()).await;
        assert!(bench.app.health.ready().await.ok);
        bench.shutdown.cancel();
        watching.await.unwrap();
    });
}
