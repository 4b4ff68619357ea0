//! A task from the pool to the decision and back.

use axum::http::Method;
use berkas_domain::Clock as _;
use chrono::TimeDelta;
use serde_json::json;

use crate::support::Bench;

#[tokio::test]
async fn a_verifier_pulls_judges_decides_and_takes_it_back() {
    let bench = Bench::new().await;
    bench.dossier(1).await;
    let verifier = bench.verifier("ani").await;
    let (task, fence) = verifier.pull().await;
    verifier.post("/api/v1/tasks/next", json!({})).await.is(204);

    let shown = verifier.get(&task).await.is(200);
    assert_eq!(shown.header("etag"), format!("\"{fence}\""));
    let shown = shown.json();
    assert_eq!((&shown["service"], &shown["office_name"]), (&json!("akta_kelahiran"), &json!("Jombang")));
    assert_eq!(shown["findings"][0]["code"], "NAMA_BERBEDA");
    assert_eq!(shown["checklist"][0]["text_id"], "Pindaian dari asli?");
    assert_eq!(shown["documents"][1]["pages"].as_array().map(Vec::len), Some(2));
    assert_eq!(shown["documents"][0]["compared"][0]["likeness"], "near");
    assert_eq!(shown["documents"][0]["compared"][0]["similarity"], 92);
    assert_eq!(shown["form"][2]["facts"][1]["value"], "3517094104909001");

    verifier.put(&format!("{task}/documents/0"), json!({"verdict": "valid", "fence": fence})).await.is(204);
    let verdict = json!({"verdict": "not_valid", "codes": ["TIDAK_TERBACA"], "page": 2});
    verifier.send(Method::PUT, &format!("{task}/documents/1"), Some(fence), Some(verdict)).await.is(204);
    let shown = verifier.get(&task).await.json();
    assert_eq!(
        shown["documents"][1]["verdict"],
        json!({"verdict": "not_valid", "codes": ["TIDAK_TERBACA"], "page": 2})
    );

    let decision = format!("{task}/decision");
    let passed = verifier
        .post(&decision, json!({"outcome": "passed", "all_valid": true, "fence": fence}))
        .await
        .is(422);
    assert_eq!(passed.json()["errors"][0]["pointer"], "/documents/1");
    let returned = json!({"outcome": "returned", "fence": fence});
    let answer = verifier.post(&decision, returned.clone()).await.is(200).json();
    assert_eq!(answer["undo_until"], "2026-11-24T01:10:00Z");
    let again = verifier.post(&decision, returned).await.is(200).json();
    assert_eq!(again, answer);
    let other = verifier.post(&decision, json!({"outcome": "refused", "fence": fence})).await.is(409);
    assert_eq!(other.code(), "decided_otherwise");
    let more = json!({"outcome": "returned", "reasons": [{"code": "GANDA"}], "fence": fence});
    assert_eq!(verifier.post(&decision, more).await.is(409).code(), "decided_otherwise");

    assert_eq!(verifier.post(&format!("{task}/undo"), json!({})).await.is(428).code(), "fence_missing");
    let undone = verifier.post(&format!("{task}/undo"), json!({ "fence": fence })).await.is(200).json();
    assert_eq!(undone["fence"], fence + 1);
    let again = verifier.post(&format!("{task}/undo"), json!({ "fence": fence })).await;
    assert_eq!(again.is(409).code(), "nothing_to_undo");
    let late = json!({"outcome": "returned", "fence": fence});
    assert_eq!(verifier.post(&decision, late).await.is(409).code(), "lease_lost");
    let refused = json!({"outcome": "refused", "fence": fence + 1, "reasons": [{"code": "GANDA"}]});
    verifier.post(&decision, refused).await.is(200);
}

