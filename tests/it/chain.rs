//! The chain from end to end.

use anyhow::{Context as _, Result};
use berkas_blobs::ObjectKey;
use berkas_samples::Defect;
use serde_json::json;

use crate::bench::Bench;

#[tokio::test(flavor = "multi_thread")]
async fn a_complete_submission_passes_and_its_notice_is_acknowledged() -> Result<()> {
    let bench = Bench::start().await?;
    let _berkas = bench.spawn_all().await?;
    let office = bench.office("351709").await?;
    let verifier = bench.verifier("wati").await?;

    let sender_id = office.submit(&office.dossier(1, "akta_kelahiran", "LHR-1", &[])?).await?;
    office.reaches(sender_id, "waiting").await?;
    verifier.pass(1).await?;

    let decision = office.decision(sender_id).await?;
    assert_eq!(decision.data["outcome"], "passed");
    assert_eq!(decision.sequence, Some(2), "`accepted` was the first");
    office.acknowledge(decision.id).await?;
    crate::bench::until("the notice is acknowledged", || async {
        Ok(bench.store.inbox(&office.code, true, 10).await?.iter().all(|item| item.id.0 != decision.id))
    })
    .await?;
    let neraca = bench.finish().await?;
    assert_eq!((neraca.accepted, neraca.finished), (1, 1));
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn an_incomplete_submission_is_returned_with_its_reason_and_passes_once_repaired() -> Result<()> {
    let bench = Bench::start().await?;
    let _berkas = bench.spawn_all().await?;
    let office = bench.office("351702").await?;
    let verifier = bench.verifier("wati").await?;

    let broken = office.dossier(2, "akta_kematian", "MTI-1", &[Defect::MissingDocument])?;
    let sender_id = office.submit(&broken).await?;
    let returned = office.decision(sender_id).await?;
    assert_eq!(returned.data["outcome"], "returned");
    assert_eq!(returned.data["reasons"][0]["code"], "TIDAK_LENGKAP");

    let mended = office.dossier(2, "akta_kematian", "MTI-1", &[])?;
    office.upload(&mended).await?;
    office.client.post("/api/v1/submissions", &office.manifest(&mended, sender_id, 2)?).await?;
    verifier.pass(1).await?;
    let status = office.reaches(sender_id, "noticed").await?;
    assert_eq!((status["outcome"].as_str(), status["revision"].as_i64()), (Some("passed"), Some(2)));
    bench.finish().await?;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_verifier_returns_a_submission_with_a_reason_on_one_page() -> Result<()> {
    let bench = Bench::start().await?;
    let _berkas = bench.spawn_all().await?;
    let office = bench.office("351713").await?;
    let verifier = bench.verifier("wati").await?;

    let sender_id = office.submit(&office.dossier(3, "kartu_keluarga", "KK-9", &[])?).await?;
    let task = verifier.next().await?;
    verifier.decide(&task, "returned", json!([{ "code": "BUKAN_ASLI", "document": 0, "page": 1 }])).await?;
    let decision = office.decision(sender_id).await?;
    assert_eq!(decision.data["outcome"], "returned");
    assert_eq!(decision.data["reasons"][0]["code"], "BUKAN_ASLI");
    assert_eq!(decision.data["reasons"][0]["document"], 0);
    bench.finish().await?;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn of_a_repaired_submission_only_the_page_that_was_scanned_anew_is_normalised_again() -> Result<()> {
    let bench = Bench::start().await?;
    let _berkas = bench.spawn_all().await?;
    let office = bench.office("351705").await?;
    let verifier = bench.verifier("wati").await?;

    let blurred = office.dossier(4, "ktp_el", "KTP-2", &[Defect::Unreadable])?;
    let sender_id = office.submit(&blurred).await?;
    let returned = office.decision(sender_id).await?;
    assert_eq!(returned.data["outcome"], "returned");
    assert_eq!(returned.data["reasons"][0]["code"], "TIDAK_TERBACA");

    // One paper is scanned again; what is normalised already is not even read any more.
    let again = usize::try_from(returned.data["reasons"][0]["document"].as_u64().context("no document")?)?;
    let clear = office.dossier(4, "ktp_el", "KTP-2", &[])?;
    let mut mended = blurred.clone();
    mended.files[again] = clear.files[again].clone();
    mended.form.documents[again].sha256 = mended.files[again].sha256;
    office.upload(&mended).await?;
    for (_, file) in mended.files.iter().enumerate().filter(|(index, _)| *index != again) {
        let key = ObjectKey::original_of(&office.code, &file.bytes);
        std::fs::remove_file(bench.objects().join(key.path()))?;
    }
    office.client.post("/api/v1/submissions", &office.manifest(&mended, sender_id, 2)?).await?;
    verifier.pass(1).await?;
    let status = office.reaches(sender_id, "noticed").await?;
    assert_eq!((status["outcome"].as_str(), status["revision"].as_i64()), (Some("passed"), Some(2)));
    let balanced = bench.finish().await?;
    assert_eq!((balanced.accepted, balanced.finished), (1, 1));
    Ok(())
}
