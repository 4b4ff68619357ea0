//! Messages that the broker gave up: each becomes a parked row, and nothing stays in `dead`.

use anyhow::{Context as _, Result};
use berkas_contract::{WorkMessage, names};
use berkas_domain::Step;
use berkas_samples::Defect;
use berkas_store::ParkedItem;

use super::{all_told, one_decision_each};
use crate::bench::{Bench, Queues, until};

on_both_kinds_of_queues! {
    a_dead_letter_that_cannot_be_read_is_parked_as_a_message;
    due_work_among_the_dead_letters_parks_its_submission_until_it_is_replayed;
}

/// Waits for the one row that is parked.
async fn parked(bench: &Bench) -> Result<ParkedItem> {
    until("one row is parked", || async { Ok(bench.store.parked(10).await?.len() == 1) }).await?;
    bench.store.parked(10).await?.pop().context("nothing is parked")
}

async fn a_dead_letter_that_cannot_be_read_is_parked_as_a_message(queues: Queues) -> Result<()> {
    let bench = Bench::start_with(queues).await?;
    let _intake = bench.spawn(&["worker", "intake"])?;
    bench.publish(names::DEAD_EXCHANGE, "", b"not json").await?;

    let item = parked(&bench).await?;
    assert_eq!((item.source.as_str(), item.code.as_str()), ("dead", "dead_lettered"));
    assert!(item.submission.is_none());
    bench.holds("dead", 0).await?;
    bench.run(&["parked", "discard", &item.id.to_string()])?;
    all_told(bench, 0).await
}

async fn due_work_among_the_dead_letters_parks_its_submission_until_it_is_replayed(
    queues: Queues,
) -> Result<()> {
    let bench = Bench::start_with(queues).await?;
    let _serving = bench.spawn(&["serve"])?;
    let _intake = bench.spawn(&["worker", "intake"])?;
    bench.serves().await?;
    let office = bench.office("351709").await?;
    let dossier = office.dossier(11, "akta_kematian", "MTI-1", &[Defect::MissingDocument])?;
    let sent = office.submit(&dossier).await?;
    bench.holds("work.scan", 1).await?;

    let submission = bench.store.find_submission(&office.code, Some(sent), None).await?.context("unknown")?;
    let message = WorkMessage::new(submission.id, submission.generation, Step::Scan);
    bench.publish(names::DEAD_EXCHANGE, "", &message.encode()).await?;
    let item = parked(&bench).await?;
    assert_eq!((item.submission, item.code.as_str()), (Some(submission.id), "dead_lettered"));
    bench.holds("dead", 0).await?;

    // The message that waited all the while is stale: parked work is nobody's until an operator has looked.
    let _workers = bench.spawn_workers(&["scan", "completeness", "assignment", "notification"])?;
    bench.holds("work.scan", 0).await?;
    let held = bench.store.submission(submission.id).await?.context("unknown")?;
    assert!(held.parked && held.stage == submission.stage, "{held:?}");
    assert_eq!(bench.neraca().await?.parked, 1);

    bench.run(&["parked", "replay", &item.id.to_string()])?;
    one_decision_each(&office, &[sent]).await?;
    assert!(bench.store.parked(10).await?.is_empty());
    all_told(bench, 1).await
}
