//! People go away for days: human work waits in the database, is never lost to them and never doubled.

use std::sync::Arc;

use anyhow::{Result, ensure};
use berkas_domain::{Clock as _, FixedClock, SystemClock};
use berkas_runtime::Sweeper;
use chrono::TimeDelta;
use serde_json::json;
use tokio_util::sync::CancellationToken;

use super::{all_told, one_decision_each};
use crate::bench::{Bench, Queues, Task, Verifier};

on_both_kinds_of_queues! {
    a_task_whose_holder_went_away_for_days_is_decided_by_another_and_by_nobody_else;
    a_task_that_nobody_pulls_for_days_waits_and_breeds_no_messages;
}

/// How long nobody comes to the desk.
const IDLE: TimeDelta = TimeDelta::days(3);

/// The decision under this token is refused with the problem that says so.
async fn is_too_late(verifier: &Verifier, task: &Task) -> Result<()> {
    match verifier.decide(task, "refused", json!([{ "code": "LAINNYA" }])).await {
        Ok(answer) => anyhow::bail!("a lost lease decided: {answer}"),
        Err(refused) => {
            let text = refused.to_string();
            ensure!(text.starts_with("409 lease_lost"), "{text}");
            Ok(())
        }
    }
}

async fn a_task_whose_holder_went_away_for_days_is_decided_by_another_and_by_nobody_else(
    queues: Queues,
) -> Result<()> {
    let bench = Bench::start_with(queues).await?;
    let _berkas = bench.spawn_all().await?;
    let office = bench.office("351709").await?;
    let (gone, present) = (bench.verifier("wati").await?, bench.verifier("yono").await?);
    let sent = office.submit(&office.dossier(31, "kartu_keluarga", "KK-9", &[])?).await?;
    let held = gone.next().await?;
    assert!(present.pull().await?.is_none(), "the task is held");

    assert_eq!(bench.store.expire_leases(SystemClock.now() + IDLE).await?, 1);
    is_too_late(&gone, &held).await?;
    let taken = present.next().await?;
    assert_eq!(taken.id, held.id);
    assert!(taken.fence > held.fence, "a new lease has a new token");
    is_too_late(&gone, &held).await?;
    // Not even with the new token: it is somebody else's.
    is_too_late(&gone, &Task { id: taken.id.clone(), fence: taken.fence }).await?;
    present.decide(&taken, "passed", json!([])).await?;

    let decisions = one_decision_each(&office, &[sent]).await?;
    assert_eq!(decisions[0].data["outcome"], "passed");
    is_too_late(&gone, &held).await?;
    all_told(bench, 1).await
}

async fn a_task_that_nobody_pulls_for_days_waits_and_breeds_no_messages(queues: Queues) -> Result<()> {
    let bench = Bench::start_with(queues).await?;
    let _berkas = bench.spawn_all().await?;
    let office = bench.office("351709").await?;
    let sent = office.submit(&office.dossier(32, "kartu_keluarga", "KK-9", &[])?).await?;
    office.reaches(sent, "waiting").await?;
    let before = bench.store.find_submission(&office.code, Some(sent), None).await?.expect("accepted");

    let clock = FixedClock::at(SystemClock.now());
    let mut app = bench.app("test").await?;
    app.clock = Arc::new(clock.clone());
    let broker = app.broker("test", CancellationToken::new())?;
    let mut sweeper = Sweeper::new(app, broker);
    for _ in 0..6 {
        clock.advance(IDLE / 6);
        assert_eq!(sweeper.sweep().await?, 0, "nothing is due while a person is awaited");
        assert_eq!(bench.store.expire_leases(clock.now()).await?, 0);
    }
    assert_eq!(bench.store.due_count().await?, 0);
    let after = bench.store.find_submission(&office.code, Some(sent), None).await?.expect("accepted");
    assert_eq!((after.stage, after.generation), (before.stage, before.generation));

    let verifier = bench.verifier("wati").await?;
    let task = verifier.next().await?;
    assert!(verifier.pull().await?.is_none(), "there is one task");
    verifier.decide(&task, "passed", json!([])).await?;
    one_decision_each(&office, &[sent]).await?;
    all_told(bench, 1).await
}
