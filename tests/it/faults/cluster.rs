//! A cluster of three brokers loses one under load.

use anyhow::Result;
use berkas_samples::Defect;

use super::{all_told, one_decision_each};
use crate::bench::{Bench, Queues};

#[tokio::test(flavor = "multi_thread")]
async fn a_cluster_with_quorum_queues_that_loses_a_node_under_load_loses_nothing() -> Result<()> {
    let bench = Bench::private(&["--fast", "--nodes", "3"], &[Queues::Quorum.setting()]).await?;
    let _berkas = bench.spawn_all().await?;
    let office = bench.office("351709").await?;
    let mut sent = Vec::new();
    for seed in 0..6 {
        let dossier = office.dossier(seed, "akta_kematian", "MTI-1", &[Defect::MissingDocument])?;
        sent.push(office.submit(&dossier).await?);
        if seed == 2 {
            // The node every connection was made to first.
            bench.services.command("stop-rabbit", &["1"])?;
        }
    }
    bench.services.command("start-rabbit", &["1"])?;
    one_decision_each(&office, &sent).await?;
    all_told(bench, 6).await
}
