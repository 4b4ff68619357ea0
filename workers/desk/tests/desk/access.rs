//! Who may do what at the desk.

use axum::http::Method;
use berkas_store::UserRole;
use rstest::rstest;
use serde_json::json;

use crate::support::Bench;

pub(crate) const TASK: &str = "00000000-0000-7000-8000-000000000000";

/// Every route that changes something.
fn writing_routes() -> Vec<(Method, String)> {
    let api = |method, rest: &str| (method, format!("/api/v1/tasks/{rest}"));
    let page = |rest: &str| (Method::POST, format!("/desk/{rest}"));
    vec![
        (Method::PUT, "/api/v1/duty".to_owned()),
        api(Method::POST, "next"),
        api(Method::POST, &format!("{TASK}/renew")),
        api(Method::POST, &format!("{TASK}/release")),
        api(Method::PUT, &format!("{TASK}/documents/0")),
        api(Method::POST, &format!("{TASK}/conflict")),
        api(Method::POST, &format!("{TASK}/set-aside")),
        (Method::PUT, "/api/v1/submissions/351709-261124-0042-5/standby".to_owned()),
        (Method::POST, format!("/api/v1/standbys/{TASK}/end")),
        page("standbys"),
        page(&format!("standbys/{TASK}/end")),
        page(&format!("tasks/{TASK}/set-aside")),
        api(Method::PUT, &format!("{TASK}/draft")),
        api(Method::POST, &format!("{TASK}/decision")),
        api(Method::POST, &format!("{TASK}/send")),
        api(Method::POST, &format!("{TASK}/undo")),
        api(Method::POST, &format!("{TASK}/take-back")),
        api(Method::POST, &format!("{TASK}/reassign")),
        page("next"),
        page("duty"),
        page(&format!("tasks/{TASK}/documents/0")),
        page(&format!("tasks/{TASK}/decision")),
        page(&format!("tasks/{TASK}/release")),
        page(&format!("tasks/{TASK}/conflict")),
        page(&format!("tasks/{TASK}/send")),
        page(&format!("tasks/{TASK}/undo")),
        page(&format!("tasks/{TASK}/take-back")),
        page(&format!("tasks/{TASK}/reassign")),
    ]
}

#[rstest]
#[case(UserRole::Operator)]
#[case(UserRole::Viewer)]
#[tokio::test]
async fn whoever_is_no_verifier_is_refused_by_every_writing_route(#[case] role: UserRole) {
    let bench = Bench::new().await;
    let person = bench.person("contoh", role).await;
    for (method, path) in writing_routes() {
        let answer = person.send(method, &path, Some(1), Some(json!({}))).await;
        assert_eq!(answer.status.as_u16(), 403, "{path}");
    }
    let first_page = format!("/api/v1/tasks/{TASK}/first-page");
    for path in [
        "/desk",
        "/desk/standbys",
        "/api/v1/standbys",
        "/api/v1/tasks",
        "/api/v1/tasks/peek",
        "/api/v1/verifiers",
        "/api/v1/events",
        &first_page,
    ] {
        person.get(path).await.is(403);
    }
}

#[tokio::test]
async fn a_verifier_is_refused_by_what_only_supervisors_do() {
    let bench = Bench::new().await;
    bench.dossier(1).await;
    let (holder, other) = (bench.verifier("ani").await, bench.verifier("budi").await);
    let (task, fence) = holder.pull().await;
    for act in ["take-back", "reassign"] {
        let body = json!({"reason": "absent", "to": TASK, "fence": fence});
        other.post(&format!("{task}/{act}"), body).await.is(403);
        let page = task.replace("/api/v1", "/desk");
        other.form(&format!("{page}/{act}"), &format!("fence={fence}&reason=absent&to={TASK}")).await.is(403);
    }
    for path in ["/api/v1/verifiers", "/api/v1/tasks?view=held", "/desk?view=held"] {
        other.get(path).await.is(403);
    }
    holder.get(&task).await.is(200);
}

#[tokio::test]
async fn nobody_writes_without_signing_in_or_from_another_site() {
    let bench = Bench::new().await;
    let person = bench.verifier("contoh").await;
    for (method, path) in writing_routes() {
        let request =
            axum::http::Request::builder().method(method.clone()).uri(&path).body("{}".into()).unwrap();
        let answer = bench.ask(request).await;
        let expected = if path.starts_with("/api/") { 401 } else { 303 };
        assert_eq!(answer.status.as_u16(), expected, "{path}");

        let foreign =
            axum::http::Request::builder().method(method).uri(&path).header("sec-fetch-site", "cross-site");
        assert_eq!(bench.ask(foreign.body("{}".into()).unwrap()).await.status.as_u16(), 403, "{path}");
    }
    person.get("/desk").await.is(200);
}

#[tokio::test]
async fn a_task_opens_only_to_the_verifier_who_holds_it() {
    let bench = Bench::new().await;
    bench.dossier(1).await;
    let (holder, other) = (bench.verifier("ani").await, bench.verifier("budi").await);
    let (task, fence) = holder.pull().await;
    holder.get(&task).await.is(200);
    other.get(&task).await.is(404);
    other.get(&format!("{task}/documents/0/pages/1")).await.is(404);
    let body = json!({"verdict": "valid", "fence": fence});
    assert_eq!(other.put(&format!("{task}/documents/0"), body).await.is(409).code(), "lease_lost");
    let body = json!({"outcome": "passed", "all_valid": true, "fence": fence});
    assert_eq!(other.post(&format!("{task}/decision"), body).await.is(409).code(), "lease_lost");
    for act in ["renew", "release"] {
        let answer = other.post(&format!("{task}/{act}"), json!({"fence": fence})).await;
        assert_eq!(answer.is(409).code(), "lease_lost", "{act}");
    }
    let undo = other.post(&format!("{task}/undo"), json!({ "fence": fence })).await;
    assert_eq!(undo.is(409).code(), "nothing_to_undo");
    holder.post(&format!("{task}/renew"), json!({"fence": fence})).await.is(200);
}

