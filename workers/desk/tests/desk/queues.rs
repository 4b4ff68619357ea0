//! The queues, looking ahead, and sending earlier.

use berkas_store::UserRole;
use chrono::TimeDelta;
use serde_json::json;

use crate::support::Bench;

#[tokio::test]
async fn every_queue_opens_and_keeps_its_filter_in_the_address() {
    let bench = Bench::new().await;
    bench.dossier(1).await;
    let (verifier, head) = (bench.verifier("ani").await, bench.person("rini", UserRole::Supervisor).await);
    for view in ["mine", "pool", "kecamatan", "escalated", "done"] {
        verifier.get(&format!("/desk?view={view}")).await.is(200);
        verifier.get(&format!("/api/v1/tasks?view={view}")).await.is(200);
        head.get(&format!("/desk?view={view}&lang=en")).await.is(200);
    }
    let count = async |query: &str| {
        let lines = verifier.get(&format!("/api/v1/tasks?{query}")).await.is(200).json();
        lines["tasks"].as_array().map(Vec::len).unwrap()
    };
    assert_eq!(count("view=pool&service=akta_kelahiran&office=351709").await, 1);
    assert_eq!(count("view=pool&service=ktp_el&office=").await, 0);
    assert_eq!(count("view=pool&office=351702").await, 0);
    verifier.get("/api/v1/tasks?view=pool&service=surat").await.is(400);
    let page = verifier.get("/desk?view=pool&service=akta_kelahiran&office=351709").await.is(200).text();
    assert!(page.contains("/desk?view=done&#38;service=akta_kelahiran&#38;office=351709"), "{page}");

    bench.clock.advance(TimeDelta::hours(7));
    let verifier = bench.sign_in("ani").await;
    let overdue = verifier.get("/api/v1/tasks?view=escalated").await.is(200).json();
    assert_eq!(overdue["tasks"].as_array().map(Vec::len), Some(1));
}

#[tokio::test]
async fn the_first_page_of_what_comes_next_is_fetched_without_a_lease_and_written_down() {
    let bench = Bench::new().await;
    let verifier = bench.verifier("ani").await;
    verifier.get("/api/v1/tasks/peek").await.is(204);
    let submission = bench.dossier(1).await;
    bench.dossier(2).await;
    let peeked = verifier.get("/api/v1/tasks/peek").await.is(200).json();
    let page = verifier.get(peeked["first_page"].as_str().unwrap()).await.is(200);
    assert_eq!((page.header("content-type"), page.text().as_str()), ("image/jpeg", "normalized 1/1/1"));
    assert_eq!(page.header("cache-control"), "no-store");
    assert_eq!(bench.store.audited("scan.prefetched", &submission.to_string()).await.unwrap(), 1);
    assert_eq!(verifier.get("/api/v1/tasks").await.json(), json!({"tasks": []}), "nothing is leased");

    let (task, _) = verifier.pull().await;
    assert!(task.ends_with(peeked["id"].as_str().unwrap()));
    verifier.get(peeked["first_page"].as_str().unwrap()).await.is(404);
    assert_eq!(bench.store.audited("scan.prefetched", &submission.to_string()).await.unwrap(), 1);
}

#[tokio::test]
async fn who_decided_can_send_it_before_the_hold_is_over() {
    let bench = Bench::new().await;
    bench.dossier(1).await;
    let (verifier, other) = (bench.verifier("ani").await, bench.verifier("budi").await);
    let (task, fence) = verifier.pull().await;
    verifier
        .post(&format!("{task}/decision"), json!({"outcome": "passed", "all_valid": true, "fence": fence}))
        .await
        .is(200);
    let send = format!("{task}/send");
    assert_eq!(other.post(&send, json!({"fence": fence})).await.is(409).code(), "nothing_to_send");
    verifier.post(&send, json!({})).await.is(428);
    let done = verifier.get("/desk?view=done").await.is(200).text();
    assert!(done.contains("Kirim sekarang"), "{done}");
    let page = task.replace("/api/v1", "/desk");
    verifier.form(&format!("{page}/send"), &format!("fence={fence}")).await.is(303);
    assert_eq!(verifier.post(&send, json!({"fence": fence})).await.is(409).code(), "nothing_to_send");
    assert!(!verifier.get("/desk?view=done").await.text().contains("Kirim sekarang"));
}

