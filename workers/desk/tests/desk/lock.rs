//! A locked session: it shows nothing, keeps the task for a while, and opens by the password.

use berkas_domain::Clock;
use chrono::TimeDelta;
use serde_json::json;

use crate::support::{Bench, PASSWORD};

#[tokio::test]
async fn while_locked_no_page_and_no_scan_is_served_and_the_task_stays_held() {
    let bench = Bench::new().await;
    let submission = bench.dossier(1).await.to_string();
    let verifier = bench.verifier("ani").await;
    let (task, fence) = verifier.pull().await;
    let page = task.replace("/api/v1", "/desk");
    verifier.post("/api/v1/lock", json!({})).await.is(204);

    let (scan, draft) = (format!("{task}/documents/0/pages/1"), format!("{task}/draft"));
    for path in [task.as_str(), &scan, "/api/v1/tasks", "/api/v1/me"] {
        assert_eq!(verifier.get(path).await.is(423).code(), "locked", "{path}");
    }
    verifier
        .post(&format!("{task}/decision"), json!({"outcome": "passed", "all_valid": true, "fence": fence}))
        .await
        .is(423);
    verifier.post("/api/v1/tasks/next", json!({})).await.is(423);
    verifier.send(axum::http::Method::PUT, &draft, Some(fence), Some(json!({}))).await.is(423);
    let away = verifier.get(&page).await.is(303);
    assert_eq!(away.header("location"), format!("/unlock?next={page}"));
    assert_eq!(bench.store.audited("scan.viewed", &submission).await.unwrap(), 0);
    let shown = verifier.get(away.header("location")).await.is(200).text();
    assert!(
        shown.contains("Meja terkunci") && !shown.contains("SITI") && !shown.contains("/desk\""),
        "{shown}"
    );

    // Twice ten minutes away: longer than a lease, and the task is still there.
    for _ in 0..2 {
        bench.clock.advance(TimeDelta::minutes(10));
        verifier.post(&format!("{task}/renew"), json!({"fence": fence})).await.is(200);
    }
    assert_eq!(bench.store.expire_leases(bench.clock.now()).await.unwrap(), 0);
    let back =
        verifier.form("/unlock", &format!("password={}&next={page}", PASSWORD.replace(' ', "+"))).await;
    assert_eq!(back.is(303).header("location"), page);
    verifier.get(&scan).await.is(200);
    assert!(verifier.get(&page).await.is(200).text().contains("data-held"));
}

#[tokio::test]
async fn a_lock_keeps_a_task_for_its_time_and_no_longer() {
    let bench = Bench::new().await;
    bench.dossier(1).await;
    let verifier = bench.verifier("ani").await;
    let (task, fence) = verifier.pull().await;
    verifier.post("/api/v1/lock", json!({})).await.is(204);
    for _ in 0..2 {
        bench.clock.advance(TimeDelta::minutes(14));
        verifier.post(&format!("{task}/renew"), json!({"fence": fence})).await.is(200);
    }
    // Locking it again does not begin the time anew.
    verifier.post("/api/v1/lock", json!({})).await.is(204);
    bench.clock.advance(TimeDelta::minutes(2));
    verifier.post(&format!("{task}/renew"), json!({"fence": fence})).await.is(423);
    bench.clock.advance(TimeDelta::minutes(14));
    assert_eq!(bench.store.expire_leases(bench.clock.now()).await.unwrap(), 1);
}

#[tokio::test]
async fn a_lock_is_not_opened_by_guessing_and_every_try_is_written_down() {
    let bench = Bench::new().await;
    let verifier = bench.verifier("ani").await;
    let user = verifier.get("/api/v1/me").await.json()["id"].as_str().unwrap().to_owned();
    verifier.post("/api/v1/lock", json!({})).await.is(204);
    verifier.post("/api/v1/unlock", json!({"password": PASSWORD})).await.is(204);
    verifier.get("/api/v1/me").await.is(200);

    verifier.post("/api/v1/lock", json!({})).await.is(204);
    for _ in 0..5 {
        let refused = verifier.post("/api/v1/unlock", json!({"password": "salah"})).await.is(403);
        assert_eq!(refused.code(), "wrong_password");
    }
    let throttled = verifier.post("/api/v1/unlock", json!({"password": PASSWORD})).await.is(429);
    assert!(!throttled.header("retry-after").is_empty());
    verifier.get("/api/v1/me").await.is(423);
    let page = verifier.form("/unlock", "password=salah").await.is(429).text();
    assert!(page.contains("Terlalu banyak percobaan"));
    for (action, times) in [("session.locked", 2), ("session.unlocked", 1), ("unlock.failed", 5)] {
        assert_eq!(bench.store.audited(action, &user).await.unwrap(), times, "{action}");
    }
    // Nobody without a session has anything to unlock.
    let stranger = axum::http::Request::post("/api/v1/unlock").body("{\"password\": \"x\"}".into()).unwrap();
    assert_eq!(bench.ask(stranger).await.status, 401);
}
