//! Depth, age and flow.

use axum::http::Method;
use berkas_domain::Stage;
use berkas_store::UserRole;
use chrono::TimeDelta;
use serde_json::{Value, json};

use crate::support::Bench;

fn stage<'a>(status: &'a Value, name: &str) -> &'a Value {
    status["stages"].as_array().unwrap().iter().find(|stage| stage["stage"] == name).unwrap()
}

#[tokio::test]
async fn depth_age_and_flow_of_each_stage_follow_the_submissions() {
    let bench = Bench::new().await;
    let cookie = bench.signed_in("ani", UserRole::Viewer).await;
    let first = bench.submission().await;
    bench.clock.advance(TimeDelta::minutes(20));
    bench.submission().await;
    bench.clock.advance(TimeDelta::minutes(2));
    bench.advance(first, Stage::Normalized).await;
    bench.parked().await;

    let status = bench.call(Method::GET, "/api/v1/status", &cookie, "").await.is(200).json();
    let received = stage(&status, "received");
    assert_eq!(
        [&received["depth"], &received["parked"], &received["in_5m"], &received["out_5m"]],
        [&json!(1), &json!(1), &json!(2), &json!(1)]
    );
    assert_eq!([&received["in_1h"], &received["out_1h"]], [&json!(3), &json!(1)]);
    assert_eq!(received["oldest_since"], "2026-11-24T01:20:00Z");
    let normalized = stage(&status, "normalized");
    assert_eq!([&normalized["depth"], &normalized["in_5m"]], [&json!(1), &json!(1)]);
    assert_eq!(stage(&status, "waiting")["oldest_since"], Value::Null);

    let office = &status["offices"][0];
    assert_eq!(
        [&office["code"], &office["received"], &office["under_way"], &office["parked"]],
        [&json!("351709"), &json!(3), &json!(2), &json!(1)]
    );
    assert_eq!(status["parked_count"], 1);
}

#[tokio::test]
async fn the_page_shows_the_same_and_marks_what_does_not_move() {
    let bench = Bench::new().await;
    let cookie = bench.signed_in("ani", UserRole::Operator).await;
    bench.submission().await;
    let page = bench.call(Method::GET, "/console", &cookie, "").await.is(200).text;
    assert!(page.contains("Diterima, menunggu pindai") && page.contains("Jombang"));
    // On a telephone each figure stands alone, and says of which time it is.
    assert!(
        ["5 mnt: masuk", "5 mnt: keluar", "1 jam: masuk", "1 jam: keluar"]
            .iter()
            .all(|head| page.contains(head))
    );
    // Style sheets take a table's parts their meaning; each says itself what it is.
    assert!(
        !["<table>", "<tr>", "<td>", "<td class", "<th>", "<tbody>"].iter().any(|bare| page.contains(bare))
    );
    assert!(!page.contains("tidak bergerak") && page.contains("Tidak ada yang tertunda."));
    bench.clock.advance(TimeDelta::minutes(6));
    let page = bench.call(Method::GET, "/console?lang=en", &cookie, "").await.is(200).text;
    assert!(page.contains("not moving") && page.contains("6 min"));
}

#[tokio::test]
async fn a_verifier_has_no_business_here() {
    let bench = Bench::new().await;
    let cookie = bench.signed_in("ani", UserRole::Verifier).await;
    for path in ["/console", "/api/v1/status"] {
        bench.call(Method::GET, path, &cookie, "").await.is(403);
    }
    bench.call(Method::GET, "/api/v1/status", "", "").await.is(401);
    assert_eq!(bench.call(Method::GET, "/console", "", "").await.is(303).location, "/login?next=/console");
}