pub(crate) const METHODS: [&str; 5] = ["GET", "PUT", "POST", "DELETE", "PATCH"];

/// Every address that the desk's router has, with every method: those that nothing answers say so.
fn every_request() -> Vec<(Method, String)> {
    let filled = |path: &String| {
        let path = path.replace("{id}", TASK).replace("{user}", TASK).replace("{date}", "2026-11-24");
        path.replace("{number}", "351709-261124-0001-1").replace("{ordinal}", "0").replace("{page}", "1")
    };
    let paths = berkas_desk::paths();
    let every = paths.iter().flat_map(|path| METHODS.map(|method| (method.parse().unwrap(), filled(path))));
    every.collect()
}

#[tokio::test]
async fn no_route_answers_whoever_is_not_signed_in() {
    let bench = Bench::new().await;
    let mut answered = 0;
    for (method, path) in every_request() {
        let request = axum::http::Request::builder().method(method.clone()).uri(&path);
        let answer = bench.ask(request.body("".into()).unwrap()).await;
        match answer.status.as_u16() {
            405 => {}
            401 if path.starts_with("/api/") => answered += 1,
            303 if answer.header("location").starts_with("/login") => answered += 1,
            status => panic!("{method} {path}: {status}"),
        }
    }
    assert!(answered >= berkas_desk::paths().len());
}

#[rstest]
#[case::operator(UserRole::Operator)]
#[case::viewer(UserRole::Viewer)]
#[tokio::test]
async fn no_route_but_the_description_answers_whoever_has_no_business_at_the_desk(#[case] role: UserRole) {
    let bench = Bench::new().await;
    let person = bench.person("contoh", role).await;
    for (method, path) in every_request() {
        let status = person.send(method.clone(), &path, Some(1), None).await.status.as_u16();
        let expected: &[u16] = if path == "/api/v1/openapi.json" { &[200, 405] } else { &[403, 405] };
        assert!(expected.contains(&status), "{method} {path}: {status}");
    }
}

/// What is for supervisors alone begins or ends like this.
const SUPERVISORS: [&str; 6] =
    ["/agreement", "/roster", "/submissions", "/verifiers", "/take-back", "/reassign"];

#[tokio::test]
async fn a_verifier_gets_an_answer_from_every_route_but_those_of_supervisors() {
    let bench = Bench::new().await;
    let person = bench.verifier("ani").await;
    for (method, path) in every_request() {
        // It has no end.
        if path == "/api/v1/events" {
            continue;
        }
        let status = person.send(method.clone(), &path, Some(1), None).await.status.as_u16();
        let supervisors = SUPERVISORS.iter().any(|part| path.contains(part)) && !path.ends_with("/standby");
        assert!(status == 405 || (status == 403) == supervisors, "{method} {path}: {status}");
        assert!(status < 500, "{method} {path}: {status}");
    }
}

#[tokio::test]
async fn no_route_answers_behind_a_lock_but_what_keeps_work_from_being_lost() {
    let bench = Bench::new().await;
    let person = bench.verifier("ani").await;
    person.post("/api/v1/lock", json!({})).await.is(204);
    for (method, path) in every_request() {
        if path == "/api/v1/events" || path.ends_with("/renew") {
            continue;
        }
        let answer = person.send(method.clone(), &path, Some(1), None).await;
        match answer.status.as_u16() {
            405 | 423 => {}
            303 if answer.header("location").starts_with("/unlock") => {}
            status => panic!("{method} {path}: {status}"),
        }
    }
}

#[tokio::test]
async fn signing_in_and_out_and_the_lock_have_the_time_limit_of_every_other_request() {
    let bench = Bench::new().await;
    let person = bench.verifier("ani").await;
    // The database answers nobody, so that each of them runs out of time.
    let held = bench.store.hold("lock table sessions, users in access exclusive mode").await.unwrap();
    let routes = berkas_desk::routes(bench.state.clone());
    let limit = (std::time::Duration::from_millis(50), (|_, _| false) as berkas_web::IsUpload);
    let app = berkas_web::surface_within(routes, bench.web.clone(), limit);
    let (login, password) = ("ani", crate::support::PASSWORD);
    let json = json!({ "login": login, "password": password }).to_string();
    let form = format!("login={login}&password={}", password.replace(' ', "+"));
    for (path, body) in [
        ("/api/v1/login", json.as_str()),
        ("/api/v1/logout", ""),
        ("/api/v1/lock", ""),
        ("/api/v1/unlock", &json),
        ("/login", &form),
        ("/logout", ""),
        ("/desk/next", ""),
    ] {
        let request = axum::http::Request::post(path)
            .header("cookie", &person.cookie)
            .header("content-type", "application/x-www-form-urlencoded")
            .body(axum::body::Body::from(body.to_owned()))
            .unwrap();
        let answer = tower::ServiceExt::oneshot(app.clone(), request).await.unwrap();
        assert_eq!(answer.status().as_u16(), 503, "{path}");
        assert_eq!(answer.headers()["retry-after"], "5", "{path}");
        assert!(answer.headers().contains_key("content-security-policy"), "{path}");
    }
    held.release().await.unwrap();
    person.get("/desk").await.is(200);
}
