//! The same submission again and again.

use anyhow::Result;
use berkas_samples::Defect;
use futures::future::join_all;
use uuid::Uuid;

use super::{all_told, one_decision_each};
use crate::bench::{Bench, Queues};

on_both_kinds_of_queues! {
    the_same_submission_five_times_through_both_doors_is_one, smoke;
    the_same_id_with_another_manifest_is_a_conflict;
}

async fn the_same_submission_five_times_through_both_doors_is_one(queues: Queues) -> Result<()> {
    let bench = Bench::start_with(queues).await?;
    let _berkas = bench.spawn_all().await?;
    let office = bench.office("351709").await?;
    let dossier = office.dossier(5, "akta_kematian", "MTI-1", &[Defect::MissingDocument])?;
    let sender_id = Uuid::new_v4();
    let manifest = office.manifest(&dossier, sender_id, 1)?;
    office.upload(&dossier).await?;
    let doors = join_all((0..5).map(|turn| {
        let (office, dossier, manifest) = (&office, &dossier, manifest.clone());
        async move {
            if turn % 2 == 0 {
                office.publish(dossier, manifest).await
            } else {
                office.client.post("/api/v1/submissions", &manifest).await.map(drop)
            }
        }
    }))
    .await;
    doors.into_iter().collect::<Result<Vec<()>>>()?;
    one_decision_each(&office, &[sender_id]).await?;
    all_told(bench, 1).await
}

async fn the_same_id_with_another_manifest_is_a_conflict(queues: Queues) -> Result<()> {
    let bench = Bench::start_with(queues).await?;
    let _berkas = bench.spawn_all().await?;
    let office = bench.office("351709").await?;
    let first = office.dossier(6, "akta_kematian", "MTI-1", &[Defect::MissingDocument])?;
    let second = office.dossier(7, "akta_kematian", "MTI-1", &[Defect::MissingDocument])?;
    let sender_id = office.submit(&first).await?;
    office.upload(&second).await?;
    let refused = office.client.post("/api/v1/submissions", &office.manifest(&second, sender_id, 1)?).await;
    assert!(refused.unwrap_err().to_string().contains("conflict"));
    one_decision_each(&office, &[sender_id]).await?;
    all_told(bench, 1).await
}
