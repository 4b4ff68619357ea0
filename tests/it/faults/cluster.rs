//! A cluster of three brokers loses one under load.

use anyhow::Result;
use berkas_samples::Defect;
use berkas_testkit::Services;

use super::{all_told, one_decision_each};
use crate::bench::Bench;

#[tokio::test(flavor = "multi_thread")]
async fn a_cluster_with_quorum_queues_that_loses_a_node_under_load_loses_nothing() -> Result<()> {
    let services = Box::leak(Box::new(Services::private(&["--fast", "--nodes", "3"])?));
    let bench = Bench::on(services, &[("BERKAS_BROKER__QUEUE_TYPE", "quorum")]).await?;
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