#[tokio::test]
async fn the_office_is_told_the_codes_of_the_documents_and_of_the_whole() {
    let bench = Bench::new().await;
    let submission = bench.dossier(1).await;
    let verifier = bench.verifier("ani").await;
    let (task, fence) = verifier.pull().await;
    let verdict =
        json!({"verdict": "not_valid", "codes": ["BUKAN_ASLI", "TIDAK_TERBACA"], "page": 2, "fence": fence});
    verifier.put(&format!("{task}/documents/1"), verdict).await.is(204);
    let reasons = json!([{"code": "SALAH_KASUS"}, {"code": "BUKAN_ASLI", "document": 1, "page": 2}]);
    let decision = json!({"outcome": "returned", "reasons": reasons, "fence": fence});
    verifier.post(&format!("{task}/decision"), decision).await.is(200);

    let stored = bench.store.decision_for_notice(submission).await.unwrap().unwrap();
    let told: Vec<berkas_contract::Reason> = serde_json::from_value(stored.reasons).unwrap();
    let told: Vec<_> =
        told.iter().map(|reason| (reason.code.as_str(), reason.document, reason.page)).collect();
    assert_eq!(
        told,
        [("BUKAN_ASLI", Some(1), Some(2)), ("TIDAK_TERBACA", Some(1), Some(2)), ("SALAH_KASUS", None, None)]
    );
}

#[tokio::test]
async fn what_contradicts_itself_is_refused_with_its_place() {
    let bench = Bench::new().await;
    bench.dossier(1).await;
    let verifier = bench.verifier("ani").await;
    let (task, fence) = verifier.pull().await;
    let document = format!("{task}/documents/0");
    let codeless = verifier.put(&document, json!({"verdict": "not_valid", "fence": fence})).await.is(422);
    assert_eq!(codeless.json()["errors"][0]["pointer"], "/codes");
    let body = json!({"verdict": "valid", "codes": ["GANDA"], "fence": fence});
    verifier.put(&document, body).await.is(422);
    let body = json!({"verdict": "valid", "page": 2, "fence": fence});
    assert_eq!(verifier.put(&document, body).await.is(422).json()["errors"][0]["pointer"], "/page");
    verifier.put(&format!("{task}/documents/2"), json!({"verdict": "valid", "fence": fence})).await.is(404);
    let body = json!({"verdict": "not_valid", "codes": ["RAHASIA 3517094104909001"], "fence": fence});
    let unknown = verifier.put(&document, body).await.is(400);
    assert!(!unknown.text().contains("3517094104909001"), "{}", unknown.text());
    assert_eq!(verifier.put(&document, json!({"verdict": "valid"})).await.is(428).code(), "fence_missing");

    let decision = format!("{task}/decision");
    verifier.post(&decision, json!({"outcome": "returned", "fence": fence})).await.is(422);
    let body = json!({"outcome": "passed", "reasons": [{"code": "GANDA"}], "fence": fence});
    verifier.post(&decision, body).await.is(422);
    let body = json!({"outcome": "returned", "reasons": [{"code": "GANDA", "document": 9}], "fence": fence});
    verifier.post(&decision, body).await.is(422);
}

#[tokio::test]
async fn a_lease_that_ran_out_takes_nothing_any_more_and_the_next_verifier_gets_a_new_token() {
    let bench = Bench::new().await;
    bench.dossier(1).await;
    let (slow, quick) = (bench.verifier("ani").await, bench.verifier("budi").await);
    let (task, fence) = slow.pull().await;
    bench.clock.advance(TimeDelta::minutes(14));
    slow.send(Method::POST, &format!("{task}/renew"), Some(fence), None).await.is(200);
    bench.clock.advance(TimeDelta::minutes(14));
    slow.get(&task).await.is(200);
    bench.clock.advance(TimeDelta::minutes(1));
    slow.get(&task).await.is(404);
    let verdict = json!({"verdict": "valid", "fence": fence});
    assert_eq!(slow.put(&format!("{task}/documents/0"), verdict).await.is(409).code(), "lease_lost");

    assert_eq!(bench.store.expire_leases(berkas_domain::Clock::now(&bench.clock)).await.unwrap(), 1);
    let (same, newer) = quick.pull().await;
    assert_eq!((same, newer), (task.clone(), fence + 1));
    let late = json!({"outcome": "passed", "all_valid": true, "fence": fence});
    assert_eq!(slow.post(&format!("{task}/decision"), late).await.is(409).code(), "lease_lost");
    let body = json!({"outcome": "passed", "all_valid": true, "fence": newer});
    quick.post(&format!("{task}/decision"), body).await.is(200);
}

