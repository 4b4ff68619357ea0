//! Who is on duty when, as supervisors plan it and as verifiers find it. The bench's clock begins on a Tuesday at 08:00 in Jombang.

use axum::http::Method;
use berkas_domain::Clock as _;
use berkas_store::UserRole;
use chrono::TimeDelta;
use serde_json::{Value, json};

use crate::support::{Answer, Bench, Person};

async fn of(head: &Person<'_>, who: &str) -> Value {
    let rosters = head.get("/api/v1/roster").await.is(200).json();
    let verifiers = rosters["verifiers"].as_array().unwrap();
    verifiers.iter().find(|person| person["id"] == who).unwrap().clone()
}

/// Changes somebody's roster as it is now; `path` begins with their id.
async fn plan(head: &Person<'_>, path: &str, mut body: Value) -> Answer {
    let who = path.split('/').next().unwrap();
    body["fence"] = of(head, who).await["fence"].clone();
    head.put(&format!("/api/v1/roster/{path}"), body).await
}

async fn id_of(person: &Person<'_>) -> String {
    person.id().await.to_string()
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
    plan(&head, &who, week).await.is(204);
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
    let day = format!("{who}/days/2026-11-24");
    plan(&head, &day, json!({"off": true})).await.is(204);
    assert!(!on_duty(&ani).await);
    let shown = of(&head, &who).await;
    assert_eq!((&shown["days"][0]["off"], &shown["expected"]), (&json!(true), &json!(false)));
    plan(&head, &day, json!({"off": true, "extra": ["08:00-12:00"]})).await.is(204);
    assert_eq!(of(&head, &who).await["days"][0]["shifts"], json!(["08:00-12:00"]));
    plan(&head, &day, json!({})).await.is(204);
    assert_eq!(of(&head, &who).await["expected"], true);
    assert_eq!(bench.store.audited("roster.changed", &who).await.unwrap(), 3);
}

#[tokio::test]
async fn a_roster_that_cannot_be_read_changes_nothing_and_says_where() {
    let bench = Bench::new().await;
    let head = bench.person("rini", UserRole::Supervisor).await;
    let ani = bench.verifier("ani").await;
    let who = id_of(&ani).await;
    let refused = plan(&head, &who, json!({"week": "mon 7-9"})).await.is(422);
    assert_eq!(refused.json()["errors"][0]["pointer"], "/week");
    let day = format!("{who}/days/2026-11-24");
    let refused = plan(&head, &day, json!({"extra": ["08:00"]})).await.is(422);
    assert_eq!(refused.json()["errors"][0]["pointer"], "/extra");
    assert_eq!(of(&head, &who).await["week"], "");
    let stranger = "/api/v1/roster/00000000-0000-7000-8000-000000000000";
    head.put(stranger, json!({"week": "", "fence": 0})).await.is(404);
}

#[tokio::test]
async fn the_page_plans_a_week_and_a_day() {
    let bench = Bench::new().await;
    let head = bench.person("rini", UserRole::Supervisor).await;
    let ani = bench.verifier("ani").await;
    let who = id_of(&ani).await;
    head.form(&format!("/desk/roster/{who}"), "fence=0&week=sen-jum+07%3A30-15%3A30").await.is(303);
    head.form(&format!("/desk/roster/{who}/days"), "fence=1&date=2026-11-25&off=true&extra=").await.is(303);
    let page = head.get("/desk/roster?lang=en").await.is(200).text();
    assert!(page.contains("07:30–15:30") && page.contains("leave"), "{page}");
    assert!(page.contains("mon-fri 07:30-15:30"), "{page}");
    let page = head.get("/desk/roster?lang=id").await.is(200).text();
    assert!(page.contains("sen-jum 07:30-15:30"), "{page}");
    assert!(page.contains(r#"name="fence" value="2""#), "its forms name what they have seen: {page}");
    let refused = head.form(&format!("/desk/roster/{who}?lang=en"), "fence=2&week=mon").await.is(422).text();
    assert!(refused.contains("The roster cannot be read"), "{refused}");
    let late = head.form(&format!("/desk/roster/{who}?lang=en"), "fence=1&week=").await.is(409).text();
    assert!(late.contains("Somebody else has changed this roster"), "{late}");
    let late = format!("/desk/roster/{who}/days");
    head.form(&late, "fence=0&date=2026-11-26&off=true&extra=").await.is(409);
    head.form(&format!("/desk/roster/{who}"), "week=").await.is(400);
    assert_eq!(of(&head, &who).await["week"], "mon-fri 07:30-15:30");
    assert_eq!(bench.store.audited("roster.changed", &who).await.unwrap(), 2);
}

#[tokio::test]
async fn whoever_has_not_seen_what_a_colleague_planned_is_told_and_undoes_nothing_of_it() {
    let bench = Bench::new().await;
    let (rini, heru) =
        (bench.person("rini", UserRole::Supervisor).await, bench.person("heru", UserRole::Supervisor).await);
    let who = id_of(&bench.verifier("ani").await).await;
    let week = format!("/api/v1/roster/{who}");
    let seen = of(&heru, &who).await["fence"].as_i64();
    let put = async |person: &Person<'_>, path: &str, fence, body| {
        person.send(Method::PUT, path, fence, Some(body)).await
    };
    let first = json!({"week": "mon-fri 07:30-15:30"});
    assert_eq!(put(&rini, &week, None, first.clone()).await.is(428).code(), "fence_missing");
    let planned = put(&rini, &week, seen, first.clone()).await.is(204);
    assert_eq!(planned.header("etag"), "\"1\"", "what comes next needs no look in between");

    let other = json!({"week": "mon-fri 13:00-21:00"});
    assert_eq!(put(&heru, &week, seen, other.clone()).await.is(409).code(), "roster_changed");
    let leave = format!("{week}/days/2026-11-25");
    assert_eq!(put(&heru, &leave, seen, json!({"off": true})).await.is(409).code(), "roster_changed");
    assert_eq!(of(&heru, &who).await["week"], "mon-fri 07:30-15:30");
    // Whoever sends the same again did not hear the answer: nothing is planned twice.
    let again = put(&rini, &week, seen, first).await.is(204);
    assert_eq!(again.header("etag"), "\"1\"");
    let planned = put(&heru, &leave, Some(1), json!({"off": true})).await.is(204);
    assert_eq!(planned.header("etag"), "\"2\"");
    put(&heru, &leave, Some(1), json!({"off": true})).await.is(204);
    assert_eq!(bench.store.audited("roster.changed", &who).await.unwrap(), 2);
    put(&heru, &week, Some(2), other).await.is(204);
}

#[tokio::test]
async fn of_many_who_plan_at_the_same_moment_exactly_one_does() {
    let bench = Bench::new().await;
    let head = bench.person("rini", UserRole::Supervisor).await;
    let who = id_of(&bench.verifier("ani").await).await;
    let week = format!("/api/v1/roster/{who}");
    let plans = (7..15).map(|hour| json!({"week": format!("mon {hour:02}:00-16:00"), "fence": 0}));
    let answers = futures::future::join_all(plans.map(|plan| head.put(&week, plan))).await;
    let taken = answers.iter().filter(|answer| answer.status.as_u16() == 204).count();
    let told = answers.iter().filter(|answer| answer.status.as_u16() == 409).count();
    assert_eq!((taken, told), (1, 7));
    assert_eq!(of(&head, &who).await["fence"], 1);
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
