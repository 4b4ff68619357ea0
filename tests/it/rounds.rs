//! A submission that comes back again and again.

use anyhow::{Result, ensure};
use berkas_samples::Defect;
use serde_json::json;

use crate::bench::Bench;

#[tokio::test(flavor = "multi_thread")]
async fn what_was_returned_often_enough_is_put_before_a_supervisor_whatever_is_missing() -> Result<()> {
    let services = Box::leak(Box::new(berkas_testkit::services()?));
    let bench = Bench::on(services, &[("BERKAS_REPAIR__MOST_ROUNDS", "1")]).await?;
    let _berkas = bench.spawn_all().await?;
    let office = bench.office("351709").await?;
    let verifier = bench.verifier("wati").await?;
    let head = bench.person("rini", "supervisor").await?;

    let broken = |seed| office.dossier(seed, "akta_kematian", "MTI-1", &[Defect::MissingDocument]);
    let first = broken(51)?;
    let sender_id = office.submit(&first).await?;
    let returned = office.decision(sender_id).await?;
    ensure!(returned.data["outcome"] == "returned", "{:?}", returned.data);

    let again = broken(52)?;
    office.upload(&again).await?;
    office.client.post("/api/v1/submissions", &office.manifest(&again, sender_id, 2)?).await?;
    office.reaches(sender_id, "waiting").await?;
    ensure!(verifier.pull().await?.is_none(), "it is the supervisor's");
    let task = head.next().await?;
    head.decide(&task, "refused", json!([{ "code": "TIDAK_LENGKAP" }])).await?;
    let refused = office.decision(sender_id).await?;
    ensure!(refused.data["outcome"] == "refused", "{:?}", refused.data);
    let balanced = bench.finish().await?;
    ensure!(balanced.accepted == 1 && balanced.finished == 1, "{balanced:?}");
    Ok(())
}
