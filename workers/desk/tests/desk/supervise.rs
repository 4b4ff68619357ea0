//! A supervisor moves tasks, as the desk shows it.

use axum::http::Method;
use berkas_store::UserRole;
use serde_json::json;

use crate::support::{Bench, Person};

/// The id of the verifier whose login is `login`.
async fn id_of(bench: &Bench, login: &str) -> String {
    bench.store.users().await.unwrap().into_iter().find(|user| user.login == login).unwrap().id.to_string()
}

async fn act(
    person: &Person<'_>,
    task: &str,
    act: &str,
    fence: i64,
    body: serde_json::Value,
) -> crate::support::Answer {
    person.send(Method::POST, &format!("{task}/{act}"), Some(fence), Some(body)).await
}

#[tokio::test]
async fn a_supervisor_takes_a_task_back_and_the_late_verdict_is_kept_as_a_draft() {
    let bench = Bench::new().await;
    bench.dossier(1).await;
    let (holder, head) = (bench.verifier("ani").await, bench.person("rini", UserRole::Supervisor).await);
    let (task, fence) = holder.pull().await;
    holder.put(&format!("{task}/documents/0"), json!({"verdict": "valid", "fence": fence})).await.is(204);
    let held = head.get("/api/v1/tasks?view=held").await.is(200).json();
    assert_eq!(
        (&held["tasks"][0]["fence"], &held["tasks"][0]["holder"]),
        (&json!(fence), &json!("Pegawai Contoh"))
    );

    act(&head, &task, "take-back", fence, json!({"reason": "bored"})).await.is(400);
    head.post(&format!("{task}/take-back"), json!({"reason": "absent"})).await.is(428);
    act(&head, &task, "take-back", fence, json!({"reason": "absent"})).await.is(204);
    let again = act(&head, &task, "take-back", fence, json!({"reason": "absent"})).await;
    assert_eq!(again.is(409).code(), "task_changed");

    let verdict = json!({"verdict": "not_valid", "codes": ["TIDAK_TERBACA"], "fence": fence});
    let late = holder.put(&format!("{task}/documents/1"), verdict).await.is(409);
    assert_eq!(late.json()["errors"][0]["code"], "kept_as_draft");
    let (same, newer) = holder.pull().await;
    assert_eq!((&same, newer), (&task, fence + 2));
    let shown = holder.get(&task).await.json();
    assert!(shown["documents"][0]["verdict"].is_null(), "nothing counts by itself");
    assert_eq!(shown["draft"]["documents"]["0"]["verdict"], "valid");
    assert_eq!(shown["draft"]["documents"]["1"]["verdict"], "not_valid");
}

#[tokio::test]
async fn a_supervisor_hands_a_task_to_somebody_who_can_have_it() {
    let bench = Bench::new().await;
    bench.dossier(1).await;
    let (holder, other) = (bench.verifier("ani").await, bench.verifier("budi").await);
    let head = bench.person("rini", UserRole::Supervisor).await;
    let (task, fence) = holder.pull().await;
    other.put("/api/v1/duty", json!({"on_duty": false})).await.is(200);
    let to = json!({"reason": "workload", "to": id_of(&bench, "budi").await});
    let unfit = act(&head, &task, "reassign", fence, to.clone()).await.is(409);
    assert_eq!((unfit.code(), &unfit.json()["errors"][0]["code"]), ("unfit".to_owned(), &json!("off_duty")));
    other.put("/api/v1/duty", json!({"on_duty": true})).await.is(200);
    let given = act(&head, &task, "reassign", fence, to).await.is(200);
    assert_eq!(given.header("etag"), format!("\"{}\"", fence + 1));
    holder.get(&task).await.is(404);
    other.get(&task).await.is(200);
    let verifiers = head.get("/api/v1/verifiers").await.is(200).json();
    assert_eq!(verifiers["verifiers"].as_array().map(Vec::len), Some(3));

    // The same by the forms of the page.
    let shown = head.get("/desk?view=held").await.is(200).text();
    let page = task.replace("/api/v1", "/desk");
    assert!(
        shown.contains(&format!(r#"action="{page}/reassign""#)) && shown.contains("/take-back"),
        "{shown}"
    );
    let form = format!("fence={}&reason=urgent&to={}", fence + 1, id_of(&bench, "ani").await);
    head.form(&format!("{page}/reassign"), &form).await.is(303);
    holder.get(&task).await.is(200);
    head.form(&format!("{page}/take-back"), &format!("fence={}&reason=absent", fence + 2)).await.is(303);
    holder.get(&task).await.is(404);
}