#[tokio::test]
async fn what_is_given_back_can_be_pulled_again() {
    let bench = Bench::new().await;
    bench.dossier(1).await;
    let (first, second) = (bench.verifier("ani").await, bench.verifier("budi").await);
    let (task, fence) = first.pull().await;
    assert_eq!(first.get("/api/v1/tasks").await.json()["tasks"].as_array().map(Vec::len), Some(1));
    first.send(Method::POST, &format!("{task}/release"), Some(fence), None).await.is(204);
    assert_eq!(first.get("/api/v1/tasks").await.json(), json!({"tasks": []}));
    assert_eq!(second.pull().await.0, task);
}

#[tokio::test]
async fn who_has_a_break_gives_back_what_they_hold_and_is_given_nothing() {
    let bench = Bench::new().await;
    bench.dossier(1).await;
    let (resting, colleague) = (bench.verifier("ani").await, bench.verifier("budi").await);
    let (task, fence) = resting.pull().await;
    resting.put("/api/v1/duty", json!({"on_duty": false})).await.is(200);
    assert_eq!(resting.get("/api/v1/duty").await.json(), json!({"on_duty": false}));
    resting.post("/api/v1/tasks/next", json!({})).await.is(204);
    let late = json!({"outcome": "passed", "all_valid": true, "fence": fence});
    assert_eq!(resting.post(&format!("{task}/decision"), late).await.is(409).code(), "lease_lost");
    assert!(resting.get("/desk").await.text().contains("Anda tidak bertugas"));
    assert_eq!(colleague.pull().await.0, task);

    bench.dossier(2).await;
    resting.form("/desk/duty", "on_duty=true").await.is(303);
    resting.pull().await;
}

#[tokio::test]
async fn signing_in_begins_the_duty_and_the_last_sign_out_ends_it() {
    let bench = Bench::new().await;
    let person = bench.verifier("ani").await;
    let id = bench.store.users().await.unwrap()[0].id;
    person.put("/api/v1/duty", json!({"on_duty": false})).await.is(200);
    let again = bench.sign_in("ani").await;
    assert!(bench.store.on_duty(id).await.unwrap());
    again.post("/api/v1/logout", json!({})).await.is(204);
    assert!(bench.store.on_duty(id).await.unwrap(), "signed in elsewhere");
    person.post("/api/v1/logout", json!({})).await.is(204);
    assert!(!bench.store.on_duty(id).await.unwrap());
}

#[tokio::test]
async fn who_signs_out_gives_back_what_they_hold_unless_they_are_signed_in_elsewhere() {
    let bench = Bench::new().await;
    bench.dossier(1).await;
    let at_the_desk = bench.verifier("ani").await;
    let at_home = bench.sign_in("ani").await;
    let colleague = bench.verifier("budi").await;
    let (task, fence) = at_the_desk.pull().await;

    at_home.post("/api/v1/logout", json!({})).await.is(204);
    at_the_desk.get(&task).await.is(200);
    colleague.post("/api/v1/tasks/next", json!({})).await.is(204);

    at_the_desk.post("/api/v1/logout", json!({})).await.is(204);
    let (same, newer) = colleague.pull().await;
    assert_eq!(same, task);
    assert!(newer > fence, "the old token is worth nothing any more");
}

