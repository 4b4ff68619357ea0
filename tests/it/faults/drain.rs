//! Stopping under load.

use anyhow::Result;
use berkas_samples::Defect;

use super::{all_told, one_decision_each};
use crate::bench::{Bench, Queues};

on_both_kinds_of_queues! {
    a_process_that_is_stopped_under_load_ends_in_order_and_the_next_one_goes_on;
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
