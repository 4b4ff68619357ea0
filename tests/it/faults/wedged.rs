//! A queue that takes messages and confirms none of them.

use anyhow::Result;
use berkas_samples::Defect;

use super::{all_told, one_decision_each};
use crate::bench::{Bench, Queues};

#[tokio::test(flavor = "multi_thread")]
#[ignore = "part of `make faults`"]
async fn a_wedged_work_queue_is_replaced_and_what_was_due_in_it_is_done() -> Result<()> {
    let settings = [Queues::Quorum.setting(), ("BERKAS_BROKER__CONFIRM_TIMEOUT_MS", "1500")];
    let bench = Bench::private(&["--fast"], &settings).await?;
    let _berkas = bench.spawn_all().await?;
    let office = bench.office("351709").await?;
    bench.wedge("work.completeness")?;
    let mut sent = Vec::new();
    for seed in 0..3 {
        let dossier = office.dossier(seed, "akta_kematian", "MTI-1", &[Defect::MissingDocument])?;
        sent.push(office.submit(&dossier).await?);
    }
    bench.logged("all", "replaced a queue that confirmed nothing").await?;
    one_decision_each(&office, &sent).await?;
    all_told(bench, 3).await
}
