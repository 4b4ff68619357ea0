//! Stopping under load.

use anyhow::Result;
use berkas_samples::Defect;

use super::{all_told, one_decision_each};
use crate::bench::{Bench, Queues};

on_both_kinds_of_queues! {
    a_process_that_is_stopped_under_load_ends_in_order_and_the_next_one_goes_on;
    a_worker_whose_drain_runs_out_is_not_taken_for_one_that_crashed;
}

async fn a_process_that_is_stopped_under_load_ends_in_order_and_the_next_one_goes_on(
    queues: Queues,
) -> Result<()> {
    let bench = Bench::start_with(queues).await?;
    let serving = bench.spawn(&["serve"])?;
    bench.serves().await?;
    let mut workers = Vec::new();
    for role in ["intake", "scan", "completeness", "assignment", "notification"] {
        workers.push(bench.spawn(&["worker", role])?);
    }
    let office = bench.office("351709").await?;
    let mut sent = Vec::new();
    for seed in 0..6 {
        let dossier = office.dossier(seed, "akta_kematian", "MTI-1", &[Defect::MissingDocument])?;
        sent.push(office.submit(&dossier).await?);
    }
    for worker in workers {
        assert!(worker.stop().await?.success(), "a worker did not end in order");
    }
    let _all = ["intake", "scan", "completeness", "assignment", "notification"]
        .into_iter()
        .map(|role| bench.spawn(&["worker", role]))
        .collect::<Result<Vec<_>>>()?;
    one_decision_each(&office, &sent).await?;
    drop(serving);
    all_told(bench, 6).await
}

async fn a_worker_whose_drain_runs_out_is_not_taken_for_one_that_crashed(queues: Queues) -> Result<()> {
    let bench = Bench::start_with(queues).await?;
    let _serving = bench.spawn(&["serve"])?;
    bench.serves().await?;
    let office = bench.office("351709").await?;
    let dossier = office.dossier(4, "akta_kematian", "MTI-1", &[Defect::MissingDocument])?;
    let sent = office.submit(&dossier).await?;
    bench.sql_says("select count(*) from due where published_at is not null", "1").await?;
    // As if its message had been lost before: published twice it runs alone, under an attempt row.
    bench.sql("update due set publishes = 2")?;
    let lock = bench.lock_submissions()?;
    let scan = bench.spawn_with(&["worker", "scan"], &[("BERKAS_WORKER__DRAIN_S", "1")])?;
    bench.blocked().await?;
    assert_eq!(bench.sql("select count(*) from attempts")?, "1");
    assert!(scan.stop().await?.success(), "the worker did not end in order");
    assert_eq!(bench.sql("select count(*) from attempts")?, "0");
    drop(lock);
    let _workers = bench.spawn_workers(&["intake", "scan", "completeness", "assignment", "notification"])?;
    one_decision_each(&office, &[sent]).await?;
    all_told(bench, 1).await
}
