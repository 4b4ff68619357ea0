//! Standing back from a dossier in which one has a stake.

use berkas_domain::{Clock as _, ExclusionCode};
use berkas_store::{ExclusionRule, UserRole};
use serde_json::json;

use crate::support::Bench;

#[tokio::test]
async fn who_declares_a_conflict_gives_the_task_back_without_their_verdicts_and_never_gets_it_again() {
    let bench = Bench::new().await;
    bench.dossier(1).await;
    let (friend, colleague) = (bench.verifier("ani").await, bench.verifier("budi").await);
    let (task, fence) = friend.pull().await;
    friend.put(&format!("{task}/documents/0"), json!({"verdict": "valid", "fence": fence})).await.is(204);

    let declared = json!({"reason": "acquainted", "fence": fence});
    friend.post(&format!("{task}/conflict"), declared.clone()).await.is(204);
    assert_eq!(bench.store.audited("task.conflict_declared", task_id(&task)).await.unwrap(), 1);
    friend.get(&task).await.is(404);
    friend.post("/api/v1/tasks/next", json!({})).await.is(204);
    let again = friend.post(&format!("{task}/conflict"), declared).await.is(409);
    assert_eq!(again.code(), "lease_lost");
    assert_eq!(bench.store.audited("task.conflict_declared", task_id(&task)).await.unwrap(), 1);

    let (same, _) = colleague.pull().await;
    assert_eq!(same, task);
    assert!(colleague.get(&task).await.json()["documents"][0]["verdict"].is_null());
}

#[tokio::test]
async fn a_conflict_needs_the_lease_and_a_reason_that_exists() {
    let bench = Bench::new().await;
    bench.dossier(1).await;
    let (holder, other) = (bench.verifier("ani").await, bench.verifier("budi").await);
    let (task, fence) = holder.pull().await;
    let path = format!("{task}/conflict");
    let body = json!({"reason": "party", "fence": fence});
    assert_eq!(other.post(&path, body).await.is(409).code(), "lease_lost");
    assert_eq!(holder.post(&path, json!({"reason": "party"})).await.is(428).code(), "fence_missing");
    holder.post(&path, json!({"reason": "undone", "fence": fence})).await.is(400);
    holder.get(&task).await.is(200);
}

#[tokio::test]
async fn the_page_asks_why_and_a_form_is_enough() {
    let bench = Bench::new().await;
    bench.dossier(1).await;
    let verifier = bench.verifier("ani").await;
    let (task, fence) = verifier.pull().await;
    let page = format!("/desk/tasks/{}", task_id(&task));
    let shown = verifier.get(&page).await.is(200).text();
    for reason in ["acquainted", "party", "sent"] {
        assert!(shown.contains(&format!(r#"name="reason" value="{reason}""#)), "{reason}");
    }
    verifier.form(&format!("{page}/conflict"), &format!("fence={fence}&reason=nothing")).await.is(400);
    let declared = verifier.form(&format!("{page}/conflict"), &format!("fence={fence}&reason=sent")).await;
    assert_eq!(declared.is(303).header("location"), "/desk");
    verifier.get(&page).await.is(404);
}

#[tokio::test]
async fn a_supervisor_is_shown_who_is_not_given_a_dossier_and_whether_they_or_a_rule_said_so() {
    let bench = Bench::new().await;
    let submission = bench.dossier(1).await;
    let friend = bench.verifier("ani").await;
    let head = bench.person("rini", UserRole::Supervisor).await;
    let number = bench.store.submission(submission).await.unwrap().unwrap().registration_number;
    let (page, history) =
        (format!("/desk/submissions/{number}"), format!("/api/v1/submissions/{number}/history"));
    assert!(!head.get(&page).await.is(200).text().contains("Konflik"));
    let (task, fence) = friend.pull().await;
    friend.post(&format!("{task}/conflict"), json!({"reason": "party", "fence": fence})).await.is(204);
    bench.verifier("budi").await;
    let rule = ExclusionRule {
        login: "budi".to_owned(),
        office: None,
        service: None,
        case: Some(bench.store.submission(submission).await.unwrap().unwrap().case),
        code: ExclusionCode::LivesThere,
    };
    bench.store.set_exclusion_rules(&[rule], bench.clock.now()).await.unwrap();
    let shown = head.get(&page).await.is(200).text();
    for words in ["Konflik", "pihak dalam berkas", "aturan: tinggal di kecamatan itu"] {
        assert!(shown.contains(words), "{words}");
    }
    let told = head.get(&history).await.is(200).json();
    let exclusions = told["exclusions"].as_array().unwrap();
    let mut reasons: Vec<_> = exclusions.iter().filter_map(|one| one["reason"].as_str()).collect();
    reasons.sort_unstable();
    assert_eq!(reasons, ["lives_there", "party"]);
    friend.get(&history).await.is(403);
}

fn task_id(path: &str) -> &str {
    path.rsplit('/').next().unwrap()
}
