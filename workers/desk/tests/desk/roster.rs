//! Who is on duty when, as supervisors plan it and as verifiers find it. The bench's clock begins on a Tuesday at 08:00 in Jombang.

use axum::http::Method;
use berkas_domain::Clock as _;
use berkas_store::UserRole;
use chrono::TimeDelta;
use serde_json::{Value, json};

use crate::support::{Bench, Person};

async fn of(head: &Person<'_>, who: &str) -> Value {
    let rosters = head.get("/api/v1/roster").await.is(200).json();
    let verifiers = rosters["verifiers"].as_array().unwrap();
    verifiers.iter().find(|person| person["id"] == who).unwrap().clone()
}

async fn id_of(person: &Person<'_>) -> String {
    person.get("/api/v1/me").await.is(200).json()["id"].as_str().unwrap().to_owned()
}

async fn on_duty(person: &Person<'_>) -> bool {
    person.get("/api/v1/duty").await.is(200).json()["on_duty"].as_bool().unwrap()
}

#[tokio::test]
async fn who_signs_in_within_a_shift_is_on_duty_and_their_work_goes_back_when_it_ends() {
    let bench = Bench::new().await;
    bench.dossier(1).await;
    let head = bench.person("rini", UserRole::Supervisor).await;
    let ani = bench.verifier("ani").await;
    let who = id_of(&ani).await;
    let week = json!({"week": "mon-fri 07:30-15:30"});
    head.put(&format!("/api/v1/roster/{who}"), week).await.is(204);
    assert!(on_duty(&ani).await, "within the shift nothing changes");
    let (task, fence) = ani.pull().await;
    ani.send(Method::PUT, &format!("{task}/draft"), Some(fence), Some(json!({"checked": [0]}))).await.is(204);

    assert_eq!(bench.store.end_shifts(bench.clock.now()).await.unwrap(), 0);
    bench.clock.advance(TimeDelta::minutes(20));
    assert_eq!(bench.store.end_shifts(bench.clock.now()).await.unwrap(), 0);
    // The lease is kept alive until the end of the shift, so that it is the shift that ends it.
    bench.clock.advance(TimeDelta::minutes(430) - TimeDelta::seconds(1));
    assert_eq!(bench.store.end_shifts(bench.clock.now()).await.unwrap(), 0);
    bench.clock.advance(TimeDelta::seconds(1));
    assert_eq!(bench.store.end_shifts(bench.clock.now()).await.unwrap(), 1);
    assert_eq!(bench.store.end_shifts(bench.clock.now()).await.unwrap(), 0, "once");
    assert_eq!(bench.store.audited("duty.off", &who).await.unwrap(), 1);

    // Outside the shift they may sign in, and are not on duty until they say so; then until the end of the next one.
    let ani = bench.sign_in("ani").await;
    assert!(!on_duty(&ani).await);
    ani.post("/api/v1/tasks/next", json!({})).await.is(204);
    ani.put("/api/v1/duty", json!({"on_duty": true})).await.is(200);
    bench.clock.advance(TimeDelta::minutes(5));
    assert_eq!(bench.store.end_shifts(bench.clock.now()).await.unwrap(), 0);
    let (again, _) = ani.pull().await;
    assert_eq!(again, task);
    let drafted = ani.get(&task).await.is(200).json();
    assert_eq!(drafted["draft"]["checked"], json!([0]), "what they had chosen is back");
    bench.clock.advance(TimeDelta::days(1));
    assert_eq!(bench.store.end_shifts(bench.clock.now()).await.unwrap(), 1);
}

#[tokio::test]
async fn who_is_given_leave_today_goes_off_duty_at_once_and_a_usual_day_is_expected_again() {
    let bench = Bench::new().await;
    let head = bench.person("rini", UserRole::Supervisor).await;
    let ani = bench.verifier("ani").await;
    let who = id_of(&ani).await;
    let day = format!("/api/v1/roster/{who}/days/2026-11-24");
    head.put(&day, json!({"off": true})).await.is(204);
    assert!(!on_duty(&ani).await);
    let shown = of(&head, &who).await;
    assert_eq!((&shown["days"][0]["off"], &shown["expected"]), (&json!(true), &json!(false)));
    head.put(&day, json!({"off": true, "extra": ["08:00-12:00"]})).await.is(204);
    assert_eq!(of(&head, &who).await["days"][0]["shifts"], json!(["08:00-12:00"]));
    head.put(&day, json!({})).await.is(204);
    assert_eq!(of(&head, &who).await["expected"], true);
    assert_eq!(bench.store.audited("roster.changed", &who).await.unwrap(), 3);
}

#[tokio::test]
async fn a_roster_that_cannot_be_read_changes_nothing_and_says_where() {
    let bench = Bench::new().await;
    let head = bench.person("rini", UserRole::Supervisor).await;
    let ani = bench.verifier("ani").await;
    let who = id_of(&ani).await;
    let refused = head.put(&format!("/api/v1/roster/{who}"), json!({"week": "mon 7-9"})).await.is(422);
    assert_eq!(refused.json()["errors"][0]["pointer"], "/week");
    let day = format!("/api/v1/roster/{who}/days/2026-11-24");
    let refused = head.put(&day, json!({"extra": ["08:00"]})).await.is(422);
    assert_eq!(refused.json()["errors"][0]["pointer"], "/extra");
    assert_eq!(of(&head, &who).await["week"], "");
    let stranger = "/api/v1/roster/00000000-0000-7000-8000-000000000000";
    head.put(stranger, json!({"week": ""})).await.is(404);
}

#[tokio::test]
async fn the_page_plans_a_week_and_a_day() {
    let bench = Bench::new().await;
    let head = bench.person("rini", UserRole::Supervisor).await;
    let ani = bench.verifier("ani").await;
    let who = id_of(&ani).await;
    head.form(&format!("/desk/roster/{who}"), "week=mon-fri+07%3A30-15%3A30").await.is(303);
    head.form(&format!("/desk/roster/{who}/days"), "date=2026-11-25&off=true&extra=").await.is(303);
    let page = head.get("/desk/roster?lang=en").await.is(200).text();
    assert!(page.contains("07:30–15:30") && page.contains("leave"), "{page}");
    assert!(page.contains("mon-fri 07:30-15:30"), "{page}");
    head.form(&format!("/desk/roster/{who}"), "week=mon").await.is(422);
}

#[tokio::test]
async fn only_supervisors_see_or_change_a_roster() {
    let bench = Bench::new().await;
    let who = id_of(&bench.verifier("ani").await).await;
    for role in [UserRole::Verifier, UserRole::Operator, UserRole::Viewer] {
        let person = bench.person(role.as_str(), role).await;
        person.get("/api/v1/roster").await.is(403);
        person.get("/desk/roster").await.is(403);
        person.put(&format!("/api/v1/roster/{who}"), json!({"week": ""})).await.is(403);
        person.put(&format!("/api/v1/roster/{who}/days/2026-11-24"), json!({"off": true})).await.is(403);
        person.form(&format!("/desk/roster/{who}"), "week=").await.is(403);
        person.form(&format!("/desk/roster/{who}/days"), "date=2026-11-24&off=true&extra=").await.is(403);
    }
    assert_eq!(bench.store.audited("roster.changed", &who).await.unwrap(), 0);
}
