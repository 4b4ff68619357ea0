//! Messages that no worker can read.

use anyhow::Result;
use berkas_contract::names;
use berkas_domain::Step;
use berkas_samples::Defect;

use super::{all_told, one_decision_each};
use crate::bench::{Bench, Queues, until};

on_both_kinds_of_queues! {
    a_work_message_that_cannot_be_read_is_parked_with_its_cause_and_delays_nobody;
    a_message_of_an_office_that_cannot_be_read_is_parked;
}

async fn a_work_message_that_cannot_be_read_is_parked_with_its_cause_and_delays_nobody(
    queues: Queues,
) -> Result<()> {
    let bench = Bench::start_with(queues).await?;
    let _berkas = bench.spawn_all().await?;
    let office = bench.office("351709").await?;
    for body in [&b"not json"[..], br#"{"v":99}"#, &vec![b'x'; 100_000]] {
        bench.publish(names::WORK_EXCHANGE, names::work_key(Step::Scan), body).await?;
    }
    let sent =
        office.submit(&office.dossier(8, "akta_kematian", "MTI-1", &[Defect::MissingDocument])?).await?;
    one_decision_each(&office, &[sent]).await?;
    until("three messages are parked", || async { Ok(bench.store.parked(10).await?.len() == 3) }).await?;
    let parked = bench.store.parked(10).await?;
    assert!(parked.iter().all(|item| item.source == "work.scan" && item.code == "undecodable"), "{parked:?}");
    for item in &parked {
        bench.run(&["parked", "discard", &item.id.to_string()])?;
    }
    all_told(bench, 1).await
}

async fn a_message_of_an_office_that_cannot_be_read_is_parked(queues: Queues) -> Result<()> {
    let bench = Bench::start_with(queues).await?;
    let _berkas = bench.spawn_all().await?;
    let office = bench.office("351709").await?;
    office.publish_raw("submission.351709.ktp_el", b"{\"specversion\":").await?;
    until("the message is parked", || async { Ok(bench.store.parked(10).await?.len() == 1) }).await?;
    assert_eq!(bench.store.parked(10).await?[0].source, "intake");
    bench.finish().await?;
    Ok(())
}