#[tokio::test]
async fn who_is_shut_out_holds_nothing_any_more() {
    let bench = Bench::new().await;
    bench.dossier(1).await;
    let (leaving, colleague) = (bench.verifier("ani").await, bench.verifier("budi").await);
    let (task, _) = leaving.pull().await;
    let (account, _) = bench.store.user_for_login("ani").await.unwrap().unwrap();
    assert!(bench.store.disable_user(account.id, bench.clock.now()).await.unwrap());
    assert_eq!(colleague.pull().await.0, task);
}

#[tokio::test]
async fn nothing_passes_with_a_document_that_nobody_judged_unless_all_are_said_to_be_valid() {
    let bench = Bench::new().await;
    bench.dossier(1).await;
    let verifier = bench.verifier("ani").await;
    let (task, fence) = verifier.pull().await;
    let decision = format!("{task}/decision");
    let missing = verifier.post(&decision, json!({"outcome": "passed", "fence": fence})).await.is(422);
    assert_eq!(missing.code(), "not_all_judged");
    let pointers: Vec<String> = missing.json()["errors"]
        .as_array()
        .unwrap()
        .iter()
        .map(|fault| fault["pointer"].to_string())
        .collect();
    assert_eq!(pointers, ["\"/documents/0\"", "\"/documents/1\""]);
    verifier.put(&format!("{task}/documents/0"), json!({"verdict": "valid", "fence": fence})).await.is(204);
    let missing = verifier.post(&decision, json!({"outcome": "passed", "fence": fence})).await.is(422);
    assert_eq!(missing.json()["errors"].as_array().map(Vec::len), Some(1));
    let page = format!("{}/decision", task.replace("/api/v1", "/desk"));
    let told = verifier.form(&page, &format!("fence={fence}&outcome=passed")).await.is(422).text();
    assert!(told.contains("Ada dokumen yang belum dinilai"), "{told}");

    let all = json!({"outcome": "passed", "all_valid": true, "fence": fence});
    let answer = verifier.post(&decision, all.clone()).await.is(200).json();
    let shown = verifier.get(&task).await.is(200).json();
    assert_eq!(shown["documents"][1]["verdict"], json!({"verdict": "valid", "codes": [], "page": null}));
    assert_eq!(verifier.post(&decision, all).await.is(200).json(), answer, "sent again");
    // And so is the same pass without that word: by now every document is valid.
    verifier.post(&decision, json!({"outcome": "passed", "fence": fence})).await.is(200);
}

#[tokio::test]
async fn a_document_that_is_not_valid_does_not_pass_whatever_is_said_of_all() {
    let bench = Bench::new().await;
    bench.dossier(1).await;
    let verifier = bench.verifier("ani").await;
    let (task, fence) = verifier.pull().await;
    verifier
        .put(&format!("{task}/documents/1"), json!({"verdict": "judge_again", "fence": fence}))
        .await
        .is(204);
    let all = json!({"outcome": "passed", "all_valid": true, "fence": fence});
    let refused = verifier.post(&format!("{task}/decision"), all).await.is(422).json();
    assert_eq!(refused["errors"][0]["pointer"], "/documents/1");
    let shown = verifier.get(&task).await.is(200).json();
    assert_eq!(shown["documents"][0]["verdict"], json!(null), "nothing was said of the others");
}

#[tokio::test]
async fn a_new_password_ends_the_duty_and_gives_the_task_back() {
    let bench = Bench::new().await;
    bench.dossier(1).await;
    let (ani, budi) = (bench.verifier("ani").await, bench.verifier("budi").await);
    let (task, _) = ani.pull().await;
    let id: berkas_domain::UserId =
        ani.get("/api/v1/me").await.is(200).json()["id"].as_str().unwrap().parse().unwrap();
    let hash = bench.web.passwords.hash("kata sandi baru").unwrap();
    bench.store.set_password(id, &hash, bench.clock.now()).await.unwrap();
    ani.get("/api/v1/duty").await.is(401);
    assert!(!bench.store.on_duty(id).await.unwrap());
    assert_eq!(bench.store.audited("duty.off", &id.to_string()).await.unwrap(), 1);
    assert_eq!(budi.pull().await.0, task);
}
