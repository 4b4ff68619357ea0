//! Two who have to agree, as they see it at the desk.

use axum::http::Method;
use berkas_store::UserRole;
use chrono::TimeDelta;
use rstest::rstest;
use serde_json::{Value, json};

use crate::support::{Bench, Person};

/// Pulls and decides: the task's path and what the answer was.
async fn decide(person: &Person<'_>, outcome: &str, code: Option<&str>) -> (String, Value) {
    let (task, fence) = person.pull().await;
    let reasons: Vec<Value> = code.iter().map(|code| json!({ "code": code })).collect();
    let body = json!({ "outcome": outcome, "reasons": reasons, "all_valid": true, "fence": fence });
    let answer = person.post(&format!("{task}/decision"), body).await.is(200).json();
    (task, answer)
}

fn page_of(task: &str) -> String {
    task.replace("/api/v1", "/desk")
}

#[tokio::test]
async fn the_second_verifier_is_shown_nothing_of_what_the_first_said() {
    let bench = Bench::new().await;
    bench.dossier_for_two(1).await;
    let (first, second) = (bench.verifier("ani").await, bench.verifier("budi").await);
    let (task, fence) = first.pull().await;
    let verdict = json!({"verdict": "not_valid", "codes": ["TIDAK_TERBACA"], "fence": fence});
    first.put(&format!("{task}/documents/1"), verdict).await.is(204);
    let body = json!({"outcome": "returned", "fence": fence});
    let answer = first.post(&format!("{task}/decision"), body.clone()).await.is(200).json();
    assert_eq!(answer, json!({"outcome": "returned", "undo_until": "2026-11-24T01:10:00Z"}));
    assert_eq!(first.post(&format!("{task}/decision"), body).await.is(200).json(), answer, "sent again");
    let other = json!({"outcome": "refused", "fence": fence, "reasons": [{"code": "GANDA"}]});
    assert_eq!(first.post(&format!("{task}/decision"), other).await.is(409).code(), "decided_otherwise");
    let more = json!({"outcome": "returned", "fence": fence, "reasons": [{"code": "GANDA"}]});
    assert_eq!(first.post(&format!("{task}/decision"), more).await.is(409).code(), "decided_otherwise");
    first.get(&task).await.is(404);

    let (same, _) = second.pull().await;
    assert_eq!(same, task);
    let shown = second.get(&task).await.is(200).json();
    assert!(shown["documents"][1]["verdict"].is_null());
    assert_eq!((&shown["looks"], &shown["disputed"]), (&json!([]), &json!(false)));
    let page = second.get(&page_of(&task)).await.is(200).text();
    assert!(!page.contains("✕ Tidak sah</span>") && !page.contains(r#"id="looks""#));
}

#[tokio::test]
async fn who_looks_second_is_answered_alike_whether_they_agree_or_not() {
    let bench = Bench::new().await;
    let (first, second) = (bench.verifier("ani").await, bench.verifier("budi").await);
    let mut seen = Vec::new();
    for (number, outcome) in [(1, "passed"), (2, "returned")] {
        bench.dossier_for_two(number).await;
        decide(&first, outcome, (outcome == "returned").then_some("GANDA")).await;
        let (task, answer) = decide(&second, "passed", None).await;
        let done = second.get("/desk?view=done").await.is(200).text();
        assert!(!done.contains(&format!(r#"href="{}""#, page_of(&task))));
        assert!(done.contains(&format!(r#"action="{}/undo""#, page_of(&task))), "it can be undone");
        second.get(&task).await.is(404);
        second.get(&format!("{task}/documents/0/pages/1")).await.is(404);
        seen.push(answer);
    }
    assert_eq!(seen[0], seen[1]);
}

#[tokio::test]
async fn taking_the_first_verdict_back_brings_back_what_was_said_of_the_documents() {
    let bench = Bench::new().await;
    bench.dossier_for_two(1).await;
    let (first, second) = (bench.verifier("ani").await, bench.verifier("budi").await);
    let (task, fence) = first.pull().await;
    let verdict = json!({"verdict": "not_valid", "codes": ["GANDA"], "page": 2, "fence": fence});
    first.put(&format!("{task}/documents/1"), verdict).await.is(204);
    let body = json!({"outcome": "returned", "fence": fence});
    first.post(&format!("{task}/decision"), body).await.is(200);
    let (_, of_second) = second.pull().await;
    let verdict = json!({"verdict": "valid", "fence": of_second});
    second.put(&format!("{task}/documents/0"), verdict).await.is(204);
    let late = first.post(&format!("{task}/undo"), json!({ "fence": fence })).await;
    assert_eq!(late.is(409).code(), "nothing_to_undo");
    second.send(Method::POST, &format!("{task}/release"), Some(of_second), None).await.is(204);

    let undone = first.form(&format!("{}/undo", page_of(&task)), &format!("fence={fence}")).await.is(303);
    assert_eq!(undone.header("location"), page_of(&task));
    let documents = first.get(&task).await.is(200).json()["documents"].clone();
    assert!(documents[0]["verdict"].is_null(), "what the second had begun is not shown");
    assert_eq!(documents[1]["verdict"], json!({"verdict": "not_valid", "codes": ["GANDA"], "page": 2}));
}

#[tokio::test]
async fn a_supervisor_sees_what_two_said_who_differ_and_decides() {
    let bench = Bench::new().await;
    let submission = bench.dossier_for_two(1).await;
    let (mild, strict) = (bench.verifier("ani").await, bench.verifier("budi").await);
    let head = bench.person("rini", UserRole::Supervisor).await;
    decide(&mild, "passed", None).await;
    decide(&strict, "returned", Some("BUKAN_ASLI")).await;
    assert!(head.get("/desk?view=pool").await.is(200).text().contains("beda pendapat"));
    assert!(!mild.get("/desk?view=pool").await.is(200).text().contains("beda pendapat"));

    let (task, fence) = head.pull().await;
    let shown = head.get(&task).await.is(200).json();
    let looks = json!([{"outcome": "passed", "codes": []}, {"outcome": "returned", "codes": ["BUKAN_ASLI"]}]);
    assert_eq!((&shown["disputed"], &shown["looks"]), (&json!(true), &looks));
    let page = head.get(&page_of(&task)).await.is(200).text();
    assert!(page.contains("Dua petugas berbeda pendapat") && page.contains("Yang dipindai fotokopi"));

    let body = json!({"outcome": "passed", "all_valid": true, "fence": fence});
    head.post(&format!("{task}/decision"), body).await.is(200);
    assert!(bench.store.decision_for_notice(submission).await.unwrap().is_some());
    assert_eq!(bench.store.audited("task.decided", task.rsplit('/').next().unwrap()).await.unwrap(), 3);
    head.get(&page_of(&task)).await.is(200);
}

#[rstest]
#[case(UserRole::Verifier)]
#[case(UserRole::Operator)]
#[case(UserRole::Viewer)]
#[tokio::test]
async fn the_agreement_of_verifiers_is_for_supervisors_only(#[case] role: UserRole) {
    let bench = Bench::new().await;
    let person = bench.person("contoh", role).await;
    person.get("/api/v1/agreement").await.is(403);
    person.get("/desk/agreement").await.is(403);
}

#[tokio::test]
async fn a_supervisor_reads_how_often_verifiers_agree() {
    let bench = Bench::new().await;
    let head = bench.person("rini", UserRole::Supervisor).await;
    assert!(head.get("/desk/agreement").await.is(200).text().contains("Belum ada berkas"));
    bench.dossier_for_two(1).await;
    let (first, second) = (bench.verifier("ani").await, bench.verifier("budi").await);
    decide(&first, "returned", Some("GANDA")).await;
    decide(&second, "returned", Some("GANDA")).await;

    let told = head.get("/api/v1/agreement?days=7").await.is(200).json();
    let line = json!({"name": "Pegawai Contoh", "looks": 1, "agreed": 1, "overruled": 0});
    assert_eq!(told["verifiers"], json!([line, line]));
    assert_eq!(told["codes"], json!([{"code": "GANDA", "given": 1, "by_both": 1}]));
    let page = head.get("/desk/agreement?lang=en").await.is(200).text();
    assert!(page.contains("Verifiers&#39; agreement") && page.contains("100 %"), "{page}");
    assert!(head.get("/desk").await.is(200).text().contains("/desk/agreement"));

    bench.clock.advance(TimeDelta::days(8));
    let head = bench.sign_in("rini").await;
    let told = head.get("/api/v1/agreement?days=7").await.is(200).json();
    assert_eq!(told, json!({"days": 7, "verifiers": [], "codes": []}));
}