#[tokio::test]
async fn each_of_the_last_ten_decisions_can_be_taken_back_until_its_notice_leaves() {
    let bench = Bench::new().await;
    let verifier = bench.verifier("ani").await;
    let (mut sent, mut decided) = (Vec::new(), Vec::new());
    for number in 1..=11 {
        sent.push(bench.dossier(number).await);
        let (task, fence) = verifier.pull().await;
        let body = json!({"outcome": "passed", "all_valid": true, "fence": fence});
        verifier.post(&format!("{task}/decision"), body).await.is(200);
        decided.push((task, fence));
        // The hold of the first is over when the others are undone.
        bench.clock.advance(TimeDelta::seconds(if number == 1 { 61 } else { 0 }));
    }
    bench.clock.advance(TimeDelta::minutes(9));
    let done = verifier.get("/desk?view=done").await.is(200).text();
    let words =
        |page: &str| ["/undo\"", "segera dikirim", "sudah dikirim"].map(|word| page.matches(word).count());
    assert_eq!(words(&done), [11, 1, 0], "nothing is called sent before its notice is made: {done}");
    let opened = verifier.get(&decided[0].0.replace("/api/v1", "/desk")).await.is(200).text();
    assert!(opened.contains("/undo\"") && !opened.contains("s.d."), "{opened}");
    assert!(opened.contains("segera dikirim"), "{opened}");
    crate::reversal::tell(&bench, sent[0]).await;
    let done = verifier.get("/desk?view=done").await.is(200).text();
    assert_eq!(words(&done), [10, 0, 1], "{done}");
    for (place, (task, fence)) in decided.iter().enumerate() {
        let undone = verifier.post(&format!("{task}/undo"), json!({ "fence": fence })).await;
        // Three are theirs again, which is all they can hold; the rest goes to the pool.
        let expected = [409, 200, 200, 200].get(place).copied().unwrap_or(204);
        undone.is(expected);
    }
    // Whoever took a decision back is not given it again: it waits for somebody else.
    let other = bench.verifier("budi").await;
    assert_eq!(bench.store.task_pool_size(other.id().await, 20).await.unwrap(), 7);
}

#[tokio::test]
async fn who_takes_a_decision_back_on_a_break_is_told_that_the_task_went_to_the_pool() {
    let bench = Bench::new().await;
    bench.dossier(1).await;
    let (verifier, other) = (bench.verifier("ani").await, bench.verifier("budi").await);
    let (task, fence) = verifier.pull().await;
    verifier
        .post(&format!("{task}/decision"), json!({"outcome": "passed", "all_valid": true, "fence": fence}))
        .await
        .is(200);
    verifier.put("/api/v1/duty", json!({"on_duty": false})).await.is(200);
    let page = task.replace("/api/v1", "/desk");
    let undone = verifier.form(&format!("{page}/undo"), &format!("fence={fence}")).await.is(303);
    assert_eq!(undone.header("location"), "/desk?pooled=true");
    assert!(verifier.get("/desk?pooled=true").await.is(200).text().contains("Berkas kembali ke antrean"));
    assert_eq!(other.pull().await.0, task);
}

#[tokio::test]
async fn a_reason_names_a_page_that_is_there() {
    let bench = Bench::new().await;
    bench.dossier(1).await;
    let verifier = bench.verifier("ani").await;
    let (task, fence) = verifier.pull().await;
    for (document, page) in [(json!(1), 3), (json!(1), 0), (json!(null), 1)] {
        let reasons = json!([{"code": "GANDA", "document": document, "page": page}]);
        let body = json!({"outcome": "returned", "reasons": reasons, "fence": fence});
        let refused = verifier.post(&format!("{task}/decision"), body).await.is(422);
        assert_eq!(refused.json()["errors"][0]["code"], "out_of_range");
    }
    let reasons = json!([{"code": "GANDA", "document": 1, "page": 2}]);
    let body = json!({"outcome": "returned", "reasons": reasons, "fence": fence});
    verifier.post(&format!("{task}/decision"), body).await.is(200);
}
