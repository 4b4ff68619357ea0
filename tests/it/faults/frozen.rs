//! A process that neither works nor ends: a machine that stands still, a hypervisor that takes its time.

use anyhow::{Result, ensure};
use berkas_samples::Defect;
use uuid::Uuid;

use super::{all_told, one_decision_each};
use crate::bench::{Bench, Queues, until};

on_both_kinds_of_queues! {
    what_a_worker_holds_that_stands_still_is_done_by_another;
}

async fn what_a_worker_holds_that_stands_still_is_done_by_another(queues: Queues) -> Result<()> {
    let bench = Bench::start_with(queues).await?;
    let mut processes = bench.spawn_workers(&["intake", "completeness", "assignment", "notification"])?;
    processes.push(bench.spawn(&["serve"])?);
    // It sweeps nothing, so that it stands still in no transaction. Its silence is noticed late enough to be looked at first.
    let slow = [("BERKAS_SWEEPER__INTERVAL_MS", "600000"), ("BERKAS_BROKER__HEARTBEAT_S", "8")];
    let frozen = bench.spawn_with(&["worker", "scan"], &slow)?;
    bench.serves().await?;
    let office = bench.office("351709").await?;
    let mut sent = Vec::new();
    let mut manifests = Vec::new();
    for seed in 0..3 {
        let dossier = office.dossier(seed, "akta_kematian", "MTI-1", &[Defect::MissingDocument])?;
        office.upload(&dossier).await?;
        sent.push(Uuid::new_v4());
        manifests.push(office.manifest(&dossier, sent[sent.len() - 1], 1)?);
    }
    office.client.post("/api/v1/submissions", &manifests[0]).await?;
    office.reaches(sent[0], "noticed").await?;
    frozen.freeze()?;
    for manifest in &manifests[1..] {
        office.client.post("/api/v1/submissions", manifest).await?;
    }
    // The other two are with it: delivered, and not acked.
    until("both are delivered", || async {
        Ok(bench.ready("work.scan").await? == 0 && bench.depth("work.scan")? == 2)
    })
    .await?;
    processes.push(bench.spawn(&["worker", "scan"])?);
    // Its connection is over once it was silent for two heartbeats. The sweeper alone would take two minutes.
    bench.holds("work.scan", 0).await?;
    frozen.thaw()?;
    one_decision_each(&office, &sent).await?;
    ensure!(frozen.stop().await?.success(), "it did not find its way back");
    all_told(bench, 3).await
}
