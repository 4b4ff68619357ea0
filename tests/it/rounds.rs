//! A submission that comes back again and again, and decisions that are taken back.

use anyhow::{Context as _, Result, ensure};
use berkas_samples::Defect;
use serde_json::json;

use crate::bench::{Bench, Task};

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

#[tokio::test(flavor = "multi_thread")]
async fn a_decision_is_undone_inside_its_hold_and_reversed_after_it() -> Result<()> {
    let services = Box::leak(Box::new(berkas_testkit::services()?));
    let bench = Bench::on(services, &[]).await?;
    let mut berkas = bench.spawn_workers(&["intake", "scan", "completeness", "assignment"])?;
    berkas.push(bench.spawn(&["serve"])?);
    bench.serves().await?;
    let office = bench.office("351709").await?;
    let verifier = bench.verifier("wati").await?;
    let head = bench.person("rini", "supervisor").await?;
    let sender_id = office.submit(&office.dossier(61, "kartu_keluarga", "KK-9", &[])?).await?;

    // Nothing ends the hold yet, and nothing has left: the same verifier thinks better of it.
    let task = verifier.next().await?;
    verifier.decide(&task, "refused", json!([{ "code": "LAINNYA" }])).await?;
    verifier.undo(&task).await?;
    let held = verifier.client.get(&format!("/api/v1/tasks/{}", task.id)).await?;
    let again = Task { id: task.id, fence: held["fence"].as_i64().context("no token")? };
    verifier.decide(&again, "passed", json!([])).await?;
    berkas.push(bench.spawn(&["worker", "notification"])?);
    let told = office.decision(sender_id).await?;
    ensure!(told.data["outcome"] == "passed", "the refusal never left: {:?}", told.data);

    // After it the office was told: a supervisor reverses, and the office is told what does not count any more.
    let number = told.data["registration_number"].as_str().context("no number")?.to_owned();
    let seen = head.client.get(&format!("/api/v1/submissions/{number}/history")).await?;
    let reversal = json!({
        "revision": 1, "reason": "overlooked", "outcome": "returned", "reasons": [{ "code": "TIDAK_LENGKAP" }],
        "fence": seen["fence"]
    });
    head.client.post(&format!("/api/v1/submissions/{number}/reversal"), &reversal).await?;
    let correction = "id.berkas.correction.v1";
    let received = office.receive(|all| all.iter().any(|one| one.kind == correction)).await?;
    let corrected = received.into_iter().find(|one| one.kind == correction).context("no correction")?;
    ensure!(corrected.data["corrects"] == told.id.to_string(), "{:?}", corrected.data);
    ensure!(corrected.data["decision"]["outcome"] == "returned" && corrected.sequence > told.sequence);
    ensure!(verifier.undo(&again).await.is_err(), "it is not the verifier's any more");
    let history = head.client.get(&format!("/api/v1/submissions/{number}/history")).await?;
    let outcomes: Vec<_> =
        history["decisions"].as_array().context("none")?.iter().map(|one| &one["outcome"]).collect();
    ensure!(outcomes == ["refused", "passed", "returned"], "{outcomes:?}");

    // What was corrected to a return is repaired like any other; it is kept for who reversed it.
    let repair = office.dossier(61, "kartu_keluarga", "KK-9", &[])?;
    let mut manifest = office.manifest(&repair, sender_id, 2)?;
    manifest["repairs"] = json!({ "notice": corrected.id });
    office.client.post("/api/v1/submissions", &manifest).await?;
    head.pass(1).await?;
    office
        .receive(|all| all.iter().any(|one| one.data["revision"] == 2 && one.data["outcome"] == "passed"))
        .await?;
    let balanced = bench.finish().await?;
    ensure!(balanced.accepted == 1 && balanced.finished == 1, "{balanced:?}");
    Ok(())
}
