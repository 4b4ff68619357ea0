//! Undo and the notice race for one row.

use anyhow::Result;
use serde_json::json;

use super::{all_told, one_decision_each};
use crate::bench::{Bench, Queues};

on_both_kinds_of_queues! {
    undo_and_notice_race_and_exactly_one_of_them_wins;
}

async fn undo_and_notice_race_and_exactly_one_of_them_wins(queues: Queues) -> Result<()> {
    let bench = Bench::start_with(queues).await?;
    let _berkas = bench.spawn_all().await?;
    let office = bench.office("351709").await?;
    let verifier = bench.verifier("wati").await?;
    let mut sent = Vec::new();
    for seed in 0..5 {
        sent.push(office.submit(&office.dossier(seed, "kartu_keluarga", "KK-9", &[])?).await?);
    }
    let mut undone = 0;
    for _ in 0..5 {
        let task = verifier.next().await?;
        // Without a hold the notice is due at once.
        verifier.decide(&task, "refused", json!([{ "code": "LAINNYA" }])).await?;
        if verifier.undo(&task).await.is_ok() {
            undone += 1;
            let held = verifier.client.get(&format!("/api/v1/tasks/{}", task.id)).await?;
            let again = crate::bench::Task { id: task.id, fence: held["fence"].as_i64().expect("a token") };
            verifier.decide(&again, "passed", json!([])).await?;
        }
    }
    let decisions = one_decision_each(&office, &sent).await?;
    let passed = decisions.iter().filter(|one| one.data["outcome"] == "passed").count();
    assert_eq!(passed, undone, "what was undone was decided anew, the rest stands");
    all_told(bench, 5).await
}
