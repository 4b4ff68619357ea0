//! Drafts: what was chosen and not sent, and what came too late.

use berkas_domain::Clock;
use chrono::TimeDelta;
use serde_json::{Value, json};

use crate::support::{Bench, Person};

async fn keep(person: &Person<'_>, task: &str, fence: i64, draft: Value) -> crate::support::Answer {
    person.send(axum::http::Method::PUT, &format!("{task}/draft"), Some(fence), Some(draft)).await
}

#[tokio::test]
async fn a_draft_is_kept_for_who_made_it_and_nobody_else_sees_or_writes_it() {
    let bench = Bench::new().await;
    bench.dossier(1).await;
    let (holder, other) = (bench.verifier("ani").await, bench.verifier("budi").await);
    let (task, fence) = holder.pull().await;
    let draft = json!({"documents": {"1": {"codes": ["TIDAK_TERBACA"]}}, "returned": ["SALAH_KASUS"], "checked": [0]});
    keep(&holder, &task, fence, draft.clone()).await.is(204);
    assert_eq!(keep(&other, &task, fence, draft.clone()).await.is(409).code(), "lease_lost");
    let kept = holder.get(&task).await.json()["draft"].clone();
    assert_eq!((&kept["documents"], &kept["returned"]), (&draft["documents"], &draft["returned"]));
    assert_eq!(kept["earlier"], false);

    for wrong in [json!({"note": "SITI CONTOH"}), json!({"returned": ["SITI CONTOH"]})] {
        let refused = keep(&holder, &task, fence, wrong).await.is(400);
        assert!(!refused.text().contains("SITI"), "{}", refused.text());
    }
    let long = json!({"checked": (0..300).collect::<Vec<u16>>()});
    keep(&holder, &task, fence, long).await.is(422);

    holder.post(&format!("{task}/release"), json!({"fence": fence})).await.is(204);
    let (same, _) = other.pull().await;
    assert_eq!(same, task);
    assert!(other.get(&task).await.json()["draft"].is_null());
}

#[tokio::test]
async fn a_verdict_after_the_lease_is_refused_and_kept_as_a_draft() {
    let bench = Bench::new().await;
    bench.dossier(1).await;
    let slow = bench.verifier("ani").await;
    let (task, fence) = slow.pull().await;
    bench.clock.advance(TimeDelta::minutes(16));
    bench.store.expire_leases(bench.clock.now()).await.unwrap();
    let verdict = json!({"verdict": "not_valid", "codes": ["TIDAK_TERBACA"], "page": 2, "fence": fence});
    let late = slow.put(&format!("{task}/documents/1"), verdict).await.is(409);
    assert_eq!(
        (late.code(), &late.json()["errors"][0]["code"]),
        ("lease_lost".to_owned(), &json!("kept_as_draft"))
    );
    let decision = json!({"outcome": "returned", "reasons": [{"code": "SALAH_KASUS"}], "fence": fence});
    slow.post(&format!("{task}/decision"), decision).await.is(409);
    let page = task.replace("/api/v1", "/desk");
    let told = slow
        .form(&format!("{page}/decision"), &format!("fence={fence}&outcome=returned&codes=SALAH_KASUS"))
        .await;
    assert!(told.is(409).text().contains("pilihan Anda tersimpan"));

    let (same, newer) = slow.pull().await;
    assert_eq!((&same, newer), (&task, fence + 1));
    let shown = slow.get(&task).await.json();
    assert!(shown["documents"][1]["verdict"].is_null() && shown["decision"].is_null(), "nothing was decided");
    assert_eq!(
        shown["draft"]["documents"]["1"],
        json!({"verdict": "not_valid", "codes": ["TIDAK_TERBACA"], "page": 2})
    );
    assert_eq!((&shown["draft"]["late"], &shown["draft"]["earlier"]), (&json!("returned"), &json!(true)));
    let html = slow.get(&page).await.is(200).text();
    assert!(html.contains("Keputusan yang terlambat") && html.contains("data-unsent=\"not_valid\""));
}

#[tokio::test]
async fn drafts_go_with_the_work_they_were_for() {
    let bench = Bench::new().await;
    bench.dossier(1).await;
    bench.dossier(2).await;
    let verifier = bench.verifier("ani").await;
    let (first, fence) = verifier.pull().await;
    keep(&verifier, &first, fence, json!({"returned": ["SALAH_KASUS"]})).await.is(204);
    let returned = json!({"outcome": "returned", "reasons": [{"code": "SALAH_KASUS"}], "fence": fence});
    verifier.post(&format!("{first}/decision"), returned).await.is(200);
    assert_eq!(bench.store.clear_drafts().await.unwrap(), 0, "an undo would want it back");
    let undone = verifier.post(&format!("{first}/undo"), json!({ "fence": fence })).await.is(200).json();
    assert_eq!(verifier.get(&first).await.json()["draft"]["returned"], json!(["SALAH_KASUS"]));

    let declared = json!({"reason": "acquainted", "fence": undone["fence"]});
    verifier.post(&format!("{first}/conflict"), declared).await.is(204);
    let left =
        verifier.put(&format!("{first}/documents/0"), json!({"verdict": "valid", "fence": fence})).await;
    assert!(!left.is(409).text().contains("kept_as_draft"), "a conflict forgets the draft");
}
