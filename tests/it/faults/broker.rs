//! The broker stops, comes back, and comes back empty; so does the database.

use std::time::Duration;

use anyhow::Result;
use berkas_samples::Defect;

use super::{all_told, one_decision_each};
use crate::bench::{Bench, Queues, until_within};

on_both_kinds_of_queues! {
    a_broker_that_is_killed_and_started_again_loses_nothing, smoke;
    a_wiped_broker_is_made_ready_again_and_everything_due_is_in_flight_again;
    a_database_that_is_restarted_mid_transaction_loses_nothing;
}

/// Sends `count` submissions that the rules return through the HTTP door.
async fn send(office: &crate::bench::Office, count: u64) -> Result<Vec<uuid::Uuid>> {
    let mut sent = Vec::new();
    for seed in 0..count {
        let dossier = office.dossier(seed, "akta_kematian", "MTI-1", &[Defect::MissingDocument])?;
        sent.push(office.submit(&dossier).await?);
    }
    Ok(sent)
}

async fn a_broker_that_is_killed_and_started_again_loses_nothing(queues: Queues) -> Result<()> {
    let bench = Bench::private(&["--fast"], &[queues.setting()]).await?;
    let _berkas = bench.spawn_all().await?;
    let office = bench.office("351709").await?;
    let mut sent = send(&office, 3).await?;
    bench.services.command("kill-rabbit", &[])?;
    // The HTTP door does not need the broker.
    sent.extend(send(&office, 2).await?);
    bench.services.command("start-rabbit", &[])?;
    one_decision_each(&office, &sent).await?;
    all_told(bench, 5).await
}

async fn a_wiped_broker_is_made_ready_again_and_everything_due_is_in_flight_again(
    queues: Queues,
) -> Result<()> {
    let bench = Bench::private(&["--fast"], &[queues.setting()]).await?;
    bench.load_definitions()?;
    let _doors = [bench.spawn(&["serve"])?, bench.spawn(&["worker", "intake"])?];
    bench.serves().await?;
    let office = bench.office("351709").await?;
    let sent = send(&office, 3).await?;
    bench.holds("work.scan", 3).await?;
    bench.services.command("wipe-rabbit", &[])?;
    // Nobody helps: users and queues are in the definitions, and what was in the queues is in the database.
    until_within(Duration::from_secs(60), "all that is due is in flight again", || async {
        Ok(bench.depth("work.scan")? == 3)
    })
    .await?;
    let _workers = bench.spawn_workers(&["scan", "completeness", "assignment", "notification"])?;
    one_decision_each(&office, &sent).await?;
    all_told(bench, 3).await
}

async fn a_database_that_is_restarted_mid_transaction_loses_nothing(queues: Queues) -> Result<()> {
    let bench = Bench::private(&["--fast"], &[queues.setting()]).await?;
    let _doors = [bench.spawn(&["serve"])?, bench.spawn(&["worker", "intake"])?];
    bench.serves().await?;
    let office = bench.office("351709").await?;
    let sent = send(&office, 3).await?;
    let lock = bench.lock_submissions()?;
    let _workers = bench.spawn_workers(&["scan", "completeness", "assignment", "notification"])?;
    // The transaction that settles the scans has begun and cannot end.
    bench.blocked().await?;
    bench.services.command("restart-postgres", &["immediate"])?;
    drop(lock);
    one_decision_each(&office, &sent).await?;
    all_told(bench, 3).await
}
