//! Files that are broken, and a place for files that is away.

use anyhow::Result;
use berkas_domain::Sha256Hash;
use berkas_samples::Defect;

use super::{all_told, one_decision_each};
use crate::bench::{Bench, Queues};

on_both_kinds_of_queues! {
    a_corrupt_file_in_the_middle_is_returned_as_unreadable_and_delays_nobody;
    an_object_store_that_cannot_be_read_for_a_while_costs_no_attempts;
    an_object_store_that_cannot_be_written_for_a_while_costs_no_attempts;
}

async fn a_corrupt_file_in_the_middle_is_returned_as_unreadable_and_delays_nobody(
    queues: Queues,
) -> Result<()> {
    let bench = Bench::start_with(queues).await?;
    let _berkas = bench.spawn_all().await?;
    let office = bench.office("351709").await?;
    let mut sent = Vec::new();
    for seed in 0..3 {
        let mut dossier = office.dossier(seed, "akta_kematian", "MTI-1", &[])?;
        if seed == 1 {
            // A JPEG's first bytes and nothing else.
            let file = &mut dossier.files[1];
            file.bytes = [&[0xff, 0xd8, 0xff, 0xe0][..], &[7; 500]].concat();
            file.sha256 = Sha256Hash::of(&file.bytes);
            file.media_type = "image/jpeg";
            dossier.form.documents[1].sha256 = file.sha256;
        }
        sent.push(office.submit(&dossier).await?);
    }
    let verifier = bench.verifier("wati").await?;
    verifier.pass(2).await?;
    let decisions = one_decision_each(&office, &sent).await?;
    let broken = decisions.iter().find(|one| one.data["sender_id"] == sent[1].to_string()).expect("decided");
    assert_eq!(broken.data["outcome"], "returned");
    assert_eq!(broken.data["reasons"][0]["code"], "TIDAK_TERBACA");
    assert_eq!(broken.data["reasons"][0]["document"], 1);
    all_told(bench, 3).await
}

async fn an_object_store_that_cannot_be_read_for_a_while_costs_no_attempts(queues: Queues) -> Result<()> {
    costs_no_attempts(queues, "original").await
}

async fn an_object_store_that_cannot_be_written_for_a_while_costs_no_attempts(queues: Queues) -> Result<()> {
    costs_no_attempts(queues, "derived").await
}

/// The place of the office's objects of this `kind` is a file for a while: nothing can be read or written below it.
async fn costs_no_attempts(queues: Queues, kind: &str) -> Result<()> {
    let bench = Bench::start_with(queues).await?;
    let serving = bench.spawn(&["serve"])?;
    bench.serves().await?;
    let office = bench.office("351709").await?;
    let sent =
        office.submit(&office.dossier(9, "akta_kematian", "MTI-1", &[Defect::MissingDocument])?).await?;
    let (objects, aside) = (bench.objects().join("v1/351709").join(kind), bench.path("aside"));
    if objects.exists() {
        std::fs::rename(&objects, &aside)?;
    }
    std::fs::write(&objects, b"")?;
    let _workers = ["scan", "completeness", "assignment", "notification"]
        .into_iter()
        .map(|role| bench.spawn(&["worker", role]))
        .collect::<Result<Vec<_>>>()?;
    bench.logged("scan", "down").await?;
    assert_eq!(bench.sql("select step, attempts from due")?, "scan|0");
    std::fs::remove_file(&objects)?;
    if aside.exists() {
        std::fs::rename(&aside, &objects)?;
    }
    one_decision_each(&office, &[sent]).await?;
    // Every move adds one to the generation, and so would a counted failure: scan, completeness, notification.
    assert_eq!(bench.sql("select generation from submissions")?, "4");
    assert!(bench.store.parked(10).await?.is_empty());
    drop(serving);
    all_told(bench, 1).await
}
